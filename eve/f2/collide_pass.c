#include "eve/f2/collide.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BEYOND = 16 }; /* what a vector reads too far, and never uses */

static size_t padded(size_t n) {
    return (n + 1 + 15) / 16 * 16;
}

static unsigned classes_of(unsigned bits) {
    return bits > COLLIDE_PLACE ? bits - COLLIDE_PLACE : 0;
}

static unsigned hash_bits(size_t n) {
    unsigned bits = 4;
    while ((size_t)1 << bits < 4 * n)
        bits++;
    return bits;
}

static size_t slots_bytes(unsigned bits) {
    size_t bytes = (COLLIDE_SLOTS * sizeof(uint32_t)) << (bits - classes_of(bits));
    return bytes < 64 ? 64 : bytes;
}

size_t collide_bytes(size_t n, unsigned max_bits) {
    size_t half = n / 2 + 2 + BEYOND;
    return slots_bytes(max_bits) + ((size_t)8 << classes_of(max_bits)) + 66 * half + padded(n) * 4 +
           ((size_t)2 << hash_bits(half)) + COLLIDE_HITS * sizeof(struct collide_hit);
}

static int half_init(struct collide_half *h, size_t n, unsigned max_bits) {
    *h = (struct collide_half){.n = n + 1,
                               .word = calloc(n + 1, sizeof *h->word),
                               .key = calloc(2 * (n + 1) + BEYOND, sizeof *h->key),
                               .at = calloc(2 * (n + 1) + BEYOND, sizeof *h->at),
                               .id = calloc(n + 1, sizeof *h->id),
                               .start = calloc(((size_t)1 << classes_of(max_bits)) + 1, sizeof *h->start)};
    return h->word && h->key && h->at && h->id && h->start ? 0 : -ENOMEM;
}

static void half_deinit(struct collide_half *h) {
    free(h->word);
    free(h->key);
    free(h->at);
    free(h->id);
    free(h->start);
}

int collide_init(struct collide *c, size_t n, unsigned max_bits) {
    size_t half = n / 2 + 1;
    *c = (struct collide){.kernels = kernels_best(),
                          .n = n,
                          .weight = 1,
                          .bits = max_bits,
                          .max_bits = max_bits,
                          .hash_bits = hash_bits(half)};
    c->pair_key = aligned_alloc(64, padded(n) * 4);
    c->slots = aligned_alloc(64, slots_bytes(max_bits));
    c->keys = calloc(half + 1 + BEYOND, sizeof *c->keys);
    c->at = calloc(half + 1 + BEYOND, sizeof *c->at);
    c->head = malloc(sizeof *c->head << c->hash_bits);
    c->next = malloc((half + 1) * sizeof *c->next);
    c->hits = malloc(COLLIDE_HITS * sizeof *c->hits);
    int error = c->pair_key && c->slots && c->keys && c->at && c->head && c->next && c->hits ? 0 : -ENOMEM;
    if (half_init(&c->first, n / 2, max_bits) < 0 || half_init(&c->second, n - n / 2, max_bits) < 0)
        error = -ENOMEM;
    if (error) {
        collide_deinit(c);
        return error;
    }
    memset(c->pair_key, 0, padded(n) * 4);
    memset(c->slots, 0, slots_bytes(max_bits));
    return 0;
}

void collide_deinit(struct collide *c) {
    free(c->pair_key);
    free(c->slots);
    free(c->keys);
    free(c->at);
    free(c->head);
    free(c->next);
    free(c->hits);
    half_deinit(&c->first);
    half_deinit(&c->second);
    *c = (struct collide){0};
}

static uint64_t turned(uint64_t word, unsigned turn) {
    return turn ? word << turn | word >> (64 - turn) : word;
}

/* Rows first ... first + n - 2, and "no row", sorted by class: a counting sort, from the end. */
static void sort(const struct collide *c, struct collide_half *h, const uint64_t *plane, size_t first, unsigned turn) {
    size_t classes = (size_t)1 << c->classes, n = h->n - 1;
    memset(h->start, 0, (classes + 1) * sizeof *h->start);
    for (size_t i = 0; i <= n; i++)
        h->start[i < n ? collide_class(c, turned(plane[first + i], turn)) : 0]++;
    for (size_t v = 1; v <= classes; v++)
        h->start[v] += h->start[v - 1];
    for (size_t i = n + 1; i-- > 0;) {
        uint64_t word = i < n ? turned(plane[first + i], turn) : 0;
        size_t at = --h->start[collide_class(c, word)];
        h->word[at] = word;
        h->id[at] = i < n ? (uint32_t)(first + i) : COLLIDE_NO_ROW;
    }
}

static void load(const struct collide *c, struct collide_half *h, const uint64_t *plane, size_t first, unsigned turn) {
    if (c->classes == 0) {
        for (size_t i = 0; i + 1 < h->n; i++) {
            h->word[i] = turned(plane[first + i], turn);
            h->id[i] = (uint32_t)(first + i);
        }
        h->word[h->n - 1] = 0;
        h->id[h->n - 1] = COLLIDE_NO_ROW;
        h->start[0] = 0;
        h->start[1] = (uint32_t)h->n;
    } else {
        sort(c, h, plane, first, turn);
    }
    for (size_t v = 0; v < (size_t)1 << c->classes; v++) {
        size_t begin = h->start[v], size = h->start[v + 1] - begin;
        for (size_t i = 0; i < size; i++) {
            h->key[2 * begin + i] = h->key[2 * begin + size + i] = (uint32_t)h->word[begin + i];
            h->at[2 * begin + i] = h->at[2 * begin + size + i] = collide_at(c, h->word[begin + i]);
        }
    }
}

/* The table that look-ups find rows of the first half by. */
static void index_rows(struct collide *c) {
    memset(c->head, 0, sizeof *c->head << c->hash_bits);
    for (size_t i = 0; i < c->first.n; i++) {
        uint16_t *head = &c->head[collide_hash(c, (uint32_t)c->first.word[i])];
        c->next[i] = *head;
        *head = (uint16_t)(i + 1);
    }
}

void collide_pass(struct collide *c, const uint64_t *plane, unsigned turn) {
    c->n_hits = 0;
    c->sigma = turned(plane[c->n], turn);
    if (c->weight == 1) {
        c->sigma_key = (uint32_t)c->sigma;
        for (size_t i = 0; i < c->n; i++)
            c->pair_key[i] = (uint32_t)turned(plane[i], turn);
        c->kernels->pairs(c);
        return;
    }
    c->classes = classes_of(c->bits);
    load(c, &c->first, plane, 0, turn);
    load(c, &c->second, plane, c->n / 2, turn);
    index_rows(c);
    for (size_t part = 0; part < (size_t)1 << c->classes; part++)
        c->kernels->join(c, part);
}
