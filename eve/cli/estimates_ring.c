#include "eve/cli/estimates.h"

#include "eve/learn/duration.h"
#include "eve/learners/estimate_ring.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Set i or a later one that is wanted; NULL behind the last. */
static const struct ring_params *wanted(const char *params, size_t *ip) {
    const struct ring_params *p;
    while ((p = ring_params_at((*ip)++)) != NULL)
        if (!params || strcmp(params, p->set.name) == 0)
            return p;
    return NULL;
}

size_t estimates_ring_count(const char *params) {
    size_t n = 0;
    for (size_t i = 0; wanted(params, &i);)
        n++;
    return n;
}

static json_t *describe_side(const struct estimate_ring_side *s) {
    return json_pack("{s:f, s:f, s:f, s:f, s:f}", "operations_from_log2", s->from, "operations_to_log2", s->to,
                     "one_target_log2", s->alone, "quantum_log2", s->quantum, "core_seconds_log2", s->seconds);
}

json_t *estimates_ring_describe(const char *params) {
    json_t *sets = json_array();
    const struct ring_params *p;
    for (size_t i = 0; (p = wanted(params, &i)) != NULL;) {
        struct estimate_ring e;
        estimate_ring_set(&e, p);
        json_array_append_new(sets, json_pack("{s:s, s:i, s:i, s:i, s:i, s:o, s:o, s:f, s:f}", "params", p->set.name,
                                              "n", (int)p->n, "w", (int)p->w, "w_s", (int)p->w_s, "w_e", (int)p->w_e,
                                              "vectors", describe_side(&e.vectors), "labels", describe_side(&e.labels),
                                              "strength_from_log2", e.from, "strength_to_log2", e.to));
    }
    return sets;
}

static void print_side(const struct estimate_ring_side *s) {
    printf(" %6.1f to %5.1f (%5.1f; %5.1f)", s->from, s->to, s->alone, s->quantum);
}

void estimates_ring_print(const char *params) {
    const struct ring_params *p;
    printf(
        "The ring task, experimental: log2 of bit operations until success on average, by Stern's search with all n\n"
        "rotations as targets (Stern 1988; Sendrier 2011), from information sets for nothing to exchanges one at a "
        "time\n"
        "(Bernstein, Lange, Peters 2008); in brackets with one target alone, and with Grover's square root for the "
        "search.\n"
        "Structure is an assumption of its own: not the currency of another table.\n\n");
    printf("%-7s %5s %4s %4s %31s %31s  %s\n", "set", "n", "w", "w_e", "vectors: (x, y)", "labels: (s, e1, e2)",
           "isd or recipe, one core by formula");
    for (size_t i = 0; (p = wanted(params, &i)) != NULL;) {
        struct estimate_ring e;
        char time[DURATION_TEXT];
        estimate_ring_set(&e, p);
        duration_text(time, exp2(fmin(e.vectors.seconds, e.labels.seconds)), 1);
        printf("%-7s %5u %4u %4u", p->set.name, (unsigned)p->n, (unsigned)p->w, (unsigned)p->w_e);
        print_side(&e.vectors);
        print_side(&e.labels);
        printf("  %s\n", time);
    }
}
