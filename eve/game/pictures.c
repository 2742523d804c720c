#include "eve/game/pictures.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/task/lpn/matrix.h"
#include "eve/lab/instance.h"

#include <errno.h>
#include <string.h>

enum { SESSIONS = 8, ROUNDED = 128 };
_Static_assert(ROUNDED % 64 == 0 && ROUNDED >= (int)PICTURES_FRESH, "labels come in words");
_Static_assert(PICTURES_N <= (int)MATRIX_BLOCK, "a row is one piece");

/* The rows of a matrix are samples: those of `key`, as pictures. */
static void draw(struct picture *out, size_t n, size_t n_all, const uint8_t key[static 32]) {
    uint8_t rows[ROUNDED][PICTURES_N / 8];
    matrix_expand(rows[0], key, n_all, PICTURES_N, 0, 0, n);
    for (size_t i = 0; i < n; i++)
        memcpy(out[i].bits, rows[i], sizeof rows[i]);
}

static void tell(struct pictures *out, const struct instance *task, const uint8_t *h, const uint8_t seed[static 32]) {
    uint8_t key[32], noise_key[32], labels[ROUNDED / 8 + 64], predictions[ROUNDED / 8 + 64];
    prg_subkey(key, seed, "game pictures", 0);
    prg_subkey(noise_key, seed, "game noise", 0);
    task_label(labels, ROUNDED, &task->params, key, task->secret, noise_key);
    task_predict(predictions, ROUNDED, &task->params, key, h);
    draw(out->fresh, PICTURES_FRESH, ROUNDED, key);
    for (size_t i = 0; i < PICTURES_FRESH; i++) {
        out->fresh[i].label = bit_get(labels, i);
        out->fresh[i].alice = bit_get(predictions, i);
    }
    draw(out->known, PICTURES_KNOWN, task->params.m, task->matrix_key);
    for (size_t i = 0; i < PICTURES_KNOWN; i++)
        out->known[i].label = out->known[i].alice = bit_get(task->labels, i);
}

int pictures_make(struct pictures *out, const uint8_t seed[static 32]) {
    struct params params;
    int r = task_set(&params, PICTURES_N);
    for (unsigned i = 0; i < SESSIONS && r == 0; i++) {
        uint8_t own[32];
        struct instance task;
        struct task_learned learned;
        prg_subkey(own, seed, "game session", i);
        if ((r = task_make(&task, &params, NULL, own)) < 0)
            return r;
        r = task_learn(&task, &learned);
        long wrong = r == 0 && learned.learned ? task_fresh_errors(&task, learned.h, PICTURES_JUDGED, 0) : 0;
        if (r == 0 && wrong < 0)
            r = (int)wrong;
        if (r == 0 && learned.learned) {
            tell(out, &task, learned.h, own);
            out->theta = params.theta;
            out->n_labelled = params.m + params.k;
            out->judged_right = PICTURES_JUDGED - (unsigned)wrong;
        }
        task_free(&task);
        if (r == 0 && learned.learned)
            return 0;
    }
    return r < 0 ? r : -EAGAIN;
}
