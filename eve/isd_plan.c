/* The model: an information set has a errors in one half and b in the other with probability (1-theta)^n C(h,a) C(h,b) rho^(a+b),
 * rho = theta/(1-theta), h = n/2. Stern 1988; for LPN pools Esser, Kuebler, May, CRYPTO 2017. */
#include "eve/isd_plan.h"

#include "eve/collide.h"
#include "eve/tableau.h"

#include <math.h>

double isd_tail(unsigned n, double theta, unsigned most) {
    double term = pow(1 - theta, n), sum = 0;
    for (unsigned i = 0; i <= most && i <= n; i++) {
        sum += term;
        term *= (double)(n - i) / (i + 1.0) * theta / (1 - theta);
    }
    return fmin(sum, 1);
}

/* The share of a list of so many keys for each bucket that a bucket of 16 keeps: E min(X, 16) / load, X ~ Poisson(load). */
static double kept(double load) {
    double term = exp(-load), short_of = 0;
    for (unsigned x = 0; x < COLLIDE_SLOTS; x++) {
        short_of += (COLLIDE_SLOTS - x) * term;
        term *= load / (x + 1.0);
    }
    return (COLLIDE_SLOTS - short_of) / load;
}

double isd_success(const struct isd_plan *plan, size_t n, double theta) {
    double rho = theta / (1 - theta), size = (double)n, half = size / 2;
    double none = exp(size * log1p(-theta)), compared = isd_tail(32, theta, plan->most);
    if (plan->weight == 1)
        return none * (1 + size * rho + size * (size - 1) / 2 * rho * rho) * compared;
    double list = 1 + half * rho + half * (half - 1) / 2 * rho * rho;
    return none * list * list * compared * pow(1 - theta, plan->bits) * kept(collide_list(n) / ldexp(1, (int)plan->bits));
}

double isd_independence(const struct isd_plan *plan, double theta) {
    double stays = pow(1 - theta, plan->steps);
    return 1 - (plan->weight == 1 ? stays : stays * pow(1 - theta, plan->bits));
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
