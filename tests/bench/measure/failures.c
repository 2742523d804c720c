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

#include <getopt.h>
#include <math.h>
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
static bool verbose;

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

static void usage(FILE *to) {
    fprintf(to, "usage: failures --set NAME|N [--q Q] [--low R --share S --high R] [--candidate C] [--sessions T]\n"
                "                [--first F] [--seed HEX] [--threads T] [--limit UPPER] [--json] [--header]\n"
                "                [--verbose]     (--limit: status 1 unless the upper bound is below it)\n");
}

int main(int argc, char **argv) {
    enum {
        SET = 1,
        Q,
        LOW,
        SHARE,
        HIGH,
        CANDIDATE,
        SESSIONS,
        FIRST,
        SEED,
        THREADS,
        JSON,
        HEADER,
        LIMIT,
        VERBOSE,
        HELP
    };
    static const struct option options[] = {
        {"set", required_argument, NULL, SET},
        {"q", required_argument, NULL, Q},
        {"low", required_argument, NULL, LOW},
        {"share", required_argument, NULL, SHARE},
        {"high", required_argument, NULL, HIGH},
        {"candidate", required_argument, NULL, CANDIDATE},
        {"sessions", required_argument, NULL, SESSIONS},
        {"first", required_argument, NULL, FIRST},
        {"seed", required_argument, NULL, SEED},
        {"threads", required_argument, NULL, THREADS},
        {"json", no_argument, NULL, JSON},
        {"header", no_argument, NULL, HEADER},
        {"limit", required_argument, NULL, LIMIT},
        {"verbose", no_argument, NULL, VERBOSE},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };
    const char *set = NULL;
    unsigned long q = 0, low = 0, share = 33, high = 0, n_threads = 1;
    long candidate = -1;
    size_t first = 0;
    bool json = false, header = false;
    double limit = 2;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case SET:
            set = optarg;
            break;
        case Q:
            q = strtoul(optarg, NULL, 10);
            break;
        case LOW:
            low = strtoul(optarg, NULL, 10);
            break;
        case SHARE:
            share = strtoul(optarg, NULL, 10);
            break;
        case HIGH:
            high = strtoul(optarg, NULL, 10);
            break;
        case CANDIDATE:
            candidate = strtol(optarg, NULL, 10);
            break;
        case SESSIONS:
            n_sessions = strtoul(optarg, NULL, 10);
            break;
        case FIRST:
            first = strtoul(optarg, NULL, 10);
            break;
        case SEED:
            if (prg_seed(seed, optarg) < 0) {
                fprintf(stderr, "failures: --seed is empty\n");
                return 64;
            }
            break;
        case THREADS:
            n_threads = strtoul(optarg, NULL, 10);
            break;
        case JSON:
            json = true;
            break;
        case HEADER:
            header = true;
            break;
        case LIMIT:
            limit = strtod(optarg, NULL);
            break;
        case VERBOSE:
            verbose = true;
            break;
        case HELP:
            usage(stdout);
            return 0;
        default:
            usage(stderr);
            return 64;
        }
    if (!set || sodium_init() < 0 || n_threads < 1 || n_threads > 64) {
        usage(stderr);
        return 64;
    }
    const struct params *known = params_find(set);
    if (known)
        params = *known;
    else if (params_make(&params, (uint32_t)strtoul(set, NULL, 10)) < 0) {
        fprintf(stderr, "failures: no such set: %s\n", set);
        return 64;
    }
    if (candidate >= 0)
        params.candidate = (uint32_t)candidate;
    if (low)
        params.code_low = (uint32_t)low;
    if (share <= 32)
        params.code_share = (uint32_t)share;
    if (high)
        params.code_high = (uint32_t)high;
    else if (q && params.code_share < 32)
        params.code_high = (uint32_t)(32 * q - params.code_low * params.code_share) / (32 - params.code_share);
    uint32_t sum = params.code_low * params.code_share + params.code_high * (32 - params.code_share);
    if (sum % 32 || (q && sum != 32 * q)) {
        fprintf(stderr, "failures: the shape does not repeat bits %s times on average\n", q ? "q" : "whole");
        return 64;
    }
    params.q = sum / 32;
    params.k = params.q * params.n;
    n_sessions += first;
    next_session = first;
    check(code_new(&code, &params));

    pthread_t threads[64];
    for (unsigned long t = 0; t < n_threads; t++)
        check(-pthread_create(&threads[t], NULL, run_sessions, NULL));
    for (unsigned long t = 0; t < n_threads; t++)
        pthread_join(threads[t], NULL);
    code_free(code);

    double runs = (double)(n_sessions - first);
    if (json)
        printf("{\"set\":\"%s\",\"q\":%u,\"low\":%u,\"share\":%u,\"high\":%u,\"candidate\":%u,\"sessions\":%zu,"
               "\"failures\":%zu,\"upper95\":%.3g,\"wrong_candidates\":%zu,\"mean_iterations\":%.1f,"
               "\"mean_rounds\":%.2f,\"mean_ms\":%.3f,\"max_ms\":%.3f}\n",
               params.set.name, params.q, params.code_low, params.code_share, params.code_high, params.candidate,
               n_sessions - first, totals.failures, statistics_upper95(totals.failures, n_sessions - first),
               totals.wrong_candidates, (double)totals.iterations / runs, (double)totals.rounds / runs,
               1e3 * totals.seconds / runs, 1e3 * totals.max_seconds);
    else {
        if (header)
            printf("set\tq\tshape\tcand\tsessions\tfailures\tupper95\twrong\titerations\trounds\tmean_ms\tmax_ms\n");
        printf("%s\t%u\t%ux%u/%u\t%u\t%zu\t%zu\t%.2e\t%zu\t%.1f\t%.2f\t%.3f\t%.2f\n", params.set.name, params.q,
               params.code_low, params.code_share, params.code_high, params.candidate, n_sessions - first,
               totals.failures, statistics_upper95(totals.failures, n_sessions - first), totals.wrong_candidates,
               (double)totals.iterations / runs, (double)totals.rounds / runs, 1e3 * totals.seconds / runs,
               1e3 * totals.max_seconds);
    }
    return statistics_upper95(totals.failures, n_sessions - first) < limit ? 0 : 1;
}
