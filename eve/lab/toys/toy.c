#include "eve/lab/toys/toy.h"

#include "common/base/bytes.h"

const struct toy *const toys[] = {
    &toy_qr, &toy_pke, &toy_prf, &toy_halfspaces, &toy_halfspaces_many, &toy_drawings, &toy_ddh, NULL,
};

static size_t features(const struct toy *toy) {
    size_t n = toy->numbers ? toy->x_bytes / sizeof(double) : 8 * toy->x_bytes;
    return n < TOY_X_MAX ? n : TOY_X_MAX;
}

static double feature(const struct toy *toy, const uint8_t *x, size_t i) {
    double number;
    if (!toy->numbers)
        return bit_get(x, i) ? 1 : -1;
    memcpy(&number, x + i * sizeof number, sizeof number);
    return number;
}

void toy_linear(double *h, const struct toy *toy, const struct toy_data *data) {
    memset(h, 0, TOY_X_MAX * sizeof *h);
    for (size_t i = 0; i < data->n; i++)
        for (size_t j = 0; j < features(toy); j++)
            h[j] += feature(toy, data->x + i * toy->x_bytes, j) * (toy_bit(toy, data->z + i * toy->z_bytes) ? 1 : -1);
}

unsigned toy_linear_predict(const double *h, const struct toy *toy, const uint8_t *x) {
    double sum = 0;
    for (size_t j = 0; j < features(toy); j++)
        sum += h[j] * feature(toy, x, j);
    return sum > 0;
}
