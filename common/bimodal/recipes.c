/* A recipe is w draws from 0 .. m-1, thrown away as a whole when two of them agree: what is left is uniform on the
 * w-subsets. At w near 0.3 sqrt n and m = 32 n that happens in 1 of 700 recipes. A draw is the next bits of a ChaCha20
 * stream, rejected when it is not below m. */
#include "common/bimodal/recipes.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { PART_ROWS = 4096, WORDS = 512 };

int recipes_new(struct recipes **recipesp, const struct params *params, const uint8_t key[static 32]) {
    if (params->w > RECIPES_W_MAX)
        return -EINVAL;
    struct recipes *r = secret_new(sizeof *r);
    if (!r)
        return -ENOMEM;
    r->m = params->m;
    r->w = params->w;
    r->k = params->k;
    r->n_blocks = (params->k + RECIPES_ROWS - 1) / RECIPES_ROWS;
    memcpy(r->key, key, 32);
    r->index = secret_new((size_t)r->n_blocks * RECIPES_ROWS * r->w * sizeof *r->index);
    r->offsets = secret_new(((size_t)r->m + 1) * sizeof *r->offsets);
    r->edges = secret_new((size_t)r->k * r->w * sizeof *r->edges);
    r->counts = secret_new((size_t)RECIPES_HALVES * r->m * sizeof *r->counts);
    if (!r->index || !r->offsets || !r->edges || !r->counts) {
        recipes_free(r);
        return -ENOMEM;
    }
    *recipesp = r;
    return 0;
}

void recipes_free(struct recipes *r) {
    if (!r)
        return;
    secret_free(r->index);
    secret_free(r->offsets);
    secret_free(r->edges);
    secret_free(r->counts);
    secret_free(r);
}

size_t recipes_n_parts(const struct recipes *r, enum recipes_stage stage) {
    switch (stage) {
    case RECIPES_SAMPLE:
        return ((size_t)r->k + PART_ROWS - 1) / PART_ROWS;
    case RECIPES_COUNT:
    case RECIPES_PLACE:
        return RECIPES_HALVES;
    default:
        return 1;
    }
}

/* The stream of part p is C(key, p), read as 64-bit words, each cut into draws of `bits` bits. */
struct draws {
    uint64_t word;
    unsigned left;
    size_t used;
    struct prg stream;
    uint8_t buffer[WORDS * 8];
};

static void next_word(struct draws *d) {
    if (d->used == sizeof d->buffer) {
        prg_read(&d->stream, d->buffer, sizeof d->buffer);
        d->used = 0;
    }
    d->word = load64_le(d->buffer + d->used);
    d->used += 8;
    d->left = 64;
}

/* padded: w rounded up to 16; row[w ..] holds values that no draw has and that differ from each other */
static int all_different(const uint32_t *row, size_t w, size_t padded) {
    uint32_t equal = 0;
    for (size_t a = 0; a < w; a++)
        for (size_t b = 0; b < padded; b++)
            equal += row[a] == row[b];
    return equal == w; /* each is equal to itself alone */
}

static void sample(struct recipes *r, size_t part) {
    struct draws d = {.used = WORDS * 8};
    prg_init(&d.stream, r->key, part);
    unsigned bits = 1;
    while (((uint64_t)1 << bits) < r->m)
        bits++;
    const uint64_t mask = ((uint64_t)1 << bits) - 1;
    const uint32_t m = r->m;
    const size_t w = r->w, padded = (w + 15) / 16 * 16;
    uint32_t row[RECIPES_W_MAX];
    for (size_t t = 0; t < padded; t++)
        row[t] = m + (uint32_t)t;

    size_t end = (part + 1) * PART_ROWS;
    if (end > r->k)
        end = r->k;
    for (size_t j = part * PART_ROWS; j < end; j++) {
        do {
            for (size_t t = 0; t < w;) {
                if (d.left < bits)
                    next_word(&d);
                row[t] = (uint32_t)(d.word & mask);
                d.word >>= bits;
                d.left -= bits;
                t += row[t] < m;
            }
        } while (!all_different(row, w, padded));
        uint32_t *out = r->index + j / RECIPES_ROWS * w * RECIPES_ROWS + j % RECIPES_ROWS;
        for (size_t t = 0; t < w; t++)
            out[t * RECIPES_ROWS] = row[t];
    }
    prg_deinit(&d.stream);
    sodium_memzero(&d, sizeof d);
    sodium_memzero(row, sizeof row);
}

/* Rows first_row(r, h) .. first_row(r, h + 1) - 1 are half h, whole blocks. */
static size_t first_row(const struct recipes *r, size_t half) {
    size_t row = (size_t)r->n_blocks * half / RECIPES_HALVES * RECIPES_ROWS;
    return row < r->k ? row : r->k;
}

static void count(struct recipes *r, size_t half) {
    uint32_t *counts = r->counts + half * r->m;
    memset(counts, 0, (size_t)r->m * sizeof *counts);
    for (size_t j = first_row(r, half); j < first_row(r, half + 1); j += RECIPES_ROWS) {
        const uint32_t *index = r->index + j * r->w;
        size_t n_rows = r->k - j < RECIPES_ROWS ? r->k - j : RECIPES_ROWS;
        for (size_t t = 0; t < r->w; t++)
            for (size_t l = 0; l < n_rows; l++)
                counts[index[t * RECIPES_ROWS + l]]++;
    }
}

/* counts becomes where each half goes on writing */
static void offsets(struct recipes *r) {
    uint32_t sum = 0;
    for (size_t i = 0; i < r->m; i++) {
        r->offsets[i] = sum;
        for (size_t half = 0; half < RECIPES_HALVES; half++) {
            uint32_t n = r->counts[half * r->m + i];
            r->counts[half * r->m + i] = sum;
            sum += n;
        }
    }
    r->offsets[r->m] = sum;
}

/* Row by row, so that the rows of each i ascend. */
static void place(struct recipes *r, size_t half) {
    uint32_t *next = r->counts + half * r->m;
    for (size_t j = first_row(r, half); j < first_row(r, half + 1); j++) {
        const uint32_t *index = r->index + j / RECIPES_ROWS * r->w * RECIPES_ROWS + j % RECIPES_ROWS;
        for (size_t t = 0; t < r->w; t++) {
            uint32_t i = index[t * RECIPES_ROWS];
            r->edges[next[i]++] = i << 17 | (uint32_t)j;
        }
    }
}

void recipes_run(struct recipes *r, enum recipes_stage stage, size_t part) {
    switch (stage) {
    case RECIPES_SAMPLE:
        sample(r, part);
        break;
    case RECIPES_COUNT:
        count(r, part);
        break;
    case RECIPES_OFFSETS:
        offsets(r);
        break;
    default:
        place(r, part);
        break;
    }
}

void recipes_run_all(struct recipes *r) {
    for (enum recipes_stage stage = RECIPES_SAMPLE; stage < RECIPES_N_STAGES; stage++)
        for (size_t part = 0; part < recipes_n_parts(r, stage); part++)
            recipes_run(r, stage, part);
}
