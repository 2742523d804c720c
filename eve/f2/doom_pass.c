#include "eve/f2/doom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static unsigned classes_of(unsigned bits) {
    return bits > DOOM_PLACE ? bits - DOOM_PLACE : 0;
}

size_t doom_bytes(size_t n, size_t n_u, unsigned bits) {
    size_t buckets = (size_t)1 << (bits - classes_of(bits)), classes = ((size_t)1 << classes_of(bits)) + 1;
    (void)n_u;
    return buckets * (DOOM_SLOTS * 6 + 1) + (2 * n + 2) * 16 + n * 4 + 3 * classes * 4 +
           DOOM_HITS * sizeof(struct doom_hit);
}

static int list_init(struct doom_list *l, size_t n, size_t classes) {
    l->n = n;
    l->word = malloc(n * sizeof *l->word);
    l->packed = malloc(n * sizeof *l->packed);
    l->id = malloc(n * sizeof *l->id);
    l->start = malloc((classes + 1) * sizeof *l->start);
    return l->word && l->packed && l->id && l->start ? 0 : -ENOMEM;
}

static void list_deinit(struct doom_list *l) {
    free(l->word);
    free(l->packed);
    free(l->id);
    free(l->start);
}

int doom_init(struct doom *d, size_t n, size_t n_u, unsigned bits, unsigned most) {
    *d = (struct doom){
        .kernels = kernels_best(), .n = n, .n_u = n_u, .bits = bits, .classes = classes_of(bits), .most = most};
    size_t buckets = (size_t)1 << (bits - d->classes), classes = (size_t)1 << d->classes;
    d->slots =
        aligned_alloc(64, buckets * DOOM_SLOTS * sizeof *d->slots < 64 ? 64 : buckets * DOOM_SLOTS * sizeof *d->slots);
    d->owners = calloc(buckets * DOOM_SLOTS, sizeof *d->owners);
    d->counts = calloc(buckets, 1);
    d->order = malloc(n * sizeof *d->order);
    d->hits = malloc(DOOM_HITS * sizeof *d->hits);
    int error = d->slots && d->owners && d->counts && d->order && d->hits ? 0 : -ENOMEM;
    if (list_init(&d->u, n_u + 1, classes) < 0 || list_init(&d->v, n - n_u + 1, classes) < 0 ||
        list_init(&d->t, n, classes) < 0)
        error = -ENOMEM;
    if (error) {
        doom_deinit(d);
        return error;
    }
    memset(d->slots, 0, buckets * DOOM_SLOTS * sizeof *d->slots);
    for (size_t i = 0; i < n; i++)
        d->order[i] = (uint32_t)i;
    return 0;
}

void doom_deinit(struct doom *d) {
    free(d->slots);
    free(d->owners);
    free(d->counts);
    free(d->order);
    free(d->hits);
    list_deinit(&d->u);
    list_deinit(&d->v);
    list_deinit(&d->t);
    *d = (struct doom){0};
}

static size_t class_of(const struct doom *d, uint64_t word) {
    return (size_t)(word >> (DOOM_KEY + d->bits - d->classes)) & (((size_t)1 << d->classes) - 1);
}

/* The words of these rows, NULL for first ... first + n - 1, sorted by class; and "no row", if there is room for one
 * more. Counting sort, from the end. */
static void load(const struct doom *d, struct doom_list *l, const struct cyclic *c, size_t w, const uint32_t *rows,
                 size_t first, size_t n) {
    size_t classes = (size_t)1 << d->classes;
    uint32_t place_mask = ((uint32_t)1 << (d->bits - d->classes)) - 1;
    memset(l->start, 0, (classes + 1) * sizeof *l->start);
    for (size_t i = 0; i < l->n; i++)
        l->start[i < n ? class_of(d, cyclic_row(c, rows ? rows[i] : first + i)[w]) : 0]++;
    for (size_t v = 1; v <= classes; v++)
        l->start[v] += l->start[v - 1];
    for (size_t i = l->n; i-- > 0;) {
        uint32_t id = i >= n ? CYCLIC_NONE : rows ? rows[i] : (uint32_t)i;
        uint64_t word = i >= n ? 0 : cyclic_row(c, rows ? rows[i] : first + i)[w];
        size_t at = --l->start[class_of(d, word)];
        l->word[at] = word;
        l->packed[at] = (uint32_t)(word & 0xffff) << 16 | ((uint32_t)(word >> DOOM_KEY) & place_mask);
        l->id[at] = id;
    }
}

void doom_pass(struct doom *d, struct cyclic *c, size_t w) {
    for (size_t i = d->n; i-- > 1;) { /* Fisher-Yates: who is in U */
        size_t other = dice_below(&c->dice, (uint32_t)(i + 1));
        uint32_t row = d->order[i];
        d->order[i] = d->order[other];
        d->order[other] = row;
    }
    d->n_hits = 0;
    load(d, &d->u, c, w, d->order, 0, d->n_u);
    load(d, &d->v, c, w, d->order + d->n_u, 0, d->n - d->n_u);
    load(d, &d->t, c, w, NULL, d->n, d->n);
    for (size_t part = 0; part < (size_t)1 << d->classes && !(d->stop && d->stop(d->context)); part++)
        d->kernels->doom(d, part);
}
