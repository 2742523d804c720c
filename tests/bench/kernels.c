/* Times the inner loops, each beside its alternative, in the same run: portable and dispatched kernels; libsodium's
 * ChaCha20 and the one in use. Medians of 9. */
#include "common/base/chacha.h"
#include "common/task/lpn/gf2.h"
#include "common/task/lwe/combine.h"
#include "common/task/lwe/zq.h"
#include "common/task/ring/counters.h"
#include "common/task/ring/ring_params.h"

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
static uint8_t *sums;
static uint32_t *edges;

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void dot_portable(void) {
    for (int i = 0; i < PIECES; i++)
        gf2_dot_rows_portable(bits, 0, rows, ROWS, 64, vec);
}

static void dot(void) {
    for (int i = 0; i < PIECES; i++)
        gf2_dot_rows(bits, 0, rows, ROWS, 64, vec);
}

static void scatter_portable(void) {
    gf2_scatter_portable(sums, rows, 64, 0, edges, EDGES);
}

static void scatter(void) {
    gf2_scatter(sums, rows, 64, 0, edges, EDGES);
}

static void dot_words_portable(void) {
    for (int i = 0; i < PIECES; i++)
        zq_dot_rows_portable(labels, wide_rows, ROWS, WIDTH, small);
}

static void dot_words(void) {
    for (int i = 0; i < PIECES; i++)
        zq_dot_rows(labels, wide_rows, ROWS, WIDTH, small);
}

static void combine_portable(void) {
    combine_rows_portable(combined, RECIPES, wide_rows, ROWS, WIDTH, recipes);
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

static void count_portable(void) {
    for (int i = 0; i < TIMES; i++)
        counters_sum_portable(&counters, string, places, ring->w, ring->n, &scratch);
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

static double median(void (*run)(void)) {
    double took[RUNS];
    run();
    for (int i = 0; i < RUNS; i++) {
        double start = seconds();
        run();
        took[i] = seconds() - start;
    }
    qsort(took, RUNS, sizeof took[0], compare);
    return took[RUNS / 2];
}

static void row(const char *name, const char *unit, double scale, void (*before)(void), void (*after)(void)) {
    double b = median(before), a = median(after);
    printf("%-32s %10.2f %10.2f %s   x %.2f\n", name, scale / b, scale / a, unit, b / a);
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    sums = aligned_alloc(64, TARGETS * 64);
    edges = malloc(EDGES * sizeof *edges);
    if (!sums || !edges)
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
    printf("%-32s %10s %10s\n", "", "before", "after");
    row("inner products, 64-byte rows", "GB/s", 1e-9 * PIECES * ROWS * 64, dot_portable, dot);
    row("adding rows to sums", "M/s ", 1e-6 * EDGES, scatter_portable, scatter);
    row("inner products, 64 words", "GB/s", 1e-9 * PIECES * ROWS * 2 * WIDTH, dot_words_portable, dot_words);
    row("ternary combinations", "G/s ", 1e-9 * ROWS * WIDTH * RECIPES, combine_portable, combine);
    row("products of strings, r13109", "k/s ", 1e-3 * TIMES, multiply_portable, multiply);
    row("sums of rotations, r13109", "k/s ", 1e-3 * TIMES * ring->w, count_portable, count);
    row("ChaCha20: libsodium, in use", "GB/s", 1e-9 * PIECES * PIECE, chacha_sodium, chacha);
    free(sums);
    free(edges);
    return 0;
}
