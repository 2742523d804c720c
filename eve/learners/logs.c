#include "eve/learners/logs.h"

#include <math.h>

double logs_choose(double n, double k) {
    int sign;
    return k < 0 || k > n ? -INFINITY : lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

double logs_choose2(double n, double k) {
    return logs_choose(n, k) / log(2);
}

double logs_add2(double a, double b) {
    double high = fmax(a, b), low = fmin(a, b);
    return low == -INFINITY ? high : high + log1p(exp2(low - high)) / log(2);
}
