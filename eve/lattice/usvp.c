#include "eve/lattice/usvp.h"

#include <math.h>
#include <stddef.h>

double usvp_delta(unsigned beta) {
    static const struct {
        double beta, delta;
    } measured[] = {{2, 1.02190},  {5, 1.01862},  {10, 1.01616}, {15, 1.01485},
                    {20, 1.01420}, {25, 1.01342}, {28, 1.01331}, {40, 1.01295}};
    enum { N = sizeof measured / sizeof measured[0] };
    double b = fmax(beta, 2);
    for (size_t i = 1; i < N; i++)
        if (b <= measured[i].beta) {
            double share = (b - measured[i - 1].beta) / (measured[i].beta - measured[i - 1].beta);
            return measured[i - 1].delta + share * (measured[i].delta - measured[i - 1].delta);
        }
    const double chen = 60, c = fmax(b, chen);
    double delta = pow(pow(M_PI * c, 1 / c) * c / (2 * M_PI * M_E), 1 / (2 * (c - 1)));
    if (b >= chen)
        return delta;
    return measured[N - 1].delta +
           (delta - measured[N - 1].delta) * (b - measured[N - 1].beta) / (chen - measured[N - 1].beta);
}

static double slack(const struct usvp_task *t, unsigned beta, double delta_log2, unsigned samples) {
    double b = beta, d = (double)t->n + samples + 1;
    double volume = (samples * t->modulus_log2 + t->n * log2(t->error / t->secret)) / d;
    return (2 * b - d - 1) * delta_log2 + volume - log2(b) / 2 - log2(t->error);
}

double usvp_slack(const struct usvp_task *t, unsigned beta, unsigned samples) {
    return slack(t, beta, log2(usvp_delta(beta)), samples);
}

/* No bisection: with small blocks the slack does not always grow with the block. */
void usvp_estimate(struct usvp *u, const struct usvp_task *t) {
    unsigned most = t->samples < 4 * t->n ? t->samples : 4 * t->n; /* more samples only lengthen the lattice */
    for (unsigned beta = 2; beta <= t->n + most + 1; beta++) {
        double delta_log2 = log2(usvp_delta(beta));
        for (unsigned samples = 1; samples <= most; samples++)
            if (t->n + samples + 1 >= beta && slack(t, beta, delta_log2, samples) >= 0) {
                *u = (struct usvp){beta, samples, t->n + samples + 1};
                return;
            }
    }
    *u = (struct usvp){0};
}

double usvp_core_classical(unsigned beta) {
    return 0.292 * beta;
}

double usvp_core_quantum(unsigned beta) {
    return 0.265 * beta;
}
