#include "alice/browser/how/lpn_steps.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/sample.h"
#include "common/base/secret.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/learner_state.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>
#include <math.h>

/* As alice.c and learning.c of the task draw them from the key of her recipes. */
static int choose_checked(struct lpn_steps *s, const uint8_t *recipe_key) {
    SECRET32 uint8_t key[32];
    uint8_t *marks = secret_new(s->params->m / 8);
    s->checked = secret_new(params_checked(s->params) * sizeof *s->checked);
    if (marks && s->checked) {
        prg_subkey(key, recipe_key, "checked labels", 0);
        sample_draw(s->checked, params_checked(s->params), s->params->m, key, marks);
    }
    secret_free(marks);
    return marks && s->checked ? 0 : -ENOMEM;
}

int lpn_steps_new(struct lpn_steps **sp, const struct params *params, const struct code *code, const uint8_t *labels,
                  const uint8_t matrix_key[static 32], const uint8_t recipe_key[static 32]) {
    struct lpn_steps *s = secret_new(sizeof *s);
    if (!s)
        return -ENOMEM;
    s->params = params;
    s->code = code;
    s->labels = labels;
    memcpy(s->key, matrix_key, 32);
    s->v = secret_new(params->k / 8);
    s->secret = secret_new((size_t)LOOK_STEPS * params->n);
    s->ones = secret_new((size_t)LOOK_STEPS * params->k / 8);
    s->sure = secret_new((size_t)LOOK_STEPS * params->k / 8);
    s->h = secret_new(params->n / 8);
    s->check = secret_new(params->m / 8);
    int r = s->v && s->secret && s->ones && s->sure && s->h && s->check ? 0 : -ENOMEM;
    if (r == 0)
        r = choose_checked(s, recipe_key);
    if (r == 0)
        r = recipes_new(&s->recipes, params, recipe_key);
    if (r == 0)
        r = learner_new(&s->learner, params, code, s->recipes);
    if (r < 0) {
        lpn_steps_free(s);
        return r;
    }
    recipes_run_all(s->recipes);
    compose_syndrome(s->v, s->recipes, labels, 0, params->k);
    learner_start(s->learner, s->v);
    *sp = s;
    return 0;
}

void lpn_steps_free(struct lpn_steps *s) {
    if (!s)
        return;
    learner_free(s->learner);
    recipes_free(s->recipes);
    secret_free(s->v);
    secret_free(s->secret);
    secret_free(s->ones);
    secret_free(s->sure);
    secret_free(s->h);
    secret_free(s->check);
    secret_free(s->checked);
    secret_free(s);
}

static void keep_step(struct lpn_steps *s) {
    const struct learner *l = s->learner;
    size_t at = s->n_steps < LOOK_STEPS ? s->n_steps++ : LOOK_STEPS - 1, n = s->params->n, bytes = s->params->k / 8;
    s->n_seen++;
    s->steps[at] = (struct lpn_step){(uint32_t)l->iterations, (uint32_t)l->rounds};
    for (size_t i = 0; i < n; i++) {
        float zero = l->sums[2 * i], one = l->sums[2 * i + 1], t = 100 * ((zero - one) / (zero + one));
        s->secret[at * n + i] = (int8_t)(isfinite(t) ? lroundf(t) : 0);
    }
    size_t last = (l->n_told - 1) * (l->n_places / 8); /* of what the learner keeps for the rounds that it tells */
    memcpy(s->ones + at * bytes, l->ones + last, bytes);
    memcpy(s->sure + at * bytes, l->sure + last, bytes);
}

/* One pass of a turn along the code: that turn with a single pass, as often as it has passes. */
static void pass_once(struct lpn_steps *s) {
    struct learner *l = s->learner;
    size_t all = l->max_iterations;
    if (s->most == 0)
        s->most = all;
    l->max_iterations = 1;
    learner_run(l, 0);
    l->max_iterations = all;
    keep_step(s);
    s->most = l->converged ? 0 : s->most - 1;
    if (s->most == 0)
        learner_advance(l);
}

static uint32_t misses(struct lpn_steps *s) {
    const struct params *p = s->params;
    uint32_t wrong = 0;
    memcpy(s->check, s->labels, p->m / 8);
    for (size_t part = 0; part < matrix_label_parts(p->m, p->n); part++)
        matrix_label_part(s->check, s->key, p->m, p->n, s->h, part);
    for (size_t i = 0; i < params_checked(p); i++)
        wrong += bit_get(s->check, s->checked[i]);
    return wrong;
}

static int judge(struct lpn_steps *s) {
    uint8_t *word = secret_new(s->params->k / 8);
    if (!word)
        return -ENOMEM;
    code_encode(s->code, word, s->h);
    s->n_rounds = learner_rounds_told(s->learner, word, s->rounds);
    secret_free(word);
    s->finished = true;
    return 0;
}

int lpn_steps_turn(struct lpn_steps *s) {
    struct learner *l = s->learner;
    if (s->finished)
        return 0;
    if (learner_status(l) == LEARNER_WORK) {
        if (l->phase == CODE_PASSES)
            pass_once(s);
        else
            learner_turn(l);
        return 1;
    }
    s->iterations = (uint32_t)learner_iterations(l);
    if (learner_status(l) ==
        LEARNER_EXHAUSTED) { /* the rest is what seems likeliest, as any learner's that has to say */
        learner_decisions(l, s->h);
        s->disagreements = misses(s);
        return judge(s);
    }
    memcpy(s->h, learner_candidate(l), s->params->n / 8);
    s->disagreements = misses(s);
    s->accepted = s->disagreements <= params_self_check_limit(s->params, params_checked(s->params));
    if (s->accepted)
        return judge(s);
    learner_reject(l);
    return 1;
}

void lpn_steps_plain(uint8_t *out, const uint8_t *key, size_t n_all, size_t n, uint32_t i) {
    uint8_t rows[64 * (MATRIX_BLOCK / 8)];
    for (size_t b = 0; b < matrix_blocks(n); b++) {
        size_t width = matrix_width(n, b), first = i / 64 * 64, left = n_all - first;
        matrix_expand(rows, key, n_all, n, b, first, left < 64 ? left : 64);
        memcpy(out + b * (MATRIX_BLOCK / 8), rows + i % 64 * width, width);
    }
}

void lpn_steps_composed(uint8_t *out, const struct params *params, const uint8_t *vectors, uint32_t j) {
    size_t n = params->n, offset = 0;
    for (size_t b = 0; b < matrix_blocks(n); b++) {
        size_t width = matrix_width(n, b);
        memcpy(out + b * (MATRIX_BLOCK / 8), vectors + offset + j * width, width);
        offset += params->k * width;
    }
}

void lpn_steps_guess(const struct lpn_steps *s, uint32_t *at, uint32_t j, uint32_t guess,
                     const uint8_t key[static 32]) {
    struct prg draws;
    uint8_t another[32];
    for (uint32_t t = 0; guess == 0 && t < s->params->w; t++)
        at[t] = recipes_index(s->recipes, j, t);
    if (guess == 0)
        return;
    prg_subkey(another, key, "another", guess);
    prg_init(&draws, another, j);
    for (uint32_t t = 0; t < s->params->w; t++) {
        bool twice;
        do {
            at[t] = prg_below(&draws, s->params->m);
            twice = false;
            for (uint32_t other = 0; other < t; other++)
                twice |= at[other] == at[t];
        } while (twice);
    }
    prg_deinit(&draws);
}
