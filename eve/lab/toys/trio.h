/* Three modalities without a dealer, on LWE: what one caption did, two persons do, and neither can alone.
 *
 * Two matrices of plain data, a and b, each of m rows of n numbers modulo q = 2^16, are public. Y draws recipes over a,
 * W draws recipes over b, both as in the task lwe (entries -1, 0, 1), and nobody knows both. A composed vector is
 *
 *     x_j = D u_j + sum of y_ji a_i + sum of w_ji b_i.
 *
 * Bob labels a, b and x. With both sums of labels, t_j = sum of y_ji z_i and the same of w, what is left of the label
 * of x_j is D s_j and noise, of 1 + |y_j| + |w_j| labels: twice as much as in the task lwe, hence half its eta. With
 * one of them, x_j - sum of y_ji a_i = D u_j + sum of w_ji b_i is as good as uniform, by the leftover hash lemma; n + 1
 * is in place of n there, so that t_j may be published as well.
 *
 * In the manner of threshold decryption: Bendlin, Damgard, TCC 2010. */
#ifndef PARLEY_EVE_LAB_TRIO_H
#define PARLEY_EVE_LAB_TRIO_H

#include "common/task/lwe/lwe_params.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trio_params {
    uint32_t n, m, eta; /* noise of a label is CBD(eta) */
};

/* Of the same n as the set: eta is half of its, a multiple of 32. */
void trio_params_of(struct trio_params *out, const struct lwe_params *set);

double trio_hide_log2(const struct trio_params *p); /* distance of all x_j, with one half of captions, from uniform */
double trio_failure_log2(const struct trio_params *p); /* bound on the chance that any s_j is read wrongly */
double trio_risk(const struct trio_params *p);         /* that a fresh label's top bit is not that of <x, s> */

struct trio {
    struct trio_params params;
    uint16_t *a, *b;             /* m rows of n */
    uint16_t *x;                 /* n rows of n */
    int8_t *y, *w;               /* n recipes of m entries */
    uint16_t *z_a, *z_b, *z_x;   /* labels */
    int16_t s[LWE_PARAMS_N_MAX]; /* Bob's */
};

/* What is made wrong on purpose: recipes that are all 0; so many times the noise. */
struct trio_fault {
    bool no_captions;
    unsigned noise; /* 1 */
};

/* From the seed alone. -ENOMEM; nothing is left to free then. */
int trio_make(struct trio *trio, const struct trio_params *params, struct trio_fault fault,
              const uint8_t seed[static 32]);
void trio_free(struct trio *trio);

/* t_j = sum of r_ji z_i: all that Y, or W, computes, from its own recipes and public labels. */
void trio_sums(uint16_t *t, const int8_t *recipes, const uint16_t *z, const struct trio_params *p);

/* The learner: h_j = the level that z_j less what is known of the sums is nearest to. It reads no vector. NULL: not
 * known. */
void trio_learn(int16_t *h, const uint16_t *z_x, const uint16_t *t_y, const uint16_t *t_w, size_t n);

/* Whether h leaves of all plain labels, of a and b, what noise can be. */
bool trio_accepts(const struct trio *trio, const int16_t *h);

/* rows = x less what captions that are known take away; n rows of n. */
void trio_left(uint16_t *rows, const struct trio *trio, bool with_y, bool with_w);

/* Of `count` fresh vectors: how many labels' top bits h predicts wrongly. */
size_t trio_fresh_errors(const struct trio *trio, const int16_t *h, size_t count, const uint8_t seed[static 32]);

#endif
