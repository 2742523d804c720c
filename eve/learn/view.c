#include "eve/learn/view.h"

#include "common/base/chacha.h"
#include "common/base/prg.h"
#include "common/task/lpn/gf2.h"
#include "common/task/lpn/matrix.h"
#include "common/task/lwe/lwe.h"
#include "common/task/ring/ring.h"
#include "eve/learn/view_lwe.h"
#include "eve/learn/view_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The stream of A is seekable by blocks of 64 bytes: a piece of at most 64 bytes lies in one or two of them. */
static void plain_row(const struct view *v, size_t i, uint8_t *row) {
    static const uint8_t nonce[8] = {0};
    size_t n = v->params->n, m = v->params->m;
    for (size_t b = 0; b < matrix_blocks(n); b++) {
        size_t width = matrix_width(n, b);
        uint64_t offset = (uint64_t)m * (MATRIX_BLOCK / 8) * b + (uint64_t)i * width;
        size_t skip = (size_t)(offset % 64);
        uint8_t blocks[128];
        chacha_stream(blocks, skip + width <= 64 ? 64 : 128, v->matrix_key, nonce, offset / 64);
        memcpy(row + b * (MATRIX_BLOCK / 8), blocks + skip, width);
    }
}

void view_row(const struct view *v, size_t i, uint8_t *row) {
    if (v->kind)
        v->kind->row(v, i, row);
    else if (i < v->params->m)
        plain_row(v, i, row);
    else
        memcpy(row, v->composed + (i - v->params->m) * view_row_bytes(v), view_row_bytes(v));
}

void view_feature_row(const struct view *v, size_t i, uint8_t *row) {
    if (v->kind && v->kind->features)
        v->kind->feature_row(v, i, row);
    else
        view_row(v, i, row);
}

/* Plain rows first ... first + n_rows - 1, first a multiple of 64. */
static void plain_rows(const struct view *v, size_t first, size_t n_rows, uint8_t *rows) {
    _Alignas(64) uint8_t piece[MATRIX_PIECE];
    size_t n = v->params->n, bytes = view_row_bytes(v);
    for (size_t b = 0; b < matrix_blocks(n); b++) {
        size_t width = matrix_width(n, b), step = matrix_piece_rows(width);
        for (size_t done = 0; done < n_rows; done += step) {
            size_t now = n_rows - done < step ? n_rows - done : step;
            matrix_expand(piece, v->matrix_key, v->params->m, n, b, first + done, now);
            for (size_t r = 0; r < now; r++)
                memcpy(rows + (done + r) * bytes + b * (MATRIX_BLOCK / 8), piece + r * width, width);
        }
    }
}

void view_rows(const struct view *v, size_t first, size_t n_rows, uint8_t *rows) {
    size_t bytes = view_row_bytes(v), end = first + n_rows;
    if (v->kind) {
        for (; first < end; first++, rows += bytes)
            v->kind->row(v, first, rows);
        return;
    }
    size_t m = v->params->m;
    for (; first < end && first < m && first % 64; first++, rows += bytes)
        plain_row(v, first, rows);
    if (first < m && first < end) {
        size_t now = (end < m ? end : m) - first;
        plain_rows(v, first, now, rows);
        first += now;
        rows += now * bytes;
    }
    if (first < end)
        memcpy(rows, v->composed + (first - m) * bytes, (end - first) * bytes);
}

long view_count_errors(const struct view *v, const uint32_t *ids, size_t n_ids, const uint8_t *s) {
    if (v->kind)
        return v->kind->count_errors(v, ids, n_ids, s);
    size_t bytes = view_row_bytes(v);
    uint8_t *row = malloc(bytes);
    if (!row)
        return -ENOMEM;
    long errors = 0;
    for (size_t i = 0; i < n_ids; i++) {
        view_row(v, ids[i], row);
        unsigned sum = view_label(v, ids[i]);
        for (size_t b = 0; b < bytes; b += 4)
            sum ^= (unsigned)__builtin_parity(load32_le(row + b) & load32_le(s + b));
        errors += sum;
    }
    free(row);
    return errors;
}

/* How the other tasks are seen. */
static const struct {
    const struct task *task;
    void (*begin)(struct view *v, uint8_t key[static 32], const uint8_t seed[static 32]);
} views[] = {{&ring_task, view_ring_begin}, {&lwe_task, view_lwe_begin}};

bool view_of(struct view *v, uint8_t key[static 32], const struct observe_facts *facts) {
    *v = (struct view){.params = facts->params,
                       .matrix_key = key,
                       .composed = facts->composed,
                       .labels = facts->labels,
                       .set = facts->set,
                       .challenge_seed = facts->challenge_seed,
                       .masked = facts->masked};
    if (facts->params)
        prg_derive(key, "parley/1 matrix", facts->matrix_seed, 32);
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
        if (facts->set->task == views[i].task)
            views[i].begin(v, key, facts->matrix_seed);
    return facts->params || v->kind;
}
