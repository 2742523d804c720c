/* Both likelihoods are concave, in the parameters in which they are written here, so Newton's method finds their only
 * maximum. The exponential law: Cox, Oakes, Analysis of Survival Data, 1984, section 6. The normal law with censored
 * points in (delta, gamma) = (line / sigma, 1 / sigma): Olsen, Note on the uniqueness of the maximum likelihood
 * estimator for the Tobit model, Econometrica 46, 1978. Intervals: Venzon, Moolgavkar, Appl. Statistics 37, 1988. */
#include "eve/lab/fit.h"

#include "common/base/prg.h"
#include "eve/lab/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEWTON_STEPS = 200, PARAMETERS = 3 };

static const double half_chi_square = 1.9207294103470622; /* of one degree of freedom, 95% */

struct model {
    enum fit_law law;
    const struct fit_point *points;
    size_t n;
    const double *y;      /* log t, less what is fixed */
    bool sloped;          /* b is a parameter; or it is fixed and in y */
    double centre, scale; /* x is taken as (x - centre) / scale */
};

static double normal_log_tail(double z) {
    return z < 30 ? log(erfc(z * M_SQRT1_2) / 2) : -z * z / 2 - log(z * sqrt(2 * M_PI));
}

/* phi(z) / Phi(-z) */
static double mills(double z) {
    return z < 30 ? exp(-z * z / 2 - log(sqrt(2 * M_PI)) - normal_log_tail(z)) : z + 1 / z;
}

/* Log likelihood of FIT_EXPONENTIAL at (alpha, beta), its gradient and minus its Hessian. */
static double exponential(const struct model *m, const double *at, double *gradient, double (*curvature)[PARAMETERS]) {
    double sum = 0;
    for (size_t i = 0; i < m->n; i++) {
        double x[2] = {1, (m->points[i].x - m->centre) / m->scale};
        double eta = at[0] + (m->sloped ? at[1] * x[1] : 0), ratio = exp(m->y[i] - eta);
        double event = m->points[i].censored ? 0 : 1;
        sum += event * (m->y[i] - eta) - ratio; /* of log t */
        for (size_t j = 0; j < 2; j++) {
            gradient[j] += (ratio - event) * x[j];
            for (size_t k = 0; k < 2; k++)
                curvature[j][k] += ratio * x[j] * x[k];
        }
    }
    return sum;
}

/* The same of FIT_LOGNORMAL at (gamma, delta_0, delta_1): z = gamma y - delta_0 - delta_1 x. */
static double lognormal(const struct model *m, const double *at, double *gradient, double (*curvature)[PARAMETERS]) {
    double sum = 0;
    if (at[0] <= 0)
        return -INFINITY;
    for (size_t i = 0; i < m->n; i++) {
        double x = m->sloped ? (m->points[i].x - m->centre) / m->scale : 0;
        double z = at[0] * m->y[i] - at[1] - at[2] * x, by[3] = {m->y[i], -1, -x}; /* dz/d(parameter) */
        double first, second;                                                      /* minus the derivatives by z */
        if (m->points[i].censored) {
            first = mills(z);
            second = first * (first - z);
            sum += normal_log_tail(z);
        } else {
            first = z;
            second = 1;
            sum += log(at[0]) - z * z / 2 - log(sqrt(2 * M_PI));
            gradient[0] += 1 / at[0];
            curvature[0][0] += 1 / (at[0] * at[0]);
        }
        for (size_t j = 0; j < 3; j++) {
            gradient[j] -= first * by[j];
            for (size_t k = 0; k < 3; k++)
                curvature[j][k] += second * by[j] * by[k];
        }
    }
    return sum;
}

static double evaluate(const struct model *m, const double *at, double *gradient, double (*curvature)[PARAMETERS]) {
    memset(gradient, 0, PARAMETERS * sizeof *gradient);
    memset(curvature, 0, PARAMETERS * sizeof *curvature);
    return m->law == FIT_EXPONENTIAL ? exponential(m, at, gradient, curvature) : lognormal(m, at, gradient, curvature);
}

/* step = curvature^-1 gradient, of the first n parameters. False if it is singular. */
static bool solve(double *step, const double *gradient, double (*curvature)[PARAMETERS], size_t n) {
    double a[PARAMETERS][PARAMETERS + 1];
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            a[i][j] = curvature[i][j];
        a[i][n] = gradient[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (!(a[i][i] > 1e-300))
            return false;
        for (size_t r = 0; r < n; r++)
            for (size_t j = n + 1; r != i && j-- > i;)
                a[r][j] -= a[i][j] * a[r][i] / a[i][i];
    }
    for (size_t i = 0; i < n; i++)
        step[i] = a[i][n] / a[i][i];
    return true;
}

/* at: in, where to start; out, the maximum. */
static int maximise(const struct model *m, double *at, double *log_likelihoodp) {
    size_t n = (m->law == FIT_LOGNORMAL ? 2 : 1) + (m->sloped ? 1 : 0);
    double gradient[PARAMETERS], curvature[PARAMETERS][PARAMETERS], step[PARAMETERS], other[PARAMETERS];
    double unused[PARAMETERS], unused_too[PARAMETERS][PARAMETERS];
    double now = evaluate(m, at, gradient, curvature);
    for (int turn = 0; turn < NEWTON_STEPS; turn++) {
        if (!isfinite(now) || !solve(step, gradient, curvature, n))
            return -ERANGE;
        double gain = 0, size = 1, next = -INFINITY;
        for (size_t j = 0; j < n; j++)
            gain += step[j] * gradient[j];
        if (gain < 1e-11) {
            *log_likelihoodp = now;
            return 0;
        }
        for (; size > 1e-12; size /= 2) {
            memcpy(other, at, sizeof other);
            for (size_t j = 0; j < n; j++)
                other[j] += size * step[j];
            next = evaluate(m, other, unused, unused_too);
            if (next >= now + 1e-4 * size * gain)
                break;
        }
        if (size <= 1e-12) { /* no way up that can be told from rounding */
            *log_likelihoodp = now;
            return gain < 1e-6 ? 0 : -ERANGE;
        }
        memcpy(at, other, sizeof other);
        now = evaluate(m, at, gradient, curvature);
    }
    return -ERANGE;
}

static int start_and_maximise(const struct model *m, double *at, double *log_likelihoodp) {
    double mean = 0, square = 0;
    for (size_t i = 0; i < m->n; i++)
        mean += m->y[i] / (double)m->n;
    for (size_t i = 0; i < m->n; i++)
        square += (m->y[i] - mean) * (m->y[i] - mean) / (double)m->n;
    double gamma = 1 / sqrt(fmax(square, 1e-12));
    memset(at, 0, PARAMETERS * sizeof *at);
    at[0] = m->law == FIT_EXPONENTIAL ? mean : gamma;
    at[1] = m->law == FIT_EXPONENTIAL ? 0 : gamma * mean;
    return maximise(m, at, log_likelihoodp);
}

/* The best likelihood with this b; -INFINITY if there is none. */
static double profile(struct model m, double b, double *y) {
    double at[PARAMETERS], log_likelihood;
    for (size_t i = 0; i < m.n; i++)
        y[i] = log(m.points[i].t) - b * m.points[i].x;
    m.sloped = false;
    m.y = y;
    return start_and_maximise(&m, at, &log_likelihood) == 0 ? log_likelihood : -INFINITY;
}

/* Where the profile falls below `least`, going from b by steps that double. */
static double bound(const struct model *m, double b, double step, double least, double *y) {
    double inside = b, outside = b + step;
    for (int i = 0; profile(*m, outside, y) > least; i++) {
        if (i == 60)
            return copysign(INFINITY, step);
        inside = outside;
        outside += step;
        step *= 2;
    }
    for (int i = 0; i < 30; i++) {
        double middle = (inside + outside) / 2;
        if (profile(*m, middle, y) > least)
            inside = middle;
        else
            outside = middle;
    }
    return inside;
}

static bool has_a_line(const struct fit_point *points, size_t n) {
    bool any = false;
    double x = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(points[i].t > 0) || !isfinite(points[i].t) || !isfinite(points[i].x))
            return false;
        if (points[i].censored)
            continue;
        if (any && points[i].x != x)
            return true;
        any = true;
        x = points[i].x;
    }
    return false;
}

static void set_scale(struct model *m) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < m->n; i++) {
        low = fmin(low, m->points[i].x);
        high = fmax(high, m->points[i].x);
    }
    m->centre = (low + high) / 2;
    m->scale = (high - low) / 2;
}

static int fit(enum fit_law law, const struct fit_point *points, size_t n, bool with_interval, struct fit_line *out) {
    if (!has_a_line(points, n))
        return -ERANGE;
    double *y = malloc(n * sizeof *y), at[PARAMETERS];
    if (!y)
        return -ENOMEM;
    struct model m = {.law = law, .points = points, .n = n, .y = y, .sloped = true};
    set_scale(&m);
    *out = (struct fit_line){.sigma = 1, .n_points = n, .b_low = NAN, .b_high = NAN};
    for (size_t i = 0; i < n; i++) {
        y[i] = log(points[i].t);
        out->n_censored += points[i].censored;
    }
    int r = start_and_maximise(&m, at, &out->log_likelihood);
    if (r == 0) {
        out->sigma = law == FIT_LOGNORMAL ? 1 / at[0] : 1;
        double first = law == FIT_LOGNORMAL ? at[1] / at[0] : at[0],
               slope = law == FIT_LOGNORMAL ? at[2] / at[0] : at[1];
        out->b = slope / m.scale;
        out->log_a = first - out->b * m.centre;
    }
    if (r == 0 && with_interval) {
        double step = out->sigma / m.scale / sqrt((double)n), least = out->log_likelihood - half_chi_square;
        out->b_low = bound(&m, out->b, -step, least, y);
        out->b_high = bound(&m, out->b, step, least, y);
    }
    free(y);
    return r;
}

int fit_line(enum fit_law law, const struct fit_point *points, size_t n, struct fit_line *out) {
    return fit(law, points, n, true, out);
}

/* ---- what follows from lines */

long fit_bootstrap(enum fit_law law, const struct fit_point *points, size_t n, const uint8_t seed[static 32],
                   size_t n_draws, struct fit_line *lines) {
    struct fit_point *drawn = malloc((n + 1) * sizeof *drawn), *same = malloc((n + 1) * sizeof *same);
    long n_lines = drawn && same ? 0 : -ENOMEM;
    struct prg g;
    prg_init(&g, seed, 0);
    for (size_t draw = 0; draw < n_draws && n_lines >= 0; draw++) {
        for (size_t i = 0; i < n; i++) {
            size_t n_same = 0;
            for (size_t j = 0; j < n; j++)
                if (points[j].x == points[i].x)
                    same[n_same++] = points[j];
            drawn[i] = same[prg_below(&g, (uint32_t)n_same)];
        }
        n_lines += fit(law, drawn, n, false, &lines[n_lines]) == 0;
    }
    prg_deinit(&g);
    free(drawn);
    free(same);
    return n_lines;
}

static double lead(const struct fit_line *power, const struct fit_line *curve, double n) {
    return fit_log_at(curve, sqrt(n)) - fit_log_at(power, log(n));
}

double fit_crossing(const struct fit_line *power, const struct fit_line *curve) {
    if (!(curve->b > 0) || !(power->b > 0))
        return NAN;
    double low = pow(2 * power->b / curve->b, 2), high = low; /* where the lead is least */
    if (lead(power, curve, low) >= 0)
        return NAN;
    while (lead(power, curve, high) < 0)
        high *= 2;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (lead(power, curve, middle) < 0)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double fit_quantile(double *values, size_t n, double q) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            values[kept++] = values[i];
    if (kept == 0)
        return NAN;
    statistics_sort(values, kept);
    double at = q * (double)(kept - 1);
    size_t below = (size_t)at;
    double share = at - (double)below;
    return below + 1 < kept ? values[below] * (1 - share) + values[below + 1] * share : values[kept - 1];
}
