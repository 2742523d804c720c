/* `drawings` (drawings.h) as a row of the table: captions save samples, no time, and are made with the task. */
#include "eve/lab/toys/drawings.h"
#include "eve/lab/toys/toy.h"

#include <string.h>

enum { D = 1024 };

static void task(void *out, struct prg *g) {
    struct normal normal = {*g};
    drawings_task(out, D, &normal);
    *g = normal.prg;
}

static void draw(uint8_t *x, uint8_t *y, const void *f, struct prg *g) {
    struct normal normal = {*g};
    double numbers[D];
    int z = normal_uniform(&normal) < 0.5 ? 1 : -1;
    drawings_picture(numbers, f, D, z, &normal);
    memcpy(x, numbers, sizeof numbers);
    drawings_caption(numbers, f, D, z, &normal);
    memcpy(y, numbers, sizeof numbers);
    *g = normal.prg;
}

static double dot(const void *a, const void *b) {
    double one[D], other[D];
    memcpy(one, a, sizeof one);
    memcpy(other, b, sizeof other);
    return drawings_dot(one, other, D);
}

/* By who knows mu; one picture in 741 is told wrongly even so. */
static void label(uint8_t *z, const uint8_t *x, const void *f) {
    z[0] = dot(x, f) > 0;
}

static void mean(uint8_t *h, const uint8_t *v, const struct toy_data *data) {
    double sum[D] = {0}, one[D];
    for (size_t i = 0; i < data->n; i++) {
        memcpy(one, v + i * sizeof one, sizeof one);
        drawings_learn(sum, one, D, data->z[i] ? 1 : -1);
    }
    memcpy(h, sum, sizeof sum);
}

static bool learn(uint8_t *h, const struct toy *toy, const struct toy_data *data) {
    (void)toy;
    mean(h, data->y, data);
    return true;
}

static unsigned predict(const uint8_t *h, const uint8_t *x) {
    return dot(x, h) > 0;
}

/* Nothing better than the mean is needed. */
static bool unbounded(uint8_t *h, const struct toy *toy, const struct toy_data *data, const void *published,
                      struct prg *g) {
    (void)toy, (void)published, (void)g;
    mean(h, data->x, data);
    return true;
}

const struct toy toy_drawings = {
    .name = "drawings",
    .words = "pictures, drawings the captions",
    .x_bytes = D * sizeof(double),
    .y_bytes = D * sizeof(double),
    .z_bytes = 1,
    .h_bytes = D * sizeof(double),
    .task_bytes = D * sizeof(double),
    .numbers = true,
    .samples = 1,
    .linear_samples = 700,
    .unbounded_samples = 700,
    .judged = 300,
    .task = task,
    .draw = draw,
    .label = label,
    .learn = learn,
    .predict = predict,
    .unbounded = unbounded,
};
