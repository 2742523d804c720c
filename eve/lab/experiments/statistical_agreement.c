/* A whole agreement on top of `drawings`, by who makes the captions: Bob labels N pictures, Alice learns from them, Bob
 * masks each bit of a distillate with the labels of fresh pictures, and most of what a bit's copies say counts. Eve
 * learns from what she has heard, and unmasks the same. */
#include "eve/lab/experiments/statistical.h"

#include <errno.h>
#include <stdlib.h>

enum { BITS = 64, COPIES = 5 };

struct parties {
    double *mu, *alice, *eve, *x;
    size_t d;
};

/* How many bits of a distillate either party has wrong. */
static void unmask(const struct parties *p, struct normal *g, size_t *alicep, size_t *evep) {
    *alicep = *evep = 0;
    for (size_t bit = 0; bit < BITS; bit++) {
        int alice = 0, eve = 0;
        for (size_t copy = 0; copy < COPIES; copy++) {
            int z = normal_uniform(g) < 0.5 ? 1 : -1;
            drawings_picture(p->x, p->mu, p->d, z, g);
            /* what is left of the mask: 1 where the prediction is right, whatever the bit */
            alice += z * drawings_dot(p->x, p->alice, p->d) > 0 ? 1 : -1;
            eve += z * drawings_dot(p->x, p->eve, p->d) > 0 ? 1 : -1;
        }
        *alicep += alice < 0;
        *evep += eve < 0;
    }
}

static int learn(double *h, const struct parties *p, enum album_part part, size_t n, int sign, enum lab_fault fault,
                 const uint8_t *key) {
    struct album t;
    int r = album_init(&t, p->mu, p->d, statistical_flips(fault), key);
    if (r < 0)
        return r;
    album_learn(&t, part, n, h);
    for (size_t i = 0; i < p->d; i++)
        h[i] *= sign;
    album_deinit(&t);
    return 0;
}

int statistical_agreement_run(const struct lab_unit *unit, json_t *result) {
    enum statistical_way way = statistical_way_of(unit->parameters);
    size_t samples = lab_count(unit->parameters, "samples"), sessions = lab_count(unit->parameters, "sessions");
    size_t agreed = 0, read = 0, secret = 0, alice_wrong = 0, eve_wrong = 0, d = lab_count(unit->parameters, "d");
    struct parties p = {.mu = malloc(4 * d * sizeof(double)), .d = d};
    int r = 0;
    if (!p.mu)
        return -ENOMEM;
    p.alice = p.mu + d;
    p.eve = p.mu + 2 * d;
    p.x = p.mu + 3 * d;
    for (size_t i = 0; r == 0 && i < sessions; i++) {
        struct normal g;
        uint8_t key[32];
        size_t alice, eve;
        prg_subkey(key, unit->seed, "lab drawings agreement", i);
        normal_init(&g, key, 9);
        drawings_task(p.mu, d, &g);
        r = learn(p.alice, &p, statistical_alice(way), samples, 1, unit->fault, key);
        if (r == 0)
            r = learn(p.eve, &p, statistical_eve(way), samples, statistical_sign(unit->fault), unit->fault, key);
        if (r < 0)
            break;
        unmask(&p, &g, &alice, &eve);
        agreed += alice == 0;
        read += eve == 0;
        secret += alice == 0 && eve > 0;
        alice_wrong += alice;
        eve_wrong += eve;
        r = lab_interrupted() ? -EINTR : 0;
    }
    free(p.mu);
    if (r < 0)
        return r;
    return json_object_update_new(result,
                                  json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "sessions", (json_int_t)sessions,
                                            "agreed", (json_int_t)agreed, "read", (json_int_t)read, "secret",
                                            (json_int_t)secret, "bits", (json_int_t)(sessions * BITS), "alice_wrong",
                                            (json_int_t)alice_wrong, "eve_wrong", (json_int_t)eve_wrong));
}

const struct shape statistical_agreement_parameters[] = {
    {.name = "d", .type = SHAPE_INTEGER, .least = 2, .most = 1 << 20},
    {.name = "way", .type = SHAPE_WORD, .words = statistical_ways},
    {.name = "samples", .type = SHAPE_INTEGER, .least = 1, .most = 1 << 20},
    SHAPE_COUNT("sessions"),
    {0}};
const struct shape statistical_agreement_result[] = {SHAPE_COUNT("sessions"),
                                                     SHAPE_COUNT_OF("agreed", "sessions"),
                                                     SHAPE_COUNT_OF("read", "sessions"),
                                                     SHAPE_COUNT_OF("secret", "agreed"),
                                                     SHAPE_COUNT("bits"),
                                                     SHAPE_COUNT_OF("alice_wrong", "bits"),
                                                     SHAPE_COUNT_OF("eve_wrong", "bits"),
                                                     {0}};
