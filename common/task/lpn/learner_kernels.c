/* Compiled once for each set of vector instructions: AVX-512, AVX2, and whatever there always is. See meson.build. */
#include "common/task/lpn/learner_kernels.h"

#include "common/task/lpn/learner_lanes.h"
#include "common/task/lpn/recipes.h"

#define JOIN(a, b) a##b
#define NAMED(v)   JOIN(learner_kernels_, v)
#define QUOTE_(x)  #x
#define QUOTE(x)   QUOTE_(x)

/* Keeps beliefs of the secret bits inside (-1, 1), so that no later denominator is zero. */
#define SHRINK (1.0f + 0x1p-16f)
/* Keeps products of many factors from vanishing. */
#define TINY 0x1p-60f

static void chain(size_t n_steps, const uint32_t *pi, const float *sums, const float *channel, float *to_s,
                  float *to_code, float *before, float *change) {
    vec state[REGISTERS], later[REGISTERS];
    EACH_REGISTER {
        state[r] = all(1); /* each lane starts from a sum that is known to be 0 */
        later[r] = all(0); /* nothing is known after the end */
    }
    for (size_t o = 0; o < n_steps * LANES; o += LANES)
        EACH_REGISTER {
            size_t at = o + (size_t)r * TOGETHER;
            vec zero, one, own = load(to_s + at), c = load(channel + at);
            gather_pairs(&zero, &one, sums, pi + at);
            zero *= 1.0f - own; /* the sums without this place's own part, up to a common factor */
            one *= 1.0f + own;
            vec bit = (zero - one) / ((zero + one) * SHRINK);
            store(change + at, bit);
            store(before + at, state[r]);
            vec sum = state[r] * bit;
            state[r] = (sum + c) / (1.0f + sum * c);
        }
    for (size_t o = n_steps * LANES; o > 0;) {
        o -= LANES;
        EACH_REGISTER {
            size_t at = o + (size_t)r * TOGETHER;
            vec bit = load(change + at), c = load(channel + at);
            vec here = (later[r] + c) / (1.0f + later[r] * c);
            vec was = load(before + at), sum = was * bit;
            store(to_s + at, was * here);
            store(to_code + at, (sum + later[r]) / (1.0f + sum * later[r]));
            later[r] = here * bit;
        }
    }
}

static void repeat(size_t n_blocks, const uint32_t *depth, const uint32_t *where, const float *prior, const float *to_s,
                   float *sums) {
    for (size_t b = 0; b < n_blocks; b++) {
        vec zero[REGISTERS], one[REGISTERS];
        EACH_REGISTER {
            vec t = load(prior + b * LANES + r * TOGETHER);
            zero[r] = 1.0f + t;
            one[r] = 1.0f - t;
        }
        for (uint32_t d = 0; d < depth[b]; d++, where += LANES)
            EACH_REGISTER {
                vec t = gather(to_s, where + r * TOGETHER);
                zero[r] = zero[r] * (1.0f + t) + TINY;
                one[r] = one[r] * (1.0f - t) + TINY;
            }
        EACH_REGISTER
        store_pairs(sums + 2 * (b * LANES + r * TOGETHER), zero[r], one[r]);
    }
}

static void to_plain(size_t w, size_t first, size_t end, const uint32_t *index, const float *gain, const float *to_code,
                     float *edges, float *odds) {
    float before[RECIPES_W_MAX][LANES]; /* products of the edges in front */
    for (size_t b = first; b < end; b++) {
        const uint32_t *at = index + b * w * LANES;
        float *edge = edges + b * w * LANES;
        vec product[REGISTERS], rest[REGISTERS];
        EACH_REGISTER
        product[r] = all(1);
        for (size_t i = 0; i < w; i++)
            EACH_REGISTER {
                store(before[i] + r * TOGETHER, product[r]);
                product[r] *= load(edge + i * LANES + r * TOGETHER);
            }
        EACH_REGISTER /* and of the edges behind, the own error and the codeword bit */
            rest[r] = load(gain + b * LANES + r * TOGETHER) * load(to_code + b * LANES + r * TOGETHER);
        for (size_t i = w; i-- > 0;) {
            float factor[LANES];
            EACH_REGISTER {
                vec t = load(edge + i * LANES + r * TOGETHER);
                vec belief = load(before[i] + r * TOGETHER) * rest[r];
                store(factor + r * TOGETHER, (1.0f + belief) / (1.0f - belief));
                rest[r] *= t;
                store(edge + i * LANES + r * TOGETHER, belief);
            }
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
        vec product[REGISTERS];
        EACH_REGISTER
        product[r] = load(gain + b * LANES + r * TOGETHER);
        for (size_t i = 0; i < w; i++)
            EACH_REGISTER {
                size_t o = i * LANES + r * TOGETHER;
                vec own = load(edge + o), others = gather(odds, at + o);
                others *= 1.0f - own;
                own = 1.0f + own;
                vec belief = (others - own) / (others + own);
                store(edge + o, belief);
                product[r] *= belief;
            }
        EACH_REGISTER
        store(channel + b * LANES + r * TOGETHER, product[r]);
    }
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
