/* LWE by guessing: the baseline that everything else is compared with. Secrets are drawn at random, and one that leaves
 * errors of a possible size is tested.
 *
 * A secret with numbers of probability p is found by draws of probability q after sum of p/q draws on average, to the
 * power of n; that is least when q is as the root of p (Massey, Guessing and entropy, ISIT 1994; Arikan, IEEE Trans.
 * Inf. Theory 42(1), 1996), and then 2^(2.158 n). */
#include "common/base/prg.h"
#include "eve/learn/learner_run.h"
#include "eve/learn/view_lwe.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { LEVELS = LWE_PARAMS_LEVELS, CHECKED = 64, TURN = 2048 };

/* p and q of the numbers -2 ... 2, in 16ths and 256ths. */
static const uint8_t of_secret[LEVELS] = {1, 4, 6, 4, 1}, of_draw[LEVELS] = {30, 61, 74, 61, 30};

struct guess {
    struct learn_run *run;
    const struct lwe_params *params;
    const uint16_t *a, *z; /* n_checked training samples */
    size_t n_checked;
    int8_t level[256]; /* of a random byte */
};

static double draws_log2(size_t n) {
    double each = 0;
    for (size_t i = 0; i < LEVELS; i++)
        each += of_secret[i] / 16.0 / (of_draw[i] / 256.0);
    return (double)n * log2(each);
}

/* Hardly any wrong secret gets beyond the first few samples. */
static bool possible(const struct guess *g, const int8_t *s) {
    size_t n = g->params->n;
    for (size_t i = 0; i < g->n_checked; i++) {
        uint16_t rest = g->z[i];
        for (size_t j = 0; j < n; j++)
            rest = (uint16_t)(rest - g->a[i * n + j] * s[j]);
        if ((unsigned)abs((int16_t)rest) > g->params->eta)
            return false;
    }
    return true;
}

static int work(void *context, unsigned thread) {
    const struct guess *guess = context;
    struct learn_run *run = guess->run;
    size_t n = guess->params->n;
    uint8_t key[32], bytes[LWE_PARAMS_N_MAX];
    int8_t s[LWE_PARAMS_N_MAX];
    struct prg g;
    prg_subkey(key, run->ask->seed, "eve/1 guess", thread);
    prg_init(&g, key, 0);
    for (bool first = thread == 0; !learn_should_stop(run); first = false) {
        for (size_t i = 0; i < TURN; i++) {
            prg_read(&g, bytes, n);
            for (size_t j = 0; j < n; j++)
                s[j] = guess->level[bytes[j]];
            if ((first && i < CHECKED) || possible(guess, s)) /* some to judge, when the others say nothing */
                learn_propose(run, (const uint8_t *)s);
        }
        learn_count(run, TURN);
    }
    prg_deinit(&g);
    return 0;
}

static int run(struct learn_run *run) {
    struct guess guess = {.run = run, .params = view_lwe_params(run->view)};
    size_t n = guess.params->n, at = 0;
    guess.n_checked = run->split.n_train < CHECKED ? run->split.n_train : CHECKED;
    for (size_t level = 0; level < LEVELS; level++)
        for (size_t i = 0; i < of_draw[level]; i++)
            guess.level[at++] = (int8_t)((int)level - LEVELS / 2);
    uint16_t *a = malloc(guess.n_checked * n * sizeof *a), *z = malloc(guess.n_checked * sizeof *z);
    int r = a && z ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < guess.n_checked; i++) {
        view_lwe_row(run->view, run->split.train[i], a + i * n);
        z[i] = view_lwe_label(run->view, run->split.train[i]);
    }
    guess.a = a;
    guess.z = z;
    if (r == 0) {
        learn_search(run, "guessing", exp2(-draws_log2(n)));
        r = learn_threads(run->ask->n_threads, work, &guess);
    }
    free(a);
    free(z);
    return r;
}

const struct learner_kind learner_guess = {
    .name = "guess",
    .summary = "draws secrets of LWE and tests them: the baseline",
    .tasks = LEARNS("lwe"),
    .split = SPLIT_SAMPLES,
    .run = run,
};
