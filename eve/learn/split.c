/* Train, select, test.
 *
 * SPLIT_SAMPLES takes test and select from all samples alike. SPLIT_RECIPES takes them from the composed samples alone,
 * and few: a recipe is of use only with the labels of its composed sample and of all its plain ones, and a session has
 * no more of them than its bimodal learner needs, so 2,000 labels put aside would leave nothing to learn from at n64
 * and n128. */
#include "common/base/prg.h"
#include "eve/learn/view.h"

#include <errno.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int split_init(struct split *split, const struct view *view, enum split_kind kind, const uint8_t seed[static 32]) {
    size_t n = view_samples(view), m = view_plain(view), k = n - m;
    *split = (struct split){.ids = malloc(n * sizeof(uint32_t))};
    if (!split->ids)
        return -ENOMEM;

    size_t first, held = view_held(view); /* first: the samples that may go to select or test */
    if (held) {
        first = n - held;
        split->n_select = held / 8 > 300 ? held / 8 : 300;
        split->n_test = held - split->n_select;
    } else if (kind == SPLIT_RECIPES) {
        first = m;
        split->n_test = k / 5;
        split->n_select = k / 20;
    } else {
        first = 0;
        split->n_test = n / 10 > 2000 ? n / 10 : 2000;
        if (split->n_test > n * 5 / 8)
            split->n_test = n * 5 / 8;
        split->n_select = n / 40 > 300 ? n / 40 : 300;
        if (split->n_select > n / 12)
            split->n_select = n / 12;
    }
    split->n_train = n - split->n_test - split->n_select;

    /* Fisher-Yates from the end for those put aside, then for the order of the others. */
    struct prg g;
    uint8_t key[32];
    prg_subkey(key, seed, "eve/1 split", 0);
    prg_init(&g, key, 0);
    for (size_t i = 0; i < n; i++)
        split->ids[i] = (uint32_t)i;
    for (size_t i = n; i-- > 1;) {
        size_t low = i >= split->n_train ? first : 0;
        size_t other = low + prg_below(&g, (uint32_t)(i + 1 - low));
        uint32_t id = split->ids[i];
        split->ids[i] = split->ids[other];
        split->ids[other] = id;
    }
    prg_deinit(&g);

    split->train = split->ids;
    split->select = split->ids + split->n_train;
    split->test = split->select + split->n_select;
    qsort(split->ids + split->n_train, split->n_select, sizeof(uint32_t), ascending);
    qsort(split->ids + split->n_train + split->n_select, split->n_test, sizeof(uint32_t), ascending);
    return 0;
}

void split_deinit(struct split *split) {
    free(split->ids);
    *split = (struct split){0};
}
