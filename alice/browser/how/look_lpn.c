/* LPN from the inside. A piece: composed vector j, the plain vectors of its recipe, the row of the public code that is
 * left. Truth and lies are told from Bob's noise, which follows from his seed. */
#include "alice/browser/how/look_fresh.h"
#include "alice/browser/how/lpn_steps.h"
#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>
#include <sodium.h>

struct look {
    const struct look_data *data;
    const struct params *params;
    uint8_t matrix_key[32], challenge_key[32];
    struct code *code;
    struct lpn_steps *learners[LOOK_BOTH];
    uint8_t *lies;               /* m + k bits: Bob's noise */
    uint8_t *word;               /* k bits: the code word of the secret */
    uint32_t n_lies[2], n_wrong; /* of plain and composed labels; of code bits */
    struct look_fresh fresh;
};

static uint32_t count(const uint8_t *bits, size_t first, size_t n) {
    uint32_t ones = 0;
    for (size_t i = first; i < first + n; i++)
        ones += bit_get(bits, i);
    return ones;
}

static void look_free(struct look *l) {
    if (!l)
        return;
    code_free(l->code);
    for (int who = 0; who < LOOK_BOTH; who++)
        lpn_steps_free(l->learners[who]);
    secret_free(l->lies);
    secret_free(l->word);
    look_fresh_deinit(&l->fresh);
    secret_free(l);
}

static int begin(struct look **lp, const struct look_data *data) {
    const struct params *p = params_of(data->joint->set);
    struct look *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->data = data;
    l->params = p;
    prg_derive(l->matrix_key, "parley/1 matrix", data->joint->seed, 32);
    prg_derive(l->challenge_key, "parley/1 challenge", data->joint->challenge_seed, 32);
    l->lies = secret_new(p->set.n_labels / 8);
    l->word = secret_new(p->k / 8);
    int r = look_fresh_init(&l->fresh, data);
    if (!l->lies || !l->word)
        r = -ENOMEM;
    if (r == 0)
        r = code_new(&l->code, p);
    for (int who = 0; r == 0 && who < LOOK_BOTH; who++)
        r = lpn_steps_new(&l->learners[who], p, l->code, data->joint->labels, l->matrix_key,
                          who == LOOK_ALICE ? data->recipes : data->guesses);
    if (r < 0) {
        look_free(l);
        return r;
    }
    *lp = l;
    return 0;
}

/* Bob's secret, noise and answers, and what the two hypotheses say. */
static void compare(struct look *l) {
    const struct params *p = l->params;
    const struct teach_keys *keys = &l->data->answers->keys;
    size_t fresh = l->fresh.n;
    uint8_t s[PARAMS_N_MAX / 8];
    prg_expand(s, p->n / 8, keys->task, 0); /* as bob.c of the task draws it */
    code_encode(l->code, l->word, s);
    sodium_memzero(s, sizeof s);
    noise_add(l->lies, p->set.n_labels, keys->label_noise, p->theta64);
    noise_add(l->fresh.errors, fresh, keys->challenge_noise, p->theta64);
    l->n_lies[0] = count(l->lies, 0, p->m);
    l->n_lies[1] = count(l->lies, p->m, p->k);
    for (size_t j = 0; j < p->k; j++)
        l->n_wrong += bit_get(l->learners[LOOK_ALICE]->v, j) ^ bit_get(l->word, j);
    for (int who = 0; who < LOOK_BOTH; who++)
        for (size_t part = 0; part < matrix_label_parts(fresh, p->n); part++)
            matrix_label_part(l->fresh.predicted[who], l->challenge_key, fresh, p->n, l->learners[who]->h, part);
    look_fresh_judge(&l->fresh);
}

/* What is inside is what Alice told. */
static bool agrees(const struct look *l) {
    const struct lpn_steps *alice = l->learners[LOOK_ALICE];
    const struct learned_numbers *told = &l->data->joint->learned;
    return alice->accepted && alice->disagreements == told->disagreements && alice->iterations == told->iterations &&
           alice->n_rounds == told->n_rounds &&
           memcmp(alice->rounds, told->rounds, told->n_rounds * sizeof told->rounds[0]) == 0 &&
           l->fresh.n_right[LOOK_ALICE] == l->data->joint->agreeing;
}

static int turn(struct look *l) {
    for (int who = 0; who < LOOK_BOTH; who++) {
        int r = lpn_steps_turn(l->learners[who]);
        if (r)
            return r;
    }
    compare(l);
    return agrees(l) ? 0 : -EPROTO;
}

static void write_counts(struct writer *w, const char *name, uint32_t labels, uint32_t wrong, double share) {
    writer_open(w, name, '{');
    writer_integer(w, "labels", labels);
    writer_integer(w, "wrong", wrong);
    writer_real(w, "expected", share * labels);
    writer_close(w, '}');
}

static void write_learner(struct writer *w, const char *name, const struct lpn_steps *s, uint32_t right) {
    writer_open(w, name, '{');
    writer_bool(w, "accepted", s->accepted);
    writer_integer(w, "steps", (int64_t)s->n_steps);
    writer_integer(w, "iterations", s->iterations);
    writer_integer(w, "disagreements", s->disagreements);
    writer_integer(w, "right", right);
    writer_hex(w, "h", s->h, s->params->n / 8);
    writer_close(w, '}');
}

static void about(const struct look *l, struct writer *w) {
    const struct params *p = l->params;
    writer_integer(w, "n", p->n);
    writer_integer(w, "m", p->m);
    writer_integer(w, "k", p->k);
    writer_integer(w, "w", p->w);
    writer_real(w, "theta", p->theta);
    writer_real(w, "p", p->p);
    writer_integer(w, "limit", params_self_check_limit(p, params_checked(p)));
    writer_integer(w, "checked", params_checked(p));
    writer_integer(w, "fresh", (int64_t)l->fresh.n);
    writer_real(w, "recipe_log10", look_subsets_log10(p->m, p->w));
    writer_real(w, "captions_log10", p->k * look_subsets_log10(p->m, p->w));
    write_counts(w, "plain", p->m, l->n_lies[0], p->theta);
    write_counts(w, "composed", p->k, l->n_lies[1], p->theta);
    write_counts(w, "left", p->k, l->n_wrong, p->p);
    write_learner(w, "alice", l->learners[LOOK_ALICE], l->fresh.n_right[LOOK_ALICE]);
    write_learner(w, "eve", l->learners[LOOK_EVE], l->fresh.n_right[LOOK_EVE]);
}

static void write_vector(struct writer *w, const struct look *l, const uint8_t *row, size_t label) {
    writer_hex(w, "picture", row, l->params->n / 8);
    writer_integer(w, "label", bit_get(l->data->joint->labels, label));
    writer_bool(w, "lie", bit_get(l->lies, label));
}

/* Plain samples that are added to composed one j, and what is left of picture and label then. */
static void write_recipe(struct writer *w, const struct look *l, uint32_t j, const uint32_t *at) {
    const struct params *p = l->params;
    uint8_t left[PARAMS_N_MAX / 8], row[PARAMS_N_MAX / 8];
    unsigned label = bit_get(l->data->joint->labels, p->m + j);
    lpn_steps_composed(left, p, l->data->joint->vectors, j);
    writer_open(w, "recipe", '[');
    for (uint32_t t = 0; t < p->w; t++) {
        lpn_steps_plain(row, l->matrix_key, p->m, p->n, at[t]);
        bytes_xor(left, row, p->n / 8);
        label ^= bit_get(l->data->joint->labels, at[t]);
        writer_open(w, NULL, '{');
        writer_integer(w, "i", at[t]);
        write_vector(w, l, row, at[t]);
        writer_close(w, '}');
    }
    writer_close(w, ']');
    writer_hex(w, "left", left, p->n / 8);
    writer_integer(w, "dots", count(left, 0, p->n));
    writer_integer(w, "label_left", label);
}

static bool piece(const struct look *l, struct writer *w, uint32_t j, uint32_t guess) {
    const struct params *p = l->params;
    uint8_t row[PARAMS_N_MAX / 8];
    uint32_t at[RECIPES_W_MAX];
    if (j >= p->k)
        return false;
    lpn_steps_composed(row, p, l->data->joint->vectors, j);
    writer_integer(w, "j", j);
    write_vector(w, l, row, p->m + j);
    for (uint32_t t = 0; t < p->w; t++)
        at[t] = recipes_index(l->learners[LOOK_ALICE]->recipes, j, t);
    write_recipe(w, l, j, at);
    writer_integer(w, "bit", l->code->pi[j]); /* the dot that is new in row j of the code */
    writer_integer(w, "truth", bit_get(l->word, j));
    lpn_steps_guess(l->learners[LOOK_EVE], at, j, guess, l->data->guesses);
    writer_open(w, "eve", '{');
    writer_integer(w, "guess", guess);
    write_recipe(w, l, j, at);
    writer_close(w, '}');
    return true;
}

static bool belief(const struct look *l, struct writer *w, enum look_who who, uint32_t step) {
    const struct lpn_steps *s = l->learners[who];
    const struct params *p = l->params;
    if (step >= s->n_steps)
        return false;
    const uint8_t *ones = s->ones + step * (p->k / 8), *sure = s->sure + step * (p->k / 8);
    uint32_t wrong = 0, unsettled = 0;
    for (size_t j = 0; j < p->k; j++) {
        unsigned off = bit_get(ones, j) ^ bit_get(l->word, j);
        wrong += off;
        unsettled += !off && !bit_get(sure, j);
    }
    writer_integer(w, "step", step);
    writer_integer(w, "steps", (int64_t)s->n_steps);
    writer_integer(w, "iteration", s->steps[step].iteration);
    writer_integer(w, "round", s->steps[step].round);
    writer_integer(w, "wrong", wrong);
    writer_integer(w, "unsettled", unsettled);
    writer_open(w, "secret", '[');
    for (size_t i = 0; i < p->n; i++)
        writer_integer(w, NULL, s->secret[step * p->n + i]);
    writer_close(w, ']');
    writer_hex(w, "ones", ones, p->k / 8);
    writer_hex(w, "sure", sure, p->k / 8);
    writer_hex(w, "word", l->word, p->k / 8);
    return true;
}

static bool fresh(const struct look *l, struct writer *w, uint32_t i) {
    uint8_t row[PARAMS_N_MAX / 8];
    if (i >= l->fresh.n)
        return false;
    lpn_steps_plain(row, l->challenge_key, l->fresh.n, l->params->n, i);
    writer_integer(w, "i", i);
    writer_hex(w, "picture", row, l->params->n / 8);
    look_fresh_write(&l->fresh, w, i);
    return true;
}

const struct look_kind look_lpn = {begin, turn, about, piece, belief, fresh, look_free};
