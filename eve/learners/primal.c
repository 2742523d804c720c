/* LWE by lattice reduction: the primal attack (eve/lattice), with the training samples. It has one core: the program it
 * runs has. Other shards and seeds take other samples.
 *
 * A set too large for it is the rule: then its hypothesis is the likeliest secret of some hundred drawn at random,
 * chosen on select, so that there is something to judge; it says nothing, and is seen to say nothing. */
#include "common/base/prg.h"
#include "eve/lattice/search.h"
#include "eve/learn/view_lwe.h"
#include "eve/learners/estimate_lwe.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <stdlib.h>

enum { MOST = LWE_PARAMS_LEVELS / 2, DRAWN = 100 };

static bool found(void *context, const int8_t *s) {
    return learn_propose(context, (const uint8_t *)s);
}

static bool propose_drawn(struct learn_run *run, size_t n) {
    struct prg g;
    uint8_t key[32], bytes[LWE_PARAMS_N_MAX / 2];
    int8_t s[LWE_PARAMS_N_MAX];
    bool solved = false;
    prg_subkey(key, run->ask->seed, "eve/1 primal", 0);
    prg_init(&g, key, 0);
    for (int i = 0; i < DRAWN && !solved && !learn_should_stop(run); i++) {
        prg_read(&g, bytes, n / 2);
        for (size_t j = 0; j < n; j++) { /* four bits: two of them less the other two */
            unsigned four = bytes[j / 2] >> j % 2 * 4 & 15;
            s[j] = (int8_t)(__builtin_popcount(four & 3) - __builtin_popcount(four >> 2));
        }
        solved = found(run, s);
    }
    prg_deinit(&g);
    return solved;
}

static void say(struct learn_run *run, int outcome, const struct search *s) {
    const struct usvp *u = &s->plan->estimate;
    if (outcome == FPLLL_MISSING)
        learn_not_applicable(run, "the program fplll is missing: apt-get install fplll-tools");
    else if (outcome == FPLLL_BROKEN)
        learn_failed(run, "fplll at block size %u: %s", s->block, s->ended.why);
    else if (outcome == FPLLL_STOPPED && u->beta < USVP_FLATTERS)
        learn_reason(run, "stopped in BKZ-%u; by formula, which flatters her at such sizes, BKZ-%u would do (%s)",
                     s->block, u->beta, USVP_SOURCE);
    else if (outcome == FPLLL_STOPPED)
        learn_reason(run, "stopped in BKZ-%u; by formula it takes BKZ-%u, 2^%.0f by core-SVP (%s)", s->block, u->beta,
                     usvp_core_classical(u->beta), USVP_SOURCE);
}

static int run(struct learn_run *run) {
    const struct view *v = run->view;
    const struct lwe_params *p = view_lwe_params(v);
    struct usvp_task task;
    struct search_plan plan;
    estimate_lwe_task(&task, p, run->split.n_train);
    search_plan(&plan, &task);
    if (plan.samples == 0) {
        learn_reason(run, "too few samples");
        return 0;
    }
    uint16_t *a = malloc((size_t)plan.samples * p->n * sizeof *a), *z = malloc(plan.samples * sizeof *z);
    int r = a && z ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < plan.samples; i++) {
        view_lwe_row(v, run->split.train[i], a + i * p->n);
        z[i] = view_lwe_label(v, run->split.train[i]);
    }
    struct search search = {.task = &task, .plan = &plan, .a = a, .z = z, .most = MOST, .found = found, .context = run};
    if (r == 0) {
        learn_search(run, "reducing", 0);
        r = propose_drawn(run, p->n) ? FPLLL_DONE : search_run(&search, run);
        if (r >= 0)
            say(run, r, &search);
        learn_fact(run, "block_size", search.block);
        learn_fact(run, "block_size_estimated", plan.estimate.beta);
        learn_fact(run, "dimension", (double)plan.samples + p->n + 1);
        learn_fact(run, "process_seconds", search.ended.seconds);
        learn_note_memory(run, search.memory_bytes);
    }
    free(a);
    free(z);
    return r < 0 ? r : 0;
}

const struct learner_kind learner_primal = {
    .name = "primal",
    .summary = "lattice reduction by fplll, on labels modulo 2^16: the real weapon against LWE",
    .by_default = true,
    .tasks = LEARNS("lwe"),
    .split = SPLIT_SAMPLES,
    .run = run,
};
