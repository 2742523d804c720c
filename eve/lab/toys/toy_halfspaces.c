/* XOR of k half-spaces in d dimensions, the k signs as captions: with them each half-space is learned by itself, and
 * without them no learner is known that is quick for large k and d. The captions are made with the task. */
#include "eve/lab/toys/normal.h"
#include "eve/lab/toys/toy.h"

#include <math.h>
#include <string.h>

enum { FEW_D = 3, FEW_K = 2, MANY_D = 50, MANY_K = 3 };

struct shape {
    size_t d, k;
};

static const struct shape few = {FEW_D, FEW_K}, many = {MANY_D, MANY_K};

static unsigned sign(const double *w, const double *x, size_t d) {
    double sum = 0;
    for (size_t i = 0; i < d; i++)
        sum += w[i] * x[i];
    return sum > 0;
}

/* k signs, and their XOR. */
static unsigned signs(uint8_t *out, const double *w, const uint8_t *x_bytes, const struct shape *s) {
    double x[MANY_D];
    unsigned all = 0;
    memcpy(x, x_bytes, s->d * sizeof *x);
    for (size_t j = 0; j < s->k; j++) {
        unsigned one = sign(w + j * s->d, x, s->d);
        if (out)
            out[j] = (uint8_t)one;
        all ^= one;
    }
    return all;
}

static void numbers(double *out, size_t n, struct prg *g) {
    struct normal normal = {*g};
    normal_fill(&normal, out, n);
    *g = normal.prg;
}

/* k directions at right angles, so that both labels are as frequent, whatever half of the half-spaces one knows. */
static void directions(double *w, const struct shape *s, struct prg *g) {
    numbers(w, s->d * s->k, g);
    for (size_t j = 1; j < s->k; j++)
        for (size_t i = 0; i < j; i++) {
            double dot = 0, square = 0;
            for (size_t c = 0; c < s->d; c++) {
                dot += w[j * s->d + c] * w[i * s->d + c];
                square += w[i * s->d + c] * w[i * s->d + c];
            }
            for (size_t c = 0; c < s->d; c++)
                w[j * s->d + c] -= dot / square * w[i * s->d + c];
        }
}

static void draw(uint8_t *x, uint8_t *y, const void *f, struct prg *g, const struct shape *s) {
    double fresh[MANY_D];
    numbers(fresh, s->d, g);
    memcpy(x, fresh, s->d * sizeof *fresh);
    signs(y, f, x, s);
}

/* Half-space j: the mean of s_j x. */
static void learn(uint8_t *h, const struct toy *toy, const struct toy_data *data, const struct shape *s) {
    double w[MANY_D * MANY_K] = {0}, x[MANY_D];
    for (size_t i = 0; i < data->n; i++) {
        memcpy(x, data->x + i * toy->x_bytes, toy->x_bytes);
        for (size_t j = 0; j < s->k; j++)
            for (size_t c = 0; c < s->d; c++)
                w[j * s->d + c] += data->y[i * toy->y_bytes + j] ? x[c] : -x[c];
    }
    memcpy(h, w, toy->h_bytes);
}

static size_t misses(const double *w, const struct toy *toy, const struct toy_data *data, const struct shape *s) {
    size_t sum = 0;
    for (size_t i = 0; i < data->n; i++)
        sum += signs(NULL, w, data->x + i * toy->x_bytes, s) != data->z[i];
    return sum;
}

enum { STARTS = 2000, STEPS = 3000 };

/* The fewest misses of many guesses, then of many steps from there, smaller and smaller. */
static bool unbounded_few(uint8_t *h, const struct toy *toy, const struct toy_data *data, const void *published,
                          struct prg *g) {
    (void)published;
    enum { N = FEW_D * FEW_K };
    double best[N] = {0}, w[N], move[N];
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < STARTS + STEPS; i++) {
        double size = exp(-4.0 * ((double)i - STARTS) / STEPS);
        numbers(move, N, g);
        for (size_t j = 0; j < N; j++)
            w[j] = i < STARTS ? move[j] : best[j] + size * move[j];
        size_t wrong = misses(w, toy, data, &few);
        if (wrong < least) {
            least = wrong;
            memcpy(best, w, sizeof best);
        }
    }
    memcpy(h, best, sizeof best);
    return true;
}

#define HALFSPACES(size)                                                                                               \
    static void task_##size(void *out, struct prg *g) {                                                                \
        directions(out, &size, g);                                                                                     \
    }                                                                                                                  \
    static void draw_##size(uint8_t *x, uint8_t *y, const void *f, struct prg *g) {                                    \
        draw(x, y, f, g, &size);                                                                                       \
    }                                                                                                                  \
    static void label_##size(uint8_t *z, const uint8_t *x, const void *f) {                                            \
        z[0] = (uint8_t)signs(NULL, f, x, &size);                                                                      \
    }                                                                                                                  \
    static bool learn_##size(uint8_t *h, const struct toy *toy, const struct toy_data *data) {                         \
        learn(h, toy, data, &size);                                                                                    \
        return true;                                                                                                   \
    }                                                                                                                  \
    static unsigned predict_##size(const uint8_t *h, const uint8_t *x) {                                               \
        double w[MANY_D * MANY_K];                                                                                     \
        memcpy(w, h, size.d *size.k * sizeof *w);                                                                      \
        return signs(NULL, w, x, &size);                                                                               \
    }

HALFSPACES(few)
HALFSPACES(many)

const struct toy toy_halfspaces = {
    .name = "halfspaces",
    .words = "XOR of 2 half-spaces, d = 3",
    .x_bytes = FEW_D * sizeof(double),
    .y_bytes = FEW_K,
    .z_bytes = 1,
    .h_bytes = FEW_D * FEW_K * sizeof(double),
    .task_bytes = FEW_D * FEW_K * sizeof(double),
    .numbers = true,
    .samples = 400,
    .linear_samples = 2000,
    .unbounded_samples = 400,
    .judged = 1000,
    .task = task_few,
    .draw = draw_few,
    .label = label_few,
    .learn = learn_few,
    .predict = predict_few,
    .unbounded = unbounded_few,
};

const struct toy toy_halfspaces_many = {
    .name = "halfspaces-many",
    .words = "XOR of 3 half-spaces, d = 50",
    .x_bytes = MANY_D * sizeof(double),
    .y_bytes = MANY_K,
    .z_bytes = 1,
    .h_bytes = MANY_D * MANY_K * sizeof(double),
    .task_bytes = MANY_D * MANY_K * sizeof(double),
    .numbers = true,
    .samples = 4000,
    .linear_samples = 4000,
    .judged = 1000,
    .task = task_many,
    .draw = draw_many,
    .label = label_many,
    .learn = learn_many,
    .predict = predict_many,
};
