/* The task of this folder: multiplication by a sparse secret, with sparse noise, in R = F2[X]/(X^n - 1).
 *
 * Bob's s, e1, e2 have w_s, w_e, w_e ones. The plain sample is h, from a public seed; the composed one is
 * sigma = x + h y, x and y of w ones each being its recipe. The labels are n bits for each: z_h = h s + e1 and
 * z_sigma = sigma s + e2. Alice, who knows x and y, has z_sigma - y z_h = x s + y e1 + e2, from which bit flipping
 * finds s. Without x and y it is a structured form of LPN: quasi-cyclic syndrome decoding, as in HQC and BIKE.
 *
 * On the wire: A2's one chunk is sigma, ceil(n/8) bytes, the bits beyond n zero; B2's labels are z_h and then z_sigma,
 * 2 n bits; B3's are described in blocks.h, each with a noise bit that is 1 with probability w_e/n. The hypothesis is
 * s.
 *
 * From the keys of an attempt: x and y are drawn from the stream (Alice's key, nonce 0 and 1), s from (task key, 0), e1
 * and e2 from (label noise key, 0 and 1), noise of challenges from (challenge noise key, 0). */
#ifndef PARLEY_RING_H
#define PARLEY_RING_H

#include "common/task/task.h"

extern const struct task ring_task;
extern const struct task_words ring_words; /* words.c */
extern const struct task_alice ring_alice; /* alice.c */
extern const struct task_bob ring_bob;     /* bob.c */

#endif
