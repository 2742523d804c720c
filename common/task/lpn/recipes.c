/* A recipe is w draws from 0 .. m-1, thrown away as a whole when two of them agree: what is left is uniform on the
 * w-subsets. At w near 0.3 sqrt n and m = 32 n that happens in 1 of 700 recipes. A draw is the next bits of a ChaCha20
 * stream, rejected when it is not below m.
 *
 * The inverse, from a plain sample to its recipes, is a counting sort in two steps, because scattering over all of it
 * at once misses the cache: first into buckets of 4096 plain samples, then within each bucket. */
#include "common/task/lpn/recipes.h"

#include "common/base/bytes.h"
#include "common/base/chacha.h"
#include "common/base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum {
    PART_ROWS = 4096,
    BUCKET_BITS = 12, /* 4096 plain samples to a bucket */
    PART_BUCKETS = 8,
    J_BITS = 17, /* the recipe in an edge */
    WORDS = 4096,
};

static size_t n_buckets(const struct recipes *r) {
    return ((size_t)r->m + (1 << BUCKET_BITS) - 1) >> BUCKET_BITS;
}

static size_t n_row_parts(const struct recipes *r) {
    return ((size_t)r->k + PART_ROWS - 1) / PART_ROWS;
}

int recipes_new(struct recipes **recipesp, const struct params *params, const uint8_t key[static 32]) {
    if (params->w > RECIPES_W_MAX || params->k > 1 << J_BITS)
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
    r->counts = secret_new(n_row_parts(r) * n_buckets(r) * sizeof *r->counts);
    r->sorted = secret_new((size_t)r->k * r->w * sizeof *r->sorted);
    if (!r->index || !r->offsets || !r->edges || !r->counts || !r->sorted) {
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
    secret_free(r->sorted);
    secret_free(r);
}

size_t recipes_n_parts(const struct recipes *r, enum recipes_stage stage) {
    switch (stage) {
    case RECIPES_SAMPLE:
    case RECIPES_SORT:
        return n_row_parts(r);
    case RECIPES_PLACE:
        return (n_buckets(r) + PART_BUCKETS - 1) / PART_BUCKETS;
    default:
        return 1;
    }
}

static size_t end_row(const struct recipes *r, size_t part) {
    size_t end = (part + 1) * PART_ROWS;
    return end < r->k ? end : r->k;
}

/* The stream of part p is C(key, p), read as 64-bit words; a word gives floor(64 / bits) draws, lowest bits first, of
 * bits = the length of m - 1. */
struct draws {
    const uint8_t *key;
    uint8_t nonce[8];
    uint64_t next_block;
    unsigned bits, per_word;
    uint32_t m;
    size_t next, end; /* what is left of drawn */
    uint32_t drawn[RECIPES_W_MAX + WORDS];
    uint8_t stream[WORDS * 8];
    size_t used; /* of stream */
};

static void draws_init(struct draws *d, const struct recipes *r, size_t part) {
    d->key = r->key;
    store64_le(d->nonce, part);
    d->next_block = 0;
    d->m = r->m;
    for (d->bits = 1; (uint64_t)1 << d->bits < r->m;)
        d->bits++;
    d->per_word = 64 / d->bits;
    d->next = d->end = 0;
    d->used = sizeof d->stream;
}

/* Draws until the buffer is full or the stream is used up; keeps what was left. */
static void draw_more(struct draws *d) {
    size_t n = d->end - d->next;
    memmove(d->drawn, d->drawn + d->next, n * sizeof d->drawn[0]);
    if (d->used == sizeof d->stream) {
        chacha_stream(d->stream, sizeof d->stream, d->key, d->nonce, d->next_block);
        d->next_block += sizeof d->stream / 64;
        d->used = 0;
    }
    const uint64_t mask = ((uint64_t)1 << d->bits) - 1;
    const size_t full = sizeof d->drawn / sizeof d->drawn[0];
    while (d->used < sizeof d->stream && n + d->per_word <= full) {
        uint64_t word = load64_le(d->stream + d->used);
        d->used += 8;
        for (unsigned c = 0; c < d->per_word; c++) {
            d->drawn[n] = (uint32_t)(word & mask);
            n += d->drawn[n] < d->m;
            word >>= d->bits;
        }
    }
    d->next = 0;
    d->end = n;
}

/* padded: a multiple of 16 that is at least w; row[w ..] holds values that no draw has and that differ */
static inline __attribute__((always_inline)) bool all_different(const uint32_t *row, size_t w, size_t padded) {
    uint32_t equal = 0;
    for (size_t a = 0; a < w; a++)
        for (size_t b = 0; b < padded; b++)
            equal += row[a] == row[b];
    return equal == w; /* each is equal to itself alone */
}

static bool is_set(const uint32_t *row, size_t w) {
    if (w <= 16)
        return all_different(row, w, 16);
    if (w <= 32)
        return all_different(row, w, 32);
    return all_different(row, w, RECIPES_W_MAX);
}

static void sample(struct recipes *r, size_t part) {
    struct draws d;
    draws_init(&d, r, part);
    const size_t w = r->w;
    uint32_t row[RECIPES_W_MAX], *counts = r->counts + part * n_buckets(r);
    for (size_t t = 0; t < RECIPES_W_MAX; t++)
        row[t] = r->m + (uint32_t)t;
    memset(counts, 0, n_buckets(r) * sizeof *counts);
    for (size_t j = part * PART_ROWS; j < end_row(r, part); j++) {
        do {
            while (d.end - d.next < w)
                draw_more(&d);
            memcpy(row, d.drawn + d.next, w * sizeof *row);
            d.next += w;
        } while (!is_set(row, w));
        uint32_t *out = r->index + j / RECIPES_ROWS * w * RECIPES_ROWS + j % RECIPES_ROWS;
        for (size_t t = 0; t < w; t++) {
            out[t * RECIPES_ROWS] = row[t];
            counts[row[t] >> BUCKET_BITS]++;
        }
    }
    sodium_memzero(&d, sizeof d);
    sodium_memzero(row, sizeof row);
}

/* counts becomes where each part's uses of each bucket begin. */
static void sum(struct recipes *r) {
    uint32_t total = 0;
    for (size_t bucket = 0; bucket < n_buckets(r); bucket++) {
        r->offsets[bucket << BUCKET_BITS] = total;
        for (size_t part = 0; part < n_row_parts(r); part++) {
            uint32_t *count = &r->counts[part * n_buckets(r) + bucket], n = *count;
            *count = total;
            total += n;
        }
    }
    r->offsets[r->m] = total;
}

/* Row by row, so that the rows of each i ascend. */
static void sort(struct recipes *r, size_t part) {
    uint32_t *next = r->counts + part * n_buckets(r);
    for (size_t j = part * PART_ROWS; j < end_row(r, part); j++) {
        const uint32_t *index = r->index + j / RECIPES_ROWS * r->w * RECIPES_ROWS + j % RECIPES_ROWS;
        for (size_t t = 0; t < r->w; t++) {
            uint32_t i = index[t * RECIPES_ROWS];
            r->sorted[next[i >> BUCKET_BITS]++] = i << J_BITS | (uint32_t)j;
        }
    }
}

/* After the sort: where the last part stopped. */
static uint32_t end_of_bucket(const struct recipes *r, size_t bucket) {
    return r->counts[(n_row_parts(r) - 1) * n_buckets(r) + bucket];
}

static uint32_t place_in_bucket(uint32_t edge) {
    return edge >> J_BITS & ((1u << BUCKET_BITS) - 1);
}

static void place_bucket(struct recipes *r, size_t bucket) {
    size_t first = bucket << BUCKET_BITS, n = r->m - first < 1 << BUCKET_BITS ? r->m - first : 1 << BUCKET_BITS;
    uint32_t next[1 << BUCKET_BITS] = {0}, to = r->offsets[first];
    const uint32_t *edge = r->sorted + to, *end = r->sorted + end_of_bucket(r, bucket);
    for (const uint32_t *e = edge; e < end; e++)
        next[place_in_bucket(*e)]++;
    for (size_t i = 0; i < n; i++) {
        uint32_t uses = next[i];
        r->offsets[first + i] = next[i] = to;
        to += uses;
    }
    for (; edge < end; edge++)
        r->edges[next[place_in_bucket(*edge)]++] = *edge;
    sodium_memzero(next, sizeof next);
}

static void place(struct recipes *r, size_t part) {
    size_t end = (part + 1) * PART_BUCKETS;
    if (end > n_buckets(r))
        end = n_buckets(r);
    for (size_t bucket = part * PART_BUCKETS; bucket < end; bucket++)
        place_bucket(r, bucket);
}

void recipes_run(struct recipes *r, enum recipes_stage stage, size_t part) {
    switch (stage) {
    case RECIPES_SAMPLE:
        sample(r, part);
        break;
    case RECIPES_SUM:
        sum(r);
        break;
    case RECIPES_SORT:
        sort(r, part);
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
