#include "eve/cli/learn_told.h"

#include "common/base/bytes.h"
#include "common/shell/host/keyfile.h"
#include "eve/lab/revision.h"
#include "eve/learn/duration.h"
#include "eve/learn/view.h"

#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static json_t *real_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

/* Nothing where no candidate has been looked at. */
static void set_tried(json_t *object, const struct learn_progress *p) {
    json_t *bins = json_array();
    uint64_t all = 0;
    for (size_t i = 0; i < LEARN_BINS; i++) {
        all += p->tried[i];
        json_array_append_new(bins, json_integer((json_int_t)p->tried[i]));
    }
    if (all)
        json_object_set(object, "tried", bins);
    json_decref(bins);
}

/* The selection risk is that of what was chosen by it, hence too good; its interval says only how coarse it is. */
static void write_progress(const struct learn_command *run, const struct learn_progress *p) {
    double low = NAN, high = NAN;
    bool known = !isnan(p->best_select_risk) && p->select_labels;
    if (known)
        learn_wilson(&low, &high, (size_t)lrint(p->best_select_risk * (double)p->select_labels), p->select_labels);
    json_t *object = json_object();
    json_object_set_new(object, "learner", json_string(run->kind->name));
    json_object_set_new(object, "phase", json_string(p->phase));
    json_object_set_new(object, "tries", real_or_null(p->tries));
    json_object_set_new(object, "tries_per_second", real_or_null(p->tries_per_second));
    json_object_set_new(object, "select_risk", known ? real_or_null(p->best_select_risk) : json_null());
    json_object_set_new(object, "select_risk_low", real_or_null(low));
    json_object_set_new(object, "select_risk_high", real_or_null(high));
    json_object_set_new(object, "expected_seconds", real_or_null(p->expected_seconds));
    json_object_set_new(object, "wall_seconds", real_or_null(p->wall_seconds));
    set_tried(object, p);
    events_write(run->events, "learning", run->facts->session, object);
}

void learn_told_progress(const struct learn_command *run, const struct learn_progress *p) {
    if (run->events)
        write_progress(run, p);
    struct screen *screen = &run->arguments->screen;
    char expected[DURATION_TEXT], risk[48] = "no hypothesis yet";
    if (!screen->terminal || screen->quiet)
        return;
    duration_text(expected, p->expected_seconds, run->n_threads);
    if (!isnan(p->best_select_risk))
        snprintf(risk, sizeof risk, "selection risk %.3f", p->best_select_risk);
    fprintf(stderr, "\r\033[K%s: %s, %.3g tries, %.3g/s, %s, %.0f s used, expected %s", run->kind->name, p->phase,
            p->tries, p->tries_per_second, risk, p->wall_seconds, expected);
    fflush(stderr);
    screen->bar_shown = true;
}

static json_t *describe_result(const struct learner_kind *kind, const struct learn_result *r, double seconds) {
    bool ran = r->status != LEARN_NOT_APPLICABLE, judged = ran && r->has_hypothesis;
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(kind->name));
    json_object_set_new(object, "status", json_string(learn_status_name(r->status)));
    json_object_set_new(object, "reason", r->reason[0] ? json_string(r->reason) : json_null());
    json_object_set_new(object, "risk", judged ? real_or_null(r->risk) : json_null());
    json_object_set_new(object, "risk_low", judged ? real_or_null(r->risk_low) : json_null());
    json_object_set_new(object, "risk_high", judged ? real_or_null(r->risk_high) : json_null());
    json_object_set_new(object, "test_labels", json_integer((json_int_t)r->test_labels));
    json_object_set_new(object, "seconds", json_real(seconds));
    json_object_set_new(object, "wall_seconds", json_real(r->wall_seconds));
    json_object_set_new(object, "tries", real_or_null(r->tries));
    json_object_set_new(object, "tries_per_second", ran ? real_or_null(r->tries_per_second) : json_null());
    json_object_set_new(object, "expected_seconds", ran ? real_or_null(r->expected_seconds) : json_null());
    for (size_t i = 0; i < r->n_facts; i++) {
        json_t *facts = json_object_get(object, "facts");
        if (!facts)
            json_object_set_new(object, "facts", facts = json_object());
        json_object_set_new(facts, r->facts[i].name, real_or_null(r->facts[i].value));
    }
    return object;
}

void learn_told_judged(const struct learn_command *run, const struct learn_outcome *o, size_t i) {
    if (run->events)
        events_write(run->events, "judged", o->facts->session,
                     describe_result(run->kinds[i], &o->results[i], o->seconds[i]));
}

/* The dimension and, where labels are bits, the noise rate: what the cost of a search is a function of. Null where the
 * capture does not tell. */
static void describe_problem(json_t *object, const struct learn_outcome *o) {
    uint8_t key[32];
    struct view view;
    bool known = o->facts->complete && view_of(&view, key, o->facts);
    bool numbers = known && view_numbers(&view);
    size_t n = numbers ? view.kind->numbers(&view) : known ? view_columns(&view) : 0;
    json_object_set_new(object, "n", n ? json_integer((json_int_t)n) : json_null());
    json_object_set_new(object, "theta", n && !numbers ? json_real(view_risk(&view)) : json_null());
}

/* The secret whose key has verified, byte for byte as the task has it: eve(1) says in which order. */
static json_t *describe_secret(const struct learn_command *run, const struct learn_outcome *o) {
    uint8_t key[32];
    struct view view;
    char hex[2 * TASK_HYPOTHESIS_MAX + 1];
    size_t i = 0;
    while (i < o->n_results && (learn_left_out(run, o, i) || o->results[i].status != LEARN_SOLVED))
        i++;
    if (!o->has_key || i == o->n_results || !view_of(&view, key, o->facts))
        return json_null();
    bytes_to_hex(hex, o->results[i].hypothesis, view_hypothesis_bytes(&view));
    json_t *text = json_string(hex);
    sodium_memzero(hex, sizeof hex);
    return text;
}

/* What the run follows from. */
static json_t *describe_run(const struct learn_command *run) {
    const struct arguments *a = run->arguments;
    char seed[65], shard[32];
    bytes_to_hex(seed, run->given_seed, 32);
    snprintf(shard, sizeof shard, "%u/%u", a->shard, a->n_shards);
    return json_pack("{s:i, s:s, s:s, s:s, s:b, s:s?, s:i, s:f}", "schema", 1, "version", PARLEY_VERSION, "revision",
                     lab_revision, "seed", seed, "seeded", (int)a->seeded, "shard", a->n_shards ? shard : NULL,
                     "threads", (int)run->n_threads, "budget", a->budget);
}

void learn_told_json(const struct learn_command *run, const struct learn_outcome *outcomes, size_t n) {
    json_t *sessions = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct learn_outcome *o = &outcomes[i];
        char text[KEYFILE_TEXT];
        json_t *learners = json_array(), *object = json_object();
        for (size_t j = 0; j < o->n_results; j++)
            if (!learn_left_out(run, o, j))
                json_array_append_new(learners, describe_result(run->kinds[j], &o->results[j], o->seconds[j]));
        keyfile_text(text, o->keys.session);
        const struct set *set = o->facts->set; /* NULL: the capture does not tell */
        json_object_set_new(object, "session", json_string(o->facts->session));
        json_object_set_new(object, "params", set ? json_string(set->name) : json_null());
        json_object_set_new(object, "samples",
                            o->facts->complete ? json_integer((json_int_t)set->n_labels) : json_null());
        describe_problem(object, o);
        json_object_set_new(object, "learners", learners);
        json_object_set_new(object, "key_recovered", json_boolean(o->has_key));
        json_object_set_new(object, "key", o->has_key ? json_string(text) : json_null());
        json_object_set_new(object, "secret", describe_secret(run, o));
        json_array_append_new(sessions, object);
    }
    json_t *all = describe_run(run);
    json_object_set_new(all, "sessions", sessions);
    json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(all);
}

static void print_result(const struct learn_command *run, const struct learner_kind *kind,
                         const struct learn_result *r) {
    char used[DURATION_TEXT], expected[DURATION_TEXT], risk[48] = "-";
    if (r->status == LEARN_NOT_APPLICABLE) {
        printf("  %-9s %-14s %s\n", kind->name, learn_status_name(r->status), r->reason);
        return;
    }
    duration_text(used, r->wall_seconds, 1);
    duration_text(expected, r->expected_seconds, run->n_threads);
    if (r->has_hypothesis)
        snprintf(risk, sizeof risk, "%.4f (%.4f-%.4f)", r->risk, r->risk_low, r->risk_high);
    printf("  %-9s %-14s %-24s %10.3g %10.3g %12s  %s\n", kind->name, learn_status_name(r->status), risk, r->tries,
           r->tries_per_second, used, expected);
    if (r->reason[0])
        printf("            %s\n", r->reason);
}

void learn_told_table(const struct learn_command *run, const struct learn_outcome *o) {
    const struct set *set = o->facts->set;
    char text[KEYFILE_TEXT];
    printf("Session %s, set %s%s, %zu samples with labels, %u threads\n", o->facts->session, set->name,
           set->task->experimental && set->toy ? " (experimental, a toy)"
           : set->task->experimental           ? " (experimental)"
           : set->toy                          ? " (a toy)"
                                               : "",
           set->n_labels, run->n_threads);
    printf("  %-9s %-14s %-24s %10s %10s %12s  %s\n", "learner", "", "risk on test labels", "tries", "tries/s", "used",
           "expected to success");
    bool any = false;
    for (size_t i = 0; i < o->n_results; i++)
        if (!learn_left_out(run, o, i)) {
            print_result(run, run->kinds[i], &o->results[i]);
            any = true;
        }
    if (!any)
        printf("  No learner is for the task %s.\n", set->task->name);
    uint8_t key[32];
    struct view view;
    if (view_of(&view, key, o->facts) && view_held(&view))
        printf(
            "  Alice, with the recipes: %.4f expected of these labels, which are sums of two challenges' that hide the "
            "same bit; %.4f of single ones. A coin: 0.5000.\n",
            view_judged_risk(&view), set->risk);
    else
        printf("  Alice, with the recipes: %.4f expected. A coin: 0.5000.\n", set->risk);
    keyfile_text(text, o->keys.session);
    if (o->has_key)
        printf("  Key: %s (the key confirmation on the wire verifies)\n\n", text);
    else
        printf("  No key.\n\n");
    sodium_memzero(text, sizeof text);
}
