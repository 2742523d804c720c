/* Exchanges instead of an elimination for each try: Canteaut, Chabaud, IEEE Trans. IT 44, 1998; several at once, with a
 * table of their sums: Bernstein, Lange, Peters, PQCrypto 2008. The first information set needs no elimination at all:
 * with block 0 as information set, row i is the rotations by i of the generators. */
#include "eve/f2/cyclic.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE = 1 << CYCLIC_GROUP };

struct layout {
    size_t stride, rows, info, redundancy, table, chosen, all;
};

static size_t aligned(size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

static struct layout lay_out(const struct cyclic_word *word) {
    size_t n = word->n, n_cols = (word->n_blocks - 1) * n;
    struct layout l = {.stride = aligned((n_cols + 7) / 8) / 8};
    l.rows = 2 * n * l.stride * 8;
    l.info = aligned(n * 4);
    l.redundancy = aligned(n_cols * 4);
    l.table = TABLE * l.stride * 8;
    l.chosen = CYCLIC_GROUP * l.stride * 8;
    l.all = l.rows + l.info + l.redundancy + l.table + l.chosen;
    return l;
}

size_t cyclic_bytes(const struct cyclic_word *word) {
    return lay_out(word).all;
}

/* Row += X^shift p in the columns of a block. */
static void put_rotation(uint64_t *row, size_t first, const uint8_t *p, size_t n, size_t shift) {
    for (size_t i = 0; i < n; i++) {
        size_t to = first + (i + shift < n ? i + shift : i + shift - n);
        row[to / 64] |= (uint64_t)bit_get(p, i) << (to % 64);
    }
}

/* to = from rotated by one within each block. */
static void put_next(const struct cyclic *c, uint64_t *to, const uint64_t *from) {
    size_t n = c->word.n;
    for (size_t w = 0; w < c->stride; w++)
        to[w] = from[w] << 1 | (w ? from[w - 1] >> 63 : 0);
    for (unsigned b = 0; b + 1 < c->word.n_blocks; b++) { /* what left the block at its end enters at its beginning */
        size_t first = b * n, last = first + n - 1;
        uint64_t bit = from[last / 64] >> (last % 64) & 1;
        to[first / 64] = (to[first / 64] & ~((uint64_t)1 << (first % 64))) | bit << (first % 64);
    }
    if (c->n_cols % 64)
        to[c->n_cols / 64] &= ((uint64_t)1 << (c->n_cols % 64)) - 1;
    for (size_t w = (c->n_cols + 63) / 64; w < c->stride; w++)
        to[w] = 0;
}

int cyclic_init(struct cyclic *c, const struct cyclic_word *word, const uint8_t seed[static 32], unsigned thread) {
    size_t n = word->n;
    struct layout l = lay_out(word);
    *c = (struct cyclic){.word = *word, .kernels = kernels_best(), .n_cols = (word->n_blocks - 1) * n};
    uint8_t *p = c->memory = aligned_alloc(64, l.all);
    if (!p)
        return -ENOMEM;
    c->stride = l.stride;
    c->rows = (uint64_t *)p;
    c->info = (uint32_t *)(p += l.rows);
    c->redundancy = (uint32_t *)(p += l.info);
    c->table = (uint64_t *)(p += l.redundancy);
    c->chosen = (uint64_t *)(p + l.table);
    memset(cyclic_row(c, 0), 0, c->stride * 8);
    memset(cyclic_row(c, n), 0, c->stride * 8);
    for (unsigned b = 1; b < word->n_blocks; b++) {
        put_rotation(cyclic_row(c, 0), (b - 1) * n, word->generator[b], n, 0);
        put_rotation(cyclic_row(c, n), (b - 1) * n, word->received[b], n, 0);
    }
    for (size_t i = 1; i < n; i++) {
        put_next(c, cyclic_row(c, i), cyclic_row(c, i - 1));
        put_next(c, cyclic_row(c, n + i), cyclic_row(c, n + i - 1));
    }
    for (size_t i = 0; i < n; i++)
        c->info[i] = (uint32_t)i;
    for (size_t j = 0; j < c->n_cols; j++)
        c->redundancy[j] = (uint32_t)(n + j);
    dice_init(&c->dice, seed, "eve/1 cyclic", thread);
    return 0;
}

void cyclic_deinit(struct cyclic *c) {
    free(c->memory);
    c->memory = NULL;
}

static void add_row(uint64_t *to, const uint64_t *from, size_t stride) {
    for (size_t w = 0; w < stride; w++)
        to[w] ^= from[w];
}

/* One exchange takes information row p, whose bit in column j is 1, and adds it without that bit to each other row that
 * has a 1 in column j. Of a group of them, in columns j_0 < j_1 < ... of one byte, it is known from the byte of a row
 * what is added to it in all, since each pivot row is known: sums[k] is what a row gets that has bit j_k alone. */
struct group {
    size_t word, shift; /* where the byte is */
    size_t n;
    unsigned column[CYCLIC_GROUP]; /* within the byte */
    uint32_t row[CYCLIC_GROUP];
    uint8_t byte[CYCLIC_GROUP]; /* of the pivot row when it was chosen, without its own bit */
};

/* The byte of a row after the exchanges of the group so far, whose additions are put into takes. */
static unsigned follow(const struct group *g, unsigned byte, unsigned *takes) {
    *takes = 0;
    for (size_t m = 0; m < g->n; m++)
        if (byte >> g->column[m] & 1) {
            byte ^= g->byte[m];
            *takes |= 1U << m;
        }
    return byte;
}

/* A row for an exchange in this column: the first from a random one on that has the bit. False if there is none. */
static bool choose(struct cyclic *c, struct group *g, unsigned column) {
    size_t n = c->word.n, start = dice_below(&c->dice, (uint32_t)n);
    for (size_t turn = 0; turn < n; turn++) {
        size_t i = start + turn < n ? start + turn : start + turn - n;
        const uint64_t *row = cyclic_row(c, i);
        bool taken = false;
        for (size_t m = 0; m < g->n; m++)
            taken |= g->row[m] == i;
        unsigned takes, byte = follow(g, row[g->word] >> g->shift & 255, &takes);
        if (taken || !(byte >> column & 1))
            continue;
        uint64_t *pivot = c->chosen + g->n * c->stride;
        memcpy(pivot, row, c->stride * 8);
        for (size_t m = 0; m < g->n; m++)
            if (takes >> m & 1)
                add_row(pivot, c->chosen + m * c->stride, c->stride);
        pivot[g->word] ^= (uint64_t)1 << (g->shift + column);
        g->column[g->n] = column;
        g->row[g->n] = (uint32_t)i;
        g->byte[g->n++] = (uint8_t)(byte ^ 1U << column);
        return true;
    }
    return false;
}

void cyclic_exchange(struct cyclic *c) {
    size_t at = dice_below(&c->dice, (uint32_t)(c->n_cols / 8)), stride = c->stride;
    struct group g = {.word = at / 8, .shift = at % 8 * 8};
    for (unsigned column = 0; column < CYCLIC_GROUP; column++)
        choose(c, &g, column);

    /* From the last on: what follows an addition of pivot k is the sums of the bits that it sets behind column k. */
    for (size_t k = g.n; k-- > 0;)
        for (size_t m = k + 1; m < g.n; m++)
            if (g.byte[k] >> g.column[m] & 1)
                add_row(c->chosen + k * stride, c->chosen + m * stride, stride);

    memset(c->table, 0, stride * 8);
    size_t k = 0;
    for (unsigned column = 0; column < CYCLIC_GROUP; column++) {
        bool has = k < g.n && g.column[k] == column;
        for (size_t v = 0; v < (size_t)1 << column; v++) {
            uint64_t *sum = c->table + (v | (size_t)1 << column) * stride;
            memcpy(sum, c->table + v * stride, stride * 8);
            if (has)
                add_row(sum, c->chosen + k * stride, stride);
        }
        k += has;
    }
    c->kernels->add(c->rows, 2 * c->word.n, stride, g.word, (unsigned)g.shift, c->table);

    /* A pivot row itself stays what it was when it was chosen, and then takes part. */
    for (k = 0; k < g.n; k++) {
        uint64_t *row = cyclic_row(c, g.row[k]);
        memcpy(row, c->chosen + k * stride, stride * 8);
        row[g.word] ^= (uint64_t)1 << (g.shift + g.column[k]);
        uint32_t *redundancy = &c->redundancy[at * 8 + g.column[k]], position = *redundancy;
        *redundancy = c->info[g.row[k]];
        c->info[g.row[k]] = position;
    }
}

/* The position of the word that the rotation by `target` has brought to `position`. */
static void put_error(const struct cyclic *c, uint8_t *error, uint32_t position, size_t target) {
    size_t n = c->word.n, block = position / n, i = position % n;
    bit_xor(error + block * ((n + 7) / 8), i >= target ? i - target : i + n - target, 1);
}

enum { SUM_MAX = 8 };

/* The rows whose sum is what these leave of the target. */
static size_t rows_of(const struct cyclic *c, const uint64_t *sum[static SUM_MAX], size_t target, const uint32_t *rows,
                      size_t n_rows) {
    size_t n = 0;
    sum[n++] = cyclic_row(c, c->word.n + target);
    for (size_t i = 0; i < n_rows; i++)
        if (rows[i] != CYCLIC_NONE)
            sum[n++] = cyclic_row(c, rows[i]);
    return n;
}

static uint64_t sum_word(const uint64_t *const sum[], size_t n, size_t w) {
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++)
        word ^= sum[i][w];
    return word;
}

size_t cyclic_weight(const struct cyclic *c, size_t target, const uint32_t *rows, size_t n_rows, size_t most) {
    const uint64_t *sum[SUM_MAX];
    size_t n = rows_of(c, sum, target, rows, n_rows), weight = n - 1;
    for (size_t w = 0; w < c->stride && weight <= most; w++)
        weight += (size_t)__builtin_popcountll(sum_word(sum, n, w));
    return weight;
}

size_t cyclic_weight_of(const struct cyclic *c, size_t target, const uint32_t *rows, size_t n_rows, size_t word) {
    const uint64_t *sum[SUM_MAX];
    size_t n = rows_of(c, sum, target, rows, n_rows);
    return (size_t)__builtin_popcountll(sum_word(sum, n, word));
}

void cyclic_error(const struct cyclic *c, size_t target, const uint32_t *rows, size_t n_rows, uint8_t *error) {
    const uint64_t *sum[SUM_MAX];
    size_t n = rows_of(c, sum, target, rows, n_rows);
    memset(error, 0, c->word.n_blocks * ((c->word.n + 7) / 8));
    for (size_t i = 0; i < n_rows; i++)
        if (rows[i] != CYCLIC_NONE)
            put_error(c, error, c->info[rows[i]], target);
    for (size_t w = 0; w < c->stride; w++)
        for (uint64_t word = sum_word(sum, n, w); word; word &= word - 1)
            put_error(c, error, c->redundancy[64 * w + (size_t)__builtin_ctzll(word)], target);
}
