/* The task of this folder: parities with noise, learned with recipes. */
#ifndef PARLEY_LPN_H
#define PARLEY_LPN_H

#include "common/task/task.h"

extern const struct task lpn_task;
extern const struct task_words lpn_words; /* words.c */
extern const struct task_alice lpn_alice; /* alice.c */
extern const struct task_bob lpn_bob;     /* bob.c */

#endif
