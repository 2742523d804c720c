#include "alice/browser/how/ring_steps.h"

#include "common/base/secret.h"
#include "common/task/ring/sparse.h"

#include <errno.h>
#include <string.h>

void ring_steps_recipe(struct recipe_part *x, struct recipe_part *y, const struct ring_params *params,
                       const uint8_t key[static 32]) {
    sparse_draw(x->bits, x->at, params->w, params->n, key, 0);
    sparse_draw(y->bits, y->at, params->w, params->n, key, 1);
}

static void keep_step(struct ring_steps *s) {
    size_t n = s->params->n, at = s->n_steps < LOOK_STEPS ? s->n_steps++ : LOOK_STEPS - 1;
    struct ring_step *step = &s->steps[at];
    uint64_t product[POLY_WORDS];
    step->turn = flip_turns(s->flip);
    memcpy(step->s, flip_s(s->flip), sizeof step->s);
    memcpy(step->e, flip_e(s->flip), sizeof step->e);
    memcpy(step->residue, s->v, sizeof step->residue);
    poly_mul(product, s->x.bits, step->s, n);
    poly_add(step->residue, product, n);
    poly_mul(product, s->y.bits, step->e, n);
    poly_add(step->residue, product, n);
}

int ring_steps_new(struct ring_steps **sp, const struct ring_params *params, const struct accept_data *data,
                   const uint8_t recipe_key[static 32]) {
    struct ring_steps *s = secret_new(sizeof *s);
    if (!s)
        return -ENOMEM;
    s->params = params;
    s->data = *data;
    ring_steps_recipe(&s->x, &s->y, params, recipe_key);
    poly_mul(s->left, s->y.bits, data->h, params->n);
    poly_add(s->left, data->sigma, params->n);
    poly_mul(s->v, s->y.bits, data->z_h, params->n);
    poly_add(s->v, data->z_sigma, params->n);
    if (flip_new(&s->flip, params, &s->x, &s->y) < 0) {
        ring_steps_free(s);
        return -ENOMEM;
    }
    flip_start(s->flip, s->v);
    keep_step(s);
    *sp = s;
    return 0;
}

void ring_steps_free(struct ring_steps *s) {
    if (!s)
        return;
    flip_free(s->flip);
    secret_free(s);
}

int ring_steps_turn(struct ring_steps *s) {
    uint32_t missed_h, missed_sigma;
    if (s->finished)
        return 0;
    flip_turn(s->flip);
    keep_step(s);
    enum flip_status status = flip_status(s->flip);
    if (status == FLIP_WORK)
        return 1;
    enum accept verdict = accept_check(&missed_h, &missed_sigma, s->params, &s->data, flip_s(s->flip));
    s->missed = missed_h + missed_sigma;
    s->accepted = status == FLIP_FOUND && verdict != ACCEPT_NO;
    s->finished = s->accepted || status == FLIP_EXHAUSTED;
    if (s->accepted)
        s->n_rounds = flip_rounds(s->flip, s->rounds);
    if (!s->finished)
        flip_reject(s->flip);
    return !s->finished;
}
