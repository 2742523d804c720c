/* The model: an information set has a errors in one half and b in the other with probability (1-theta)^n C(h,a) C(h,b)
 * rho^(a+b), rho = theta/(1-theta), h = n/2. Stern 1988; for LPN pools Esser, Kuebler, May, CRYPTO 2017. */
#include "eve/learners/isd_plan.h"

#include "eve/f2/collide.h"
#include "eve/f2/tableau.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

double isd_tail(unsigned n, double theta, unsigned most) {
    double term = pow(1 - theta, n), sum = 0;
    for (unsigned i = 0; i <= most && i <= n; i++) {
        sum += term;
        term *= (double)(n - i) / (i + 1.0) * theta / (1 - theta);
    }
    return fmin(sum, 1);
}

/* The share of a list of so many keys for each bucket that a bucket of 16 keeps: E min(X, 16) / load, X ~
 * Poisson(load). */
static double kept(double load) {
    double term = exp(-load), short_of = 0;
    for (unsigned x = 0; x < COLLIDE_SLOTS; x++) {
        short_of += (COLLIDE_SLOTS - x) * term;
        term *= load / (x + 1.0);
    }
    return (COLLIDE_SLOTS - short_of) / load;
}

static double log_choose(double n, double k) {
    int sign;
    return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

/* P(the information set has this many errors, at certain places, and no others), of n samples drawn without repeats
 * from n_pool of which n_errors are wrong. */
static double at_places(double n, double errors, double n_pool, double n_errors) {
    return exp(log_choose(n_pool - n, n_errors - errors) - log_choose(n_pool, n_errors));
}

/* Sum over the patterns that a pass covers, of P(pattern). */
static double patterns(const struct isd_plan *plan, size_t n, double theta, double n_pool, double n_errors) {
    double size = (double)n, half = size / 2, sum = 0;
    double each[3] = {1, half, half * (half - 1) / 2}, whole[3] = {1, size, size * (size - 1) / 2};
    double count[5] = {0};
    for (unsigned a = 0; a <= 2; a++) {
        if (plan->weight == 1)
            count[a] += whole[a];
        for (unsigned b = 0; plan->weight == 2 && b <= 2; b++)
            count[a + b] += each[a] * each[b];
    }
    for (unsigned errors = 0; errors <= 4; errors++)
        if (count[errors] > 0)
            sum += count[errors] * (n_pool > 0 ? at_places(size, errors, n_pool, n_errors)
                                               : exp((size - errors) * log1p(-theta) + errors * log(theta)));
    return sum;
}

double isd_success(const struct isd_plan *plan, size_t n, double theta, size_t n_pool) {
    double found = isd_tail(32, theta, plan->most), size = (double)n_pool;
    if (plan->weight == 2)
        found *= pow(1 - theta, plan->bits) * kept(collide_list(n) / ldexp(1, (int)plan->bits));
    if (n_pool == 0)
        return found * patterns(plan, n, theta, 0, 0);
    double inverse = 0, weights = 0, deviation = sqrt(size * theta * (1 - theta));
    for (int i = -16; i <= 16; i++) {
        double z = i / 4.0, weight = exp(-z * z / 2);
        inverse += weight / patterns(plan, n, theta, size, fmax(round(size * theta + z * deviation), 4));
        weights += weight;
    }
    return found * weights / inverse;
}

double isd_independence_guess(const struct isd_plan *plan, size_t n, double theta) {
    double size = fmin(fmax(log2((double)n), 6), 12) - 7;
    double stays = fmin(0.61 + 0.08 * size, 0.95) * exp(-fmin(0.5 + 0.147 * size, 1) * theta * plan->steps);
    double again = 0.0075 * pow(plan->passes, 0.8) * pow(256 / (double)n, 0.6);
    return 1 / (1 / (1 - stays) + again);
}

/* Errors of a tableau, without its samples. */
struct errors {
    size_t n, half;
    uint8_t info[PARAMS_N_MAX], redundancy[TABLEAU_BITS];
    size_t in_first, in_second;
};

static double uniform(struct dice *dice) {
    return (double)(dice_u64(dice) >> 11) * 0x1p-53;
}

/* Some errors of at most `weight` for each half, as likely as they are when a pass succeeds. */
static size_t draw_errors(uint8_t *info, size_t n, unsigned weight, double rho, struct dice *dice) {
    double term = 1, sum = 1, size = (double)n;
    for (unsigned i = 1; i <= weight; i++)
        sum += term *= (size - i + 1) / i * rho;
    double at = uniform(dice) * sum;
    size_t errors = 0;
    for (term = 1; errors < weight && at >= term; errors++) {
        at -= term;
        term *= (size - (double)errors) / ((double)errors + 1) * rho;
    }
    for (size_t i = 0; i < errors;) {
        size_t p = dice_below(dice, (uint32_t)n);
        i += !info[p];
        info[p] = 1;
    }
    return errors;
}

static bool succeeds(const struct errors *e, const struct isd_plan *plan, size_t pass) {
    if (plan->weight == 1 ? e->in_first + e->in_second > 2 : e->in_first > 2 || e->in_second > 2)
        return false;
    for (size_t j = 0; plan->weight == 2 && j < plan->bits; j++)
        if (e->redundancy[64 * (pass % 4) + 32 + j])
            return false;
    return true;
}

double isd_independence(const struct isd_plan *plan, size_t n, double theta, unsigned n_runs,
                        const uint8_t seed[static 32]) {
    struct errors e = {.n = n, .half = plan->weight == 1 ? n : n / 2};
    struct dice dice;
    dice_init(&dice, seed, "eve/1 independence", 0);
    double sum = 0, rho = theta / (1 - theta);
    for (unsigned run = 0; run < n_runs; run++) {
        memset(e.info, 0, n);
        e.in_first = draw_errors(e.info, e.half, 2, rho, &dice);
        e.in_second = plan->weight == 1 ? 0 : draw_errors(e.info + e.half, n - e.half, 2, rho, &dice);
        for (size_t j = 0; j < TABLEAU_BITS; j++)
            e.redundancy[j] = uniform(&dice) < theta;
        size_t next = dice_below(&dice, TABLEAU_BITS), first_pass = dice_below(&dice, 4), pass = 0;
        for (size_t j = 0; j < plan->bits; j++)
            e.redundancy[64 * first_pass + 32 + j] = 0;
        do {
            pass++;
            for (unsigned i = 0; i < plan->steps; i++) {
                size_t p = dice_below(&dice, (uint32_t)n), r = next++ % TABLEAU_BITS;
                uint8_t leaves = e.info[p], enters = e.redundancy[r];
                size_t *count = p < e.half ? &e.in_first : &e.in_second;
                *count = *count + enters - leaves;
                e.info[p] = enters;
                e.redundancy[r] = leaves;
            }
        } while (pass < plan->passes && !succeeds(&e, plan, first_pass + pass));
        /* A success that comes again after `pass` passes is the last one if it is among the last `pass` of the tableau.
         */
        sum += (double)pass / plan->passes;
    }
    return sum / n_runs;
}

/* Fitted at n64 to n4096. The table is slower than the caches from 2^12 buckets of 64 bytes on; what passes the first
 * comparison is looked at once more. */
struct isd_costs isd_costs(const struct isd_plan *plan, size_t n) {
    double size = (double)n, list = collide_list(n), passing = isd_tail(32, 0.5, plan->most);
    struct isd_costs costs = {.step = 7e-8 + 5.5e-10 * size, .build = 1e-5 + 2.5e-9 * size * size};
    if (plan->weight == 1)
        costs.pass = 1e-6 + size * size * (7e-11 + 2e-8 * passing);
    else
        costs.pass = list * (3.6e-9 + 3e-9 * fmax(0, plan->bits - 12.0)) +
                     list * list / ldexp(1, (int)plan->bits) * passing * (3e-7 + 4e-9 * size);
    return costs;
}

unsigned isd_limit(double theta) {
    unsigned limit = 0;
    while (1 - isd_tail(TABLEAU_BITS, theta, limit) > 1e-5)
        limit++;
    return limit;
}

unsigned isd_bits(size_t n) {
    double bits = round(log2(collide_list(n) / (COLLIDE_SLOTS * 2.0 / 3)));
    return bits < 2 ? 2 : (unsigned)bits;
}
