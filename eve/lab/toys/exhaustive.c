/* The number of labels that agree with s less those that do not is sum over i of (-1)^(z_i + <x_i, s>): the
 * Walsh-Hadamard transform of the function that adds (-1)^z at x for each sample. */
#include "eve/lab/toys/exhaustive.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static void transform(int32_t *f, size_t size) {
    for (size_t half = 1; half < size; half *= 2)
        for (size_t i = 0; i < size; i += 2 * half)
            for (size_t j = i; j < i + half; j++) {
                int32_t a = f[j], b = f[j + half];
                f[j] = a + b;
                f[j + half] = a - b;
            }
}

int exhaustive_parity(uint32_t *best, size_t *agreeing, const uint32_t *rows, const uint8_t *labels, size_t n_rows,
                      unsigned n) {
    size_t size = (size_t)1 << (n <= EXHAUSTIVE_BITS_MAX ? n : 0);
    int32_t *f = n <= EXHAUSTIVE_BITS_MAX ? calloc(size, sizeof *f) : NULL;
    if (!f)
        return n > EXHAUSTIVE_BITS_MAX ? -EINVAL : -ENOMEM;
    for (size_t i = 0; i < n_rows; i++)
        f[rows[i] & (size - 1)] += bit_get(labels, i) ? -1 : 1;
    transform(f, size);
    size_t at = 0;
    for (size_t s = 1; s < size; s++)
        if (f[s] > f[at])
            at = s;
    *best = (uint32_t)at;
    *agreeing = (size_t)(((int64_t)n_rows + f[at]) / 2);
    free(f);
    return 0;
}

double exhaustive_bound(double n, double theta) {
    return n / (1 + theta * log2(theta) + (1 - theta) * log2(1 - theta));
}
