/* Compiled twice: for AVX-512, whose gathers pay off, and for whatever else there is; with AVX2 alone the compilers
 * make slower code of it than without. See meson.build. */
#include "common/task/lpn/learner_kernels.h"

#include "common/task/lpn/recipes.h"

#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define JOIN(a, b) a##b
#define NAMED(v)   JOIN(learner_kernels_, v)
#define QUOTE_(x)  #x
#define QUOTE(x)   QUOTE_(x)
#define INLINE     static inline __attribute__((always_inline))

enum { LANES = 16 };
typedef float lanes __attribute__((vector_size(64)));
typedef float quarter __attribute__((vector_size(16)));
typedef int32_t quarter_masks __attribute__((vector_size(16)));

INLINE void load(lanes *v, const float *from) {
    memcpy(v, from, sizeof *v);
}

INLINE void store(float *to, const lanes *v) {
    memcpy(to, v, sizeof *v);
}

INLINE void gather(lanes *v, const float *table, const uint32_t *index) {
#if defined(__AVX512F__)
    __m512 g = _mm512_i32gather_ps(_mm512_loadu_si512(index), table, 4);
    memcpy(v, &g, sizeof g);
#else
    for (int l = 0; l < LANES; l++)
        (*v)[l] = table[index[l]];
#endif
}

/* Keeps beliefs of the secret bits inside (-1, 1), so that no later denominator is zero. */
#define SHRINK (1.0f + 0x1p-16f)
/* Keeps products of many factors from vanishing. */
#define TINY 0x1p-60f

static void chain(size_t n_steps, const uint32_t *pi, const float *sums, const float *channel, float *to_s,
                  float *to_code, float *before, float *change) {
    lanes state = {0};
    state += 1.0f; /* each lane starts from a sum that is known to be 0 */
    for (size_t o = 0; o < n_steps * LANES; o += LANES) {
        uint32_t zero_at[LANES], one_at[LANES];
        for (int l = 0; l < LANES; l++) {
            zero_at[l] = 2 * pi[o + l];
            one_at[l] = 2 * pi[o + l] + 1;
        }
        lanes zero, one, own, c;
        gather(&zero, sums, zero_at);
        gather(&one, sums, one_at);
        load(&own, to_s + o);
        load(&c, channel + o);
        zero *= 1.0f - own; /* the sums without this place's own part, up to a common factor */
        one *= 1.0f + own;
        lanes bit = (zero - one) / ((zero + one) * SHRINK);
        store(change + o, &bit);
        store(before + o, &state);
        lanes sum = state * bit;
        state = (sum + c) / (1.0f + sum * c);
    }
    lanes later = {0}; /* nothing is known after the end */
    for (size_t o = n_steps * LANES; o > 0;) {
        o -= LANES;
        lanes bit, c;
        load(&state, before + o);
        load(&bit, change + o);
        load(&c, channel + o);
        lanes here = (later + c) / (1.0f + later * c);
        lanes sum = state * bit;
        lanes about_s = state * here, about_code = (sum + later) / (1.0f + sum * later);
        store(to_s + o, &about_s);
        store(to_code + o, &about_code);
        later = here * bit;
    }
}

static void repeat(size_t n_blocks, const uint32_t *depth, const uint32_t *where, const float *prior, const float *to_s,
                   float *sums) {
    for (size_t b = 0; b < n_blocks; b++) {
        lanes t;
        load(&t, prior + b * LANES);
        lanes zero = 1.0f + t, one = 1.0f - t;
        for (uint32_t d = 0; d < depth[b]; d++, where += LANES) {
            gather(&t, to_s, where);
            zero = zero * (1.0f + t) + TINY;
            one = one * (1.0f - t) + TINY;
        }
        for (int l = 0; l < LANES; l++) {
            sums[(b * LANES + l) * 2] = zero[l];
            sums[(b * LANES + l) * 2 + 1] = one[l];
        }
    }
}

static void to_plain(size_t w, size_t first, size_t end, const uint32_t *index, const float *gain, const float *to_code,
                     float *edges, float *odds) {
    float before[RECIPES_W_MAX][LANES]; /* products of the edges in front */
    for (size_t b = first; b < end; b++) {
        const uint32_t *at = index + b * w * LANES;
        float *edge = edges + b * w * LANES;
        lanes product = {0}, rest, t;
        product += 1.0f;
        for (size_t i = 0; i < w; i++) {
            load(&t, edge + i * LANES);
            store(before[i], &product);
            product *= t;
        }
        load(&rest, gain + b * LANES);
        load(&t, to_code + b * LANES);
        rest *= t; /* and of the edges behind, the own error and the codeword bit */
        for (size_t i = w; i-- > 0;) {
            lanes front;
            load(&t, edge + i * LANES);
            load(&front, before[i]);
            lanes belief = front * rest;
            lanes factor = (1.0f + belief) / (1.0f - belief);
            rest *= t;
            store(edge + i * LANES, &belief);
            for (int l = 0; l < LANES; l++)
                odds[at[i * LANES + l]] *= factor[l];
        }
    }
}

static void from_plain(size_t w, size_t first, size_t end, const uint32_t *index, const float *gain, const float *odds,
                       float *edges, float *channel) {
    for (size_t b = first; b < end; b++) {
        const uint32_t *at = index + b * w * LANES;
        float *edge = edges + b * w * LANES;
        lanes product;
        load(&product, gain + b * LANES);
        for (size_t i = 0; i < w; i++) {
            lanes own, all;
            load(&own, edge + i * LANES);
            gather(&all, odds, at + i * LANES);
            all *= 1.0f - own;
            own = 1.0f + own;
            lanes belief = (all - own) / (all + own);
            store(edge + i * LANES, &belief);
            product *= belief;
        }
        store(channel + b * LANES, &product);
    }
}

/* Four lanes to four bits. Compilers take comparisons of vectors that are wider than the processor's apart, lane by
 * lane, so here they are of four. */
INLINE unsigned mask_of(const quarter_masks *mask) {
#if defined(__SSE2__)
    __m128 m;
    memcpy(&m, mask, sizeof m);
    return (unsigned)_mm_movemask_ps(m);
#else
    return (unsigned)(((*mask)[0] & 1) | ((*mask)[1] & 2) | ((*mask)[2] & 4) | ((*mask)[3] & 8));
#endif
}

static void lean(size_t n_blocks, const float *channel, const float *to_code, uint8_t *ones, uint8_t *sure) {
    for (size_t byte = 0; byte < 2 * n_blocks; byte++) {
        unsigned one = 0, known = 0;
        for (size_t half = 0; half < 2; half++) {
            quarter c, t;
            memcpy(&c, channel + byte * 8 + half * 4, sizeof c);
            memcpy(&t, to_code + byte * 8 + half * 4, sizeof t);
            quarter sum = c + t, whole = 0.98f * (1.0f + c * t); /* of P(0) - P(1) = sum / (1 + c t) */
            quarter_masks is_one = sum < 0.0f, is_known = (sum > whole) | (-sum > whole);
            one |= mask_of(&is_one) << 4 * half;
            known |= mask_of(&is_known) << 4 * half;
        }
        ones[byte] = (uint8_t)one;
        sure[byte] = (uint8_t)known;
    }
}

extern const struct learner_kernels NAMED(LEARNER_KERNELS);
const struct learner_kernels NAMED(LEARNER_KERNELS) = {
    QUOTE(LEARNER_KERNELS), chain, repeat, to_plain, from_plain, lean};
