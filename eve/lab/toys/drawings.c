#include "eve/lab/toys/drawings.h"

#include <math.h>

double drawings_dot(const double *a, const double *b, size_t d) {
    double sum = 0;
    for (size_t i = 0; i < d; i++)
        sum += a[i] * b[i];
    return sum;
}

/* v = factor v, so that its length is this. */
static void scale(double *v, size_t d, double length) {
    double factor = length / sqrt(drawings_dot(v, v, d));
    for (size_t i = 0; i < d; i++)
        v[i] *= factor;
}

void drawings_task(double *mu, size_t d, struct normal *g) {
    normal_fill(g, mu, d);
    scale(mu, d, DRAWINGS_LENGTH);
}

static void shown(double *out, const double *mu, size_t d, int z, double deviation, struct normal *g) {
    normal_fill(g, out, d);
    for (size_t i = 0; i < d; i++)
        out[i] = z * mu[i] + deviation * out[i];
}

void drawings_picture(double *out, const double *mu, size_t d, int z, struct normal *g) {
    shown(out, mu, d, z, 1, g);
}

void drawings_caption(double *out, const double *mu, size_t d, int z, struct normal *g) {
    shown(out, mu, d, z, 1 / sqrt((double)d), g);
}

/* Twice a gamma deviate of shape (d - 1) / 2. */
static double chi_square(size_t freedom, double *scratch, struct normal *g) {
    normal_fill(g, scratch, freedom);
    return drawings_dot(scratch, scratch, freedom);
}

/* The cosine between x and what is drawn, by rejection: Wood, Simulation of the von Mises-Fisher distribution, 1994. */
static double cosine(double k, size_t d, double *scratch, struct normal *g) {
    double m = (double)d - 1, b = m / (2 * k + sqrt(4 * k * k + m * m)), x0 = (1 - b) / (1 + b);
    double c = k * x0 + m * log(1 - x0 * x0);
    for (;;) {
        double first = chi_square(d - 1, scratch, g), second = chi_square(d - 1, scratch, g);
        double beta = first / (first + second), t = (1 - (1 + b) * beta) / (1 - (1 - b) * beta);
        if (k * t + m * log(1 - x0 * t) - c >= log(normal_uniform(g)))
            return t;
    }
}

/* z mu is uniform on a sphere, whatever z is, and of density exp(<x, z mu>) on it once x is known. */
void drawings_own_caption(double *y, const double *x, size_t d, double *scratch, struct normal *g) {
    double length = sqrt(drawings_dot(x, x, d)), t = cosine(DRAWINGS_LENGTH * length, d, scratch, g);
    normal_fill(g, y, d);
    double along = drawings_dot(y, x, d) / (length * length);
    for (size_t i = 0; i < d; i++)
        y[i] -= along * x[i];
    scale(y, d, DRAWINGS_LENGTH * sqrt(1 - t * t));
    normal_fill(g, scratch, d);
    for (size_t i = 0; i < d; i++)
        y[i] += DRAWINGS_LENGTH * t * x[i] / length + scratch[i] / sqrt((double)d);
}

void drawings_learn(double *sum, const double *v, size_t d, int z) {
    for (size_t i = 0; i < d; i++)
        sum[i] += z * v[i];
}

double drawings_risk(const double *h, const double *mu, size_t d) {
    double length = sqrt(drawings_dot(h, h, d));
    return length > 0 ? normal_below(-drawings_dot(h, mu, d) / length) : 0.5;
}

double drawings_theory(double d, double risk) {
    double low = -8, high = 0; /* the t with Phi(t) = risk */
    for (int i = 0; i < 60; i++) {
        double t = (low + high) / 2;
        if (normal_below(t) < risk)
            low = t;
        else
            high = t;
    }
    double square = DRAWINGS_LENGTH * DRAWINGS_LENGTH;
    return d / (square * (square / (low * low) - 1));
}
