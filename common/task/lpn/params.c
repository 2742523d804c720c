/* q and candidate: chosen by measurement on whole sessions, see tests/bench/measure/README.md. */
#include "common/task/lpn/params.h"

#include "common/base/binomial.h"
#include "common/base/wide.h"
#include "common/task/lpn/chunks.h"
#include "common/task/lpn/lpn.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of A2, as common/task/lpn/chunks.h cuts it: here all blocks of a set are of the same width. */
#define WIDTH(n)      (((n) < MATRIX_BLOCK ? (n) : MATRIX_BLOCK) / 8)
#define ROWS(n)       (4096 / WIDTH(n) * 64)
#define CHUNKS(n, k)  (((n) + MATRIX_BLOCK - 1) / MATRIX_BLOCK * (((k) + ROWS(n) - 1) / ROWS(n)))
#define LONGEST(n, k) (WIDTH(n) * (ROWS(n) < (k) ? ROWS(n) : (k)))

/* Of what tests/bench/measure found: the upper end of a 95% interval is below 10^-4 for each set. */
#define FAILURE_LOG2 (-13.287712379549449)

#define SET(n_, w_, q_, low_, share_, high_, candidate_, repeat_, theta64_, theta_, p_, plain_, composed_, masked_,    \
            hide_, toy_)                                                                                               \
    {                                                                                                                  \
        .set = {.name = "n" #n_,                                                                                       \
                .task = &lpn_task,                                                                                     \
                .modulus = 2,                                                                                          \
                .n_plain = 32 * n_,                                                                                    \
                .n_labels = (32 + q_) * n_,                                                                            \
                .expanded = 32 * n_ * (n_ / 8),                                                                        \
                .chunk_max = LONGEST(n_, q_ * n_),                                                                     \
                .n_chunks = CHUNKS(n_, q_ * n_),                                                                       \
                .repeat = repeat_,                                                                                     \
                .least_masked = masked_,                                                                               \
                .risk = theta_,                                                                                        \
                .failure_log2 = FAILURE_LOG2,                                                                          \
                .failure = FAILURE_MEASURED,                                                                           \
                .hide_log2 = hide_,                                                                                    \
                .hiding = HIDING_ASSUMED,                                                                              \
                .toy = toy_},                                                                                          \
        .n = n_, .m = 32 * n_, .w = w_, .q = q_, .k = q_ * n_, .candidate = candidate_, .code_low = low_,              \
        .code_share = share_, .code_high = high_, .theta64 = theta64_, .theta = theta_, .p = p_,                       \
        .least_plain = plain_, .least_composed = composed_                                                             \
    }

static const struct params table[] = {
    /* n, w, q, shape, candidate, N, theta64, theta, p, least noise: plain, composed, masked; log2 of hiding; toy */
    SET(64, 2, 18, 6, 28, 102, 249, 75, 0x2000000000000000, 0.125, 0.2890625, 157, 72, 4349, 23, "at once"),
    SET(128, 3, 13, 5, 24, 37, 3174, 55, 0x16a09e667f3bcc90, 0.088388347648318447, 0.27036365279931351, 241, 73, 2160,
        29, "in well under a second"),
    SET(256, 5, 11, 4, 24, 32, 877, 43, 0x1000000000000000, 0.0625, 0.27560234069824219, 365, 93, 1130, 38,
        "in seconds"),
    SET(384, 6, 10, 4, 24, 28, 2441, 39, 0x0d105eb806161efe, 0.051031036307982877, 0.26466083130401952, 463, 108, 807,
        44, "in minutes"),
    SET(512, 7, 9, 4, 24, 24, 774, 35, 0x0b504f333f9de648, 0.044194173824159223, 0.26152165648219061, 546, 96, 606, 49,
        "in well under an hour"),
    SET(1024, 10, 7, 3, 24, 19, 2847, 29, 0x0800000000000000, 0.03125, 0.25415915232090924, 153, 58, 322, 64, NULL),
    SET(2048, 14, 6, 3, 24, 15, 2091, 25, 0x05a827999fcef324, 0.022097086912079612, 0.24618627303005558, 95, 33, 174,
        84, NULL),
    SET(4096, 19, 6, 3, 24, 15, 156, 23, 0x0400000000000000, 0.015625, 0.23502535765843824, 57, 17, 97, 110, NULL),
    SET(8192, 27, 5, 3, 24, 11, 57, 21, 0x02d413cccfe77992, 0.011048543456039806, 0.23254500063076355, 32, 7, 51, 150,
        NULL),
};

enum { N_SETS = sizeof table / sizeof table[0] };
_Static_assert((int)N_SETS == (int)PARAMS_SETS && (int)PARAMS_SETS <= (int)SETS_MAX, "there is room for all sets");

const struct params *params_table(size_t *n_setsp) {
    *n_setsp = N_SETS;
    return table;
}

const struct params *params_find(const char *name) {
    for (size_t i = 0; i < N_SETS; i++)
        if (strcmp(table[i].set.name, name) == 0)
            return &table[i];
    return NULL;
}

uint32_t params_self_check_limit(const struct params *p, uint32_t n_labels) {
    /* = n_labels / 4 + floor(half / sqrt n), in integers: the largest r with r^2 n <= half^2 */
    uint64_t half = n_labels / 2, r = (uint64_t)((double)half / sqrt(p->n));
    while (r * r * p->n > half * half)
        r--;
    while ((r + 1) * (r + 1) * p->n <= half * half)
        r++;
    return n_labels / 4 + (uint32_t)r;
}

/* floor(2^128 / n), n >= 2, word by word. */
static struct wide share_of_2_128(uint32_t n) {
    uint64_t quotient[2] = {0, 0}, rest = 1;
    for (int word = 0; word < 4; word++) {
        rest <<= 32;
        quotient[word / 2] = quotient[word / 2] << 32 | rest / n;
        rest %= n;
    }
    return (struct wide){quotient[0], quotient[1]};
}

/* floor(2^64 / sqrt n): the largest t with t^2 <= floor(2^128 / n), by bisection. */
static uint64_t noise_threshold(uint32_t n) {
    struct wide limit = share_of_2_128(n);
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2 + 1;
        struct wide square = wide_product(middle, middle);
        if (square.high < limit.high || (square.high == limit.high && square.low <= limit.low))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* The least noise of an honest bob, but for 2^-40 each. */
static int set_limits(struct params *p) {
    const double tail = ldexp(1, -40);
    int64_t masked = binomial_least_minority(SET_DISTILLATE_LOG2, p->set.repeat, p->theta, tail);
    if (masked < 0)
        return (int)masked;
    p->least_plain = (uint32_t)binomial_least(params_checked(p), p->theta, tail);
    p->least_composed = (uint32_t)binomial_least(params_kept(p), p->theta, tail);
    p->set.least_masked = (uint32_t)masked;
    return 0;
}

/* Chunk 0 is the longest: its block is the widest. */
static void set_sizes(struct params *p) {
    struct chunks chunks;
    chunks_init(&chunks, p);
    p->set.task = &lpn_task;
    p->set.modulus = 2;
    p->set.n_labels = (size_t)p->m + p->k;
    p->set.n_plain = p->m;
    p->set.expanded = (size_t)p->m * (p->n / 8);
    p->set.chunk_max = chunks_bytes(&chunks);
    p->set.n_chunks = chunks.n_chunks;
    p->set.risk = p->theta;
}

/* That any bit of the distillate is wrong. */
static double distill_failure(const struct params *p) {
    return SET_DISTILLATE * binomial_above(p->set.repeat / 2, p->set.repeat, p->theta);
}

int params_make(struct params *out, uint32_t n) {
    if (n < 32 || n > PARAMS_N_MAX || n % 32)
        return -EINVAL;
    const struct params *below = &table[0];
    for (size_t i = 0; i < N_SETS; i++)
        if (table[i].n <= n)
            below = &table[i];
    if (below->n == n) {
        *out = *below;
        return 0;
    }
    memset(out, 0, sizeof *out);
    snprintf(out->set.name, sizeof out->set.name, "n%u", n);
    out->n = n;
    out->m = 32 * n;
    out->w = (uint32_t)lround(0.3 * sqrt(n));
    out->set.failure_log2 = below->set.failure_log2;
    out->set.failure = below->set.failure;
    out->set.hide_log2 = below->set.hide_log2;
    out->set.hiding = below->set.hiding;
    out->q = below->q;
    out->k = below->q * n;
    out->candidate = below->candidate;
    out->code_low = below->code_low;
    out->code_share = below->code_share;
    out->code_high = below->code_high;
    out->theta64 = noise_threshold(n);
    out->theta = 1 / sqrt(n);
    out->p = (1 - pow(1 - 2 * out->theta, out->w + 1)) / 2;
    set_sizes(out);
    for (out->set.repeat = 1; distill_failure(out) > ldexp(1, -40);)
        out->set.repeat += 2;
    return set_limits(out);
}
