/* Samples that vanish at some coordinates (Esser, Kuebler, May, CRYPTO 2017, after Blum, Kalai, Wasserman 2003, without
 * sums of samples, which would add noise): from a pool of N, about N / 2^c are zero at c given coordinates, and to them
 * the task has c dimensions less. An information set of them is free of errors with probability (1-theta)^(n-c). What
 * is left, c bits of the secret, is seen at once once the others are known. */
#include "eve/f2/pool.h"

#include "common/base/bytes.h"
#include "eve/f2/elim.h"
#include "eve/f2/kernels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int pool_index(struct pool *pool) {
    size_t n = pool->view->params->n, words = (pool->n_ids + 63) / 64;
    if (!pool->rows || n * words * 8 > POOL_INDEX_MAX)
        return 0;
    pool->columns = malloc(n * words * 8);
    if (!pool->columns)
        return -ENOMEM;
    pool->column_words = words;
    for (size_t k = 0; k < words; k++)
        for (size_t w = 0; w < pool->row_words; w++) {
            uint64_t block[64] = {0};
            for (size_t i = 0; i < 64 && 64 * k + i < pool->n_ids; i++)
                block[i] = pool->rows[pool->ids[64 * k + i] * pool->row_words + w];
            kernels_best()->transpose64(block);
            for (size_t j = 0; j < 64 && 64 * w + j < n; j++)
                pool->columns[(64 * w + j) * words + k] = block[j];
        }
    return 0;
}

size_t pool_vanishing(const struct pool *pool, const uint32_t *zeros, size_t n_zeros, uint32_t *ids) {
    size_t n = 0;
    if (n_zeros == 0) {
        memcpy(ids, pool->ids, pool->n_ids * sizeof *ids);
        return pool->n_ids;
    }
    for (size_t k = 0; k < pool->column_words; k++) {
        uint64_t ones = 0;
        for (size_t z = 0; z < n_zeros; z++)
            ones |= pool->columns[zeros[z] * pool->column_words + k];
        for (uint64_t left = ~ones; left; left &= left - 1) {
            size_t i = 64 * k + (size_t)__builtin_ctzll(left);
            if (i < pool->n_ids)
                ids[n++] = pool->ids[i];
        }
    }
    return n;
}

static unsigned inner(const uint64_t *a, const uint64_t *b, size_t words) {
    uint64_t sum = 0;
    for (size_t w = 0; w < words; w++)
        sum ^= a[w] & b[w];
    return (unsigned)__builtin_parityll(sum);
}

/* The sum of parities[0] and some of parities[1 ... n_free] that fits the labels of the first training samples best: a
 * wrong one misses half of them. */
static size_t best_sum(const struct pool *pool, const uint64_t *parities, size_t n_free) {
    enum { SAMPLES = 400 };
    size_t words = pool->row_words, best = 0, count[1 << POOL_ZEROS][2] = {{0}}, fewest = SIZE_MAX;
    uint64_t row[PARAMS_N_MAX / 64];
    for (size_t k = 0; k < SAMPLES && k < pool->n_ids; k++) {
        size_t which = 0;
        pool_row(pool, pool->ids[k], row);
        for (size_t z = 0; z < n_free; z++)
            which |= (size_t)inner(row, parities + (z + 1) * words, words) << z;
        count[which][view_label(pool->view, pool->ids[k]) ^ inner(row, parities, words)]++;
    }
    for (size_t sum = 0; sum < (size_t)1 << n_free; sum++) {
        size_t wrong = 0;
        for (size_t which = 0; which < (size_t)1 << n_free; which++)
            wrong += count[which][!__builtin_parityll(which & sum)];
        if (wrong < fewest) {
            fewest = wrong;
            best = sum;
        }
    }
    return best;
}

/* One equation for each sample, and for each coordinate z that they say nothing of, s_z = t_z; as many right sides
 * more, for the t_z. */
int pool_solve(const struct pool *pool, const uint32_t *ids, const uint8_t *errors, const uint32_t *zeros,
               size_t n_zeros, uint8_t *s) {
    size_t n = pool->view->params->n, n_ids = n - n_zeros, stride = elim_stride(n + 1 + n_zeros),
           words = pool->row_words;
    uint64_t *rows = aligned_alloc(64, n * stride * 8), *scratch = aligned_alloc(64, elim_scratch_bytes(stride));
    uint32_t *pivots = malloc(n * sizeof *pivots);
    uint64_t *parities = calloc((1 + n_zeros) * words, 8);
    int result = -ENOMEM;
    if (rows && scratch && pivots && parities) {
        memset(rows, 0, n * stride * 8);
        for (size_t i = 0; i < n_ids; i++) {
            uint64_t *row = rows + i * stride;
            pool_row(pool, ids[i], row);
            bit_xor((uint8_t *)row, n, view_label(pool->view, ids[i]) ^ (errors ? bit_get(errors, i) : 0));
        }
        for (size_t z = 0; z < n_zeros; z++) {
            bit_xor((uint8_t *)(rows + (n_ids + z) * stride), zeros[z], 1);
            bit_xor((uint8_t *)(rows + (n_ids + z) * stride), n + 1 + z, 1);
        }
        size_t rank = kernels_best()->reduce(rows, n, 0, stride, n, pivots, scratch, NULL, NULL);
        result = rank == n ? 0 : -ERANGE;
        for (size_t i = 0; result == 0 && i < n; i++)
            for (size_t z = 0; z <= n_zeros; z++)
                bit_xor((uint8_t *)(parities + z * words), i, bit_get((const uint8_t *)(rows + i * stride), n + z));
        size_t sum = result == 0 && n_zeros ? best_sum(pool, parities, n_zeros) : 0;
        for (size_t z = 0; z < n_zeros; z++)
            for (size_t w = 0; w < words && sum >> z & 1; w++)
                parities[w] ^= parities[(z + 1) * words + w];
        memcpy(s, parities, n / 8);
    }
    free(rows);
    free(scratch);
    free(pivots);
    free(parities);
    return result;
}
