#include "eve/learn/view_ring.h"

#include "common/task/ring/blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The challenges whose sum sample i is, i from 2n on. */
static void held_pair(const struct view *v, size_t i, size_t challenge[static 2]) {
    size_t repeat = v->set->repeat, pairs = (repeat - 1) / 2, at = i - v->set->n_labels;
    challenge[0] = at / pairs * repeat + at % pairs * 2;
    challenge[1] = challenge[0] + 1;
}

void view_ring_h(const struct view *v, uint64_t *h) {
    blocks_h(h, view_ring_params(v), v->matrix_key);
}

static unsigned coefficient(const uint64_t *p, size_t i) {
    return (unsigned)(p[i / 64] >> (i % 64)) & 1;
}

/* row += the row of coefficient i of p s: bit j is that of X^(i - j) of p. */
static void add_row(uint8_t *row, const uint64_t *p, size_t n, size_t i) {
    for (size_t j = 0; j < n; j++)
        row[j / 8] ^= (uint8_t)(coefficient(p, i >= j ? i - j : i + n - j) << j % 8);
}

static void add_challenge_row(const struct view *v, uint8_t *row, size_t challenge) {
    const struct ring_params *p = view_ring_params(v);
    uint64_t x[POLY_WORDS];
    size_t block = ring_params_block(p);
    blocks_challenge(x, p, v->challenge_seed, challenge / block);
    add_row(row, x, p->n, challenge % block);
}

static void row(const struct view *v, size_t i, uint8_t *out) {
    const struct ring_params *p = view_ring_params(v);
    uint64_t sample[POLY_WORDS];
    memset(out, 0, blocks_bytes(p));
    if (i < p->n) {
        view_ring_h(v, sample);
        add_row(out, sample, p->n, i);
    } else if (i < v->set->n_labels) {
        poly_read(sample, v->composed, 0, p->n);
        add_row(out, sample, p->n, i - p->n);
    } else {
        size_t challenge[2];
        held_pair(v, i, challenge);
        for (size_t c = 0; c < 2; c++)
            add_challenge_row(v, out, challenge[c]);
    }
}

static size_t columns(const struct view *v) {
    return view_ring_params(v)->n;
}

static size_t hypothesis_bytes(const struct view *v) {
    return blocks_bytes(view_ring_params(v));
}

static size_t held(const struct view *v) {
    return (size_t)SET_DISTILLATE * ((v->set->repeat - 1) / 2);
}

static double held_risk(const struct view *v) {
    return 2 * v->set->risk * (1 - v->set->risk);
}

static unsigned label_of(const struct view *v, const uint8_t *labels, const uint8_t *masked, size_t i) {
    size_t challenge[2];
    if (i < v->set->n_labels)
        return bit_get(labels, i);
    held_pair(v, i, challenge);
    return bit_get(masked, challenge[0]) ^ bit_get(masked, challenge[1]);
}

static unsigned label(const struct view *v, size_t i) {
    return label_of(v, v->labels, v->masked, i);
}

/* Labels minus predictions, by whole products. */
static long count_errors(const struct view *v, const uint32_t *ids, size_t n_ids, const uint8_t *h) {
    const struct ring_params *p = view_ring_params(v);
    size_t n_labels = bits_to_bytes(v->set->n_labels), n_masked = bits_to_bytes(set_challenges(v->set));
    uint8_t *rest = malloc(n_labels + n_masked);
    if (!rest)
        return -ENOMEM;
    memcpy(rest, v->labels, n_labels);
    memcpy(rest + n_labels, v->masked, n_masked);
    uint64_t s[POLY_WORDS], sample[POLY_WORDS];
    poly_read(s, h, 0, p->n);
    for (size_t composed = 0; composed < 2; composed++) {
        if (composed)
            poly_read(sample, v->composed, 0, p->n);
        else
            view_ring_h(v, sample);
        poly_mul(sample, sample, s, p->n);
        poly_xor_into(rest, composed * p->n, sample, p->n);
    }
    for (size_t b = 0; b < ring_params_blocks(p); b++)
        blocks_label(rest + n_labels, p, v->challenge_seed, s, b);
    long errors = 0;
    for (size_t i = 0; i < n_ids; i++)
        errors += label_of(v, rest, rest + n_labels, ids[i]);
    free(rest);
    return errors;
}

static const struct view_kind kind = {.task = "ring",
                                      .hypothesis_bytes = hypothesis_bytes,
                                      .label = label,
                                      .count_errors = count_errors,
                                      .columns = columns,
                                      .row = row,
                                      .held = held,
                                      .held_risk = held_risk};

void view_ring_begin(struct view *v, uint8_t key[static 32], const uint8_t seed[static 32]) {
    memcpy(key, seed, 32); /* h is derived from the seed itself */
    v->matrix_key = key;
    v->kind = &kind;
}
