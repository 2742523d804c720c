/* How often the learner of the ring task fails, on whole attempts: fresh x, y, s, e1 and e2, and x s + y e1 + e2, which
 * is what labels and recipe leave (tests/unit/common/task/ring). A failure is an attempt in which it never proposes s.
 * One line per run; README.md shows the runs. */
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/task/ring/flip.h"
#include "common/task/ring/sparse.h"
#include "eve/lab/statistics.h"

#include <popt.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct totals {
    size_t failures, wrong, again, turns, max_turns; /* again: with more than one try, or a wrong proposal */
    double seconds, max_seconds;
} totals;

static double thread_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t *part(const struct ring_params *p, const uint8_t *key, uint64_t nonce, uint32_t weight) {
    static uint64_t bits[3][POLY_WORDS];
    static uint32_t at[RING_WEIGHT_MAX];
    sparse_draw(bits[nonce], at, weight, p->n, key, nonce);
    return bits[nonce];
}

/* Whether it finds s. What an attempt makes depends on seed and number alone. */
static bool attempt(const struct ring_params *p, const uint8_t *seed, uint64_t number, bool verbose) {
    static struct recipe_part x, y;
    static uint64_t v[POLY_WORDS];
    uint8_t key[32], recipe[32];
    struct flip *flip;
    prg_subkey(key, seed, "attempt", number);
    prg_subkey(recipe, key, "recipe", 0);
    sparse_draw(x.bits, x.at, p->w, p->n, recipe, 0);
    sparse_draw(y.bits, y.at, p->w, p->n, recipe, 1);
    const uint64_t *s = part(p, key, 0, p->w_s), *e1 = part(p, key, 1, p->w_e), *e2 = part(p, key, 2, p->w_e);
    uint64_t product[POLY_WORDS];
    poly_mul(v, x.bits, s, p->n);
    poly_mul(product, y.bits, e1, p->n);
    poly_add(v, product, p->n);
    poly_add(v, e2, p->n);

    double begin = thread_seconds();
    if (flip_new(&flip, p, &x, &y) < 0) {
        fprintf(stderr, "ring_failures: out of memory\n");
        exit(71);
    }
    flip_start(flip, v);
    bool found = false, wrong = false;
    while (!found && flip_status(flip) != FLIP_EXHAUSTED) {
        if (flip_status(flip) == FLIP_WORK) {
            flip_turn(flip);
            continue;
        }
        found = memcmp(flip_s(flip), s, poly_words(p->n) * 8) == 0;
        if (!found) {
            wrong = true;
            flip_reject(flip);
        }
    }
    double seconds = thread_seconds() - begin;
    size_t turns = flip_turns(flip);
    totals.failures += !found;
    totals.wrong += wrong;
    totals.again += turns > 20;
    totals.turns += turns;
    totals.max_turns = turns > totals.max_turns ? turns : totals.max_turns;
    totals.seconds += seconds;
    totals.max_seconds = seconds > totals.max_seconds ? seconds : totals.max_seconds;
    if (verbose && (!found || wrong || turns > 20))
        fprintf(stderr, "attempt %llu: %s, %zu turns\n", (unsigned long long)number, found ? "found" : "failed", turns);
    flip_free(flip);
    return found;
}

static int wrong_usage(poptContext context, const char *what, const char *why) {
    fprintf(stderr, "ring_failures: %s: %s\n", what, why);
    poptFreeContext(context);
    return 64;
}

int main(int argc, const char **argv) {
    const char *set = "", *seed_text = NULL;
    long sessions = 1000, first = 0;
    int header = 0, verbose = 0;
    double limit = 2;
    const struct poptOption options[] = {
        {"set", 0, POPT_ARG_STRING, &set, 0, "the set to measure", "NAME"},
        {"sessions", 0, POPT_ARG_LONG | POPT_ARGFLAG_SHOW_DEFAULT, &sessions, 0, "attempts", "T"},
        {"first", 0, POPT_ARG_LONG, &first, 0, "number of the first attempt", "F"},
        {"seed", 0, POPT_ARG_STRING, &seed_text, 0, "of all randomness", "TEXT"},
        {"limit", 0, POPT_ARG_DOUBLE, &limit, 0, "status 1 unless the upper bound is below it", "UPPER"},
        {"header", 0, POPT_ARG_NONE, &header, 0, "say what the columns are", NULL},
        {"verbose", 0, POPT_ARG_NONE, &verbose, 0, "tell of each odd attempt", NULL},
        POPT_AUTOHELP POPT_TABLEEND,
    };
    uint8_t seed[32] = {0};
    poptContext context = poptGetContext("ring_failures", argc, argv, options, 0);
    int r = poptGetNextOpt(context);
    if (r < -1)
        return wrong_usage(context, poptBadOption(context, 0), poptStrerror(r));
    const struct ring_params *p = ring_params_find(set);
    if (!p)
        return wrong_usage(context, "--set", "no such set");
    if (sessions < 1 || first < 0)
        return wrong_usage(context, "--sessions, --first", "out of range");
    if (seed_text && prg_seed(seed, seed_text) < 0)
        return wrong_usage(context, "--seed", "is empty");
    poptFreeContext(context);
    if (sodium_init() < 0)
        return 71;
    size_t n_sessions = (size_t)sessions;
    for (size_t i = 0; i < n_sessions; i++)
        attempt(p, seed, (uint64_t)first + i, verbose);
    double upper = statistics_upper95(totals.failures, n_sessions), runs = (double)n_sessions;
    if (header)
        printf("set\tw\tw_s\tsessions\tfailures\tupper95\twrong\tagain\tturns\tmax_turns\tmean_ms\tmax_ms\n");
    printf("%s\t%u\t%u\t%zu\t%zu\t%.2e\t%zu\t%zu\t%.2f\t%zu\t%.3f\t%.2f\n", p->set.name, p->w, p->w_s, n_sessions,
           totals.failures, upper, totals.wrong, totals.again, (double)totals.turns / runs, totals.max_turns,
           1e3 * totals.seconds / runs, 1e3 * totals.max_seconds);
    return upper < limit ? 0 : 1;
}
