/* The packed recipes are the stream of the key, byte for byte: its bits are fair, and of two of them one adds and the
 * other subtracts. */
#include "common/task/lwe/ternary.h"

#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/lwe/combine.h"

#include <errno.h>
#include <string.h>

enum { PART_BYTES = 256 << 10 };

int ternary_new(struct ternary **tp, const struct lwe_params *params, const uint8_t key[static 32]) {
    struct ternary *t = secret_new(sizeof *t);
    if (!t)
        return -ENOMEM;
    t->params = params;
    memcpy(t->key, key, 32);
    t->n_bytes = (params->m + COMBINE_GROUP - 1) / COMBINE_GROUP * (size_t)params->n;
    t->packed = secret_new(t->n_bytes);
    if (!t->packed) {
        ternary_free(t);
        return -ENOMEM;
    }
    *tp = t;
    return 0;
}

void ternary_free(struct ternary *t) {
    if (!t)
        return;
    secret_free(t->packed);
    secret_free(t);
}

size_t ternary_parts(const struct ternary *t) {
    return (t->n_bytes + PART_BYTES - 1) / PART_BYTES;
}

void ternary_draw(struct ternary *t, size_t part) {
    size_t first = part * PART_BYTES, left = t->n_bytes - first;
    prg_expand(t->packed + first, left < PART_BYTES ? left : PART_BYTES, t->key, first);
}
