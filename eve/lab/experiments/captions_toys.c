/* One session of a toy: every column of the table by running it. */
#include "eve/lab/experiments/captions.h"

#include <errno.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct session {
    const struct toy *toy;
    enum lab_fault fault;
    alignas(max_align_t) uint8_t task[TOY_TASK_MAX];
    alignas(max_align_t) uint8_t other[TOY_TASK_MAX];
    alignas(max_align_t) uint8_t published[TOY_TASK_MAX];
    uint8_t *x, *y, *z; /* TOY_SAMPLES_MAX of each */
    uint8_t h[TOY_H_MAX], broken[TOY_H_MAX];
    double linear[TOY_X_MAX];
    struct prg g;
};

/* Something made wrong: labels say nothing. */
static void label(struct session *s, uint8_t *z, const uint8_t *x) {
    s->toy->label(z, x, s->task);
    if (s->fault == LAB_FAULT_THETA)
        z[0] ^= (uint8_t)prg_below(&s->g, 256);
}

static struct toy_data draw(struct session *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint8_t *x = s->x + i * s->toy->x_bytes;
        s->toy->draw(x, s->y + i * s->toy->y_bytes, s->task, &s->g);
        label(s, s->z + i * s->toy->z_bytes, x);
    }
    return (struct toy_data){n, s->x, s->y, s->z};
}

/* Made wrong: Alice's predictions are turned over for every other x. */
static unsigned predicted(const struct session *s, const uint8_t *h, const uint8_t *x) {
    unsigned z = s->toy->predict(h, x);
    return z ^ (s->fault == LAB_FAULT_LEARNER && (x[0] & 1));
}

enum judge { JUDGE_HYPOTHESIS, JUDGE_CAPTIONED, JUDGE_LINEAR };

/* How many fresh labels are predicted wrongly. */
static size_t judge(struct session *s, const uint8_t *h, enum judge how) {
    size_t wrong = 0;
    for (size_t i = 0; i < s->toy->judged; i++) {
        struct toy_data one = draw(s, 1);
        unsigned z = how == JUDGE_LINEAR      ? toy_linear_predict(s->linear, s->toy, one.x)
                     : how == JUDGE_CAPTIONED ? s->toy->predict_captioned(h, one.x, one.y)
                                              : predicted(s, h, one.x);
        wrong += z != toy_bit(s->toy, one.z);
    }
    return wrong;
}

enum { DRAWS = 64 }; /* short captions may be the same by chance */

/* C1: the same pictures and captions come out for another task. */
static bool draws_the_same(struct session *s) {
    uint8_t x[2][TOY_X_MAX], y[2][TOY_Y_MAX];
    struct prg again = s->g;
    bool same = true;
    for (size_t i = 0; i < DRAWS; i++) {
        s->toy->draw(x[0], y[0], s->task, &s->g);
        s->toy->draw(x[1], y[1], s->other, &again);
        same = same && memcmp(x[0], x[1], s->toy->x_bytes) == 0 && memcmp(y[0], y[1], s->toy->y_bytes) == 0;
    }
    return same != (s->fault == LAB_FAULT_LEARNER);
}

/* C2: a labelled pair by somebody who has what is published. Where nothing is, it is a picture and a guess. */
static bool stranger_is_right(struct session *s) {
    uint8_t true_z[TOY_Z_MAX], z[TOY_Z_MAX];
    unsigned said;
    if (s->toy->stranger) {
        s->toy->stranger(s->x, z, s->published, &s->g);
        said = toy_bit(s->toy, z);
    } else {
        s->toy->draw(s->x, s->y, s->task, &s->g);
        said = prg_below(&s->g, 2);
    }
    s->toy->label(true_z, s->x, s->task);
    return said == toy_bit(s->toy, true_z);
}

/* The bit under a mask, by Alice and by Eve. With a public sampler Bob draws the sample himself; else its label is his
 * answer to a picture that all see. Where captions are made with the task and nobody else can label, whoever makes them
 * makes them in public: then Eve learns what Alice learns. */
static void agree(struct session *s, bool free_of_task, struct captions_found *out) {
    bool public_captions = !free_of_task && !s->toy->stranger;
    for (size_t i = 0; i < s->toy->judged; i++) {
        if (s->toy->stranger)
            s->toy->stranger(s->x, s->z, s->published, &s->g);
        else
            draw(s, 1);
        unsigned z = toy_bit(s->toy, s->z), alice = predicted(s, s->h, s->x);
        unsigned eve = public_captions ? s->toy->predict(s->h, s->x) : toy_linear_predict(s->linear, s->toy, s->x);
        out->bits++;
        out->alice_right += alice == z;
        out->eve_right += eve == z;
    }
}

static void without_captions(struct session *s, struct captions_found *out) {
    const struct toy *toy = s->toy;
    struct toy_data data = draw(s, toy->linear_samples);
    toy_linear(s->linear, toy, &data);
    out->linear_samples = toy->linear_samples;
    out->linear_judged = toy->judged;
    out->linear_wrong = judge(s, NULL, JUDGE_LINEAR);
    if (!toy->unbounded)
        return;
    for (int few = 0; few < 2; few++) {
        data = draw(s, few ? toy->samples : toy->unbounded_samples);
        data.y = NULL;
        double began = lab_thread_seconds();
        bool found = toy->unbounded(s->broken, toy, &data, toy->stranger ? s->published : NULL, &s->g);
        if (!few)
            out->unbounded_seconds = lab_thread_seconds() - began;
        *(few ? &out->few_wrong : &out->unbounded_wrong) =
            found ? judge(s, s->broken, JUDGE_HYPOTHESIS) : toy->judged / 2;
    }
    out->unbounded_samples = toy->unbounded_samples;
    out->unbounded_judged = toy->judged;
}

static int run(struct session *s, struct captions_found *out) {
    const struct toy *toy = s->toy;
    toy->task(s->task, &s->g);
    toy->task(s->other, &s->g);
    memcpy(s->published, s->task, toy->task_bytes);
    if (toy->publish)
        toy->publish(s->published);
    without_captions(s, out);
    struct toy_data data = draw(s, toy->samples);
    double began = lab_thread_seconds();
    bool learned = toy->learn(s->h, toy, &data);
    out->learn_seconds = lab_thread_seconds() - began;
    out->samples = toy->samples;
    out->judged = toy->judged;
    out->wrong = learned ? judge(s, s->h, JUDGE_HYPOTHESIS) : toy->judged / 2;
    out->has_captioned = toy->predict_captioned;
    if (out->has_captioned)
        out->captioned_wrong = learned ? judge(s, s->h, JUDGE_CAPTIONED) : toy->judged / 2;
    out->same = draws_the_same(s);
    for (out->strangers = 0; out->strangers < toy->judged; out->strangers++)
        out->strangers_right += stranger_is_right(s);
    if (learned)
        agree(s, out->same, out);
    return lab_interrupted() ? -EINTR : 0;
}

int captions_toy(struct captions_found *out, const struct toy *toy, const struct lab_unit *unit) {
    struct session *s = calloc(1, sizeof *s);
    int r = s ? 0 : -ENOMEM;
    if (r == 0) {
        s->toy = toy;
        s->fault = unit->fault;
        s->x = malloc(TOY_SAMPLES_MAX * toy->x_bytes);
        s->y = malloc(TOY_SAMPLES_MAX * toy->y_bytes);
        s->z = malloc(TOY_SAMPLES_MAX * toy->z_bytes);
        prg_init(&s->g, unit->seed, 0);
        r = s->x && s->y && s->z ? run(s, out) : -ENOMEM;
        free(s->x);
        free(s->y);
        free(s->z);
    }
    free(s);
    return r;
}
