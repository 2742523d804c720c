/* Pooled Gauss, the textbook baseline: draw n samples, hope that they have no error, solve, test. Esser, Kuebler, May,
 * LPN Decoded, CRYPTO 2017, section 4. */
#include "eve/f2/elim.h"
#include "eve/f2/kernels.h"
#include "eve/f2/pool.h"
#include "eve/learn/learner_run.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct gauss {
    struct learn_run *run;
    struct pool pool;
};

/* A few training labels beyond the n drawn tell a wrong solution; only what survives them goes to the selection labels.
 */
static bool plausible(const struct pool *pool, const uint32_t *ids, size_t n_ids, const uint64_t *s) {
    uint64_t row[PARAMS_N_MAX / 64];
    double theta = pool->view->params->theta;
    size_t errors = 0, most = (size_t)ceil((0.25 + theta / 2) * (double)n_ids);
    for (size_t i = 0; i < n_ids && errors <= most; i++) {
        pool_row(pool, ids[i], row);
        uint64_t sum = 0;
        for (size_t w = 0; w < pool->row_words; w++)
            sum ^= row[w] & s[w];
        errors += (unsigned)__builtin_parityll(sum) ^ view_label(pool->view, ids[i]);
    }
    return errors <= most;
}

static int try_all(void *context, unsigned thread) {
    enum { CHECKS = 192, SPARE = 16 };
    struct gauss *gauss = context;
    struct learn_run *run = gauss->run;
    const struct pool *pool = &gauss->pool;
    size_t n = run->view->params->n;
    uint32_t *deck = malloc(pool->n_ids * sizeof *deck);
    int error = deck ? 0 : -ENOMEM;
    struct dice dice;
    dice_init(&dice, run->ask->seed, "eve/1 gauss", thread);
    if (deck)
        memcpy(deck, pool->ids, pool->n_ids * sizeof *deck);
    size_t checks = pool->n_ids - n < CHECKS ? pool->n_ids - n : CHECKS;
    bool first = thread == 0;
    double tries = 0;
    while (!error && !learn_should_stop(run)) {
        _Alignas(8) uint64_t s[PARAMS_N_MAX / 64] = {0};
        pool_draw(deck, pool->n_ids, n + checks, &dice);
        int solved = pool_solve(pool, deck, NULL, NULL, 0, (uint8_t *)s);
        if (solved == -ERANGE)
            continue; /* dependent: three times in four */
        error = solved;
        if (!error && (first || plausible(pool, deck + n, checks, s)))
            learn_propose(run, (const uint8_t *)s);
        first = false;
        if (++tries >= 64 || n >= 256) {
            learn_count(run, tries);
            tries = 0;
        }
    }
    learn_count(run, tries);
    free(deck);
    return error;
}

static const char *not_applicable(const struct view *view) {
    return view_samples(view) * 2 / 5 < view->params->n + 64 ? "too few samples" : NULL;
}

static int run(struct learn_run *run) {
    struct gauss gauss = {.run = run};
    const struct params *p = run->view->params;
    int error = pool_init(&gauss.pool, run->view, run->split.train, run->split.n_train);
    if (!error) {
        learn_note_memory(run, (double)pool_bytes(&gauss.pool));
        learn_search(run, "searching", pow(1 - p->theta, p->n));
        error = learn_threads(run->ask->n_threads, try_all, &gauss);
    }
    pool_deinit(&gauss.pool);
    return error;
}

const struct learner_kind learner_gauss = {
    .name = "gauss",
    .summary = "pooled Gauss: guess n labels without an error, solve, test",
    .split = SPLIT_SAMPLES,
    .not_applicable = not_applicable,
    .run = run,
};
