/* The learner: it learns, it treats all secrets alike, all vector widths give the same, and each update is the exact
 * formula. */
#include "common/task/lpn/learner.h"

#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/task/lpn/learner_internal.h"
#include "tests/lib/unit.h"

#include <math.h>
#include <stdbool.h>

/* One attempt as the learner sees it. */
struct session {
    struct params params;
    struct code *code;
    struct recipes *recipes;
    uint8_t *plain, *own; /* errors: m and k bits */
};

/* theta64 may be larger than the set's, to see what a hard session does. */
static void session_init(struct session *s, const struct params *params, uint64_t theta64, struct prg *random) {
    uint8_t key[32];
    s->params = *params;
    assert_int_equal(code_new(&s->code, params), 0);
    prg_read(random, key, 32);
    assert_int_equal(recipes_new(&s->recipes, params, key), 0);
    recipes_run_all(s->recipes);
    s->plain = calloc(1, bits_to_bytes(params->m));
    s->own = calloc(1, bits_to_bytes(params->k));
    assert_true(s->plain && s->own);
    prg_read(random, key, 32);
    noise_add(s->plain, params->m, key, theta64);
    prg_read(random, key, 32);
    noise_add(s->own, params->k, key, theta64);
}

static void session_deinit(struct session *s) {
    code_free(s->code);
    recipes_free(s->recipes);
    free(s->plain);
    free(s->own);
}

/* v when the secret is 0 and there are no vectors: the errors alone. */
static uint8_t *errors_alone(const struct session *s) {
    uint8_t *v = unit_copy(s->own, bits_to_bytes(s->params.k));
    for (size_t j = 0; j < s->params.k; j++)
        for (size_t t = 0; t < s->params.w; t++)
            bit_xor(v, j, bit_get(s->plain, recipes_index(s->recipes, j, t)));
    return v;
}

static unsigned dot(const uint8_t *a, const uint8_t *b, size_t n_bits) {
    unsigned ones = 0;
    for (size_t i = 0; i < n_bits / 8; i++)
        ones += (unsigned)__builtin_popcount(a[i] & b[i]);
    return ones & 1;
}

/* v the long way: vectors, labels of all m + k samples under the secret, and what Alice does with them. */
static uint8_t *from_labels(const struct session *s, const uint8_t *secret, struct prg *random) {
    const struct params *p = &s->params;
    size_t width = p->n / 8;
    uint8_t *plain = malloc(p->m * width), *composed = calloc(p->k, width), *labels = calloc(1, p->m / 8);
    uint8_t *v = calloc(1, bits_to_bytes(p->k));
    assert_true(plain && composed && labels && v);
    prg_read(random, plain, p->m * width);
    for (size_t j = 0; j < p->k; j++) { /* row j: first u_j ... */
        if (j >= CODE_LANES)
            memcpy(composed + j * width, composed + (j - CODE_LANES) * width, width);
        bit_xor(composed + j * width, s->code->pi[j], 1);
    }
    for (size_t j = 0; j < p->k; j++) /* ... then the recipe's plain vectors */
        for (size_t t = 0; t < p->w; t++)
            for (size_t b = 0; b < width; b++)
                composed[j * width + b] ^= plain[recipes_index(s->recipes, j, t) * width + b];
    for (size_t i = 0; i < p->m; i++)
        bit_xor(labels, i, dot(plain + i * width, secret, p->n) ^ bit_get(s->plain, i));
    for (size_t j = 0; j < p->k; j++) {
        bit_xor(v, j, dot(composed + j * width, secret, p->n) ^ bit_get(s->own, j));
        for (size_t t = 0; t < p->w; t++)
            bit_xor(v, j, bit_get(labels, recipes_index(s->recipes, j, t)));
    }
    free(plain);
    free(composed);
    free(labels);
    return v;
}

static enum learner_status run(struct learner *l, bool backwards) {
    while (learner_status(l) == LEARNER_WORK) {
        size_t n = learner_n_parts(l);
        for (size_t part = 0; part < n; part++)
            learner_run(l, backwards ? n - 1 - part : part);
        learner_advance(l);
    }
    return learner_status(l);
}

/* The first round knows nothing but v, the last one what was found; wrong and unsettled bits are never more than all.
 */
static void check_rounds(const struct learner *l, const struct params *p, const uint8_t *codeword, size_t differ) {
    struct learned_round rounds[TASK_ROUNDS_MAX];
    size_t n = learner_rounds_told(l, codeword, rounds);
    size_t expected = learner_iterations(l) < TASK_ROUNDS_MAX ? learner_iterations(l) : TASK_ROUNDS_MAX;
    assert_int_equal(n, expected);
    assert_int_equal(rounds[0].wrong, differ);
    assert_int_equal(rounds[0].wrong + rounds[0].unsettled, p->k); /* nothing is certain yet */
    assert_true(rounds[n - 1].wrong < differ / 4);
    for (size_t i = 0; i < n; i++)
        assert_true(rounds[i].wrong + rounds[i].unsettled <= p->k);
}

static void learns(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    const char *const names[] = {"n64", "n128", "n256", "n384", "n512", "n1024", "n2048"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct session s;
        session_init(&s, params_find(names[i]), params_find(names[i])->theta64, &random);
        uint8_t *secret = malloc(s.params.n / 8), *v = errors_alone(&s), *codeword = malloc(bits_to_bytes(s.params.k));
        assert_true(secret && codeword);
        prg_read(&random, secret, s.params.n / 8);
        code_encode(s.code, codeword, secret);
        size_t differ = 0;
        for (size_t j = 0; j < s.params.k; j++)
            differ += bit_get(v, j);
        for (size_t b = 0; b < bits_to_bytes(s.params.k); b++)
            v[b] ^= codeword[b];
        struct learner *l;
        assert_int_equal(learner_new(&l, &s.params, s.code, s.recipes), 0);
        assert_int_equal(learner_status(l), LEARNER_EXHAUSTED);
        for (int again = 0; again < 2; again++) { /* a learner may be used more than once */
            learner_start(l, v);
            bool right = false;
            while (!right && run(l, false) == LEARNER_CANDIDATE) {
                right = memcmp(learner_candidate(l), secret, s.params.n / 8) == 0;
                if (!right)
                    learner_reject(l);
            }
            assert_true(right);
            assert_true(learner_proposals(l) >= 1 && learner_iterations(l) >= 2);
            assert_true(fabs(learner_error_rate(l) - (double)differ / s.params.k) < 1e-9);
            check_rounds(l, &s.params, codeword, differ);
        }
        learner_free(l);
        free(secret);
        free(codeword);
        free(v);
        session_deinit(&s);
    }
    learner_free(NULL);
}

/* Same errors, same recipes: with a random secret, real vectors and labels the learner does, candidate by candidate and
 * iteration by iteration, what it does with secret 0 and none. All candidates are refused, so that guesses are seen
 * too; some sessions have more noise than they should, so that it gets lost. */
static void secrets_are_alike(const char *name, uint64_t more_noise, int sessions, struct prg *random, size_t *lostp) {
    const struct params *params = params_find(name);
    for (int i = 0; i < sessions; i++) {
        struct session s;
        session_init(&s, params, params->theta64 + params->theta64 / 100 * more_noise, random);
        uint8_t *secret = malloc(params->n / 8);
        assert_non_null(secret);
        prg_read(random, secret, params->n / 8);
        uint8_t *alone = errors_alone(&s), *full = from_labels(&s, secret, random);
        struct learner *one, *two;
        assert_int_equal(learner_new(&one, params, s.code, s.recipes), 0);
        assert_int_equal(learner_new(&two, params, s.code, s.recipes), 0);
        learner_start(one, alone);
        learner_start(two, full);
        for (;;) {
            enum learner_status status = run(one, false);
            assert_int_equal(run(two, true), status); /* and the order of parts does not matter */
            assert_int_equal(learner_iterations(one), learner_iterations(two));
            assert_int_equal(learner_rounds(one), learner_rounds(two));
            if (status == LEARNER_EXHAUSTED)
                break;
            assert_true(learner_error_rate(one) == learner_error_rate(two));
            for (size_t b = 0; b < params->n / 8; b++)
                assert_int_equal(learner_candidate(one)[b] ^ learner_candidate(two)[b], secret[b]);
            learner_reject(one);
            learner_reject(two);
        }
        assert_true(learner_proposals(one) <= 8);
        assert_true(learner_rounds(one) <= 40 && learner_iterations(one) <= 10 + 41 * 5 + 2 * 32 * 12);
        *lostp += learner_proposals(one) == 0;
        learner_free(one);
        learner_free(two);
        free(secret);
        free(alone);
        free(full);
        session_deinit(&s);
    }
}

static void all_secrets_are_alike(void **state) {
    (void)state;
    struct prg random;
    size_t lost = 0;
    unit_random(&random, __func__);
    secrets_are_alike("n64", 0, 30, &random, &lost);
    secrets_are_alike("n64", 50, 30, &random, &lost);
    secrets_are_alike("n256", 0, 6, &random, &lost);
    secrets_are_alike("n256", 50, 6, &random, &lost);
    secrets_are_alike("n1024", 0, 1, &random, &lost);
    assert_true(lost > 0);
}

static void all_kernels_agree_on_sessions(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    const struct learner_kernels *all[N_LEVELS];
    size_t n_kernels = learner_kernels_all(all);
    for (size_t i = 0; i < n_kernels; i++)
        printf("kernels here: %s\n", all[i]->name);
    for (unsigned n = 32; n <= 1056; n += n < 96 ? 32 : 320) {
        struct params p;
        assert_int_equal(params_make(&p, n), 0);
        for (int hard = 0; hard < 2; hard++) {
            struct session s;
            session_init(&s, &p, p.theta64 + (hard ? p.theta64 / 5 : 0), &random);
            uint8_t *v = errors_alone(&s);
            struct learner *l[N_LEVELS];
            for (size_t i = 0; i < n_kernels; i++) {
                assert_int_equal(learner_new(&l[i], &p, s.code, s.recipes), 0);
                learner_set_kernels(l[i], all[i]);
                learner_start(l[i], v);
            }
            enum learner_status status;
            do {
                status = run(l[0], false);
                for (size_t i = 1; i < n_kernels; i++) {
                    assert_int_equal(run(l[i], false), status);
                    assert_int_equal(learner_iterations(l[i]), learner_iterations(l[0]));
                    assert_memory_equal(learner_candidate(l[i]), learner_candidate(l[0]), n / 8);
                    learner_reject(l[i]);
                }
                learner_reject(l[0]);
            } while (status != LEARNER_EXHAUSTED);
            for (size_t i = 0; i < n_kernels; i++)
                learner_free(l[i]);
            free(v);
            session_deinit(&s);
        }
    }
}

/* What is asked for runs, but never what the processor does not have. */
static void kernels_are_of_the_level(void **state) {
    (void)state;
    for (enum level level = LEVEL_PLAIN; level < N_LEVELS; level++) {
        const struct learner_kernels *all[N_LEVELS];
        level_limit(level);
        enum level now = level < level_widest() ? level : level_widest();
        assert_string_equal(learner_kernels_best()->name, level_name(now));
        assert_int_equal(learner_kernels_all(all), now + 1);
    }
    level_limit(N_LEVELS - 1);
}

/* The updates one by one, on random beliefs: all widths bit for bit, and the exact sum over all cases by brute force.
 */
enum { STEPS = 5, BITS = 32, WEIGHT = 4, BLOCKS = 3, PLAIN = 64 };

static float random_belief(struct prg *random, float most) {
    return ((float)(prg_u32(random) >> 8) * 0x1p-23f - 1) * most;
}

static void assert_close(double a, double b) {
    if (!(fabs(a - b) < 2e-4)) /* the kernels shrink beliefs about secret bits by 2^-16 */
        printf("%.8f is not %.8f\n", a, b);
    assert_true(fabs(a - b) < 2e-4);
}

struct chain_data {
    uint32_t pi[16 * STEPS];
    float sums[2 * BITS], channel[16 * STEPS], to_s[16 * STEPS], to_code[16 * STEPS], before[16 * STEPS],
        change[16 * STEPS];
};

static double given(double belief, unsigned bit) {
    return (1 + (bit ? -belief : belief)) / 2;
}

/* Lane by lane: sum over all 2^STEPS values of the secret bits at its places. */
static void check_chain(const struct chain_data *in, const struct chain_data *out) {
    for (size_t lane = 0; lane < 16; lane++) {
        double prior[STEPS], channel[STEPS];
        for (size_t t = 0; t < STEPS; t++) {
            size_t at = t * 16 + lane, i = in->pi[at];
            double zero = in->sums[2 * i] * (1 - in->to_s[at]), one = in->sums[2 * i + 1] * (1 + in->to_s[at]);
            prior[t] = (zero - one) / (zero + one);
            channel[t] = in->channel[at];
        }
        for (size_t t = 0; t < STEPS; t++) {
            double about_s[2] = {0}, about_code[2] = {0};
            for (unsigned bits = 0; bits < 1u << STEPS; bits++) {
                double without_s = 1, without_code = 1;
                unsigned sum = 0, here = 0;
                for (size_t u = 0; u < STEPS; u++) {
                    unsigned bit = bits >> u & 1;
                    sum ^= bit;
                    without_s *= given(channel[u], sum) * (u == t ? 1 : given(prior[u], bit));
                    without_code *= given(prior[u], bit) * (u == t ? 1 : given(channel[u], sum));
                    here = u == t ? sum : here;
                }
                about_s[bits >> t & 1] += without_s;
                about_code[here] += without_code;
            }
            assert_close(out->to_s[t * 16 + lane], (about_s[0] - about_s[1]) / (about_s[0] + about_s[1]));
            assert_close(out->to_code[t * 16 + lane],
                         (about_code[0] - about_code[1]) / (about_code[0] + about_code[1]));
        }
    }
}

static void chain_is_exact(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    const struct learner_kernels *all[N_LEVELS];
    size_t n_kernels = learner_kernels_all(all);
    for (int trial = 0; trial < 20; trial++) {
        struct chain_data in = {0}, out[N_LEVELS];
        for (size_t at = 0; at < 16 * STEPS; at++) {
            in.pi[at] = prg_below(&random, BITS);
            in.channel[at] = random_belief(&random, 0.9f);
            in.to_s[at] = random_belief(&random, 0.9f);
        }
        for (size_t i = 0; i < 2 * BITS; i++)
            in.sums[i] = 1.5f + random_belief(&random, 1);
        for (size_t i = 0; i < n_kernels; i++) {
            out[i] = in;
            all[i]->chain(STEPS, out[i].pi, out[i].sums, out[i].channel, out[i].to_s, out[i].to_code, out[i].before,
                          out[i].change);
            assert_memory_equal(&out[i], &out[0], sizeof out[0]);
        }
        check_chain(&in, &out[0]);
    }
}

static void repeat_is_exact(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    const struct learner_kernels *all[N_LEVELS];
    size_t n_kernels = learner_kernels_all(all);
    const uint32_t depth[2] = {3, 5};
    uint32_t where[8 * 16];
    float prior[32], to_s[41] = {0}, sums[N_LEVELS][64];
    for (size_t i = 0; i < 40; i++)
        to_s[i] = random_belief(&random, 0.99f);
    for (size_t i = 0; i < 32; i++)
        prior[i] = random_belief(&random, 0.99f);
    for (size_t i = 0; i < 8 * 16; i++)
        where[i] = prg_below(&random, 41); /* 40: nothing */
    for (size_t i = 0; i < n_kernels; i++) {
        all[i]->repeat(2, depth, where, prior, to_s, sums[i]);
        assert_memory_equal(sums[i], sums[0], sizeof sums[0]);
    }
    for (size_t i = 0; i < 32; i++) {
        double zero = 1 + (double)prior[i], one = 1 - (double)prior[i];
        for (size_t d = 0; d < depth[i / 16]; d++) {
            double t = to_s[where[(i / 16 * depth[0] + d) * 16 + i % 16]];
            zero *= 1 + t;
            one *= 1 - t;
        }
        assert_true(fabs(sums[0][2 * i] / zero - 1) < 1e-5 && fabs(sums[0][2 * i + 1] / one - 1) < 1e-5);
    }
}

struct plain_data {
    uint32_t index[BLOCKS * WEIGHT * 16];
    float gain[BLOCKS * 16], to_code[BLOCKS * 16], edges[BLOCKS * WEIGHT * 16], odds[PLAIN], channel[BLOCKS * 16];
};

static void plain_errors_are_exact(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    const struct learner_kernels *all[N_LEVELS];
    size_t n_kernels = learner_kernels_all(all);
    struct plain_data in = {0}, there[N_LEVELS], back[N_LEVELS];
    for (size_t e = 0; e < BLOCKS * WEIGHT * 16; e++) {
        in.index[e] = prg_below(&random, PLAIN);
        in.edges[e] = random_belief(&random, 0.95f);
    }
    for (size_t j = 0; j < BLOCKS * 16; j++) {
        in.gain[j] = prg_u32(&random) & 1 ? 0.9f : -0.9f;
        in.to_code[j] = random_belief(&random, 0.99f);
    }
    for (size_t i = 0; i < PLAIN; i++)
        in.odds[i] = 20;
    for (size_t i = 0; i < n_kernels; i++) {
        there[i] = in;
        all[i]->to_plain(WEIGHT, 0, BLOCKS, there[i].index, there[i].gain, there[i].to_code, there[i].edges,
                         there[i].odds);
        assert_memory_equal(&there[i], &there[0], sizeof there[0]);
        back[i] = there[i];
        all[i]->from_plain(WEIGHT, 0, BLOCKS, back[i].index, back[i].gain, back[i].odds, back[i].edges,
                           back[i].channel);
        assert_memory_equal(&back[i], &back[0], sizeof back[0]);
    }
    for (size_t j = 0; j < BLOCKS * 16; j++) {
        double product = in.gain[j];
        for (size_t t = 0; t < WEIGHT; t++) {
            size_t e = (j / 16 * WEIGHT + t) * 16 + j % 16;
            double belief = (double)in.gain[j] * in.to_code[j], odds = 20;
            for (size_t u = 0; u < WEIGHT; u++)
                if (u != t)
                    belief *= in.edges[(j / 16 * WEIGHT + u) * 16 + j % 16];
            assert_close(there[0].edges[e], belief);
            /* back: the prior and every other edge of the same plain error */
            for (size_t f = 0; f < BLOCKS * WEIGHT * 16; f++)
                if (f != e && in.index[f] == in.index[e])
                    odds *= (1 + (double)there[0].edges[f]) / (1 - (double)there[0].edges[f]);
            assert_close(back[0].edges[e], (odds - 1) / (odds + 1));
            product *= (odds - 1) / (odds + 1);
        }
        assert_close(back[0].channel[j], product);
    }
}

/* Against two beliefs joined one by one, by Bayes' rule. */
static void leaning_is_exact(void **state) {
    (void)state;
    struct prg random;
    unit_random(&random, __func__);
    const struct learner_kernels *all[N_LEVELS];
    size_t n_kernels = learner_kernels_all(all);
    for (int trial = 0; trial < 50; trial++) {
        float channel[BLOCKS * 16], to_code[BLOCKS * 16];
        uint8_t ones[N_LEVELS][BLOCKS * 2], sure[N_LEVELS][BLOCKS * 2];
        for (size_t j = 0; j < BLOCKS * 16; j++) {
            channel[j] = random_belief(&random, 0.999f);
            to_code[j] = j % 7 ? random_belief(&random, 0.999f) : 0;
        }
        for (size_t i = 0; i < n_kernels; i++) {
            all[i]->lean(BLOCKS, channel, to_code, ones[i], sure[i]);
            assert_memory_equal(ones[i], ones[0], sizeof ones[0]);
            assert_memory_equal(sure[i], sure[0], sizeof sure[0]);
        }
        for (size_t j = 0; j < BLOCKS * 16; j++) {
            double zero = (1 + (double)channel[j]) * (1 + (double)to_code[j]);
            double one = (1 - (double)channel[j]) * (1 - (double)to_code[j]), least = fmin(zero, one) / (zero + one);
            if (fabs(zero / (zero + one) - 0.5) > 1e-6)
                assert_int_equal(bit_get(ones[0], j), one > zero);
            if (fabs(least - 0.01) > 1e-5)
                assert_int_equal(bit_get(sure[0], j), least < 0.01);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns),
        cmocka_unit_test(all_secrets_are_alike),
        cmocka_unit_test(all_kernels_agree_on_sessions),
        cmocka_unit_test(kernels_are_of_the_level),
        cmocka_unit_test(chain_is_exact),
        cmocka_unit_test(repeat_is_exact),
        cmocka_unit_test(plain_errors_are_exact),
        cmocka_unit_test(leaning_is_exact),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
