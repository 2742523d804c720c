#include "eve/page/turns.h"

#include <math.h>

enum { TIMES = 4 };

bool turn_before(const struct turn *a, const struct turn *b) {
    if (a->n_failed != b->n_failed)
        return a->n_failed < b->n_failed;
    return a->seconds != b->seconds ? a->seconds < b->seconds : a->joined < b->joined;
}

double turn_budget(double left, size_t n, double expected, unsigned n_cores) {
    double share = left / (double)n, wanted = TURN_LEAST + TIMES * expected / (n_cores ? n_cores : 1);
    double part = wanted <= TIMES * share ? fmax(share, wanted) : share;
    return fmin(left, fmax(TURN_LEAST, part));
}
