/* Times the inner loops at each level that this processor has, in turns, and at last what is not chosen by level:
 * products of strings in plain C and as they are, libsodium's ChaCha20 and the one in use. Processor time, medians
 * of 9.
 *
 *     kernels
 *     PARLEY_LEVEL=avx2 kernels    plain and avx2 alone */
#include "common/base/chacha.h"
#include "common/base/level.h"
#include "common/task/lpn/gf2.h"
#include "common/task/lwe/combine.h"
#include "common/task/lwe/zq.h"
#include "common/task/ring/counters.h"
#include "common/task/ring/ring_params.h"
#include "tests/bench/kernels_learner.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    RUNS = 9,
    ROWS = 1024,
    TARGETS = 40960,
    EDGES = 1 << 20,
    PIECE = 64 * 1024,
    PIECES = 256,
    RECIPES = 640,
    WIDTH = 64,
    TIMES = 16, /* that something is done to a string of r13109 */
};

static uint8_t rows[ROWS * 64], vec[64], bits[ROWS / 8], piece[PIECE];
static uint8_t labels[2 * ROWS], wide_rows[ROWS * 2 * WIDTH], recipes[ROWS / 4 * RECIPES];
static int16_t small[WIDTH];
static uint16_t combined[RECIPES * WIDTH];
static const struct ring_params *ring;
static uint64_t string[POLY_WORDS], product[POLY_WORDS];
static uint32_t places[RING_WEIGHT_MAX];
static struct counters counters;
static struct counters_scratch scratch;
static enum level widest;
static uint8_t *sums;
static uint32_t *edges;

/* Of this thread: what others take meanwhile does not count. */
static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void dot(void) {
    for (int i = 0; i < PIECES; i++)
        gf2_dot_rows(bits, 0, rows, ROWS, 64, vec);
}

static void scatter(void) {
    gf2_scatter(sums, rows, 64, 0, edges, EDGES);
}

static void dot_words(void) {
    for (int i = 0; i < PIECES; i++)
        zq_dot_rows(labels, wide_rows, ROWS, WIDTH, small);
}

static void combine(void) {
    combine_rows(combined, RECIPES, wide_rows, ROWS, WIDTH, recipes);
}

static void multiply_portable(void) {
    for (int i = 0; i < TIMES; i++)
        poly_mul_portable(product, string, string, ring->n);
}

static void multiply(void) {
    for (int i = 0; i < TIMES; i++)
        poly_mul(product, string, string, ring->n);
}

static void count(void) {
    for (int i = 0; i < TIMES; i++)
        counters_sum(&counters, string, places, ring->w, ring->n, &scratch);
}

static void chacha_sodium(void) {
    static const uint8_t key[32], nonce[8];
    for (int i = 0; i < PIECES; i++)
        crypto_stream_chacha20(piece, PIECE, nonce, key);
}

static void chacha(void) {
    static const uint8_t key[32], nonce[8];
    for (int i = 0; i < PIECES; i++)
        chacha_stream(piece, PIECE, key, nonce, (uint64_t)i * PIECE / 64);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* took[i]: the median of what run does at level i, or of runs[i]. */
static void medians(double *took, int n, void (*const *runs)(void), bool levels) {
    double all[N_LEVELS][RUNS];
    for (int r = -1; r < RUNS; r++) /* the first time does not count */
        for (int i = 0; i < n; i++) {
            if (levels)
                level_limit((enum level)i);
            double start = seconds();
            runs[levels ? 0 : i]();
            if (r >= 0)
                all[i][r] = seconds() - start;
        }
    for (int i = 0; i < n; i++) {
        qsort(all[i], RUNS, sizeof all[i][0], compare);
        took[i] = all[i][RUNS / 2];
    }
}

static void print_row(const char *name, const char *unit, double scale, const double *took, int n) {
    printf("%-32s", name);
    for (int i = 0; i < n; i++)
        printf(" %9.2f", scale / took[i]);
    printf(" %s ", unit);
    for (int i = 1; i < n; i++)
        printf("  x %.2f", took[0] / took[i]);
    printf("\n");
}

static void row(const char *name, const char *unit, double scale, void (*run)(void)) {
    double took[N_LEVELS];
    medians(took, widest + 1, &run, true);
    print_row(name, unit, scale, took, widest + 1);
}

static void pair(const char *name, const char *unit, double scale, void (*before)(void), void (*after)(void)) {
    void (*const runs[2])(void) = {before, after};
    double took[2];
    medians(took, 2, runs, false);
    print_row(name, unit, scale, took, 2);
}

/* The widest level to look at. Returns false, and says so, if PARLEY_LEVEL names none that is here. */
static bool choose_levels(void) {
    const char *asked = getenv("PARLEY_LEVEL");
    widest = level_widest();
    if (!asked)
        return true;
    enum level most;
    if (!level_find(&most, asked)) {
        fprintf(stderr, "kernels: PARLEY_LEVEL=%s is none of plain, avx2, avx512\n", asked);
        return false;
    }
    if (most > widest) {
        fprintf(stderr, "kernels: PARLEY_LEVEL=%s: this processor has %s at most\n", asked, level_name(widest));
        return false;
    }
    widest = most;
    return true;
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    if (!choose_levels())
        return 64;
    sums = aligned_alloc(64, TARGETS * 64);
    edges = malloc(EDGES * sizeof *edges);
    if (!sums || !edges || kernels_learner_init() < 0)
        return 1;
    memset(sums, 0, TARGETS * 64);
    randombytes_buf(rows, sizeof rows);
    randombytes_buf(wide_rows, sizeof wide_rows);
    randombytes_buf(recipes, sizeof recipes);
    ring = ring_params_find("r13109");
    randombytes_buf(string, sizeof string - 8 * (POLY_WORDS - ring->n / 64)); /* its last bits are 0 */
    for (uint32_t i = 0; i < ring->w; i++)
        places[i] = randombytes_uniform(ring->n);
    for (uint32_t e = 0; e < EDGES; e++) /* rows ascend, as the composer has them */
        edges[e] = e / (EDGES / ROWS) << 17 | randombytes_uniform(TARGETS);
    printf("%-32s", "");
    for (enum level level = LEVEL_PLAIN; level <= widest; level++)
        printf(" %9s", level_name(level));
    printf("\n");
    row("inner products, 64-byte rows", "GB/s", 1e-9 * PIECES * ROWS * 64, dot);
    row("adding rows to sums", "M/s ", 1e-6 * EDGES, scatter);
    row("inner products, 64 words", "GB/s", 1e-9 * PIECES * ROWS * 2 * WIDTH, dot_words);
    row("ternary combinations", "G/s ", 1e-9 * ROWS * WIDTH * RECIPES, combine);
    row("sums of rotations, r13109", "k/s ", 1e-3 * TIMES * ring->w, count);
    for (size_t i = 0; i < KERNELS_LEARNER_ROWS; i++) {
        const struct kernels_learner_row *r = &kernels_learner_rows[i];
        row(r->name, "/s  ", r->times, r->run);
    }
    printf("\n%-32s %9s %9s\n", "", "other", "in use");
    pair("products of strings, r13109", "k/s ", 1e-3 * TIMES, multiply_portable, multiply);
    pair("ChaCha20, libsodium's", "GB/s", 1e-9 * PIECES * PIECE, chacha_sodium, chacha);
    kernels_learner_deinit();
    free(sums);
    free(edges);
    return 0;
}
