/* eve estimate: what the known attacks cost, from formulas (estimate.h), and what the best of them costs here, from a
 * short run of the learner isd on random samples and labels of each set. */
#include "eve/cli/commands.h"
#include "eve/cli/estimates.h"
#include "eve/cli/printed.h"
#include "eve/learn/duration.h"
#include "eve/learn/learner.h"
#include "eve/learners/estimate.h"

#include "common/base/prg.h"
#include "common/shell/app/sets.h"
#include "common/shell/host/status.h"
#include "common/shell/net/timer.h"
#include "common/task/table/table.h"
#include "eve/learners/learners.h"

#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const struct params *params;
    struct estimate estimate;
    double tries_per_second; /* of one core; 0: not measured */
    double expected_seconds; /* INFINITY: unknown */
};

/* ---- measuring */

static double now(void *context) {
    (void)context;
    return timer_now();
}

static bool stop(void *context) {
    return timer_now() >= *(const double *)context;
}

/* One core for so many seconds, at a search that cannot succeed. */
static int measure(struct row *row, double seconds) {
    const struct params *p = row->params;
    size_t n_labels = bits_to_bytes((size_t)p->m + p->k), n_composed = (size_t)p->k * (p->n / 8);
    uint8_t keys[3][32];
    double due = timer_now() + seconds;
    struct learn_result *result = malloc(sizeof *result);
    uint8_t *composed = malloc(n_composed), *labels = malloc(n_labels);
    int r = result && composed && labels ? 0 : -1;
    if (r == 0) {
        randombytes_buf(keys, sizeof keys);
        prg_expand(composed, n_composed, keys[0], 0);
        prg_expand(labels, n_labels, keys[0], (uint64_t)1 << 40);
        struct view view = {.params = p, .matrix_key = keys[1], .composed = composed, .labels = labels};
        struct learn_ask ask = {
            .view = &view, .seed = keys[2], .n_threads = 1, .now = now, .stop = stop, .context = &due};
        r = learn(learners_find("isd"), &ask, result);
    }
    if (r == 0 && result->status == LEARN_OUT_OF_BUDGET) {
        row->tries_per_second = result->tries_per_second;
        row->expected_seconds = result->expected_seconds;
    }
    free(result);
    free(composed);
    free(labels);
    return r;
}

/* ---- showing */

static json_t *real_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *describe_attack(const struct estimate_attack *a) {
    return json_pack("{s:f, s:f, s:f}", "operations_log2", a->operations, "quantum_log2", a->quantum, "memory_log2",
                     a->memory);
}

static void print_json(const struct row *rows, size_t n, const char *params) {
    json_t *sets = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct params *p = rows[i].params;
        const struct estimate *e = &rows[i].estimate;
        bool measured = rows[i].tries_per_second > 0;
        json_t *set = json_pack("{s:s, s:i, s:f, s:i, s:i, s:i, s:i}", "params", p->set.name, "n", (int)p->n, "theta",
                                p->theta, "w", (int)p->w, "q", (int)p->q, "plain", (int)p->m, "composed", (int)p->k);
        json_object_set_new(set, "gauss", describe_attack(&e->gauss));
        json_object_set_new(set, "stern", describe_attack(&e->stern));
        json_object_set_new(set, "recipe_one", describe_attack(&e->recipe_one));
        json_object_set_new(set, "recipes_enough", describe_attack(&e->recipes_enough));
        json_object_set_new(set, "strength_log2", json_real(e->strength));
        json_object_set_new(set, "measured_tries_per_second",
                            measured ? json_real(rows[i].tries_per_second) : json_null());
        json_object_set_new(set, "measured_expected_seconds",
                            measured ? real_or_null(rows[i].expected_seconds) : json_null());
        json_object_set_new(set, "measured_core_years",
                            measured ? real_or_null(estimate_core_years(rows[i].expected_seconds)) : json_null());
        json_array_append_new(sets, set);
    }
    json_t *all = json_pack("{s:i, s:o, s:o, s:o}", "schema", 1, "sets", sets, "lwe", estimates_lwe_describe(params),
                            "ring", estimates_ring_describe(params));
    json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(all);
}

static void print_table(const struct row *rows, size_t n) {
    printf(
        "log2 of bit operations until success on average (a classical model), in brackets with Grover's square root\n"
        "for the search, and log2 of bytes of memory; then one core of this machine, measured now with isd.\n\n");
    printf("%-6s %-8s %-21s %-21s %-21s %-21s %8s  %s\n", "set", "theta", "labels: pooled Gauss", "labels: Stern",
           "recipe: one", "recipes: enough", "strength", "isd here, one core");
    for (size_t i = 0; i < n; i++) {
        const struct estimate *e = &rows[i].estimate;
        const struct estimate_attack *attacks[] = {&e->gauss, &e->stern, &e->recipe_one, &e->recipes_enough};
        char time[DURATION_TEXT] = "not measured";
        printf("%-6s %-8.4f ", rows[i].params->set.name, rows[i].params->theta);
        for (size_t j = 0; j < 4; j++)
            printf("%5.1f (%5.1f) m %-5.1f ", attacks[j]->operations, attacks[j]->quantum, attacks[j]->memory);
        if (rows[i].tries_per_second > 0)
            duration_text(time, rows[i].expected_seconds, 1);
        printf("%8.1f  %s\n", e->strength, time);
    }
}

int estimate_run(struct arguments *a) {
    size_t n_sets, n = 0;
    const struct params *table = params_table(&n_sets);
    struct row *rows = calloc(n_sets, sizeof *rows);
    int status = rows ? STATUS_OK : STATUS_INTERNAL;
    for (size_t i = 0; rows && i < n_sets; i++)
        if (!a->params || strcmp(a->params, table[i].set.name) == 0)
            rows[n++] = (struct row){.params = &table[i], .expected_seconds = INFINITY};
    size_t n_lwe = estimates_lwe_count(a->params), n_ring = estimates_ring_count(a->params);
    if (rows && n + n_lwe + n_ring == 0) {
        char names[SETS_TEXT];
        const struct set *set = a->params ? table_set(a->params) : NULL;
        sets_names(names);
        if (set)
            screen_error(&a->screen, "--params: there is no estimate for the task %s", set->task->name);
        else
            screen_error(&a->screen, "--params: no set '%.20s'; there are %s", a->params, names);
        status = STATUS_USAGE;
    }
    double shares = 0; /* larger sets take longer to begin */
    for (size_t i = 0; i < n; i++)
        shares += sqrt(rows[i].params->n);
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        estimate_set(&rows[i].estimate, rows[i].params);
        screen_bar(&a->screen, i, n);
        if (a->budget > 0 && measure(&rows[i], a->budget * sqrt(rows[i].params->n) / shares) < 0) {
            screen_error(&a->screen, "out of memory");
            status = STATUS_INTERNAL;
        }
    }
    screen_bar_clear(&a->screen);
    if (status == STATUS_OK && a->json)
        print_json(rows, n, a->params);
    else if (status == STATUS_OK) {
        if (n)
            print_table(rows, n);
        if (n && n_lwe)
            putchar('\n');
        if (n_lwe)
            estimates_lwe_print(a->params);
        if (n_lwe && n_ring)
            putchar('\n');
        if (n_ring)
            estimates_ring_print(a->params);
    }
    free(rows);
    return printed_end(&a->screen, status);
}
