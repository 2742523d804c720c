/* The model. Of the W errors among B n positions, a are in the information set with the hypergeometric probability
 * C(n, a) C((B-1) n, W - a) / C(B n, W), for each of n targets. A pass finds a target with a <= 3, at most two in U and
 * one in V, and with no error where the bucket's bits are, at most one where the key is.
 *
 * What is near success stays near it for some exchanges, so that passes succeed together; what counts is the last time:
 *
 *     P(some pass of K succeeds) = sum over passes t of P(t succeeds) P(none after t does | t does),
 *
 * and the latter follows from the walk of a: an exchange moves an error in with probability (W - a) / ((B-1) n) and one
 * out with a/n. */
#include "eve/learners/doom_plan.h"

#include "eve/f2/doom.h"
#include "eve/learners/isd_plan.h"
#include "eve/learners/logs.h"

#include <math.h>

enum { STATES = 48 }; /* of a that are followed; beyond, nothing comes back */

struct model {
    double n, weight, redundancy;
    double at[STATES];    /* P(a) */
    double found[STATES]; /* P(a pass finds it | a) */
    unsigned n_states;
};

/* Given that a errors are in the information set. */
static double found(const struct doom_plan *plan, const struct model *m, unsigned a) {
    if (a > 3)
        return 0;
    double f = (double)plan->n_u / m->n, rate = (m->weight - a) / m->redundancy;
    double split = a == 3 ? 3 * f * f * (1 - f) : a == 2 ? 1 - (1 - f) * (1 - f) : 1;
    unsigned rest = 64 - DOOM_KEY - plan->bits;
    double none = pow(1 - rate, DOOM_KEY), one = DOOM_KEY * rate * pow(1 - rate, DOOM_KEY - 1);
    return split * pow(1 - rate, plan->bits) *
           (none * isd_tail(rest, rate, plan->most) + one * isd_tail(rest, rate, plan->most - 1));
}

static void make(struct model *m, const struct doom_plan *plan, const struct cyclic_word *word) {
    double n = (double)word->n, all = word->n_blocks * n, w = word->weight;
    *m = (struct model){.n = n, .weight = w, .redundancy = all - n};
    m->n_states = word->weight + 1 < STATES ? word->weight + 1 : STATES;
    for (unsigned a = 0; a < m->n_states; a++) {
        m->at[a] = exp(logs_choose(n, a) + logs_choose(all - n, w - a) - logs_choose(all, w));
        m->found[a] = found(plan, m, a);
    }
}

/* The probabilities f(a') after one exchange, averaged, as a function of a; f = 1 where nothing is followed. */
static void exchange(const struct model *m, double f[STATES]) {
    double before = 0;
    for (unsigned a = 0; a < m->n_states; a++) {
        double enters = (m->weight - a) / m->redundancy, leaves = a / m->n, now = f[a];
        double up = enters * (1 - leaves), down = leaves * (1 - enters), above = a + 1 < m->n_states ? f[a + 1] : 1;
        f[a] = now * (1 - up - down) + up * above + down * before;
        before = now;
    }
}

/* P(no pass after it succeeds | a pass does), for `groups` groups of exchanges between passes. */
static double independence(const struct model *m, unsigned groups) {
    double none[STATES], sum = 0, all = 0;
    for (unsigned a = 0; a < m->n_states; a++)
        none[a] = 1;
    unsigned n_exchanges = groups * CYCLIC_GROUP,
             n_passes = (unsigned)(fmin(3 * m->n, 40 * m->redundancy / m->weight) / n_exchanges) + 1;
    for (unsigned pass = 0; pass < n_passes; pass++) {
        for (unsigned a = 0; a < m->n_states; a++)
            none[a] *= 1 - m->found[a];
        for (unsigned i = 0; i < n_exchanges; i++)
            exchange(m, none);
    }
    for (unsigned a = 0; a < m->n_states; a++) {
        sum += m->at[a] * m->found[a] * none[a];
        all += m->at[a] * m->found[a];
    }
    return sum / all;
}

void doom_plan(struct doom_plan *plan, const struct cyclic_word *word) {
    double n = (double)word->n, u = floor(0.7 * n), pairs = u * (u + 1) / 2 + 1;
    unsigned bits = (unsigned)fmax(ceil(log2(pairs / 12)), 6); /* buckets up to 3/4 full */
    *plan = (struct doom_plan){.n_u = (size_t)u, .bits = bits < DOOM_BITS_MAX ? bits : DOOM_BITS_MAX};
    double rate = word->weight / ((word->n_blocks - 1) * n), best = 0;
    while (isd_tail(64 - DOOM_KEY - plan->bits, rate, plan->most) < 0.995)
        plan->most++;
    plan->most++;

    struct model m;
    make(&m, plan, word);
    for (unsigned a = 0; a < m.n_states; a++)
        plan->success += n * m.at[a] * m.found[a];
    double pass = 2.2e-9 * (pairs + n * (n - u)), group = 4e-10 * 2 * n * ((word->n_blocks - 1) * n / 64);
    struct doom_plan chosen = *plan;
    for (unsigned groups = 1; groups <= 64; groups += groups < 16 ? 1 : 4) {
        double seconds = pass + groups * group, independent = independence(&m, groups);
        if (independent / seconds <= best)
            continue;
        best = independent / seconds;
        chosen.groups = groups;
        chosen.independence = independent;
        chosen.seconds = seconds;
    }
    *plan = chosen;
}
