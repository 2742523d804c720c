#include "eve/lab/toys/resample.h"

#include "common/base/prg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- parities */

enum {
    PLAIN = 256,   /* m */
    WEIGHT = 3,    /* w */
    REPEATS = 101, /* rows for each bit of the secret */
};

#define THETA 0.08

struct recipe {
    uint32_t at[WEIGHT]; /* ascending, so that equal recipes are equal */
};

static struct recipe draw_recipe(struct prg *g) {
    struct recipe r;
    size_t n = 0;
    while (n < WEIGHT) {
        uint32_t one = prg_below(g, PLAIN);
        size_t at = n;
        while (at > 0 && r.at[at - 1] > one)
            at--;
        if (at > 0 && r.at[at - 1] == one)
            continue;
        memmove(r.at + at + 1, r.at + at, (n - at) * sizeof one);
        r.at[at] = one;
        n++;
    }
    return r;
}

static uint32_t sum_of(const struct recipe *r, const uint32_t *plain) {
    uint32_t sum = 0;
    for (size_t i = 0; i < WEIGHT; i++)
        sum ^= plain[r->at[i]];
    return sum;
}

struct parity_task {
    uint32_t plain[PLAIN], secret;
    uint8_t plain_labels[PLAIN];
    uint32_t composed[REPEATS * RESAMPLE_PARITY_MAX];
    uint8_t labels[REPEATS * RESAMPLE_PARITY_MAX];
    struct recipe recipes[RESAMPLE_KINDS][REPEATS * RESAMPLE_PARITY_MAX];
};

static unsigned noisy_label(uint32_t x, uint32_t secret, double theta, struct prg *g) {
    return (unsigned)__builtin_parity(x & secret) ^ (prg_u32(g) < theta * 0x1p32);
}

/* Alice's learner, whoever runs it: v_j = z_(m+j) + the labels that its recipe names. */
static uint32_t learn_parity(const struct parity_task *t, unsigned n, enum resample_captions captions) {
    uint32_t h = 0;
    for (unsigned bit = 0; bit < n; bit++) {
        size_t ones = 0;
        for (size_t j = bit; j < (size_t)n * REPEATS; j += n) {
            const struct recipe *r = &t->recipes[captions][j];
            unsigned v = t->labels[j];
            for (size_t i = 0; i < WEIGHT; i++)
                v ^= t->plain_labels[r->at[i]];
            ones += v;
        }
        h |= (uint32_t)(2 * ones > REPEATS) << bit;
    }
    return h;
}

int resample_parity(struct resampled *out, unsigned n, bool noisy, const uint8_t seed[static 32], bool (*stop)(void)) {
    if (n < 1 || n > RESAMPLE_PARITY_MAX)
        return -EINVAL;
    struct parity_task *t = calloc(1, sizeof *t);
    double theta = noisy ? 5 * THETA : THETA;
    size_t k = (size_t)n * REPEATS;
    uint32_t mask = (1u << n) - 1;
    struct prg g, tries;
    if (!t)
        return -ENOMEM;
    prg_init(&g, seed, 0);
    prg_init(&tries, seed, 1);
    *out = (struct resampled){.captions = k, .samples = PLAIN + k};
    t->secret = prg_u32(&g) & mask;
    for (size_t i = 0; i < PLAIN; i++) {
        t->plain[i] = prg_u32(&g) & mask;
        t->plain_labels[i] = (uint8_t)noisy_label(t->plain[i], t->secret, theta, &g);
    }
    int r = 0;
    for (size_t j = 0; r == 0 && j < k; j++) {
        uint32_t unit = 1u << j % n;
        struct recipe *mine = &t->recipes[RESAMPLE_TRUE][j], *hers = &t->recipes[RESAMPLE_DRAWN][j];
        *mine = draw_recipe(&g);
        t->recipes[RESAMPLE_ANYHOW][j] = draw_recipe(&tries);
        t->composed[j] = unit ^ sum_of(mine, t->plain);
        t->labels[j] = (uint8_t)noisy_label(t->composed[j], t->secret, theta, &g);
        do {
            *hers = draw_recipe(&tries);
            out->tries++;
        } while (sum_of(hers, t->plain) != (t->composed[j] ^ unit));
        out->same += memcmp(mine, hers, sizeof *mine) == 0;
        r = stop() ? -EINTR : 0;
    }
    for (int i = 0; i < RESAMPLE_KINDS; i++)
        out->right[i] = learn_parity(t, n, (enum resample_captions)i) == t->secret;
    free(t);
    return r;
}

/* ---- LWE modulo 2^8 */

enum {
    Q = 256,
    ROWS = 40,    /* m: some 2^53 recipes, so 2^37 for each composed row at n = 2 */
    DISTANCE = 51 /* D = floor(q/5) */
};

struct lwe_task {
    int secret[RESAMPLE_LWE_MAX], plain[ROWS][RESAMPLE_LWE_MAX], labels[ROWS + RESAMPLE_LWE_MAX];
    int8_t recipes[RESAMPLE_KINDS][RESAMPLE_LWE_MAX][ROWS];
};

/* CBD(eta): the ones among eta bits less those among eta others. */
static int centred(unsigned eta, struct prg *g) {
    uint32_t bits = prg_u32(g), mask = (1u << eta) - 1;
    return __builtin_popcount(bits & mask) - __builtin_popcount(bits >> eta & mask);
}

static void draw_ternary(int8_t *r, struct prg *g) {
    uint8_t bytes[2 * ROWS / 8];
    prg_read(g, bytes, sizeof bytes);
    for (size_t i = 0; i < ROWS; i++) {
        unsigned pair = bytes[i / 4] >> (2 * (i % 4)) & 3;
        r[i] = (int8_t)((int)(pair & 1) - (int)(pair >> 1));
    }
}

static int combined(const int8_t *r, const struct lwe_task *t, size_t column) {
    int sum = 0;
    for (size_t i = 0; i < ROWS; i++)
        sum += r[i] * t->plain[i][column];
    return sum & (Q - 1);
}

static bool gives(const int8_t *r, const struct lwe_task *t, unsigned n, const int *wanted) {
    for (unsigned c = 0; c < n; c++)
        if (combined(r, t, c) != wanted[c])
            return false;
    return true;
}

/* Entry j: the nearest multiple of D to the residue of z_(m+j) - sum of r_i z_i in -q/2 ... q/2 - 1. */
static int learn_entry(const struct lwe_task *t, const int8_t *r, unsigned j) {
    int v = t->labels[ROWS + j];
    for (size_t i = 0; i < ROWS; i++)
        v -= r[i] * t->labels[i];
    v = (int)((unsigned)(v + Q / 2) & (Q - 1)) - Q / 2;
    return (v + 5 * DISTANCE / 2 + Q * DISTANCE) / DISTANCE - Q - 2;
}

int resample_lwe(struct resampled *out, unsigned n, bool noisy, const uint8_t seed[static 32], bool (*stop)(void)) {
    if (n < 1 || n > RESAMPLE_LWE_MAX)
        return -EINVAL;
    struct lwe_task t = {0};
    struct prg g, tries;
    unsigned eta = noisy ? 16 : 2;
    prg_init(&g, seed, 2);
    prg_init(&tries, seed, 3);
    *out = (struct resampled){.captions = n, .samples = ROWS + n};
    for (unsigned c = 0; c < n; c++)
        t.secret[c] = centred(2, &g);
    for (size_t i = 0; i < ROWS; i++) {
        t.labels[i] = centred(eta, &g);
        for (unsigned c = 0; c < n; c++) {
            t.plain[i][c] = (int)(prg_u32(&g) & (Q - 1));
            t.labels[i] += t.plain[i][c] * t.secret[c];
        }
    }
    int r = 0;
    for (unsigned j = 0; r == 0 && j < n; j++) {
        int8_t *mine = t.recipes[RESAMPLE_TRUE][j], *hers = t.recipes[RESAMPLE_DRAWN][j];
        int wanted[RESAMPLE_LWE_MAX];
        draw_ternary(mine, &g);
        draw_ternary(t.recipes[RESAMPLE_ANYHOW][j], &tries);
        t.labels[ROWS + j] = DISTANCE * t.secret[j] + centred(eta, &g);
        for (unsigned c = 0; c < n; c++) {
            wanted[c] = combined(mine, &t, c);
            t.labels[ROWS + j] += wanted[c] * t.secret[c];
        }
        do {
            draw_ternary(hers, &tries);
            r = ++out->tries % 65536 == 0 && stop() ? -EINTR : 0;
        } while (r == 0 && !gives(hers, &t, n, wanted));
        out->same += memcmp(mine, hers, ROWS) == 0;
    }
    for (int i = 0; i < RESAMPLE_KINDS; i++) {
        out->right[i] = true;
        for (unsigned j = 0; j < n; j++)
            out->right[i] = out->right[i] && learn_entry(&t, t.recipes[i][j], j) == t.secret[j];
    }
    return r;
}
