/* Sources of the formulas: Stern 1988; targets merged into one list: Sendrier, Decoding one out of many, PQCrypto 2011;
 * exchanges: Bernstein, Lange, Peters, PQCrypto 2008; quantum: Bernstein, Grover vs. McEliece, PQCrypto 2010. For
 * weights of about sqrt n all information-set decoding has the same exponent (Canto Torres, Sendrier, PQCrypto 2016),
 * so that nothing finer is counted. Challenge labels, which hide 512 more unknown bits, make a code of length 3n + L
 * and dimension n + 512, in which an information set without an error is less likely: they are left out. */
#include "eve/learners/estimate_ring.h"

#include "eve/learners/doom_plan.h"
#include "eve/learners/logs.h"

#include <math.h>

struct problem {
    double n, redundancy, weight;
};

/* An iteration: at most p_u errors of u rows and p_v of the others, none in `match` bits of the redundancy. Sums of U
 * are sorted by these bits, sums of V with each target are looked up; 64 bits are compared for each pair that agrees.
 */
static void iteration(double *costp, double *successp, const struct problem *p, double u, unsigned p_u, unsigned p_v,
                      double match, double targets) {
    double list_u = -INFINITY, list_v = -INFINITY, found = -INFINITY;
    for (unsigned i = 0; i <= p_u; i++)
        list_u = logs_add2(list_u, logs_choose2(u, i));
    for (unsigned j = 0; j <= p_v; j++)
        list_v = logs_add2(list_v, logs_choose2(p->n - u, j));
    for (unsigned i = 0; i <= p_u; i++)
        for (unsigned j = 0; j <= p_v; j++)
            found = logs_add2(found, logs_choose2(u, i) + logs_choose2(p->n - u, j) +
                                         logs_choose2(p->redundancy - match, p->weight - i - j));
    double lists = logs_add2(list_u, log2(targets) + list_v) + log2(fmax(match, 1));
    *costp = logs_add2(lists, list_u + log2(targets) + list_v - match + 6);
    *successp = log2(targets) + found - logs_choose2(p->n + p->redundancy, p->weight);
}

/* The least over weights, parts and widths of the match; grover: the power of the number of iterations that counts. */
static double least(const struct problem *p, double targets, double grover) {
    double best = INFINITY;
    for (unsigned p_u = 0; p_u <= 4; p_u++)
        for (unsigned p_v = 0; p_v <= 3; p_v++)
            for (double share = 0.3; share < 0.95; share += 0.1)
                for (double match = 0; match <= 64 && match < p->redundancy - p->weight; match++) {
                    double cost, success;
                    iteration(&cost, &success, p, floor(share * p->n), p_u, p_v, match, targets);
                    best = fmin(best, cost + grover * fmax(-success, 0));
                }
    return best;
}

static void estimate(struct estimate_ring_side *side, double n, unsigned n_blocks, unsigned weight) {
    const struct problem problem = {n, (n_blocks - 1) * n, weight};
    const struct cyclic_word word = {.n = (size_t)n, .n_blocks = n_blocks, .weight = weight};
    struct doom_plan plan;
    doom_plan(&plan, &word);
    double u = (double)plan.n_u, lists = (u * u / 2 + n * (n - u)) * (plan.bits + 16); /* 16: of a key */
    double exchanges = (double)plan.groups * CYCLIC_GROUP * n * problem.redundancy;    /* half of 2n rows each */
    double tries = fmax(-log2(plan.success), 0) - log2(plan.independence);
    side->from = least(&problem, n, 1);
    side->to = log2(lists + exchanges) + tries;
    side->alone = least(&problem, 1, 1);
    side->quantum = least(&problem, n, 0.5);
    side->seconds = log2(plan.seconds) + tries;
}

void estimate_ring_set(struct estimate_ring *e, const struct ring_params *p) {
    estimate(&e->vectors, p->n, 2, 2 * p->w);
    estimate(&e->labels, p->n, 3, p->w_s + 2 * p->w_e);
    e->from = fmin(e->vectors.from, e->labels.from);
    e->to = fmin(e->vectors.to, e->labels.to);
}
