/* A pass of weight 2 + 2: see collide.h. */
#include "eve/f2/collide.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

/* A bucket is one vector, or two where vectors are of 16 bytes. */
enum { WIDTH = KERNEL_BYTES > 32 ? 32 : KERNEL_BYTES, PARTS = 32 / WIDTH };
typedef uint32_t keys __attribute__((vector_size(WIDTH), may_alias));
typedef uint16_t halves __attribute__((vector_size(WIDTH), may_alias));

/* Zero where bucket and key differ in at most two bits of either half. */
INLINE keys compare(const keys *bucket, uint32_t key) {
    halves x = (halves)(*bucket ^ ((keys){0} + key));
    x &= x - 1;
    x &= x - 1;
    return (keys)x;
}

/* Of many comparisons, whether any has a zero: by a running minimum, or by ones where there was a zero. */
#ifdef __AVX2__
INLINE keys none_yet(void) {
    return (keys)_mm256_set1_epi32(-1);
}

INLINE keys nearer(keys so_far, keys compared) {
    return (keys)_mm256_min_epu32((__m256i)so_far, (__m256i)compared);
}

INLINE bool any(keys so_far) {
    return _mm256_movemask_epi8(_mm256_cmpeq_epi32((__m256i)so_far, _mm256_setzero_si256())) != 0;
}
#else
INLINE keys none_yet(void) {
    return (keys){0};
}

INLINE keys nearer(keys so_far, keys compared) {
    return so_far | (keys)(compared == 0);
}

INLINE bool any(keys so_far) {
    typedef uint64_t words __attribute__((vector_size(WIDTH)));
    words w = (words)so_far;
    return (w[0] | w[1]) != 0;
}
#endif

static bool is_near(uint32_t difference) {
    unsigned low = (unsigned)__builtin_popcount(difference & 0xffff);
    return low <= 2 && (unsigned)__builtin_popcount(difference) - low <= 2;
}

/* A sum of rows a and b of the second half has a key near one in its bucket: whose, and do all 64 bits hold? What an
 * earlier part or pass has left in the bucket is filtered here. */
static __attribute__((noinline)) void look(struct collide *c, size_t a, size_t b) {
    const struct collide_half *first = &c->first, *second = &c->second;
    uint64_t sum = c->sigma ^ second->word[a] ^ second->word[b];
    uint64_t exact = (((uint64_t)1 << c->bits) - 1) << COLLIDE_KEY;
    const uint32_t *slots = (const uint32_t *)(const void *)((const uint8_t *)c->slots + collide_at(c, sum));
    for (unsigned s = 0; s < COLLIDE_SLOTS; s++) {
        if (!is_near(slots[s] ^ (uint32_t)sum))
            continue;
        for (size_t v = 0; v < (size_t)1 << c->classes; v++)
            for (size_t i = first->start[v] + s; i < first->start[v + 1]; i += COLLIDE_SLOTS) {
                uint32_t want = slots[s] ^ (uint32_t)first->word[i];
                for (size_t next = c->head[collide_hash(c, want)]; next; next = c->next[next - 1]) {
                    size_t j = next - 1;
                    uint64_t rest = sum ^ first->word[i] ^ first->word[j];
                    if ((uint32_t)first->word[j] != want || (i == j && first->id[i] != COLLIDE_NO_ROW) ||
                        rest & exact || (unsigned)__builtin_popcountll(rest) > c->most || c->n_hits == COLLIDE_HITS)
                        continue;
                    c->hits[c->n_hits++] =
                        (struct collide_hit){{first->id[i], first->id[j], second->id[a], second->id[b]}};
                }
            }
    }
}

/* A run of pairs of rows of a half: row a and the n rows from b on; or, modulo the h rows from a on, row a + k and row
 * a + k + b, for k < n. */
struct run {
    bool fixed;
    size_t n, a, b, h;
};

/* sums = the rows of a run, added up, and `constant` to them. */
INLINE void add(uint32_t *sums, const uint32_t *twin, const struct run *r, uint32_t constant) {
    typedef uint32_t some __attribute__((vector_size(KERNEL_BYTES), aligned(4), may_alias));
    enum { EACH = KERNEL_BYTES / 4 };
    const uint32_t *x = twin + 2 * r->a, *y = r->fixed ? twin + 2 * r->b : x + r->b;
    const some all = (some){0} + (r->fixed ? constant ^ twin[r->h] : constant);
    for (size_t k = 0; k < r->n; k += EACH) {
        some sum = all ^ *(const some *)(y + k);
        if (!r->fixed)
            sum ^= *(const some *)(x + k);
        *(some *)(sums + k) = sum;
    }
}

/* Stores sum number k of a run in slot k % 8, so that row a + k of a class, or row b + k, is known up to an eighth.
 * Words of 32 bits: shorter ones take some processors twice as long to write. */
INLINE void store(struct collide *c, struct run r) {
    const uint32_t *key = c->keys, *at = c->at;
    uint8_t *slots = (uint8_t *)c->slots;
    size_t k = 0;
    add(c->keys, c->first.key, &r, 0);
    add(c->at, c->first.at, &r, 0);
    for (; k + COLLIDE_SLOTS <= r.n; k += COLLIDE_SLOTS)
#pragma GCC unroll 8
        for (size_t s = 0; s < COLLIDE_SLOTS; s++)
            *(uint32_t *)(void *)(slots + at[k + s] + 4 * s) = key[k + s];
    for (size_t s = 0; k + s < r.n; s++)
        *(uint32_t *)(void *)(slots + at[k + s] + 4 * s) = key[k + s];
}

/* The nearest so far and what is in this bucket. */
INLINE void compare_all(keys nearest[static PARTS], const struct collide *c, uint32_t at, uint32_t key) {
    const keys *bucket = (const keys *)(const void *)((const uint8_t *)c->slots + at);
    for (unsigned p = 0; p < PARTS; p++)
        nearest[p] = nearer(nearest[p], compare(bucket + p, key));
}

INLINE bool any_part(const keys nearest[static PARTS]) {
    return any(nearest[0]) || (PARTS > 1 && any(nearest[PARTS - 1]));
}

/* Looks up the sums of a run, plus sigma. */
INLINE void look_up(struct collide *c, struct run r) {
    const uint32_t *key = c->keys, *at = c->at;
    add(c->keys, c->second.key, &r, (uint32_t)c->sigma);
    add(c->at, c->second.at, &r, collide_at(c, c->sigma));
    for (size_t k = 0; k < r.n; k += COLLIDE_GROUP) {
        keys nearest[PARTS];
        for (unsigned p = 0; p < PARTS; p++)
            nearest[p] = none_yet();
#pragma GCC unroll 8
        for (size_t l = 0; l < COLLIDE_GROUP; l++)
            compare_all(nearest, c, at[k + l], key[k + l]);
        if (__builtin_expect(!any_part(nearest), 1))
            continue;
        for (size_t l = k; l < k + COLLIDE_GROUP && l < r.n; l++) {
            for (unsigned p = 0; p < PARTS; p++)
                nearest[p] = none_yet();
            compare_all(nearest, c, at[l], key[l]);
            if (any_part(nearest))
                look(c, r.fixed ? r.a : r.a + l, r.fixed ? r.b + l : r.a + (l + r.b) % r.h);
        }
    }
}

/* All sums of two different rows of classes a and b with a ^ b = part, run by run. */
INLINE void all_runs(struct collide *c, const struct collide_half *half, size_t part,
                     void (*does)(struct collide *c, struct run r)) {
    for (size_t a = 0; a < (size_t)1 << c->classes; a++) {
        size_t b = a ^ part, at = half->start[a], h = half->start[a + 1] - at, other = half->start[b];
        for (size_t d = 1; b == a && 2 * d <= h; d++)
            does(c, (struct run){false, 2 * d == h ? d : h, at, d, h});
        for (size_t i = 0; b < a && i < h; i++) /* h: where row a is */
            does(c, (struct run){true, half->start[b + 1] - other, at + i, other, 2 * at + i});
    }
}

/* "No row" with itself, which is no row at all, is in part 0. Sigma moves the parts of the second half. */
void KERNEL(collide_join)(struct collide *c, size_t part) {
    size_t none = c->first.start[1] - 1, sigma_class = collide_class(c, c->sigma);
    all_runs(c, &c->first, part, store);
    if (part == 0)
        c->slots[none % COLLIDE_SLOTS] = 0;
    all_runs(c, &c->second, part ^ sigma_class, look_up);
    if (part == sigma_class)
        look(c, c->second.start[1] - 1, c->second.start[1] - 1);
}
