/* One attempt at agreement in one process, steps A1 to B3 without the wire, of any set that the wire knows: Alice
 * composes, Bob labels, Alice learns, Bob labels challenges and Alice predicts them. All of it through the seam
 * (common/task/task.h), so that a new task needs nothing here; all on the calling thread. A lesson follows from its set
 * and a 32-byte seed alone. No output.
 *
 * Labels are as on the wire: bits or numbers of two bytes (set_label_bytes). */
#ifndef PARLEY_EVE_LAB_LESSON_H
#define PARLEY_EVE_LAB_LESSON_H

#include "common/task/task.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lesson {
    const struct set *set;
    uint8_t matrix_seed[32]; /* A1: of the plain data */
    uint8_t *vectors;        /* A2: all chunks, one after the other */
    size_t n_vectors;        /* bytes of them */
    uint8_t *labels;         /* B2 */
    struct compose *compose;
    struct teach *teach;
    double compose_seconds, teach_seconds; /* processor time of Alice's data and of Bob's labels */
};

/* The part of a set's name that says how large it is: 1019 of "r1019". */
uint32_t lesson_size(const struct set *set);

/* To labels. -ENOMEM; nothing is left to free then. */
int lesson_make(struct lesson *lesson, const struct set *set, const uint8_t seed[static 32]);
/* The same with a seed for what Alice draws and one for Bob. */
int lesson_make_between(struct lesson *lesson, const struct set *set, const uint8_t alice[static 32],
                        const uint8_t bob[static 32]);
void lesson_free(struct lesson *lesson);

/* What Alice makes of the labels. *secondsp: processor time. -ENOMEM. */
int lesson_learn(struct lesson *lesson, struct learned *out, double *secondsp);

/* labels = Bob's of the L challenges of this seed. May be called again: the noise follows from the lesson alone and is
 * the same each time, whatever the challenges. */
void lesson_challenge(struct lesson *lesson, const uint8_t seed[static 32], uint8_t *labels);

/* labels -= what h predicts of the L challenges of this seed, modulo Q. */
void lesson_subtract(uint8_t *labels, const struct set *set, const uint8_t *h, const uint8_t seed[static 32]);

/* predictions = what h predicts of them. */
void lesson_predict(uint8_t *predictions, const struct set *set, const uint8_t *h, const uint8_t seed[static 32]);

/* Whether h is the task, as far as the L challenges of two seeds tell: then and only then it leaves the same on both,
 * the noise. 1, 0 or -ENOMEM. */
int lesson_is_task(struct lesson *lesson, const uint8_t *h, const uint8_t seeds[static 64]);

/* labels -= predictions, n of each, modulo Q. */
void lesson_minus(uint8_t *labels, const struct set *set, const uint8_t *predictions, size_t n);

/* Whether these two say the same bit of label i under a mask: their difference is nearer to 0 than to Q/2. */
bool lesson_agree(const struct set *set, const uint8_t *a, const uint8_t *b, size_t i);

/* Label i; and its bit: the label itself for Q = 2, its highest bit above. */
uint32_t lesson_label(const struct set *set, const uint8_t *labels, size_t i);
unsigned lesson_bit(const struct set *set, const uint8_t *labels, size_t i);

/* Something made wrong on purpose (--fault theta): turns each of n labels over, by Q/2, with this probability more. */
void lesson_disturb(uint8_t *labels, const struct set *set, size_t n, double probability,
                    const uint8_t seed[static 32]);

#endif
