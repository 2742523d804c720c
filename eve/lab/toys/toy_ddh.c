/* The counterexample: a key agreement without a learner. f is an exponent k, z = x^k, y the logarithm of x. Captions
 * are free of the task; with y and z one gets g^k, but that predicts nothing of a fresh x. It does for who has the
 * caption of that one as well: Diffie and Hellman. */
#include "eve/lab/toys/group.h"
#include "eve/lab/toys/toy.h"

#include <sodium.h>
#include <string.h>

static void task(void *out, struct prg *g) {
    group_secret(out, g);
}

static void draw(uint8_t *x, uint8_t *y, const void *f, struct prg *g) {
    (void)f;
    group_scalar(y, g);
    group_power(x, NULL, y, 32);
}

static void label(uint8_t *z, const uint8_t *x, const void *f) {
    group_power(z, x, f, GROUP_EXPONENT);
}

/* h: g^k, and k behind it for who knows that; k is never 0. */
static bool learn(uint8_t *h, const struct toy *toy, const struct toy_data *data) {
    (void)toy;
    uint8_t inverse[32];
    memset(h + GROUP_ELEMENT, 0, GROUP_EXPONENT);
    if (crypto_core_ristretto255_scalar_invert(inverse, data->y) < 0)
        return false;
    group_power(h, data->z, inverse, sizeof inverse);
    return true;
}

static unsigned predict(const uint8_t *h, const uint8_t *x) {
    uint8_t z[GROUP_ELEMENT], both[2 * GROUP_ELEMENT], out[32];
    if (h[GROUP_ELEMENT] || h[GROUP_ELEMENT + 1]) {
        group_power(z, x, h + GROUP_ELEMENT, GROUP_EXPONENT);
        return group_bit(z);
    }
    memcpy(both, h, GROUP_ELEMENT); /* as good a guess as any */
    memcpy(both + GROUP_ELEMENT, x, GROUP_ELEMENT);
    prg_derive(out, "lab toy guess", both, sizeof both);
    return out[0] & 1;
}

static unsigned predict_captioned(const uint8_t *h, const uint8_t *x, const uint8_t *y) {
    (void)x;
    uint8_t z[GROUP_ELEMENT];
    group_power(z, h, y, 32);
    return group_bit(z);
}

static bool unbounded(uint8_t *h, const struct toy *toy, const struct toy_data *data, const void *published,
                      struct prg *g) {
    (void)toy, (void)published, (void)g;
    memset(h, 0, GROUP_ELEMENT);
    return group_logarithm(h + GROUP_ELEMENT, data->x, data->z);
}

const struct toy toy_ddh = {
    .name = "ddh",
    .words = "weak PRF x^k, log of x the caption",
    .x_bytes = GROUP_ELEMENT,
    .y_bytes = 32,
    .z_bytes = GROUP_ELEMENT,
    .h_bytes = GROUP_ELEMENT + GROUP_EXPONENT,
    .task_bytes = GROUP_EXPONENT,
    .samples = 1,
    .linear_samples = 400,
    .unbounded_samples = 1,
    .judged = 200,
    .task = task,
    .draw = draw,
    .label = label,
    .bit = group_bit,
    .learn = learn,
    .predict = predict,
    .predict_captioned = predict_captioned,
    .unbounded = unbounded,
};
