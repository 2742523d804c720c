/* Eve's search in quasi-cyclic codes (eve/f2/doom.h) on planted errors, and its inner loops beside their plain twins.
 *
 *     rotations N BLOCKS WEIGHT SESSIONS [SEED]
 *
 * WEIGHT: of each block. Processor seconds to success, as many passes as it took and as the model expects. */
#include "eve/f2/doom.h"
#include "eve/learners/doom_plan.h"
#include "tests/lib/planted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct bench {
    struct planted planted;
    struct cyclic cyclic;
    struct doom doom;
    struct doom_plan plan;
};

static int begin(struct bench *b, size_t n, unsigned n_blocks, unsigned weight, uint64_t seed) {
    static const uint8_t key[32] = {1};
    planted_make(&b->planted, n, n_blocks, (const unsigned[]){weight, weight, weight}, seed);
    doom_plan(&b->plan, &b->planted.word);
    if (cyclic_init(&b->cyclic, &b->planted.word, key, 0) < 0 ||
        doom_init(&b->doom, n, b->plan.n_u, b->plan.bits, b->plan.most) < 0)
        return -1;
    for (size_t i = 0; i < n / 4; i++)
        cyclic_exchange(&b->cyclic);
    return 0;
}

static void end(struct bench *b) {
    cyclic_deinit(&b->cyclic);
    doom_deinit(&b->doom);
    planted_free(&b->planted);
}

static void pass(struct bench *b) {
    doom_pass(&b->doom, &b->cyclic, dice_below(&b->cyclic.dice, (uint32_t)(b->cyclic.n_cols / 64)));
}

static bool succeeds(const struct bench *b) {
    unsigned weight = b->planted.word.weight;
    for (size_t h = 0; h < b->doom.n_hits; h++)
        if (cyclic_weight(&b->cyclic, b->doom.hits[h].target, b->doom.hits[h].rows, 3, weight) == weight)
            return true;
    return false;
}

/* The least of a few, in turns, since others use the processor too. */
static void compare_kernels(size_t n, unsigned n_blocks, unsigned weight) {
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    double passes[3] = {INFINITY, INFINITY, INFINITY}, exchanges[3] = {INFINITY, INFINITY, INFINITY};
    for (int turn = 0; turn < 5; turn++)
        for (size_t k = 0; k < n_all; k++) {
            struct bench b;
            kernels_force(all[k]);
            if (begin(&b, n, n_blocks, weight, 1) < 0)
                exit(1);
            double start = seconds();
            for (int i = 0; i < 10; i++)
                pass(&b);
            double middle = seconds();
            for (int i = 0; i < 100; i++)
                cyclic_exchange(&b.cyclic);
            passes[k] = fmin(passes[k], (middle - start) / 10);
            exchanges[k] = fmin(exchanges[k], (seconds() - middle) / 100);
            end(&b);
        }
    kernels_force(NULL);
    for (size_t k = 0; k < n_all; k++)
        printf("%-7s a pass %.3f ms (%.2f of plain), %d exchanges %.4f ms (%.2f of plain)\n", all[k]->name,
               1e3 * passes[k], passes[k] / passes[0], CYCLIC_GROUP, 1e3 * exchanges[k], exchanges[k] / exchanges[0]);
}

int main(int argc, char **argv) {
    if (argc < 5)
        return fprintf(stderr, "usage: %s N BLOCKS WEIGHT SESSIONS [SEED]\n", argv[0]), 64;
    size_t n = strtoul(argv[1], NULL, 10), sessions = strtoul(argv[4], NULL, 10);
    unsigned n_blocks = (unsigned)strtoul(argv[2], NULL, 10), weight = (unsigned)strtoul(argv[3], NULL, 10);
    uint64_t seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1;
    if (n < 128 || n > 20000 || n_blocks < 2 || n_blocks > CYCLIC_BLOCKS || weight == 0 || weight > n / 4)
        return fprintf(stderr, "%s: N is 128 to 20000, BLOCKS 2 or 3, WEIGHT 1 to N/4\n", argv[0]), 64;
    compare_kernels(n, n_blocks, weight);

    double *taken = malloc((sessions + 1) * sizeof *taken), passes = 0, sum = 0, expected = 0;
    if (!taken)
        return 1;
    for (size_t i = 0; i < sessions; i++) {
        struct bench b;
        double start = seconds();
        if (begin(&b, n, n_blocks, weight, seed + i) < 0)
            return 1;
        do {
            for (unsigned g = 0; g < b.plan.groups; g++)
                cyclic_exchange(&b.cyclic);
            pass(&b);
            passes++;
        } while (!succeeds(&b));
        taken[i] = seconds() - start;
        sum += taken[i];
        expected = 1 / -expm1(-b.plan.success * b.plan.independence);
        printf("session %zu: %.3f s\n", i, taken[i]);
        fflush(stdout);
        end(&b);
    }
    qsort(taken, sessions, sizeof *taken, ascending);
    if (sessions)
        printf("%zu sessions: processor seconds mean %.3f, median %.3f, most %.3f; passes %.1f on average, %.1f "
               "expected\n",
               sessions, sum / (double)sessions, taken[sessions / 2], taken[sessions - 1], passes / (double)sessions,
               expected);
    free(taken);
    return 0;
}
