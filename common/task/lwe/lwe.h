/* The task of this folder: learning with errors over Z_q, q = 2^16, with a small secret, learned with recipes. */
#ifndef PARLEY_LWE_H
#define PARLEY_LWE_H

#include "common/task/task.h"

extern const struct task lwe_task;
extern const struct task_words lwe_words; /* words.c */
extern const struct task_alice lwe_alice; /* alice.c */
extern const struct task_bob lwe_bob;     /* bob.c */

#endif
