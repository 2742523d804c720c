#include "eve/lab/modality.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/matrix.h"
#include "eve/lab/lab.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int modality_params(struct params *out, uint32_t n, uint32_t w) {
    int r = task_params(out, n, 0, w);
    if (r == 0 && w == 0) {
        out->w = 0;
        out->p = task_flip(out->theta, 0);
    }
    return r;
}

/* sums: room for the widest column block. */
static void compose_all(const struct instance *task, uint8_t *vectors, uint8_t *sums) {
    const struct params *p = &task->params;
    for (size_t b = 0; b < matrix_blocks(p->n); b++) {
        size_t width = matrix_width(p->n, b);
        compose_begin(sums, task->code, b);
        compose_rows(sums, p, task->recipes, task->matrix_key, b, 0, p->m);
        for (size_t j = 0; j < p->k; j++)
            memcpy(vectors + j * (p->n / 8) + b * (MATRIX_BLOCK / 8), sums + j * width, width);
    }
}

int modality_vectors(const struct instance *task, uint8_t *vectors, double *secondsp) {
    enum { MOST = 1000 };
    const double enough = 0.01;
    uint8_t *sums = aligned_alloc(64, (size_t)task->params.k * (MATRIX_BLOCK / 8));
    if (!sums)
        return -ENOMEM;
    double started = lab_thread_seconds(), used;
    unsigned times = 0;
    do {
        compose_all(task, vectors, sums);
        times++;
        used = lab_thread_seconds() - started;
    } while (used < enough && times < MOST);
    *secondsp = used / times;
    free(sums);
    return 0;
}

size_t modality_wrong(const struct instance *task, const uint8_t *vectors, size_t tries,
                      const uint8_t seed[static 32]) {
    const struct params *p = &task->params;
    uint8_t key[32], sum[PARAMS_N_MAX / 8], row[PARAMS_N_MAX / 8];
    size_t wrong = 0, bytes = p->n / 8;
    struct prg g;
    prg_subkey(key, seed, "modality", 0);
    prg_init(&g, key, 0);
    for (size_t i = 0; i < tries; i++) {
        uint32_t j = prg_below(&g, p->k);
        memcpy(sum, vectors + j * bytes, bytes);
        for (size_t t = 0; t < p->w; t++) {
            view_row(&task->view, recipes_index(task->recipes, j, t), row);
            bytes_xor(sum, row, bytes);
        }
        for (size_t place = j % CODE_LANES; place <= j; place += CODE_LANES) /* u_j */
            bit_xor(sum, task->code->pi[place], 1);
        bool is_zero = true;
        for (size_t b = 0; b < bytes; b++)
            is_zero &= sum[b] == 0;
        wrong += !is_zero;
    }
    prg_deinit(&g);
    return wrong;
}
