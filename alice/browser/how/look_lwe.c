/* LWE from the inside. A piece: composed vector j, about half of the plain ones added or taken away by its recipe, and
 * D at place j that is left. Labels fold the same way, and their small errors with them; rounding reads the secret off.
 */
#include "alice/browser/how/look.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/lwe/cbd.h"
#include "common/task/lwe/rounding.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/ternary.h"
#include "common/task/lwe/verdict.h"
#include "common/task/lwe/zq.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>

enum { SHOWN = 6 }; /* plain samples of a recipe that are shown one by one */

/* After so many samples of a recipe it is said what is left; and after all of them. */
static const uint32_t stops[] = {0, 1, 2, 10, 100};

/* What one of the two has learned. */
struct learnt {
    struct ternary *recipes;
    uint16_t v[LWE_PARAMS_N_MAX]; /* what is left of the labels */
    int16_t h[LWE_PARAMS_N_MAX];
    uint32_t error; /* sum of the distances of v from the multiples of D */
    struct verdict verdict;
    uint8_t *predicted; /* L labels */
    uint32_t n_right;   /* that are within a quarter of Bob's */
};

struct look {
    const struct look_data *data;
    const struct lwe_params *params;
    uint8_t matrix_key[32], challenge_key[32];
    struct learnt sides[LOOK_BOTH];
    int16_t s[LWE_PARAMS_N_MAX];
    uint8_t *errors, *fresh_errors; /* Bob's, as labels */
    bool done;
};

static void look_free(struct look *l) {
    if (!l)
        return;
    for (int who = 0; who < LOOK_BOTH; who++) {
        ternary_free(l->sides[who].recipes);
        secret_free(l->sides[who].predicted);
    }
    secret_free(l->errors);
    secret_free(l->fresh_errors);
    secret_free(l);
}

static int begin(struct look **lp, const struct look_data *data) {
    const struct lwe_params *p = lwe_params_of(data->joint->set);
    size_t fresh = 2 * set_challenges(&p->set);
    struct look *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->data = data;
    l->params = p;
    lwe_params_key(l->matrix_key, p, "matrix", data->joint->seed);
    lwe_params_key(l->challenge_key, p, "challenge", data->joint->challenge_seed);
    l->errors = secret_new(2 * p->set.n_labels);
    l->fresh_errors = secret_new(fresh);
    int r = l->errors && l->fresh_errors ? 0 : -ENOMEM;
    for (int who = 0; r == 0 && who < LOOK_BOTH; who++) {
        l->sides[who].predicted = secret_new(fresh);
        r = l->sides[who].predicted
                ? ternary_new(&l->sides[who].recipes, p, who == LOOK_ALICE ? data->recipes : data->guesses)
                : -ENOMEM;
    }
    if (r < 0) {
        look_free(l);
        return r;
    }
    *lp = l;
    return 0;
}

/* -1, 0 or 1: whether recipe j takes plain sample i away, or adds it. */
static int entry(const struct ternary *recipes, uint32_t j, uint32_t i) {
    unsigned byte = recipes->packed[(size_t)(i / 4) * recipes->params->n + j];
    return (int)(byte >> i % 4 & 1) - (int)(byte >> (4 + i % 4) & 1);
}

static uint16_t label(const struct look *l, size_t i) {
    return zq_load(l->data->joint->labels, i);
}

/* labels_i -= <x_i, h>, all m + n of them. */
static void take_off(const struct look *l, uint8_t *labels, const int16_t *h) {
    const struct lwe_params *p = l->params;
    int16_t minus[LWE_PARAMS_N_MAX];
    size_t offset = 0;
    for (size_t j = 0; j < p->n; j++)
        minus[j] = (int16_t)-h[j];
    for (size_t part = 0; part < rows_label_parts(p->m, p->n); part++)
        rows_label_part(labels, l->matrix_key, p->m, p->n, minus, part);
    for (size_t b = 0; b < rows_blocks(p->n); b++) {
        size_t width = rows_width(p->n, b);
        zq_dot_rows(labels + 2 * (size_t)p->m, l->data->joint->vectors + offset, p->n, width, minus + b * ROWS_BLOCK);
        offset += 2 * p->n * width;
    }
}

/* The learner, its verdict and its predictions, as alice.c of the task has them. */
static int learn(struct look *l, struct learnt *side) {
    const struct lwe_params *p = l->params;
    size_t fresh = set_challenges(&p->set);
    uint8_t *left = secret_new(2 * p->set.n_labels);
    if (!left)
        return -ENOMEM;
    for (size_t part = 0; part < ternary_parts(side->recipes); part++)
        ternary_draw(side->recipes, part);
    side->error = rounding_learn(side->h, side->recipes, l->data->joint->labels);
    for (uint32_t j = 0; j < p->n; j++) {
        side->v[j] = label(l, p->m + j);
        for (uint32_t i = 0; i < p->m; i++)
            side->v[j] = (uint16_t)(side->v[j] - entry(side->recipes, j, i) * label(l, i));
    }
    memcpy(left, l->data->joint->labels, 2 * p->set.n_labels);
    take_off(l, left, side->h);
    verdict_reach(&side->verdict, p, left, side->h);
    secret_free(left);
    for (size_t part = 0; part < rows_label_parts(fresh, p->n); part++)
        rows_label_part(side->predicted, l->challenge_key, fresh, p->n, side->h, part);
    return 0;
}

static uint16_t off(const struct look *l, int who, size_t i) {
    return zq_abs((uint16_t)(zq_load(l->data->answers->fresh, i) - zq_load(l->sides[who].predicted, i)));
}

static bool is_right(const struct look *l, int who, size_t i) {
    return off(l, who, i) < l->params->set.modulus / 4;
}

/* What is inside is what Alice told. */
static bool agrees(const struct look *l) {
    const struct learnt *alice = &l->sides[LOOK_ALICE];
    const struct learned_numbers *told = &l->data->joint->learned;
    double error = (double)alice->error / l->params->n / LWE_PARAMS_DISTANCE;
    return alice->verdict.accepted && alice->verdict.too_far == told->disagreements && told->n_figures > 0 &&
           fabs(error - told->figures[0].measured) < 1e-9 && alice->n_right == l->data->joint->agreeing;
}

static int turn(struct look *l) {
    const struct lwe_params *p = l->params;
    const struct teach_keys *keys = &l->data->answers->keys;
    if (l->done)
        return 0;
    cbd_secret(l->s, p->n, keys->task);
    cbd_noise(l->errors, p->set.n_labels, keys->label_noise, p->eta);
    cbd_noise(l->fresh_errors, set_challenges(&p->set), keys->challenge_noise, p->eta);
    for (int who = 0; who < LOOK_BOTH; who++) {
        int r = learn(l, &l->sides[who]);
        if (r < 0)
            return r;
        for (size_t i = 0; i < set_challenges(&p->set); i++)
            l->sides[who].n_right += is_right(l, who, i);
    }
    l->done = true;
    return agrees(l) ? 0 : -EPROTO;
}

static void write_numbers(struct writer *w, const char *name, const int16_t *numbers, size_t n) {
    writer_open(w, name, '[');
    for (size_t i = 0; i < n; i++)
        writer_integer(w, NULL, numbers[i]);
    writer_close(w, ']');
}

static void write_side(struct writer *w, const char *name, const struct look *l, const struct learnt *side) {
    const struct lwe_params *p = l->params;
    writer_open(w, name, '{');
    writer_bool(w, "accepted", side->verdict.accepted);
    writer_integer(w, "disagreements", side->verdict.too_far);
    writer_integer(w, "right", side->n_right);
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
    writer_integer(w, "fresh", (int64_t)set_challenges(&p->set));
    writer_real(w, "recipe_log10", p->m * log10(3));
    writer_real(w, "captions_log10", (double)p->m * p->n * log10(3));
    writer_real(w, "label_error", mean_size(l->errors, p->set.n_labels));
    writer_real(w, "label_error_expected", sqrt(p->eta / pi));
    writer_real(w, "left_error_expected", sqrt(p->eta * (p->m / 2.0 + 1) / pi));
    write_numbers(w, "secret", l->s, p->n);
    write_side(w, "alice", l, &l->sides[LOOK_ALICE]);
    write_side(w, "eve", l, &l->sides[LOOK_EVE]);
}

/* Row i of A, or of the challenges: n numbers of two bytes. */
static void plain_row(uint8_t *out, const uint8_t *key, size_t n_all, size_t n, uint32_t i) {
    uint8_t rows[2 * 2 * ROWS_BLOCK];
    for (size_t b = 0; b < rows_blocks(n); b++) {
        size_t first = i / 2 * 2, left = n_all - first, width = rows_width(n, b);
        rows_expand(rows, key, n_all, n, b, first, left < 2 ? left : 2);
        memcpy(out + 2 * b * ROWS_BLOCK, rows + i % 2 * 2 * width, 2 * width);
    }
}

/* As it passed: a chunk is a column block of all rows. */
static void composed_row(uint8_t *out, const struct look *l, uint32_t j) {
    size_t n = l->params->n, offset = 0;
    for (size_t b = 0; b < rows_blocks(n); b++) {
        size_t width = rows_width(n, b);
        memcpy(out + 2 * b * ROWS_BLOCK, l->data->joint->vectors + offset + 2 * j * width, 2 * width);
        offset += 2 * n * width;
    }
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
static void write_folds(struct writer *w, const struct look *l, const struct ternary *recipes, uint32_t j) {
    const struct lwe_params *p = l->params;
    uint8_t left[2 * LWE_PARAMS_N_MAX], row[2 * LWE_PARAMS_N_MAX];
    uint16_t label_left = label(l, p->m + j);
    uint32_t n = 0;
    composed_row(left, l, j);
    writer_open(w, "folds", '[');
    write_fold(w, l, 0, left, label_left);
    for (uint32_t i = 0; i < p->m; i++) {
        int sign = entry(recipes, j, i);
        if (!sign)
            continue;
        plain_row(row, l->matrix_key, p->m, p->n, i);
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
        int sign = entry(recipes, j, i);
        if (!sign)
            continue;
        shown++;
        plain_row(row, l->matrix_key, p->m, p->n, i);
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
    composed_row(row, l, j);
    writer_integer(w, "j", j);
    writer_hex(w, "picture", row, 2 * (size_t)p->n);
    writer_integer(w, "label", label(l, p->m + j));
    writer_integer(w, "error", (int16_t)zq_load(l->errors, p->m + j));
    writer_integer(w, "truth", l->s[j]);
    write_folds(w, l, l->sides[LOOK_ALICE].recipes, j);
    writer_open(w, "eve", '{');
    write_folds(w, l, l->sides[LOOK_EVE].recipes, j);
    writer_close(w, '}');
    return true;
}

/* There is one step: all of v is rounded, each number by itself. */
static bool belief(const struct look *l, struct writer *w, enum look_who who, uint32_t step) {
    const struct learnt *side = &l->sides[who];
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
    uint32_t right[LOOK_BOTH] = {0, 0};
    if (i >= set_challenges(&p->set))
        return false;
    for (uint32_t before = 0; before <= i; before++)
        for (int who = 0; who < LOOK_BOTH; who++)
            right[who] += is_right(l, who, before);
    plain_row(row, l->challenge_key, set_challenges(&p->set), p->n, i);
    writer_integer(w, "i", i);
    writer_hex(w, "picture", row, 2 * (size_t)p->n);
    writer_integer(w, "bob", zq_load(l->data->answers->fresh, i));
    writer_integer(w, "error", (int16_t)zq_load(l->fresh_errors, i));
    writer_integer(w, "alice", zq_load(l->sides[LOOK_ALICE].predicted, i));
    writer_integer(w, "eve", zq_load(l->sides[LOOK_EVE].predicted, i));
    writer_integer(w, "alice_off", off(l, LOOK_ALICE, i));
    writer_integer(w, "eve_off", off(l, LOOK_EVE, i));
    writer_integer(w, "alice_right", right[LOOK_ALICE]);
    writer_integer(w, "eve_right", right[LOOK_EVE]);
    return true;
}

const struct look_kind look_lwe = {begin, turn, about, piece, belief, fresh, look_free};
