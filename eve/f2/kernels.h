/* The inner loops of information-set decoding. They are compiled once for each instruction set (elim.c, pivot.c,
 * pairs.c, collide.c, add.c, doom.c with EVE_LEVEL = plain, avx2, avx512); all give the same bits. */
#ifndef PARLEY_EVE_KERNELS_H
#define PARLEY_EVE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct collide;
struct doom;

struct kernels {
    const char *name;

    /* elim.h */
    size_t (*reduce)(uint64_t *rows, size_t n_rows, size_t n_extra, size_t stride, size_t n_cols, uint32_t *pivots,
                     void *scratch, bool (*stop)(void *context), void *context);
    void (*transpose64)(uint64_t block[static 64]);

    /* tableau.h: adds row p of the planes, without bit r, to every row that has bit r. n_rows is a multiple of 8. */
    void (*pivot)(uint64_t *const planes[static 2], size_t n_rows, size_t p, size_t r);

    /* collide.h */
    void (*pairs)(struct collide *c);
    void (*join)(struct collide *c, size_t part);

    /* cyclic.h: adds to each row the one of the table (256 rows) that its byte at bit `shift` of this word names.
     * stride is a multiple of 8, rows are aligned to 64 bytes. */
    void (*add)(uint64_t *rows, size_t n_rows, size_t stride, size_t word, unsigned shift, const uint64_t *table);

    /* doom.h: the buckets and look-ups of one part */
    void (*doom)(struct doom *d, size_t part);
};

/* The widest that this processor has; or what a test asked for. */
const struct kernels *kernels_best(void);

/* All that this processor has, plain C first. Returns how many. */
size_t kernels_all(const struct kernels *all[static 3]);

/* For tests: kernels_best is this one from now on; NULL: the widest again. Not while anything runs. */
void kernels_force(const struct kernels *kernels);

/* Bytes of a vector at the level that this is compiled for. A compiler takes wider vectors apart, by way of memory. */
#if defined(__AVX512F__)
#define KERNEL_BYTES 64
#elif defined(__AVX2__)
#define KERNEL_BYTES 32
#else
#define KERNEL_BYTES 16
#endif

#define KERNELS_JOIN2(a, b) a##_##b
#define KERNELS_JOIN(a, b)  KERNELS_JOIN2(a, b)
#define KERNEL(name)        KERNELS_JOIN(name, EVE_LEVEL)

#define KERNELS_DECLARE(level)                                                                                         \
    size_t elim_reduce_##level(uint64_t *rows, size_t n_rows, size_t n_extra, size_t stride, size_t n_cols,            \
                               uint32_t *pivots, void *scratch, bool (*stop)(void *context), void *context);           \
    void elim_transpose64_##level(uint64_t block[static 64]);                                                          \
    void pivot_##level(uint64_t *const planes[static 2], size_t n_rows, size_t p, size_t r);                           \
    void collide_pairs_##level(struct collide *c);                                                                     \
    void collide_join_##level(struct collide *c, size_t part);                                                         \
    void add_##level(uint64_t *rows, size_t n_rows, size_t stride, size_t word, unsigned shift,                        \
                     const uint64_t *table);                                                                           \
    void doom_##level(struct doom *d, size_t part);

KERNELS_DECLARE(plain)
KERNELS_DECLARE(avx2)
KERNELS_DECLARE(avx512)

#endif
