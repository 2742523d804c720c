/* LWE from the inside. A piece: composed vector j, about half of the plain ones added or taken away by its recipe, and
 * D at place j that is left. Labels fold the same way, and their small errors with them; rounding reads the secret off.
 */
#include "alice/browser/how/look_fresh.h"
#include "alice/browser/how/lwe_steps.h"
#include "common/base/secret.h"
#include "common/task/lwe/cbd.h"
#include "common/task/lwe/rounding.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>

enum { SHOWN = 6 }; /* plain samples of a recipe that are shown one by one */

/* After so many samples of a recipe it is said what is left; and after all of them. */
static const uint32_t stops[] = {0, 1, 2, 10, 100};

struct look {
    const struct look_data *data;
    const struct lwe_params *params;
    uint8_t matrix_key[32], challenge_key[32];
    struct lwe_steps *learners[LOOK_BOTH];
    int16_t s[LWE_PARAMS_N_MAX];
    uint8_t *errors; /* Bob's, as labels */
    struct look_fresh fresh;
    bool done;
};

static void look_free(struct look *l) {
    if (!l)
        return;
    for (int who = 0; who < LOOK_BOTH; who++)
        lwe_steps_free(l->learners[who]);
    secret_free(l->errors);
    look_fresh_deinit(&l->fresh);
    secret_free(l);
}

static int begin(struct look **lp, const struct look_data *data) {
    const struct lwe_params *p = lwe_params_of(data->joint->set);
    struct look *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->data = data;
    l->params = p;
    lwe_params_key(l->matrix_key, p, "matrix", data->joint->seed);
    lwe_params_key(l->challenge_key, p, "challenge", data->joint->challenge_seed);
    l->errors = secret_new(2 * p->set.n_labels);
    int r = look_fresh_init(&l->fresh, data);
    if (!l->errors)
        r = -ENOMEM;
    for (int who = 0; r == 0 && who < LOOK_BOTH; who++)
        r = lwe_steps_new(&l->learners[who], p, who == LOOK_ALICE ? data->recipes : data->guesses);
    if (r < 0) {
        look_free(l);
        return r;
    }
    *lp = l;
    return 0;
}

static uint16_t label(const struct look *l, size_t i) {
    return zq_load(l->data->joint->labels, i);
}

/* What is inside is what Alice told. */
static bool agrees(const struct look *l) {
    const struct lwe_steps *alice = l->learners[LOOK_ALICE];
    const struct learned_numbers *told = &l->data->joint->learned;
    double error = (double)alice->error / l->params->n / LWE_PARAMS_DISTANCE;
    return alice->verdict.accepted && alice->verdict.too_far == told->disagreements && told->n_figures > 0 &&
           fabs(error - told->figures[0].measured) < 1e-9 && l->fresh.n_right[LOOK_ALICE] == l->data->joint->agreeing;
}

static int turn(struct look *l) {
    const struct lwe_params *p = l->params;
    const struct teach_keys *keys = &l->data->answers->keys;
    if (l->done)
        return 0;
    cbd_secret(l->s, p->n, keys->task);
    cbd_noise(l->errors, p->set.n_labels, keys->label_noise, p->eta);
    cbd_noise(l->fresh.errors, l->fresh.n, keys->challenge_noise, p->eta);
    for (int who = 0; who < LOOK_BOTH; who++) {
        int r = lwe_steps_learn(l->learners[who], l->data->joint, l->matrix_key);
        if (r < 0)
            return r;
        for (size_t part = 0; part < rows_label_parts(l->fresh.n, p->n); part++)
            rows_label_part(l->fresh.predicted[who], l->challenge_key, l->fresh.n, p->n, l->learners[who]->h, part);
    }
    look_fresh_judge(&l->fresh);
    l->done = true;
    return agrees(l) ? 0 : -EPROTO;
}

static void write_numbers(struct writer *w, const char *name, const int16_t *numbers, size_t n) {
    writer_open(w, name, '[');
    for (size_t i = 0; i < n; i++)
        writer_integer(w, NULL, numbers[i]);
    writer_close(w, ']');
}

static void write_side(struct writer *w, const char *name, const struct lwe_steps *side, uint32_t right) {
    const struct lwe_params *p = side->params;
    writer_open(w, name, '{');
    writer_bool(w, "accepted", side->verdict.accepted);
    writer_integer(w, "disagreements", side->verdict.too_far);
    writer_integer(w, "right", right);
    writer_real(w, "error", (double)side->error / p->n);
    write_numbers(w, "h", side->h, p->n);
    writer_close(w, '}');
}

static double mean_size(const uint8_t *errors, size_t n) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += zq_abs(zq_load(errors, i));
    return (double)sum / (double)n;
}

static void about(const struct look *l, struct writer *w) {
    const struct lwe_params *p = l->params;
    const double pi = acos(-1);
    writer_integer(w, "n", p->n);
    writer_integer(w, "m", p->m);
    writer_integer(w, "eta", p->eta);
    writer_integer(w, "q", p->set.modulus);
    writer_integer(w, "distance", LWE_PARAMS_DISTANCE);
    writer_integer(w, "checked", p->m);
    writer_integer(w, "fresh", (int64_t)l->fresh.n);
    writer_real(w, "recipe_log10", p->m * log10(3));
    writer_real(w, "captions_log10", (double)p->m * p->n * log10(3));
    writer_real(w, "label_error", mean_size(l->errors, p->set.n_labels));
    writer_real(w, "label_error_expected", sqrt(p->eta / pi));
    writer_real(w, "left_error_expected", sqrt(p->eta * (p->m / 2.0 + 1) / pi));
    write_numbers(w, "secret", l->s, p->n);
    write_side(w, "alice", l->learners[LOOK_ALICE], l->fresh.n_right[LOOK_ALICE]);
    write_side(w, "eve", l->learners[LOOK_EVE], l->fresh.n_right[LOOK_EVE]);
}

static void write_fold(struct writer *w, const struct look *l, uint32_t n, const uint8_t *left, uint16_t label_left) {
    writer_open(w, NULL, '{');
    writer_integer(w, "n", n);
    writer_hex(w, "left", left, 2 * (size_t)l->params->n);
    writer_integer(w, "label", label_left);
    writer_close(w, '}');
}

static bool is_stop(uint32_t n) {
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        if (stops[i] == n)
            return true;
    return false;
}

/* What is left of composed sample j after more and more of its recipe, and the first samples of that. */
static void write_folds(struct writer *w, const struct look *l, const struct lwe_steps *side, uint32_t j) {
    const struct lwe_params *p = l->params;
    uint8_t left[2 * LWE_PARAMS_N_MAX], row[2 * LWE_PARAMS_N_MAX];
    uint16_t label_left = label(l, p->m + j);
    uint32_t n = 0;
    lwe_steps_composed(left, p, l->data->joint->vectors, j);
    writer_open(w, "folds", '[');
    write_fold(w, l, 0, left, label_left);
    for (uint32_t i = 0; i < p->m; i++) {
        int sign = lwe_steps_entry(side, j, i);
        if (!sign)
            continue;
        lwe_steps_plain(row, l->matrix_key, p->m, p->n, i);
        for (size_t c = 0; c < p->n; c++)
            zq_add(left, c, (uint16_t) - (sign * zq_load(row, c)));
        label_left = (uint16_t)(label_left - sign * label(l, i));
        if (is_stop(++n))
            write_fold(w, l, n, left, label_left);
    }
    if (!is_stop(n))
        write_fold(w, l, n, left, label_left);
    writer_close(w, ']');
    writer_integer(w, "level", rounding_level(label_left));
    writer_open(w, "recipe", '[');
    for (uint32_t i = 0, shown = 0; i < p->m && shown < SHOWN; i++) {
        int sign = lwe_steps_entry(side, j, i);
        if (!sign)
            continue;
        shown++;
        lwe_steps_plain(row, l->matrix_key, p->m, p->n, i);
        writer_open(w, NULL, '{');
        writer_integer(w, "i", i);
        writer_integer(w, "sign", sign);
        writer_hex(w, "picture", row, 2 * (size_t)p->n);
        writer_integer(w, "label", label(l, i));
        writer_integer(w, "error", (int16_t)zq_load(l->errors, i));
        writer_close(w, '}');
    }
    writer_close(w, ']');
}

/* Eve has one guess at each, with which her learner works. */
static bool piece(const struct look *l, struct writer *w, uint32_t j, uint32_t guess) {
    const struct lwe_params *p = l->params;
    uint8_t row[2 * LWE_PARAMS_N_MAX];
    (void)guess;
    if (j >= p->n)
        return false;
    lwe_steps_composed(row, p, l->data->joint->vectors, j);
    writer_integer(w, "j", j);
    writer_hex(w, "picture", row, 2 * (size_t)p->n);
    writer_integer(w, "label", label(l, p->m + j));
    writer_integer(w, "error", (int16_t)zq_load(l->errors, p->m + j));
    writer_integer(w, "truth", l->s[j]);
    write_folds(w, l, l->learners[LOOK_ALICE], j);
    writer_open(w, "eve", '{');
    write_folds(w, l, l->learners[LOOK_EVE], j);
    writer_close(w, '}');
    return true;
}

/* There is one step: all of v is rounded, each number by itself. */
static bool belief(const struct look *l, struct writer *w, enum look_who who, uint32_t step) {
    const struct lwe_steps *side = l->learners[who];
    uint32_t wrong = 0;
    if (step > 0)
        return false;
    writer_open(w, "v", '[');
    for (size_t j = 0; j < l->params->n; j++) {
        writer_integer(w, NULL, side->v[j]);
        wrong += side->h[j] != l->s[j];
    }
    writer_close(w, ']');
    write_numbers(w, "levels", side->h, l->params->n);
    writer_integer(w, "wrong", wrong);
    return true;
}

static bool fresh(const struct look *l, struct writer *w, uint32_t i) {
    const struct lwe_params *p = l->params;
    uint8_t row[2 * LWE_PARAMS_N_MAX];
    if (i >= l->fresh.n)
        return false;
    lwe_steps_plain(row, l->challenge_key, l->fresh.n, p->n, i);
    writer_integer(w, "i", i);
    writer_hex(w, "picture", row, 2 * (size_t)p->n);
    look_fresh_write(&l->fresh, w, i);
    return true;
}

const struct look_kind look_lwe = {begin, turn, about, piece, belief, fresh, look_free};
