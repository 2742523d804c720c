/* Public-key encryption is a separation, and shamelessly so: x is a ciphertext under Alice's public key, z its bit, and
 * y, the same each time, her secret key. Everybody can make labelled pairs. (ElGamal with a hash, on ristretto255.) */
#include "eve/lab/toys/group.h"
#include "eve/lab/toys/toy.h"

#include <string.h>

struct keys {
    uint8_t secret[GROUP_EXPONENT], public[GROUP_ELEMENT];
};

static void task(void *out, struct prg *g) {
    struct keys *keys = out;
    group_secret(keys->secret, g);
    group_power(keys->public, NULL, keys->secret, GROUP_EXPONENT);
}

static void publish(void *task) {
    memset(((struct keys *)task)->secret, 0, GROUP_EXPONENT);
}

static void stranger(uint8_t *x, uint8_t *z, const void *published, struct prg *g) {
    const struct keys *keys = published;
    uint8_t r[32], shared[GROUP_ELEMENT];
    group_scalar(r, g);
    group_power(x, NULL, r, sizeof r);
    group_power(shared, keys->public, r, sizeof r);
    prg_read(g, z, 1);
    z[0] &= 1;
    x[GROUP_ELEMENT] = (uint8_t)(z[0] ^ group_bit(shared));
}

static void draw(uint8_t *x, uint8_t *y, const void *f, struct prg *g) {
    uint8_t z;
    stranger(x, &z, f, g);
    memcpy(y, ((const struct keys *)f)->secret, GROUP_EXPONENT);
}

static unsigned predict(const uint8_t *h, const uint8_t *x) {
    uint8_t shared[GROUP_ELEMENT];
    group_power(shared, x, h, GROUP_EXPONENT);
    return x[GROUP_ELEMENT] ^ group_bit(shared);
}

static void label(uint8_t *z, const uint8_t *x, const void *f) {
    z[0] = (uint8_t)predict(((const struct keys *)f)->secret, x);
}

static bool learn(uint8_t *h, const struct toy *toy, const struct toy_data *data) {
    memcpy(h, data->y, toy->y_bytes);
    return true;
}

/* The public key is enough. */
static bool unbounded(uint8_t *h, const struct toy *toy, const struct toy_data *data, const void *published,
                      struct prg *g) {
    (void)toy, (void)data, (void)g;
    return group_logarithm(h, NULL, ((const struct keys *)published)->public);
}

const struct toy toy_pke = {
    .name = "pke",
    .words = "public-key encryption",
    .x_bytes = GROUP_ELEMENT + 1,
    .y_bytes = GROUP_EXPONENT,
    .z_bytes = 1,
    .h_bytes = GROUP_EXPONENT,
    .task_bytes = sizeof(struct keys),
    .samples = 1,
    .linear_samples = 400,
    .unbounded_samples = 1,
    .judged = 200,
    .task = task,
    .draw = draw,
    .label = label,
    .learn = learn,
    .predict = predict,
    .publish = publish,
    .stranger = stranger,
    .unbounded = unbounded,
};
