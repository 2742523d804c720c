/* How often the bimodal learner fails, on whole sessions: fresh recipes, plain errors that recipes share, own errors.
 * The secret is 0 and there are no vectors: code and learner are linear and symmetric, and
 * tests/unit/common/task/lpn/test_learner.c shows that a random secret with real samples and labels gives the same
 * outcome, iteration by iteration.
 *
 * One line of a table (or of JSON) per run; README.md shows the runs that chose q. */
#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/task/lpn/code.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/params.h"
#include "common/task/lpn/recipes.h"
#include "eve/lab/statistics.h"

#include <math.h>
#include <popt.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_PROPOSALS = 8 }; /* wrong candidates that a session may cost before it counts as failed */

static struct params params;
static struct code *code;
static uint8_t seed[32];
static size_t n_sessions = 1000;
static int verbose;

/* Sessions are numbered; a session's outcome depends on seed and number alone. */
static size_t next_session;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct totals {
    size_t failures, wrong_candidates, iterations, rounds, max_iterations;
    double seconds, max_seconds;
} totals;

static double thread_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(int r) {
    if (r < 0) {
        fprintf(stderr, "failures: out of memory\n");
        exit(71);
    }
}

/* v of secret 0: for each recipe its own error and the plain errors it names. */
static void make_labels(const struct recipes *recipes, const uint8_t key[static 32], uint8_t *plain, uint8_t *v) {
    uint8_t noise_key[32];
    memset(plain, 0, bits_to_bytes(params.m));
    memset(v, 0, bits_to_bytes(params.k));
    prg_subkey(noise_key, key, "plain errors", 0);
    noise_add(plain, params.m, noise_key, params.theta64);
    prg_subkey(noise_key, key, "own errors", 0);
    noise_add(v, params.k, noise_key, params.theta64);
    for (size_t j = 0; j < params.k; j++)
        for (size_t t = 0; t < params.w; t++)
            bit_xor(v, j, bit_get(plain, recipes_index(recipes, j, t)));
}

/* Whether it proposes 0. */
static bool learn(struct learner *learner, const uint8_t *v, size_t *wrongp) {
    learner_start(learner, v);
    for (;;) {
        while (learner_status(learner) == LEARNER_WORK)
            learner_turn(learner);
        if (learner_status(learner) == LEARNER_EXHAUSTED)
            return false;
        if (sodium_is_zero(learner_candidate(learner), bits_to_bytes(params.n)))
            return true;
        if (++*wrongp == MAX_PROPOSALS)
            return false;
        learner_reject(learner);
    }
}

static void *run_sessions(void *unused) {
    (void)unused;
    uint8_t *plain = malloc(bits_to_bytes(params.m)), *v = malloc(bits_to_bytes(params.k));
    check(plain && v ? 0 : -1);
    for (;;) {
        pthread_mutex_lock(&lock);
        size_t session = next_session++;
        pthread_mutex_unlock(&lock);
        if (session >= n_sessions)
            break;
        uint8_t key[32], recipe_key[32];
        prg_subkey(key, seed, "session", session);
        prg_subkey(recipe_key, key, "recipes", 0);
        struct recipes *recipes;
        struct learner *learner;
        check(recipes_new(&recipes, &params, recipe_key));
        check(learner_new(&learner, &params, code, recipes));
        for (size_t part = 0; part < recipes_n_parts(recipes, RECIPES_SAMPLE); part++)
            recipes_run(recipes, RECIPES_SAMPLE, part);
        make_labels(recipes, key, plain, v);
        size_t wrong = 0;
        double start = thread_seconds();
        bool ok = learn(learner, v, &wrong);
        double seconds = thread_seconds() - start;
        pthread_mutex_lock(&lock);
        totals.failures += !ok;
        totals.wrong_candidates += wrong;
        totals.iterations += learner_iterations(learner);
        totals.rounds += learner_rounds(learner);
        if (learner_iterations(learner) > totals.max_iterations)
            totals.max_iterations = learner_iterations(learner);
        totals.seconds += seconds;
        if (seconds > totals.max_seconds)
            totals.max_seconds = seconds;
        pthread_mutex_unlock(&lock);
        if (verbose && (!ok || wrong))
            fprintf(stderr, "session %zu: %s, %zu wrong candidates, %zu iterations, %.4f of v differ\n", session,
                    ok ? "learned" : "failed", wrong, learner_iterations(learner), learner_error_rate(learner));
        learner_free(learner);
        recipes_free(recipes);
    }
    free(plain);
    free(v);
    return NULL;
}

static int wrong_usage(poptContext context, const char *what, const char *why) {
    fprintf(stderr, "failures: %s: %s\n", what, why);
    poptFreeContext(context);
    return 64;
}

/* The set's code, or another of the same shape. 1: it does not repeat bits q times, or a whole number of times. */
static int choose_code(long q, long low, long share, long high, long candidate) {
    if (candidate >= 0)
        params.candidate = (uint32_t)candidate;
    if (low > 0)
        params.code_low = (uint32_t)low;
    if (share >= 0 && share <= 32)
        params.code_share = (uint32_t)share;
    if (high > 0)
        params.code_high = (uint32_t)high;
    else if (q > 0 && params.code_share < 32)
        params.code_high = (uint32_t)(32 * q - params.code_low * params.code_share) / (32 - params.code_share);
    uint32_t sum = params.code_low * params.code_share + params.code_high * (32 - params.code_share);
    params.q = sum / 32;
    params.k = params.q * params.n;
    return sum % 32 || (q > 0 && sum != (uint64_t)(32 * q));
}

int main(int argc, const char **argv) {
    const char *set = "", *seed_text = NULL;
    long q = 0, low = 0, share = -1, high = 0, candidate = -1, sessions = 1000, first = 0, n_threads = 1;
    int json = 0, header = 0;
    double limit = 2;
    const struct poptOption options[] = {
        {"set", 0, POPT_ARG_STRING, &set, 0, "the set to measure, or n of one that is made up", "NAME|N"},
        {"q", 0, POPT_ARG_LONG, &q, 0, "k = q n", "Q"},
        {"low", 0, POPT_ARG_LONG, &low, 0, "how often the first bits are repeated", "R"},
        {"share", 0, POPT_ARG_LONG, &share, 0, "how many these are, of 32", "S"},
        {"high", 0, POPT_ARG_LONG, &high, 0, "how often the others are repeated", "R"},
        {"candidate", 0, POPT_ARG_LONG, &candidate, 0, "which order of the code", "C"},
        {"sessions", 0, POPT_ARG_LONG | POPT_ARGFLAG_SHOW_DEFAULT, &sessions, 0, "sessions", "T"},
        {"first", 0, POPT_ARG_LONG, &first, 0, "number of the first session", "F"},
        {"seed", 0, POPT_ARG_STRING, &seed_text, 0, "of all randomness", "TEXT"},
        {"threads", 0, POPT_ARG_LONG | POPT_ARGFLAG_SHOW_DEFAULT, &n_threads, 0, "1 to 64", "T"},
        {"limit", 0, POPT_ARG_DOUBLE, &limit, 0, "status 1 unless the upper bound is below it", "UPPER"},
        {"json", 0, POPT_ARG_NONE, &json, 0, "one object instead of a row", NULL},
        {"header", 0, POPT_ARG_NONE, &header, 0, "say what the columns are", NULL},
        {"verbose", 0, POPT_ARG_NONE, &verbose, 0, "tell of each odd session", NULL},
        POPT_AUTOHELP POPT_TABLEEND,
    };
    poptContext context = poptGetContext("failures", argc, argv, options, 0);
    int r = poptGetNextOpt(context);
    if (r < -1)
        return wrong_usage(context, poptBadOption(context, 0), poptStrerror(r));
    const struct params *known = params_find(set);
    if (known)
        params = *known;
    else if (params_make(&params, (uint32_t)strtoul(set, NULL, 10)) < 0)
        return wrong_usage(context, "--set", "no such set");
    if (sessions < 1 || first < 0 || n_threads < 1 || n_threads > 64)
        return wrong_usage(context, "--sessions, --first, --threads", "out of range");
    if (seed_text && prg_seed(seed, seed_text) < 0)
        return wrong_usage(context, "--seed", "is empty");
    if (choose_code(q, low, share, high, candidate))
        return wrong_usage(context, "--q, --low, --share, --high",
                           "the shape does not repeat bits as often on average");
    poptFreeContext(context);
    if (sodium_init() < 0)
        return 71;
    n_sessions = (size_t)(sessions + first);
    next_session = (size_t)first;
    check(code_new(&code, &params));

    pthread_t threads[64];
    for (long t = 0; t < n_threads; t++)
        check(-pthread_create(&threads[t], NULL, run_sessions, NULL));
    for (long t = 0; t < n_threads; t++)
        pthread_join(threads[t], NULL);
    code_free(code);

    size_t done = (size_t)sessions;
    double runs = (double)done;
    if (json)
        printf("{\"set\":\"%s\",\"q\":%u,\"low\":%u,\"share\":%u,\"high\":%u,\"candidate\":%u,\"sessions\":%zu,"
               "\"failures\":%zu,\"upper95\":%.3g,\"wrong_candidates\":%zu,\"mean_iterations\":%.1f,"
               "\"mean_rounds\":%.2f,\"mean_ms\":%.3f,\"max_ms\":%.3f}\n",
               params.set.name, params.q, params.code_low, params.code_share, params.code_high, params.candidate, done,
               totals.failures, statistics_upper95(totals.failures, done), totals.wrong_candidates,
               (double)totals.iterations / runs, (double)totals.rounds / runs, 1e3 * totals.seconds / runs,
               1e3 * totals.max_seconds);
    else {
        if (header)
            printf("set\tq\tshape\tcand\tsessions\tfailures\tupper95\twrong\titerations\trounds\tmean_ms\tmax_ms\n");
        printf("%s\t%u\t%ux%u/%u\t%u\t%zu\t%zu\t%.2e\t%zu\t%.1f\t%.2f\t%.3f\t%.2f\n", params.set.name, params.q,
               params.code_low, params.code_share, params.code_high, params.candidate, done, totals.failures,
               statistics_upper95(totals.failures, done), totals.wrong_candidates, (double)totals.iterations / runs,
               (double)totals.rounds / runs, 1e3 * totals.seconds / runs, 1e3 * totals.max_seconds);
    }
    return statistics_upper95(totals.failures, done) < limit ? 0 : 1;
}
