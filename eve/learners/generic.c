#include "eve/learners/generic.h"

#include "eve/learn/child.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const size_t memory_limit = (size_t)2 << 30;
static const size_t cells_limit = (size_t)1 << 26; /* samples x features: 16 bytes each are a gigabyte */
static const double screen_limit = 4e9;            /* words of 64 samples looked at while screening pairs: seconds */

/* Said by the child with each predictor, before its predictions. */
struct said {
    size_t n_used;
};

struct errand {
    const struct learn_run *run;
    int (*fit)(const struct generic *g);
    FILE *out;
};

struct pair {
    uint32_t i, j;
    uint32_t bias; /* how far its agreement with the labels is from one half */
};

/* ---- in the child */

int generic_report(const struct generic *g, size_t n_used, size_t batch, generic_predict *predict, void *context) {
    const struct errand *errand = g->emit;
    struct said said = {n_used};
    size_t n_bytes = (g->n_query + 7) / 8;
    uint8_t *predictions = calloc(n_bytes, 1);
    int error = predictions ? 0 : -ENOMEM;
    for (size_t first = 0; !error && first < g->n_query; first += batch)
        error = predict(context, g, first, g->n_query - first < batch ? g->n_query - first : batch, predictions);
    if (!error && (fwrite(&said, sizeof said, 1, errand->out) != 1 ||
                   fwrite(predictions, 1, n_bytes, errand->out) != n_bytes || fflush(errand->out) != 0))
        error = -EIO;
    free(predictions);
    return error;
}

/* The heap's root is the worst of the pairs kept. */
static void sift_down(struct pair *heap, size_t n, size_t at) {
    for (;;) {
        size_t least = at;
        for (size_t c = 2 * at + 1; c <= 2 * at + 2 && c < n; c++)
            if (heap[c].bias < heap[least].bias)
                least = c;
        if (least == at)
            return;
        struct pair t = heap[at];
        heap[at] = heap[least];
        heap[least] = t;
        at = least;
    }
}

/* The n pairs of bits whose parity says most about the labels, on the first samples alone if they are many. */
static int screen(struct pair *best, size_t n, const uint8_t *rows, size_t row_bytes, const uint8_t *labels,
                  size_t n_rows) {
    double most = screen_limit / ((double)n * (double)n / 2) * 64;
    size_t words = ((double)n_rows < most ? n_rows : (size_t)most) / 64;
    uint64_t *columns = calloc(n + 1, words * 8 + 8), *z = columns + n * words;
    if (!columns)
        return -ENOMEM;
    for (size_t r = 0; r < words * 64; r++) {
        for (size_t j = 0; j < n; j++)
            columns[j * words + r / 64] |= (uint64_t)bit_get(rows + r * row_bytes, j) << (r % 64);
        z[r / 64] |= (uint64_t)bit_get(labels, r) << (r % 64);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t *ci = columns + i * words;
        for (size_t w = 0; w < words; w++)
            ci[w] ^= z[w]; /* i is no j any more */
        for (size_t j = i + 1; j < n; j++) {
            size_t ones = 0;
            for (size_t w = 0; w < words; w++)
                ones += (size_t)__builtin_popcountll(ci[w] ^ columns[j * words + w]);
            size_t half = words * 32;
            struct pair pair = {(uint32_t)i, (uint32_t)j, (uint32_t)(ones > half ? ones - half : half - ones)};
            if (kept < n) {
                best[kept++] = pair;
                for (size_t p = kept == n ? n / 2 : 0; p-- > 0;)
                    sift_down(best, n, p);
            } else if (pair.bias > best[0].bias) {
                best[0] = pair;
                sift_down(best, n, 0);
            }
        }
    }
    free(columns);
    return 0;
}

static void fill_rows(uint8_t *rows, size_t row_bytes, const struct view *v, const uint32_t *ids, size_t n_ids) {
    for (size_t i = 0; i < n_ids; i++)
        view_feature_row(v, ids[i], rows + i * row_bytes);
}

static void fill_pairs(uint8_t *rows, size_t row_bytes, size_t n_rows, const struct pair *pairs, size_t n) {
    for (size_t r = 0; r < n_rows; r++) {
        uint8_t *row = rows + r * row_bytes;
        for (size_t p = 0; p < n; p++)
            bit_xor(row, n + p, bit_get(row, pairs[p].i) ^ bit_get(row, pairs[p].j));
    }
}

static int work(void *context, int fd) {
    struct errand *errand = context;
    const struct view *v = errand->run->view;
    const struct split *split = &errand->run->split;
    size_t n = view_features(v);
    struct generic g = {
        .n_features = 2 * n, .row_bytes = bits_to_bytes(2 * n), .n_query = split->n_select + split->n_test};
    g.n_train = split->n_train < cells_limit / g.n_features ? split->n_train : cells_limit / g.n_features;
    g.n_threads = errand->run->ask->n_threads;
    g.seed = load32_le(errand->run->ask->seed) >> 1;
    g.emit = errand;
    errand->out = fdopen(fd, "w");
    srand(g.seed);

    uint8_t *train = calloc(g.n_train, g.row_bytes), *query = calloc(g.n_query, g.row_bytes);
    uint8_t *labels = calloc((g.n_train + 7) / 8, 1);
    struct pair *pairs = calloc(n, sizeof *pairs);
    if (!errand->out || !train || !query || !labels || !pairs)
        return 1;
    fill_rows(train, g.row_bytes, v, split->train, g.n_train);
    for (size_t i = 0; i < g.n_train; i++)
        bit_xor(labels, i, view_label(v, split->train[i]));
    if (screen(pairs, n, train, g.row_bytes, labels, g.n_train) != 0)
        return 1;
    fill_rows(query, g.row_bytes, v, split->select, split->n_select);
    fill_rows(query + split->n_select * g.row_bytes, g.row_bytes, v, split->test, split->n_test);
    fill_pairs(train, g.row_bytes, g.n_train, pairs, n);
    fill_pairs(query, g.row_bytes, g.n_query, pairs, n);
    g.train = train;
    g.query = query;
    g.labels = labels;
    int error = errand->fit(&g);
    free(train);
    free(query);
    free(labels);
    free(pairs);
    return error ? 1 : 0;
}

/* ---- in the parent */

int generic_run(struct learn_run *run, int (*fit)(const struct generic *g)) {
    struct errand errand = {.run = run, .fit = fit};
    size_t size = sizeof(struct said) + (run->split.n_select + run->split.n_test + 7) / 8, got = 0, most_used = 0;
    uint8_t *buffer = malloc(size);
    struct child child;
    int error = buffer ? child_start(&child, work, &errand, memory_limit) : -ENOMEM;
    if (error) {
        free(buffer);
        return error;
    }
    learn_search(run, "training", 0);
    ssize_t n = 0;
    while (!error && (n = child_read(&child, run, buffer + got, size - got)) > 0) {
        got += (size_t)n;
        if (got == size) {
            struct said said;
            memcpy(&said, buffer, sizeof said);
            if (said.n_used > most_used)
                most_used = said.n_used;
            error = learn_propose_predictions(run, buffer + sizeof said);
            learn_count(run, 1);
            got = 0;
        }
    }
    struct rusage usage = {0};
    int status = child_end(&child, n == 0, &usage);
    free(buffer);
    double peak = (double)usage.ru_maxrss * 1024;
    learn_fact(run, "samples_used", (double)most_used);
    learn_fact(run, "peak_bytes", peak);
    learn_fact(run, "process_seconds",
               (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    learn_note_memory(run, peak);
    if (n < 0 && n != -EINTR && !error)
        error = (int)n;
    if (n == 0 && WIFSIGNALED(status))
        learn_failed(run, "its process ended by signal %d; it used %.0f MiB of at most 2048", WTERMSIG(status),
                     peak / 1048576);
    else if (n == 0 && status != 0)
        learn_failed(run, "its process failed; it used %.0f MiB of at most 2048", peak / 1048576);
    else if (!run->result->has_hypothesis)
        learn_reason(run, "stopped before its first predictor was trained");
    else
        learn_reason(run, "a predictor from %zu of %zu training samples%s; it holds no secret", most_used,
                     run->split.n_train, n == 0 ? "" : ", stopped");
    return error;
}
