/* The model: an information set has a errors in one half and b in the other with probability (1-theta)^n C(h,a) C(h,b)
 * rho^(a+b), rho = theta/(1-theta), h = n/2. Stern 1988; for LPN pools Esser, Kuebler, May, CRYPTO 2017. */
#include "eve/learners/isd_plan.h"

#include "eve/f2/collide.h"
#include "eve/f2/tableau.h"
#include "eve/learners/logs.h"

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

/* The share of a list that is kept, of so many sums for each slot: P(not written over) on average. */
static double kept(double load) {
    return -expm1(-load) / load;
}

/* P(the information set has this many errors, at certain places, and no others), of n samples drawn without repeats
 * from n_pool of which n_errors are wrong. */
static double at_places(double n, double errors, double n_pool, double n_errors) {
    return exp(logs_choose(n_pool - n, n_errors - errors) - logs_choose(n_pool, n_errors));
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
    if (plan->weight == 2) {
        double half = isd_tail(COLLIDE_KEY / 2, theta, 2);
        found = pow(1 - theta, plan->bits) * kept(collide_list(n) / ldexp(COLLIDE_SLOTS, (int)plan->bits)) * half *
                half * isd_tail(64 - plan->bits, theta, plan->most);
    }
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
    double size = fmin(fmax(log2((double)n), 6), 12) - 7, passes = plan->passes, steps = plan->steps;
    double stays = (0.82 + 0.014 * size) * exp(-(1.21 - 0.1 * size) * theta * steps);
    double again = 0.055 * pow(passes, 0.62) * pow(256 / (double)n, 0.34);
    again *= 1 + 0.008 * (double)n * (plan->blocks - 1.0) / steps;
    return 1 / (1 / (1 - stays * (1 - 1 / passes)) + again);
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

/* Bit `bit` of the plane that this pass looks at, turned as it is then. */
static uint8_t *bit_of(struct errors *e, size_t pass, unsigned bit) {
    unsigned turn = 32 * (unsigned)(pass / TABLEAU_PLANES % 2);
    return &e->redundancy[64 * (pass % TABLEAU_PLANES) + (bit - turn) % 64];
}

static unsigned errors_from(struct errors *e, size_t pass, unsigned from, unsigned n_bits) {
    unsigned sum = 0;
    for (unsigned bit = from; bit < from + n_bits; bit++)
        sum += *bit_of(e, pass, bit);
    return sum;
}

static bool succeeds(struct errors *e, const struct isd_plan *plan, size_t pass) {
    if (plan->weight == 1)
        return e->in_first + e->in_second <= 2 && errors_from(e, pass, 0, 32) <= plan->most;
    return e->in_first <= 2 && e->in_second <= 2 && errors_from(e, pass, COLLIDE_KEY, plan->bits) == 0 &&
           errors_from(e, pass, 0, COLLIDE_KEY / 2) <= 2 && errors_from(e, pass, COLLIDE_KEY / 2, COLLIDE_KEY / 2) <= 2;
}

/* The redundancy as likely as it is when this pass succeeds. */
static void draw_redundancy(struct errors *e, const struct isd_plan *plan, size_t pass, double theta,
                            struct dice *dice) {
    bool good;
    do {
        for (size_t j = 0; j < TABLEAU_BITS; j++)
            e->redundancy[j] = uniform(dice) < theta;
        for (unsigned bit = 0; plan->weight == 2 && bit < plan->bits; bit++)
            *bit_of(e, pass, COLLIDE_KEY + bit) = 0;
        good = plan->weight == 2 ? errors_from(e, pass, 0, COLLIDE_KEY / 2) <= 2 &&
                                       errors_from(e, pass, COLLIDE_KEY / 2, COLLIDE_KEY / 2) <= 2
                                 : errors_from(e, pass, 0, 32) <= plan->most;
    } while (!good);
}

/* The exchanges before a pass. */
static void walk(struct errors *e, const struct isd_plan *plan, size_t *next, struct dice *dice) {
    for (unsigned i = 0; i < plan->steps; i++) {
        size_t p = dice_below(dice, (uint32_t)e->n), r = (*next)++ % TABLEAU_BITS;
        uint8_t leaves = e->info[p], enters = e->redundancy[r];
        size_t *count = p < e->half ? &e->in_first : &e->in_second;
        *count = *count + enters - leaves;
        e->info[p] = enters;
        e->redundancy[r] = leaves;
    }
}

/* Whether one of so many passes succeeds, of which the first is number `pass`. */
static bool some_succeeds(struct errors *e, const struct isd_plan *plan, size_t pass, size_t n_passes, size_t *next,
                          struct dice *dice) {
    for (size_t i = 0; i < n_passes; i++) {
        walk(e, plan, next, dice);
        if (succeeds(e, plan, pass + i))
            return true;
    }
    return false;
}

/* A state that succeeds in pass `pass`. */
static void draw(struct errors *e, const struct isd_plan *plan, double theta, size_t pass, struct dice *dice) {
    double rho = theta / (1 - theta);
    memset(e->info, 0, e->n);
    e->in_first = draw_errors(e->info, e->half, 2, rho, dice);
    e->in_second = plan->weight == 1 ? 0 : draw_errors(e->info + e->half, e->n - e->half, 2, rho, dice);
    draw_redundancy(e, plan, pass, theta, dice);
}

/* Whether none of the passes after a random one that succeeds does. */
static bool is_last(struct errors *e, const struct isd_plan *plan, double theta, struct dice *dice) {
    size_t pass = dice_below(dice, plan->passes), block = dice_below(dice, plan->blocks);
    size_t next = dice_below(dice, TABLEAU_BITS);
    draw(e, plan, theta, pass, dice);
    struct errors on = *e;
    if (some_succeeds(&on, plan, pass + 1, plan->passes - pass - 1, &next, dice))
        return false;
    for (size_t i = 0; i <= pass && block + 1 < plan->blocks; i++) /* back */
        walk(e, plan, &next, dice);
    while (++block < plan->blocks) {
        on = *e;
        for (size_t j = 0; j < TABLEAU_BITS; j++)
            on.redundancy[j] = uniform(dice) < theta;
        if (some_succeeds(&on, plan, 0, plan->passes, &next, dice))
            return false;
    }
    return true;
}

double isd_independence(const struct isd_plan *plan, size_t n, double theta, unsigned n_runs,
                        const uint8_t seed[static 32]) {
    struct errors e = {.n = n, .half = plan->weight == 1 ? n : n / 2};
    struct dice dice;
    dice_init(&dice, seed, "eve/1 independence", 0);
    unsigned last = 0;
    for (unsigned run = 0; run < n_runs; run++)
        last += is_last(&e, plan, theta, &dice);
    return last ? (double)last / n_runs : 0.5 / n_runs;
}

/* Fitted at n64 to n2048 with AVX2. */
struct isd_costs isd_costs(const struct isd_plan *plan, size_t n) {
    double size = (double)n, area = size * size, passing = isd_tail(32, 0.5, plan->most);
    struct isd_costs costs = {.step = 2.5e-8 + 2e-10 * size, .build = 5e-6 + 1.2e-9 * area, .open = 2.5e-9 * size};
    if (plan->weight == 1)
        costs.pass = 1e-6 + area * (7e-11 + 2e-8 * passing);
    else
        costs.pass = 6e-9 * size + 2 * collide_list(n) * (6.5e-10 + 2.5e-13 * size);
    return costs;
}

unsigned isd_limit(double theta) {
    unsigned limit = 0;
    while (1 - isd_tail(TABLEAU_BITS, theta, limit) > 1e-5)
        limit++;
    return limit;
}

unsigned isd_most(const struct isd_plan *plan, double theta) {
    unsigned most = 0;
    while (isd_tail(64 - plan->bits, theta, most) < 0.998)
        most++;
    return most;
}

unsigned isd_bits(size_t n) {
    double bits = round(log2(collide_list(n) / 3));
    return bits < 2 ? 2 : (unsigned)bits;
}
