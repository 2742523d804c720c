/* The experiments of the table in experiments.c. */
#ifndef PARLEY_EVE_LAB_EXPERIMENTS_H
#define PARLEY_EVE_LAB_EXPERIMENTS_H

#include "eve/lab/lab.h"

extern const struct lab_experiment lab_risk;        /* risk.c: the bimodal learner reaches its risk */
extern const struct lab_experiment lab_hardness;    /* hardness.c: time to learn, with both modalities and with one */
extern const struct lab_experiment lab_agreement;   /* agreement.c: bits, keys, and what Eve makes of them */
extern const struct lab_experiment lab_oneway;      /* oneway.c: from recipes to vectors, and back */
extern const struct lab_experiment lab_window;      /* window.c: over noise and dimension */
extern const struct lab_experiment lab_scale;       /* scale.c: sessions of the real programs */
extern const struct lab_experiment lab_captions;    /* captions.c: what captions are good for, task by task */
extern const struct lab_experiment lab_statistical; /* statistical.c: samples against time */
extern const struct lab_experiment lab_trimodal;    /* trimodal.c: three modalities, two persons */
extern const struct lab_experiment lab_quantum;     /* quantum.c: Grover's search, simulated and counted */

#endif
