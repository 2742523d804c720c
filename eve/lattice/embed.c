#include "eve/lattice/embed.h"

#include <math.h>

void embed_init(struct embed *e, size_t n, size_t samples, double error, double secret) {
    int32_t scale = (int32_t)lrint(error / secret), factor = (int32_t)lrint(error);
    *e = (struct embed){n, samples, scale < 1 ? 1 : scale, factor < 1 ? 1 : factor};
}

/* Entries in the middle of their class: LLL has less to do. */
static int32_t centred(uint16_t x) {
    return (int16_t)x;
}

int embed_basis(struct basis *b, const struct embed *e, const uint16_t *a, const uint16_t *z) {
    size_t n = e->n, m = e->samples;
    int error = basis_init(b, n + m + 1, n + m + 1);
    if (error)
        return error;
    for (size_t i = 0; i < m; i++)
        basis_row(b, i)[n + i] = 1 << 16;
    for (size_t j = 0; j < n; j++) {
        int32_t *row = basis_row(b, m + j);
        row[j] = e->scale;
        for (size_t i = 0; i < m; i++)
            row[n + i] = centred(a[i * n + j]);
    }
    int32_t *target = basis_row(b, m + n);
    for (size_t i = 0; i < m; i++)
        target[n + i] = centred(z[i]);
    target[n + m] = e->factor;
    return 0;
}

bool embed_candidate(int8_t *s, const struct embed *e, const struct basis *b, size_t i, int most) {
    const int32_t *row = basis_row(b, i);
    int32_t last = row[e->n + e->samples];
    if (last != e->factor && last != -e->factor)
        return false;
    for (size_t j = 0; j < e->n; j++) {
        int64_t value = last > 0 ? -(int64_t)row[j] : row[j];
        if (value % e->scale || value / e->scale > most || value / e->scale < -most)
            return false;
        s[j] = (int8_t)(value / e->scale);
    }
    return true;
}
