#include "eve/lab/toys/album.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int album_init(struct album *t, const double *mu, size_t d, double flips, const uint8_t key[static 32]) {
    *t = (struct album){.d = d, .mu = mu, .flips = flips, .memory = malloc(3 * d * sizeof(double))};
    if (!t->memory)
        return -ENOMEM;
    t->v = t->memory;
    t->x = t->memory + d;
    t->scratch = t->memory + 2 * d;
    normal_init(&t->labels, key, 0);
    normal_init(&t->pictures, key, 1);
    normal_init(&t->captions, key, 2);
    normal_init(&t->own, key, 3);
    return 0;
}

void album_deinit(struct album *t) {
    free(t->memory);
    *t = (struct album){0};
}

int album_next(struct album *t, enum album_part part) {
    int z = normal_uniform(&t->labels) < 0.5 ? 1 : -1;
    int label = normal_uniform(&t->labels) < t->flips ? -z : z;
    if (part == ALBUM_CAPTIONS)
        drawings_caption(t->v, t->mu, t->d, z, &t->captions);
    else if (part == ALBUM_PICTURES)
        drawings_picture(t->v, t->mu, t->d, z, &t->pictures);
    else {
        drawings_picture(t->x, t->mu, t->d, z, &t->pictures);
        drawings_own_caption(t->v, t->x, t->d, t->scratch, &t->own);
    }
    return label;
}

void album_learn(struct album *t, enum album_part part, size_t n, double *h) {
    memset(h, 0, t->d * sizeof *h);
    for (size_t i = 0; i < n; i++) {
        int z = album_next(t, part);
        drawings_learn(h, t->v, t->d, z);
    }
}

size_t album_needs(struct album *t, enum album_part part, double risk, size_t most, int sign, double *h) {
    memset(h, 0, t->d * sizeof *h);
    for (size_t n = 1; n <= most; n++) {
        int z = album_next(t, part);
        drawings_learn(h, t->v, t->d, sign * z);
        if (drawings_risk(h, t->mu, t->d) <= risk)
            return n;
    }
    return 0;
}
