/* Which of two forms fits times better, and whether two learners drift apart: both with intervals from drawing sessions
 * anew. */
#include "common/base/prg.h"
#include "eve/lab/fit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { DRAWS = 400 };

/* Sorts draws. */
static struct fit_interval interval(double value, double draws[static DRAWS]) {
    return (struct fit_interval){value, fmin(value, fit_quantile(draws, DRAWS, 0.025)),
                                 fmax(value, fit_quantile(draws, DRAWS, 0.975))};
}

/* One seed for both: draw i of the one has the points of draw i of the other. */
static int compare(enum fit_law law, const struct fit_point *points, const struct fit_point *others, size_t n,
                   const uint8_t seed[static 32], struct fit_line *lines, struct fit_interval *out) {
    struct fit_line line, other, *other_lines = lines + DRAWS;
    double ratios[DRAWS];
    int r = fit_line(law, points, n, &line);
    r = r ? r : fit_line(law, others, n, &other);
    long drawn = r ? r : fit_bootstrap(law, points, n, seed, DRAWS, lines);
    if (drawn == DRAWS)
        drawn = fit_bootstrap(law, others, n, seed, DRAWS, other_lines);
    if (drawn != DRAWS)
        return drawn < 0 ? (int)drawn : -ERANGE;
    for (size_t i = 0; i < DRAWS; i++)
        ratios[i] = lines[i].log_likelihood - other_lines[i].log_likelihood;
    *out = interval(line.log_likelihood - other.log_likelihood, ratios);
    return 0;
}

int fit_compare(enum fit_law law, const struct fit_point *points, const double *others, size_t n,
                const uint8_t seed[static 32], struct fit_interval *out) {
    struct fit_point *moved = malloc((n + 1) * sizeof *moved);
    struct fit_line *lines = malloc(2 * DRAWS * sizeof *lines);
    int r = moved && lines ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < n; i++) {
        moved[i] = points[i];
        moved[i].x = others[i];
    }
    r = r ? r : compare(law, points, moved, n, seed, lines, out);
    free(moved);
    free(lines);
    return r;
}

/* As they are without g, else of a draw. */
static double mean_of(const struct fit_times *times, struct prg *g) {
    double total = 0, ended = 0;
    for (size_t i = 0; i < times->n; i++) {
        const struct fit_point *point = &times->points[g ? prg_below(g, (uint32_t)times->n) : i];
        total += point->t;
        ended += !point->censored;
    }
    return total / ended;
}

double fit_mean(const struct fit_times *times) {
    return mean_of(times, NULL);
}

static double widening(const struct fit_times *slow, const struct fit_times *quick, struct prg *g) {
    double ratio[2];
    for (size_t i = 0; i < 2; i++) {
        ratio[i] = mean_of(&slow[i], g);
        ratio[i] /= mean_of(&quick[i], g);
    }
    return ratio[1] / ratio[0];
}

void fit_widening(const struct fit_times slow[static 2], const struct fit_times quick[static 2],
                  const uint8_t seed[static 32], struct fit_interval *out) {
    double draws[DRAWS];
    struct prg g;
    prg_init(&g, seed, 0);
    for (size_t i = 0; i < DRAWS; i++)
        draws[i] = widening(slow, quick, &g);
    prg_deinit(&g);
    *out = interval(widening(slow, quick, NULL), draws);
}
