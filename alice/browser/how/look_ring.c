/* The ring task from the inside. There is one composed element, sigma = x + h y: h rotated by each place of y takes
 * itself off, and the few ones of x are left. Labels fold the same way into a noisy syndrome, which bit flipping
 * empties. */
#include "alice/browser/how/look_fresh.h"
#include "alice/browser/how/ring_steps.h"
#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/ring/blocks.h"
#include "common/task/ring/sparse.h"

#include <errno.h>
#include <sodium.h>

struct look {
    const struct look_data *data;
    const struct ring_params *params;
    struct accept_data samples;
    struct ring_steps *learners[LOOK_BOTH];
    uint64_t s[POLY_WORDS], e1[POLY_WORDS], e2[POLY_WORDS]; /* Bob's */
    struct look_fresh fresh;
};

static void look_free(struct look *l) {
    if (!l)
        return;
    for (int who = 0; who < LOOK_BOTH; who++)
        ring_steps_free(l->learners[who]);
    look_fresh_deinit(&l->fresh);
    secret_free(l);
}

static int begin(struct look **lp, const struct look_data *data) {
    const struct ring_params *p = ring_params_of(data->joint->set);
    const struct joint *joint = data->joint;
    struct look *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->data = data;
    l->params = p;
    blocks_h(l->samples.h, p, joint->seed);
    poly_read(l->samples.sigma, joint->vectors, 0, p->n);
    poly_read(l->samples.z_h, joint->labels, 0, p->n);
    poly_read(l->samples.z_sigma, joint->labels, p->n, p->n);
    int r = look_fresh_init(&l->fresh, data);
    for (int who = 0; r == 0 && who < LOOK_BOTH; who++)
        r = ring_steps_new(&l->learners[who], p, &l->samples, who == LOOK_ALICE ? data->recipes : data->guesses);
    if (r < 0) {
        look_free(l);
        return r;
    }
    *lp = l;
    return 0;
}

/* Bob's secret and noise, as bob.c of the task draws them, and what the two hypotheses say. */
static void compare(struct look *l) {
    const struct ring_params *p = l->params;
    const struct teach_keys *keys = &l->data->answers->keys;
    uint32_t at[RING_WEIGHT_MAX];
    sparse_draw(l->s, at, p->w_s, p->n, keys->task, 0);
    sparse_draw(l->e1, at, p->w_e, p->n, keys->label_noise, 0);
    sparse_draw(l->e2, at, p->w_e, p->n, keys->label_noise, 1);
    sodium_memzero(at, sizeof at);
    noise_add(l->fresh.errors, l->fresh.n, keys->challenge_noise, p->theta64);
    for (int who = 0; who < LOOK_BOTH; who++)
        for (size_t b = 0; b < ring_params_blocks(p); b++)
            blocks_label(l->fresh.predicted[who], p, l->data->joint->challenge_seed, flip_s(l->learners[who]->flip), b);
    look_fresh_judge(&l->fresh);
}

/* What is inside is what Alice told. */
static bool agrees(const struct look *l) {
    const struct ring_steps *alice = l->learners[LOOK_ALICE];
    const struct learned_numbers *told = &l->data->joint->learned;
    return alice->accepted && alice->missed == told->disagreements && flip_turns(alice->flip) == told->iterations &&
           alice->n_rounds == told->n_rounds &&
           memcmp(alice->rounds, told->rounds, told->n_rounds * sizeof told->rounds[0]) == 0 &&
           l->fresh.n_right[LOOK_ALICE] == l->data->joint->agreeing;
}

static int turn(struct look *l) {
    for (int who = 0; who < LOOK_BOTH; who++) {
        int r = ring_steps_turn(l->learners[who]);
        if (r)
            return r;
    }
    compare(l);
    return agrees(l) ? 0 : -EPROTO;
}

static void write_poly(struct writer *w, const char *name, const uint64_t *a, size_t n) {
    uint8_t bytes[(POLY_N_MAX + 7) / 8] = {0};
    poly_xor_into(bytes, 0, a, n);
    writer_hex(w, name, bytes, bits_to_bytes(n));
}

static void write_places(struct writer *w, const char *name, const struct recipe_part *part, uint32_t weight) {
    writer_open(w, name, '[');
    for (uint32_t t = 0; t < weight; t++)
        writer_integer(w, NULL, part->at[t]);
    writer_close(w, ']');
}

static void write_learner(struct writer *w, const char *name, const struct ring_steps *s, uint32_t right) {
    writer_open(w, name, '{');
    writer_bool(w, "accepted", s->accepted);
    writer_integer(w, "steps", (int64_t)s->n_steps);
    writer_integer(w, "iterations", flip_turns(s->flip));
    writer_integer(w, "disagreements", s->missed);
    writer_integer(w, "right", right);
    write_poly(w, "h", flip_s(s->flip), s->params->n);
    writer_close(w, '}');
}

static void about(const struct look *l, struct writer *w) {
    const struct ring_params *p = l->params;
    double subsets = look_subsets_log10(p->n, p->w);
    writer_integer(w, "n", p->n);
    writer_integer(w, "w", p->w);
    writer_integer(w, "w_s", p->w_s);
    writer_integer(w, "w_e", p->w_e);
    writer_real(w, "p", p->p);
    writer_real(w, "theta", p->set.risk);
    writer_integer(w, "limit", 2 * p->w_e);
    writer_integer(w, "checked", 2 * p->n);
    writer_integer(w, "fresh", (int64_t)l->fresh.n);
    writer_integer(w, "block", (int64_t)ring_params_block(p));
    writer_real(w, "recipe_log10", 2 * subsets);
    writer_real(w, "captions_log10", 2 * subsets);
    write_learner(w, "alice", l->learners[LOOK_ALICE], l->fresh.n_right[LOOK_ALICE]);
    write_learner(w, "eve", l->learners[LOOK_EVE], l->fresh.n_right[LOOK_EVE]);
    write_poly(w, "secret", l->s, p->n);
}

/* What a recipe leaves of picture and label. */
static void write_left(struct writer *w, const struct look *l, const struct recipe_part *x,
                       const struct recipe_part *y) {
    const struct ring_params *p = l->params;
    uint64_t left[POLY_WORDS];
    write_places(w, "x", x, p->w);
    write_places(w, "y", y, p->w);
    poly_mul(left, y->bits, l->samples.h, p->n);
    poly_add(left, l->samples.sigma, p->n);
    write_poly(w, "left", left, p->n);
    writer_integer(w, "dots", poly_weight(left, p->n));
    poly_mul(left, y->bits, l->samples.z_h, p->n);
    poly_add(left, l->samples.z_sigma, p->n);
    write_poly(w, "label_left", left, p->n);
    writer_integer(w, "ones", poly_weight(left, p->n));
}

static bool piece(const struct look *l, struct writer *w, uint32_t j, uint32_t guess) {
    const struct ring_params *p = l->params;
    const struct ring_steps *alice = l->learners[LOOK_ALICE], *eve = l->learners[LOOK_EVE];
    struct recipe_part x = eve->x, y = eve->y;
    uint8_t key[32];
    if (j > 0)
        return false;
    writer_integer(w, "j", j);
    write_poly(w, "plain", l->samples.h, p->n);
    write_poly(w, "picture", l->samples.sigma, p->n);
    write_poly(w, "plain_label", l->samples.z_h, p->n);
    write_poly(w, "label", l->samples.z_sigma, p->n);
    write_poly(w, "plain_lies", l->e1, p->n);
    write_poly(w, "lies", l->e2, p->n);
    write_left(w, l, &alice->x, &alice->y);
    if (guess > 0) { /* 0 is the one that Eve's learner works with */
        prg_subkey(key, l->data->guesses, "another", guess);
        ring_steps_recipe(&x, &y, p, key);
    }
    writer_open(w, "eve", '{');
    writer_integer(w, "guess", guess);
    write_left(w, l, &x, &y);
    writer_close(w, '}');
    return true;
}

static uint32_t distance(const uint64_t *a, const uint64_t *b, size_t n) {
    uint64_t sum[POLY_WORDS];
    memcpy(sum, a, poly_words(n) * sizeof *a);
    poly_add(sum, b, n);
    return poly_weight(sum, n);
}

/* wrong: bits of s and of e1 that are not yet as Bob has them. */
static bool belief(const struct look *l, struct writer *w, enum look_who who, uint32_t step) {
    const struct ring_steps *s = l->learners[who];
    size_t n = l->params->n;
    if (step >= s->n_steps)
        return false;
    const struct ring_step *at = &s->steps[step];
    writer_integer(w, "step", step);
    writer_integer(w, "steps", (int64_t)s->n_steps);
    writer_integer(w, "iteration", at->turn);
    writer_integer(w, "misfits", poly_weight(at->residue, n));
    writer_integer(w, "wrong", distance(at->s, l->s, n) + distance(at->e, l->e1, n));
    write_poly(w, "residue", at->residue, n);
    write_poly(w, "s", at->s, n);
    return true;
}

static bool fresh(const struct look *l, struct writer *w, uint32_t i) {
    const struct ring_params *p = l->params;
    uint64_t x[POLY_WORDS];
    if (i >= l->fresh.n)
        return false;
    blocks_challenge(x, p, l->data->joint->challenge_seed, i / ring_params_block(p));
    writer_integer(w, "i", i);
    write_poly(w, "picture", x, p->n);
    writer_integer(w, "place", i % ring_params_block(p));
    look_fresh_write(&l->fresh, w, i);
    return true;
}

const struct look_kind look_ring = {begin, turn, about, piece, belief, fresh, look_free};
