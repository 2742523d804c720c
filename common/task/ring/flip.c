/* The threshold. If a residue of weight W is that of r wrong bits, each equation is wrong with probability
 * W/n = (1 - (1 - 2 w/n)^r)/2. Of the w equations of a right bit the others' errors make each wrong with a probability
 * p0, of those of a wrong one each with 1 - p0; a bit is wrong with r/(2n) in advance. It is flipped if that makes it
 * likelier wrong than right, but never where fewer than half of its equations are wrong. The number of wrong equations
 * from which on this holds grows with W in steps: constants of a set. Where no bit reaches it, the ones with the most
 * are flipped.
 *
 * A try gets stuck, if at all, mostly near a near-codeword (Vasseur, thesis, 2021): S is off by a shift of x, or E by
 * one of y. That leaves w wrong equations instead of w^2, since the square of a sparse string is as sparse. It is then
 * begun again with a threshold one higher, which takes another way. */
#include "common/task/ring/flip.h"

#include "common/base/secret.h"
#include "common/task/ring/counters.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { TURNS = 20 }; /* of one try */

static const int32_t cautions[] = {0, 1, 2, 3, 4, -1}; /* of each try: how much higher the threshold is */

enum { TRIES = sizeof cautions / sizeof cautions[0] };

struct flip {
    const struct ring_params *params;
    const struct recipe_part *x, *y;
    uint32_t n_turns, try, turn_of_try;
    uint32_t residue_weight, s_weight, e_weight;
    uint64_t v[POLY_WORDS], residue[POLY_WORDS], s[POLY_WORDS], e[POLY_WORDS], product[POLY_WORDS];
    uint64_t residues[TASK_ROUNDS_MAX][POLY_WORDS]; /* as they were */
    size_t n_residues;
    struct counters of_s, of_e;
    struct counters_scratch scratch;
};

int flip_new(struct flip **fp, const struct ring_params *params, const struct recipe_part *x,
             const struct recipe_part *y) {
    struct flip *f = secret_new(sizeof *f);
    if (!f)
        return -ENOMEM;
    f->params = params;
    f->x = x;
    f->y = y;
    *fp = f;
    return 0;
}

void flip_free(struct flip *f) {
    secret_free(f);
}

static void weigh(struct flip *f) {
    size_t n = f->params->n;
    f->residue_weight = poly_weight(f->residue, n);
    f->s_weight = poly_weight(f->s, n);
    f->e_weight = poly_weight(f->e, n);
}

static void keep(struct flip *f) {
    size_t at = f->n_residues < TASK_ROUNDS_MAX ? f->n_residues++ : TASK_ROUNDS_MAX - 1;
    memcpy(f->residues[at], f->residue, poly_words(f->params->n) * sizeof *f->residue);
}

static void begin_try(struct flip *f) {
    memset(f->s, 0, sizeof f->s);
    memset(f->e, 0, sizeof f->e);
    memcpy(f->residue, f->v, sizeof f->residue);
    f->turn_of_try = 0;
    weigh(f);
}

void flip_start(struct flip *f, const uint64_t *v) {
    memcpy(f->v, v, poly_words(f->params->n) * sizeof *v);
    f->n_turns = f->try = 0;
    begin_try(f);
    f->n_residues = 0;
    keep(f);
}

/* All ones if a < b, else 0; a and b are below 2^31. */
static uint32_t below_mask(uint32_t a, uint32_t b) {
    return 0 - ((a - b) >> 31);
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    uint32_t mask = below_mask(a, b);
    return (a & mask) | (b & ~mask);
}

static uint32_t threshold(const struct flip *f) {
    const struct ring_params *p = f->params;
    uint32_t least = p->reach + (uint32_t)cautions[f->try];
    for (size_t i = 0; i < RING_STEPS; i++)
        least += 1 + below_mask(f->residue_weight, p->steps[i]);
    return smaller(least, counters_max(&f->of_s, &f->of_e));
}

static void flip_bits(struct flip *f, uint64_t *bits, const struct counters *wrong, uint32_t least) {
    counters_reach(f->product, wrong, least);
    poly_add(bits, f->product, f->params->n);
}

static void add_product(struct flip *f, const uint64_t *a, const uint64_t *b) {
    poly_mul(f->product, a, b, f->params->n);
    poly_add(f->residue, f->product, f->params->n);
}

void flip_turn(struct flip *f) {
    const struct ring_params *p = f->params;
    if (f->turn_of_try == TURNS) {
        f->try++;
        begin_try(f);
    }
    counters_sum(&f->of_s, f->residue, f->x->at, p->w, p->n, &f->scratch);
    counters_sum(&f->of_e, f->residue, f->y->at, p->w, p->n, &f->scratch);
    uint32_t least = threshold(f);
    flip_bits(f, f->s, &f->of_s, least);
    flip_bits(f, f->e, &f->of_e, least);
    memcpy(f->residue, f->v, sizeof f->residue);
    add_product(f, f->x->bits, f->s);
    add_product(f, f->y->bits, f->e);
    weigh(f);
    keep(f);
    f->turn_of_try++;
    f->n_turns++;
}

/* Less noise than an honest bob's is found as well, and told by who checks the labels. Without a branch on the weights:
 * what is returned is the first that somebody acts upon. */
enum flip_status flip_status(const struct flip *f) {
    const struct ring_params *p = f->params;
    uint32_t other = f->turn_of_try == TURNS && f->try + 1 == TRIES ? FLIP_EXHAUSTED : FLIP_WORK;
    uint32_t not_found = below_mask(f->s_weight, p->w_s) | below_mask(p->w_s, f->s_weight) |
                         below_mask(p->w_e, f->e_weight) | below_mask(p->w_e, f->residue_weight);
    return (enum flip_status)((FLIP_FOUND & ~not_found) | (other & not_found));
}

void flip_reject(struct flip *f) {
    if (f->try + 1 < TRIES) {
        f->try++;
        begin_try(f);
        return;
    }
    memset(f->s, 0, sizeof f->s); /* nothing that could be found again */
    f->s_weight = 0;
    f->turn_of_try = TURNS;
}

const uint64_t *flip_s(const struct flip *f) {
    return f->s;
}

const uint64_t *flip_e(const struct flip *f) {
    return f->e;
}

uint32_t flip_turns(const struct flip *f) {
    return f->n_turns;
}

size_t flip_rounds(const struct flip *f, struct learned_round rounds[static TASK_ROUNDS_MAX]) {
    uint64_t differ[POLY_WORDS];
    for (size_t r = 0; r < f->n_residues; r++) {
        memcpy(differ, f->residues[r], sizeof differ);
        poly_add(differ, f->residue, f->params->n);
        rounds[r] = (struct learned_round){.wrong = poly_weight(differ, f->params->n)};
    }
    sodium_memzero(differ, sizeof differ);
    return f->n_residues;
}
