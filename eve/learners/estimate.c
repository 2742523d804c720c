// clang-format off
/* Sources of the formulas:
 *   pooled Gauss   Esser, Kuebler, May, LPN Decoded, CRYPTO 2017, section 4: (1-theta)^-n inversions; an inversion by the
 *                  four Russians takes n^3 / log2 n bit operations (Albrecht, Bard, Hart, ACM TOMS 2010)
 *   Stern          Stern 1988; with single exchanges between iterations: Canteaut, Chabaud 1998; Bernstein, Lange, Peters,
 *                  PQCrypto 2008. On the label side the length is the pool's, so only the information set has a weight to
 *                  guess
 *   recipes        dual LPN: a word of weight w and length m with a given syndrome of n bits, one of k syndromes: Stern with
 *                  one target out of many, Sendrier, PQCrypto 2011
 *   quantum        Bernstein, Grover vs. McEliece, PQCrypto 2010: the number of iterations by its square root
 * Lists cover 0 ... weight errors. Minimised over weights and the width of the match. */
// clang-format on
#include "eve/learners/estimate.h"

#include "eve/learners/isd_plan.h"
#include "eve/learners/logs.h"

#include <math.h>

/* An iteration costs 2^cost and finds 2^success; 2^wanted finds are wanted. Grover's search for an iteration that finds
 * one takes the square root of their number for each find. */
static void complete(struct estimate_attack *a, double cost, double success, double wanted) {
    a->success = success;
    a->operations = cost + fmax(wanted - success, 0);
    a->quantum = cost + (success < 0 ? wanted - success / 2 : fmax(wanted - success, 0));
}

static void gauss(struct estimate_attack *a, double n, double theta) {
    complete(a, 3 * log2(n) - log2(log2(n)), n * log2(1 - theta), 0);
    a->memory = 2 * log2(n) - 3;
}

static void stern(struct estimate_attack *best, double n, double theta) {
    best->operations = INFINITY;
    for (unsigned w = 1; w <= 8; w++) {
        double half = n / 2, list = -INFINITY, mass = -INFINITY;
        for (unsigned i = 0; i <= w; i++) {
            list = logs_add2(list, logs_choose2(half, i));
            mass = logs_add2(mass, logs_choose2(half, i) + i * log2(theta / (1 - theta)));
        }
        for (double match = floor(list / 2); match <= list + 8; match++) {
            /* n/8 exchanges on n words of 256 bits; lists of `match` bits each; 64 bits of every pair that matches */
            double exchanges = log2(n / 8) + log2(n) + 8;
            double cost = logs_add2(exchanges, logs_add2(1 + list + log2(fmax(match, 1)), 2 * list - match + 6));
            struct estimate_attack a = {.weights = {w, w}, .memory = list + log2((match + 32) / 8)};
            complete(&a, cost, n * log2(1 - theta) + 2 * mass + match * log2(1 - theta), 0);
            if (a.operations < best->operations)
                *best = a;
        }
    }
}

static void recipes(struct estimate_attack *best, const struct params *p, double wanted) {
    double n = p->n, m = p->m, w = p->w, k = log2(p->k), half = (m - n) / 2;
    best->operations = INFINITY;
    for (unsigned w1 = 0; w1 <= 4 && w1 <= p->w; w1++)
        for (unsigned w2 = 0; w2 <= w1 && w1 + w2 <= p->w; w2++) {
            double first = logs_choose2(half, w1), second = k + logs_choose2(half, w2);
            for (double match = 0; match <= n && match <= first + second; match += 1) {
                /* the rest of the recipe lies among the n - match other samples of the echelon form */
                double success = k + logs_choose2(half, w1) + logs_choose2(half, w2) +
                                 logs_choose2(n - match, w - w1 - w2) - logs_choose2(m, w);
                double echelon = 2 * log2(n) + log2(m) - log2(log2(n)) - 3; /* one in eight rows anew */
                double lists = logs_add2(first, second) + log2(fmax(match, 1)), pairs = first + second - match + 6;
                struct estimate_attack a = {.weights = {w1, w2}, .memory = first + log2((match + 64) / 8)};
                complete(&a, logs_add2(echelon, logs_add2(lists, pairs)), success, wanted);
                if (a.operations < best->operations)
                    *best = a;
            }
        }
}

void estimate_set(struct estimate *e, const struct params *p) {
    double entropy = -p->p * log2(p->p) - (1 - p->p) * log2(1 - p->p);
    gauss(&e->gauss, p->n, p->theta);
    stern(&e->stern, p->n, p->theta);
    recipes(&e->recipe_one, p, 0);
    recipes(&e->recipes_enough, p, log2(p->n / (1 - entropy)));
    e->strength = fmin(e->stern.operations, e->recipes_enough.operations);
}

double estimate_core_years(double seconds) {
    return seconds / (365.25 * 86400);
}
