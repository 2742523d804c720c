/* Composed vectors and plain ones before one battery of tests. Both pass; vectors whose recipes are empty, or the same
 * for all, and vectors whose low bits were cut off, do not. */
#include "common/base/bytes.h"
#include "common/task/lwe/composer.h"
#include "common/task/lwe/rows.h"
#include "tests/lib/unit.h"

#include <math.h>

/* Each statistic of a uniform sample is beyond Z_MAX with probability below 10^-9 (normal) or, for the chi squares of
 * 255 and 15 degrees of freedom, 10^-8 (Wilson and Hilferty): some 200 are looked at. */
enum { Z_MAX = 6, SESSIONS = 48 };

/* How far a sum of squares of n - 1 independent normal numbers is from what is expected, in standard deviations. */
static double chi_square_z(const double *counts, size_t n) {
    double all = 0, sum = 0, k = (double)n - 1;
    for (size_t i = 0; i < n; i++)
        all += counts[i];
    for (size_t i = 0; i < n; i++)
        sum += (counts[i] - all / (double)n) * (counts[i] - all / (double)n) / (all / (double)n);
    return (cbrt(sum / k) - (1 - 2 / (9 * k))) / sqrt(2 / (9 * k));
}

struct battery {
    size_t n; /* entries of a vector */
    double low[256], high[256], differences[256], diagonal[16];
    double columns[128], neighbours, followers, n_entries, n_vectors;
};

static double centred(uint16_t x) {
    return ((int16_t)x + 0.5) / sqrt(65536.0 * 65536.0 / 12);
}

/* count vectors, one after the other. Vector j has something on its entry j in the composed ones. */
static void look(struct battery *b, const uint16_t *x, size_t count) {
    for (size_t j = 0; j < count; j++)
        for (size_t c = 0; c < b->n; c++) {
            uint16_t entry = x[j * b->n + c];
            b->low[entry & 255]++;
            b->high[entry >> 8]++;
            b->columns[c] += centred(entry);
            if (j % b->n == c)
                b->diagonal[entry >> 12]++;
            if (c > 0)
                b->neighbours += centred(entry) * centred(x[j * b->n + c - 1]);
            if (j > 0) {
                b->differences[(uint16_t)(entry - x[(j - 1) * b->n + c]) >> 8]++;
                b->followers += centred(entry) * centred(x[(j - 1) * b->n + c]);
            }
            b->n_entries++;
        }
    b->n_vectors += (double)count;
}

/* The largest of all deviations. */
static double verdict(const struct battery *b, const char *what) {
    double worst = fmax(chi_square_z(b->low, 256), chi_square_z(b->high, 256));
    worst = fmax(worst, fmax(chi_square_z(b->differences, 256), chi_square_z(b->diagonal, 16)));
    worst = fmax(worst, fabs(b->neighbours) / sqrt(b->n_entries * (1 - 1.0 / (double)b->n)));
    worst = fmax(worst, fabs(b->followers) / sqrt(b->n_entries));
    for (size_t c = 0; c < b->n; c++)
        worst = fmax(worst, fabs(b->columns[c]) / sqrt(b->n_vectors));
    printf("n = %zu, %s: largest deviation %.2f\n", b->n, what, worst);
    return worst;
}

enum spoiled { HONEST, EMPTY, ALL_THE_SAME };

/* The n composed vectors of one session. */
static void compose(uint16_t *x, const struct lwe_params *p, struct prg *g, enum spoiled spoiled) {
    uint8_t key[32], *chunk = (uint8_t *)malloc(p->set.chunk_max);
    struct ternary *recipes;
    struct composer *composer;
    assert_non_null(chunk);
    prg_read(g, key, sizeof key);
    assert_int_equal(ternary_new(&recipes, p, key), 0);
    for (size_t part = 0; part < ternary_parts(recipes); part++)
        ternary_draw(recipes, part);
    for (size_t i = 0; spoiled != HONEST && i < recipes->n_bytes; i++)
        recipes->packed[i] = spoiled == EMPTY ? 0 : recipes->packed[i / p->n * p->n];
    prg_read(g, key, sizeof key);
    assert_int_equal(composer_new(&composer, recipes, key), 0);
    for (size_t b = 0; b < p->set.n_chunks;) {
        struct job *job = composer_work(composer, chunk);
        job->run(job);
        if (!composer_done(composer, job))
            continue;
        size_t width = rows_width(p->n, b);
        for (size_t i = 0; i < p->n * width; i++)
            x[i / width * p->n + b * ROWS_BLOCK + i % width] = load16_le(chunk + 2 * i);
        b++;
    }
    free(chunk);
    composer_free(composer);
    ternary_free(recipes);
}

/* As many plain ones. */
static void expand(uint16_t *x, const struct lwe_params *p, struct prg *g) {
    uint8_t key[32];
    uint8_t *rows = (uint8_t *)malloc(2 * (size_t)p->n * ROWS_BLOCK);
    assert_non_null(rows);
    prg_read(g, key, sizeof key);
    for (size_t b = 0; b < rows_blocks(p->n); b++) {
        size_t width = rows_width(p->n, b);
        rows_expand(rows, key, p->m, p->n, b, 0, p->n);
        for (size_t i = 0; i < p->n * width; i++)
            x[i / width * p->n + b * ROWS_BLOCK + i % width] = load16_le(rows + 2 * i);
    }
    free(rows);
}

static double composed(const struct lwe_params *p, struct prg *g, enum spoiled spoiled, uint16_t kept,
                       const char *what) {
    struct battery b = {.n = p->n};
    uint16_t x[96 * 96];
    for (size_t run = 0; run < SESSIONS; run++) {
        compose(x, p, g, spoiled);
        for (size_t i = 0; i < (size_t)p->n * p->n; i++)
            x[i] &= kept;
        look(&b, x, p->n);
    }
    return verdict(&b, what);
}

static double plain(const struct lwe_params *p, struct prg *g) {
    struct battery b = {.n = p->n};
    uint16_t x[96 * 96];
    for (size_t run = 0; run < SESSIONS; run++) {
        expand(x, p, g);
        look(&b, x, p->n);
    }
    return verdict(&b, "plain");
}

static void composed_vectors_pass_what_plain_ones_pass(void **state) {
    (void)state;
    struct prg g;
    const struct lwe_params *p;
    unit_random(&g, __func__);
    for (size_t i = 0; (p = lwe_params_at(i)) && p->n <= 96; i += 2) {
        assert_true(plain(p, &g) <= Z_MAX);
        assert_true(composed(p, &g, HONEST, 0xffff, "composed") <= Z_MAX);
    }
}

static void spoiled_vectors_do_not(void **state) {
    (void)state;
    struct prg g;
    const struct lwe_params *p = lwe_params_at(0);
    unit_random(&g, __func__);
    assert_true(composed(p, &g, EMPTY, 0xffff, "empty recipes") > 2 * Z_MAX);
    assert_true(composed(p, &g, ALL_THE_SAME, 0xffff, "one recipe") > 2 * Z_MAX);
    assert_true(composed(p, &g, HONEST, 0xfffe, "the lowest bit cut off") > 2 * Z_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composed_vectors_pass_what_plain_ones_pass),
        cmocka_unit_test(spoiled_vectors_do_not),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
