/* BKW with LF2: Blum, Kalai, Wasserman, J. ACM 50, 2003; Levieil, Fouque, SCN 2006.
 *
 * A step adds all pairs of samples that agree on the next `width` columns: they become zero, and noise e becomes
 * 2e(1-e). After `steps` of them the samples have `last` columns left, and a Walsh-Hadamard transform finds those
 * secret bits at once. Their part is taken off the labels, and the rest is a smaller instance. The noise doubles at
 * each step, so this is for high noise and many samples; at n^(-1/2) information sets are far better, and a session has
 * not the samples. */
#include "eve/learn/learner_run.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BKW_LIMIT = 1 << 23, LAST_MAX = 24, N_MAX = 64 }; /* samples, columns, columns */

/* Bits 0 ... n - 1 are the columns; the label is apart. 16 bytes. */
struct sample {
    uint64_t row;
    uint64_t label;
};

struct bkw_plan {
    unsigned steps, width, last;
    double most; /* samples at once */
};

/* The plan with the fewest samples at once, if any finds `last` bits of n from n_samples. */
static bool plan_make(struct bkw_plan *best, unsigned n, double n_samples, double theta) {
    best->most = INFINITY;
    for (unsigned last = 1; last <= LAST_MAX && last <= n; last++)
        for (unsigned steps = last == n ? 0 : 1; steps <= (last == n ? 0 : 8); steps++) {
            unsigned width = steps ? (n - last + steps - 1) / steps : 0;
            if (width > 40)
                continue;
            double now = n_samples, most = fmax(now, exp2(last));
            for (unsigned i = 0; i < steps; i++) {
                now = fmin(now * now / exp2(width + 1), BKW_LIMIT);
                most = fmax(most, now);
            }
            /* 2^last wrong sums of `now` signs stay below the right one */
            double bias = pow(1 - 2 * theta, exp2(steps)), needed = 4 * (last * log(2) + 8) / (bias * bias);
            if (now >= needed && most <= BKW_LIMIT && most < best->most)
                *best = (struct bkw_plan){steps, width, last, most};
        }
    return best->most <= BKW_LIMIT;
}

static int by_row(const void *a, const void *b) {
    uint64_t x = ((const struct sample *)a)->row, y = ((const struct sample *)b)->row;
    return (x > y) - (x < y);
}

/* One step: columns first ... first + width - 1 become zero. Returns the new number, at most limit; to has room for it.
 */
static size_t step(struct sample *to, struct sample *from, size_t n, unsigned first, unsigned width, size_t limit) {
    /* A rotation brings these columns to the top of the order. */
    size_t out = 0;
    unsigned up = 64 - first - width;
    for (size_t i = 0; i < n; i++)
        from[i].row = up ? from[i].row << up | from[i].row >> (64 - up) : from[i].row;
    qsort(from, n, sizeof *from, by_row);
    uint64_t top = ~(((uint64_t)1 << (64 - width)) - 1);
    for (size_t i = 0; i < n && out < limit; i++)
        for (size_t j = i + 1; j < n && out < limit && !((from[i].row ^ from[j].row) & top); j++) {
            uint64_t row = from[i].row ^ from[j].row;
            to[out++] = (struct sample){up ? row >> up | row << (64 - up) : row, from[i].label ^ from[j].label};
        }
    return out;
}

/* The last columns' secret bits, those from column `first` on, by the largest correlation. */
static uint64_t transform(const struct sample *samples, size_t n, unsigned first, unsigned last, int32_t *sums) {
    size_t size = (size_t)1 << last;
    memset(sums, 0, size * sizeof *sums);
    for (size_t i = 0; i < n; i++)
        sums[samples[i].row >> first] += samples[i].label ? -1 : 1;
    for (size_t half = 1; half < size; half *= 2)
        for (size_t i = 0; i < size; i += 2 * half)
            for (size_t j = i; j < i + half; j++) {
                int32_t a = sums[j], b = sums[j + half];
                sums[j] = a + b;
                sums[j + half] = a - b;
            }
    size_t best = 0;
    for (size_t i = 1; i < size; i++)
        if (sums[i] > sums[best])
            best = i;
    return best;
}

static const char *not_applicable(const struct view *view) {
    struct bkw_plan plan;
    if (view->params->n > N_MAX)
        return "needs far more samples than a session has, and 2^20 times the memory";
    if (!plan_make(&plan, view->params->n, 0.4 * (double)view_samples(view), view->params->theta))
        return "too few samples at this noise, within 128 MiB for each of two tables";
    return NULL;
}

static int run(struct learn_run *run) {
    const struct view *view = run->view;
    unsigned n = view->params->n;
    size_t n_all = run->split.n_train;
    struct sample *all = malloc(n_all * sizeof *all), *a = malloc(BKW_LIMIT * sizeof *a),
                  *b = malloc(BKW_LIMIT * sizeof *b);
    int32_t *sums = malloc(((size_t)1 << LAST_MAX) * sizeof *sums);
    int error = all && a && b && sums ? 0 : -ENOMEM;
    for (size_t i = 0; !error && i < n_all; i++) {
        uint8_t row[8] = {0};
        view_row(view, run->split.train[i], row);
        all[i] = (struct sample){load64_le(row), view_label(view, run->split.train[i])};
    }
    uint64_t secret = 0;
    unsigned left = n; /* columns 0 ... left - 1 are unknown */
    learn_search(run, "reducing", 0);
    while (!error && left > 0 && !learn_should_stop(run)) {
        struct bkw_plan plan;
        if (!plan_make(&plan, left, (double)(n_all < BKW_LIMIT ? n_all : BKW_LIMIT), view->params->theta)) {
            learn_reason(run, "too few samples for %u columns", left);
            break;
        }
        size_t count = n_all < BKW_LIMIT ? n_all : BKW_LIMIT;
        memcpy(a, all, count * sizeof *a);
        unsigned done = 0;
        for (unsigned i = 0; i < plan.steps && !learn_should_stop(run); i++) {
            unsigned width = plan.width < left - plan.last - done ? plan.width : left - plan.last - done;
            count = step(b, a, count, done, width, BKW_LIMIT);
            done += width;
            struct sample *t = a;
            a = b;
            b = t;
            learn_count(run, 1);
        }
        if (learn_should_stop(run))
            break;
        uint64_t bits = transform(a, count, done, left - done, sums) << done;
        secret |= bits;
        for (size_t i = 0; i < n_all; i++) {
            all[i].label ^= (unsigned)__builtin_parityll(all[i].row & bits);
            all[i].row &= ~bits & (done ? ((uint64_t)1 << done) - 1 : 0);
        }
        learn_note_memory(run, 2.0 * BKW_LIMIT * sizeof *a + ldexp(4, LAST_MAX) + (double)n_all * sizeof *all);
        left = done;
    }
    if (!error && left == 0) {
        uint8_t s[8];
        store64_le(s, secret);
        learn_propose(run, s);
    }
    free(all);
    free(a);
    free(b);
    free(sums);
    return error;
}

const struct learner_kind learner_bkw = {
    .name = "bkw",
    .summary = "BKW with LF2: for high noise and many samples",
    .split = SPLIT_SAMPLES,
    .not_applicable = not_applicable,
    .run = run,
};
