/* The inner loops of a pass: see doom.h. */
#include "eve/f2/doom.h"

#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

typedef uint16_t sixteen __attribute__((vector_size(32), may_alias));
typedef uint64_t four __attribute__((vector_size(32), may_alias));

/* All ones where bucket and key differ in at most one bit. */
INLINE sixteen near(const uint16_t *bucket, uint16_t key) {
    sixteen x = *(const sixteen *)bucket ^ (sixteen)((sixteen){0} + key);
    return (sixteen)((x & (x - 1)) == 0);
}

INLINE bool any(sixteen v) {
#ifdef __AVX2__
    return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#else
    four f = (four)v;
    return (f[0] | f[1] | f[2] | f[3]) != 0;
#endif
}

/* Target t and row v found something in bucket `place`: which pairs, and do they hold in all 64 bits? */
static __attribute__((noinline)) void look(struct doom *d, size_t t, size_t v, uint32_t place, sixteen found) {
    const uint32_t *owners = d->owners + (size_t)place * DOOM_SLOTS;
    uint64_t sum = d->t.word[t] ^ d->v.word[v], places = (((uint64_t)1 << d->bits) - 1) << DOOM_KEY;
    for (unsigned i = 0; i < DOOM_SLOTS; i++) {
        if (!found[i])
            continue;
        size_t a = owners[i] & 0xffff, b = owners[i] >> 16;
        uint64_t rest = sum ^ d->u.word[b];
        if (a != b)
            rest ^= d->u.word[a];
        if (rest & places || (unsigned)__builtin_popcountll(rest) > d->most || d->n_hits == DOOM_HITS)
            continue; /* places: what an earlier part has left in the bucket */
        d->hits[d->n_hits++] =
            (struct doom_hit){d->t.id[t], {d->v.id[v], a != b ? d->u.id[a] : CYCLIC_NONE, d->u.id[b]}};
    }
}

/* Sums of one row of U with a class of it. An owner whose two indices are the same is that row alone. */
INLINE void store(struct doom *d, size_t i, size_t first, size_t end) {
    const uint32_t *packed = d->u.packed;
    uint32_t own = packed[i];
    for (size_t j = first; j < end; j++) {
        uint32_t sum = own ^ packed[j];
        size_t place = sum & 0xffff, at = place * DOOM_SLOTS + d->counts[place]++ % DOOM_SLOTS;
        d->slots[at] = (uint16_t)(sum >> 16);
        d->owners[at] = (uint32_t)i | (uint32_t)j << 16;
    }
}

INLINE void look_up(struct doom *d, size_t v, size_t first, size_t end) {
    enum { GROUP = 4 };
    const uint32_t *packed = d->t.packed;
    uint32_t own = d->v.packed[v];
    size_t t = first;
    for (; t + GROUP <= end; t += GROUP) {
        sixteen found[GROUP], all = {0};
        for (size_t l = 0; l < GROUP; l++) {
            uint32_t sum = own ^ packed[t + l];
            all |= found[l] = near(d->slots + (size_t)(sum & 0xffff) * DOOM_SLOTS, (uint16_t)(sum >> 16));
        }
        if (__builtin_expect(any(all), 0))
            for (size_t l = 0; l < GROUP; l++)
                if (any(found[l]))
                    look(d, t + l, v, (own ^ packed[t + l]) & 0xffff, found[l]);
    }
    for (; t < end; t++) {
        uint32_t sum = own ^ packed[t];
        sixteen found = near(d->slots + (size_t)(sum & 0xffff) * DOOM_SLOTS, (uint16_t)(sum >> 16));
        if (any(found))
            look(d, t, v, sum & 0xffff, found);
    }
}

void KERNEL(doom)(struct doom *d, size_t part) {
    size_t classes = (size_t)1 << d->classes;
    for (size_t a = 0; a < classes; a++) {
        size_t b = a ^ part;
        if (b > a)
            continue;
        for (size_t i = d->u.start[a]; i < d->u.start[a + 1]; i++) {
            size_t end = d->u.start[b + 1];
            store(d, i, d->u.start[b], end < i ? end : i);
        }
    }
    if (part == 0)
        for (size_t i = d->u.start[0]; i < d->u.start[1]; i++)
            if (d->u.id[i] == CYCLIC_NONE) {
                d->slots[d->counts[0] % DOOM_SLOTS] = 0;
                d->owners[d->counts[0]++ % DOOM_SLOTS] = (uint32_t)i | (uint32_t)i << 16;
            }
    for (size_t a = 0; a < classes; a++) {
        size_t b = a ^ part;
        for (size_t v = d->v.start[a]; v < d->v.start[a + 1]; v++)
            look_up(d, v, d->t.start[b], d->t.start[b + 1]);
    }
}
