/* What the two hypotheses say of Bob's fresh samples, beside his own answers. A label is a bit, or a number of two
 * bytes that is right where it is within a quarter of the modulus. */
#ifndef PARLEY_ALICE_BROWSER_HOW_LOOK_FRESH_H
#define PARLEY_ALICE_BROWSER_HOW_LOOK_FRESH_H

#include "alice/browser/how/look.h"

struct look_fresh {
    const struct look_data *data;
    size_t n;                      /* L */
    uint8_t *predicted[LOOK_BOTH]; /* L labels, which the task puts here */
    uint8_t *errors;               /* L labels: Bob's noise, likewise */
    uint32_t n_right[LOOK_BOTH];   /* by look_fresh_judge */
};

/* All labels are zero. data: borrowed. -ENOMEM, after which deinit is due all the same. */
int look_fresh_init(struct look_fresh *f, const struct look_data *data);
void look_fresh_deinit(struct look_fresh *f); /* wipes; of zeros it is fine */

/* Counts what is right. */
void look_fresh_judge(struct look_fresh *f);
/* How far the prediction is off: 0 or 1, or the distance of two numbers. */
uint16_t look_fresh_off(const struct look_fresh *f, enum look_who who, size_t i);

/* Of sample i: Bob's label, what was predicted, and how many of the first i + 1 were right. i < L. */
void look_fresh_write(const struct look_fresh *f, struct writer *w, uint32_t i);

#endif
