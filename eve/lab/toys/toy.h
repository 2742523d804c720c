/* Learning tasks of the table `captions` that are not on the wire: a file each. What a toy is, is what its functions
 * take: `draw` makes (x, y), and whether it looks at the task is seen by drawing twice; `predict` gets x alone.
 *
 * x, y, z and the hypothesis h are bytes, at any address; a task lies at one that suits any type. All randomness is a
 * stream's. A label says one bit. */
#ifndef PARLEY_EVE_LAB_TOY_H
#define PARLEY_EVE_LAB_TOY_H

#include "common/base/prg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TOY_X_MAX = 8192, /* bytes of an x, */
    TOY_Y_MAX = 8192,
    TOY_Z_MAX = 32,
    TOY_H_MAX = 8192,
    TOY_TASK_MAX = 8192,
    TOY_SAMPLES_MAX = 4096,
};

/* Samples one after the other, or some of them. */
struct toy_data {
    size_t n;
    const uint8_t *x, *y, *z; /* n times the toy's bytes of each; y is NULL for who has no captions */
};

struct toy {
    const char *name, *words;
    const char *missing; /* what to install, where a toy cannot run; else NULL */
    size_t x_bytes, y_bytes, z_bytes, h_bytes, task_bytes;
    bool numbers;                             /* x is doubles; else bits */
    size_t samples;                           /* that Alice learns from */
    size_t linear_samples, unbounded_samples; /* and learners without captions */
    size_t judged;                            /* fresh labels */

    void (*task)(void *task, struct prg *g);
    void (*draw)(uint8_t *x, uint8_t *y, const void *task, struct prg *g);
    void (*label)(uint8_t *z, const uint8_t *x, const void *task);
    unsigned (*bit)(const uint8_t *z); /* of a label; NULL: its lowest */

    /* h from samples with captions. False: none. */
    bool (*learn)(uint8_t *h, const struct toy *toy, const struct toy_data *data);
    unsigned (*predict)(const uint8_t *h, const uint8_t *x);
    /* The same for who has the caption of the fresh x too; NULL: that is of no use. */
    unsigned (*predict_captioned)(const uint8_t *h, const uint8_t *x, const uint8_t *y);

    /* What may be published, so that everybody draws labelled pairs; both NULL where nobody knows how. The task without
     * what is secret; x and z of a stranger who has that alone. */
    void (*publish)(void *task);
    void (*stranger)(uint8_t *x, uint8_t *z, const void *published, struct prg *g);

    /* A learner without bounds on its time, at this size; published: NULL where nothing is. NULL: none here. */
    bool (*unbounded)(uint8_t *h, const struct toy *toy, const struct toy_data *data, const void *published,
                      struct prg *g);
};

extern const struct toy toy_qr, toy_pke, toy_prf, toy_halfspaces, toy_halfspaces_many, toy_drawings, toy_ddh;

/* The rows of the table, NULL behind the last. */
extern const struct toy *const toys[];

/* The learner that knows nothing of the task, for all toys: h = sum of z x over the samples, x as numbers or as bits 1
 * and -1; it predicts the sign of <x, h>. h: TOY_X_MAX numbers. */
void toy_linear(double *h, const struct toy *toy, const struct toy_data *data);
unsigned toy_linear_predict(const double *h, const struct toy *toy, const uint8_t *x);

static inline unsigned toy_bit(const struct toy *toy, const uint8_t *z) {
    return toy->bit ? toy->bit(z) : z[0] & 1u;
}

#endif
