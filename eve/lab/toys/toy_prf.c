/* The key as caption: f is the key of a pseudorandom function, z the lowest bit of F_f(x), y is f. Any one-way function
 * gives this separation, so it gives no key by a black-box argument (Impagliazzo, Rudich 1989): the captions know the
 * task. The key has 16 bits here, so that all can be tried. */
#include "eve/lab/toys/toy.h"

#include <string.h>

enum { KEYS = 1 << 16, BYTES = 16 };

static unsigned evaluate(uint16_t key, const uint8_t *x) {
    uint8_t block[2 + BYTES] = {(uint8_t)key, (uint8_t)(key >> 8)}, out[32];
    memcpy(block + 2, x, BYTES);
    prg_derive(out, "lab toy prf", block, sizeof block);
    return out[0] & 1;
}

static uint16_t key_of(const uint8_t *bytes) {
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static void task(void *out, struct prg *g) {
    prg_read(g, out, 2);
}

static void draw(uint8_t *x, uint8_t *y, const void *f, struct prg *g) {
    prg_read(g, x, BYTES);
    memcpy(y, f, 2);
}

static void label(uint8_t *z, const uint8_t *x, const void *f) {
    z[0] = (uint8_t)evaluate(key_of(f), x);
}

static bool learn(uint8_t *h, const struct toy *toy, const struct toy_data *data) {
    memcpy(h, data->y, toy->y_bytes);
    return true;
}

static unsigned predict(const uint8_t *h, const uint8_t *x) {
    return evaluate(key_of(h), x);
}

/* The first key that fits all samples. */
static bool unbounded(uint8_t *h, const struct toy *toy, const struct toy_data *data, const void *published,
                      struct prg *g) {
    (void)published, (void)g;
    for (uint32_t key = 0; key < KEYS; key++) {
        size_t i = 0;
        while (i < data->n && evaluate((uint16_t)key, data->x + i * toy->x_bytes) == data->z[i])
            i++;
        if (i == data->n) {
            h[0] = (uint8_t)key;
            h[1] = (uint8_t)(key >> 8);
            return true;
        }
    }
    return false;
}

const struct toy toy_prf = {
    .name = "prf",
    .words = "PRF, its key the caption",
    .x_bytes = BYTES,
    .y_bytes = 2,
    .z_bytes = 1,
    .h_bytes = 2,
    .task_bytes = 2,
    .samples = 1,
    .linear_samples = 2000,
    .unbounded_samples = 40,
    .judged = 500,
    .task = task,
    .draw = draw,
    .label = label,
    .learn = learn,
    .predict = predict,
    .unbounded = unbounded,
};
