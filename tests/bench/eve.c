/* Eve's figures: processor seconds to success over many sessions, and the ratio to pooled Gauss on M4RI.
 *
 *     eve LEARNER N SESSIONS [SEED [THREADS]]
 *     eve threads N PAIRS [SEED]
 *
 * Solving times are nearly exponential, so mean, median and count. The ratio compares rates of independent tries times
 * their modelled probabilities of success: at n256 and above pooled Gauss never ends, so it is extrapolated. The second
 * form says what a second thread is worth to isd: tries in a second of wall time with one and with two in turns, on
 * labels without a secret, so that they all search to their end. */
#include "eve/learners/learners.h"
#include "tests/lib/instance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_M4RI
#include <m4ri/m4ri.h>
#endif

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Successes of pooled Gauss a second: inversions of random n x n matrices, 29% of which exist. */
static double gauss_rate(const struct params *p) {
#ifdef HAVE_M4RI
    double start = instance_cpu_seconds(), tries = 0;
    while (instance_cpu_seconds() - start < 1) {
        mzd_t *a = mzd_init((rci_t)p->n, (rci_t)p->n + 1);
        mzd_randomize(a);
        tries += mzd_echelonize_m4ri(a, 1, 0) == (rci_t)p->n;
        mzd_free(a);
    }
    return tries / (instance_cpu_seconds() - start) * pow(1 - p->theta, p->n);
#else
    (void)p;
    return NAN;
#endif
}

/* ---- threads */

static double wall(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool is_late(void *context) {
    return wall(NULL) > *(const double *)context;
}

/* The learner tunes itself in each run; what it has chosen is said, since a ratio holds for equal choices alone. */
static double rate(const struct instance *in, unsigned n_threads, struct learn_result *result) {
    double due = wall(NULL) + 1.5;
    struct learn_ask ask = {
        .view = &in->view, .seed = in->seed, .n_threads = n_threads, .now = wall, .stop = is_late, .context = &due};
    if (learn(learners_find("isd"), &ask, result) != 0)
        exit(1);
    printf("  %u:", n_threads);
    for (size_t i = 0; i < result->n_facts && i < 4; i++)
        printf(" %g", result->facts[i].value);
    printf(" -> %.0f/s\n", result->tries_per_second);
    return result->tries_per_second * result->try_success;
}

static int compare_threads(const struct params *params, size_t n_pairs, uint64_t seed) {
    struct instance in;
    struct learn_result *result = malloc(sizeof *result);
    double *ratios = malloc(n_pairs * sizeof *ratios);
    if (!result || !ratios)
        return 1;
    instance_make(&in, params, INSTANCE_RANDOM, seed);
    for (size_t i = 0; i < n_pairs; i++) {
        double of[3];
        for (unsigned turn = 0; turn < 2; turn++) {
            unsigned n_threads = 1 + (turn + (unsigned)i) % 2;
            of[n_threads] = rate(&in, n_threads, result);
        }
        ratios[i] = of[2] / of[1];
    }
    qsort(ratios, n_pairs, sizeof *ratios, ascending);
    printf("isd n%u: two threads give %.3f times the tries of one (median of %zu pairs; quartiles %.3f, %.3f)\n",
           params->n, ratios[n_pairs / 2], n_pairs, ratios[n_pairs / 4], ratios[n_pairs - 1 - n_pairs / 4]);
    instance_free(&in);
    free(ratios);
    free(result);
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 4)
        return fprintf(stderr, "usage: %s LEARNER N SESSIONS [SEED [THREADS]], or threads N PAIRS [SEED]\n", argv[0]),
               64;
    const struct learner_kind *kind = learners_find(argv[1]);
    struct params params;
    size_t sessions = strtoul(argv[3], NULL, 10), solved = 0;
    uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
    unsigned threads = argc > 5 ? (unsigned)strtoul(argv[5], NULL, 10) : 1;
    if (strcmp(argv[1], "threads") == 0 && params_make(&params, (uint32_t)strtoul(argv[2], NULL, 10)) == 0 &&
        sessions > 0)
        return compare_threads(&params, sessions, seed);
    if (!kind || params_make(&params, (uint32_t)strtoul(argv[2], NULL, 10)) != 0 || sessions == 0)
        return 64;
    double *seconds = malloc(sessions * sizeof *seconds), sum = 0, successes = 0, expected = 0, searched = 0, tries = 0;
    struct learn_result *result = malloc(sizeof *result);
    if (!seconds || !result)
        return 1;
    for (size_t i = 0; i < sessions; i++) {
        struct instance in;
        instance_make(&in, &params, INSTANCE_SESSION, seed + i);
        struct learn_ask ask = instance_ask(&in, threads, 3600);
        if (learn(kind, &ask, result) != 0)
            return 1;
        seconds[i] = instance_cpu_seconds() - in.started;
        sum += seconds[i];
        solved += result->status == LEARN_SOLVED;
        successes += result->tries * result->try_success;
        tries += result->tries;
        searched += result->tries_per_second > 0 ? result->tries / result->tries_per_second : 0;
        expected = result->try_success;
        instance_free(&in);
    }
    qsort(seconds, sessions, sizeof *seconds, ascending);
    printf("%s n%u: solved %zu of %zu, cpu seconds mean %.4f median %.4f most %.4f\n", kind->name, params.n, solved,
           sessions, sum / (double)sessions, seconds[sessions / 2], seconds[sessions - 1]);
    printf("the model expected %.1f successes from these tries; %.0f tries a second of log2 success %.2f\n", successes,
           tries / searched, log2(expected));
    double gauss = gauss_rate(&params);
    printf("successes a second, ratio to pooled Gauss on M4RI (extrapolated): %.0f\n",
           tries / searched * expected / gauss);
    free(seconds);
    free(result);
    return 0;
}
