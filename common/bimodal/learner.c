/* Belief propagation in turns. Along the code: an exact forward-backward pass over the 16 lanes, then the secret bits
 * collect what their places say (a turbo decoder for a repeat-accumulate code: Divsalar, Jin, McEliece 1998). Over the
 * plain errors: every recipe says about each of its plain errors what its v_j, the code and its other plain errors
 * imply; every plain error collects that with its prior theta and answers. A pass over the plain errors touches k w
 * edges and costs as much as twenty along the code, so it is made only after several of those.
 *
 * The constants below were found by trial, on whole sessions. */
#include "common/bimodal/learner.h"

#include "common/base/bytes.h"
#include "common/base/secret.h"
#include "common/bimodal/learner_internal.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    LANES = CODE_LANES,
    HALVES = 2,            /* parts of a pass over the plain errors */
    FIRST_ITERATIONS = 10, /* along the code, before the first round */
    ROUND_ITERATIONS = 3,  /* and after each */
    MAX_ROUNDS = 40,
    SMALL = 1 << 17, /* edges: below, a part is several phases at once */
    SLICE = 1 << 20, /* edges that such a part touches, about */
    TIE = 2,         /* a hard decision that is none */
};

enum phase { PREPARE, CODE_PASSES, TO_PLAIN, FROM_PLAIN };

struct learner {
    const struct code *code;
    const struct recipes *recipes;
    const struct learner_kernels *kernels;
    size_t n, m, w, k, n_blocks;
    float gain_size;   /* 1 - 2 theta */
    float prior_odds;  /* (1 - theta) / theta */
    size_t max_errors; /* a candidate that differs from more of v is none */

    enum learner_status status;
    enum phase phase;
    size_t rounds, iterations, proposals, errors;
    size_t max_iterations; /* of this turn */
    bool converged;

    uint8_t *candidate;
    uint8_t *hard;   /* n: 0, 1 or TIE */
    uint32_t *pi;    /* 16 n_blocks; beyond k a bit that is never asked */
    uint32_t *depth; /* n / 16 */
    uint32_t *where; /* places of each secret bit, 16 bits at a time */
    float *prior;    /* n */
    float *sums;     /* 2 (n + 1) */
    float *gain;     /* 16 n_blocks, as the next five */
    float *channel;
    float *to_s; /* and one place that says nothing */
    float *to_code;
    float *before;
    float *change;
    float *edges; /* 16 n_blocks w */
    float *odds;  /* HALVES x m */
};

static int allocate(struct learner *l) {
    size_t n_places = l->n_blocks * LANES;
    l->candidate = secret_new(bits_to_bytes(l->n));
    l->hard = secret_new(l->n);
    l->pi = secret_new(n_places * sizeof *l->pi);
    l->depth = secret_new(l->n / LANES * sizeof *l->depth);
    l->prior = secret_new(l->n * sizeof(float));
    l->sums = secret_new(2 * (l->n + 1) * sizeof(float));
    l->gain = secret_new(n_places * sizeof(float));
    l->channel = secret_new(n_places * sizeof(float));
    l->to_s = secret_new((n_places + 1) * sizeof(float));
    l->to_code = secret_new(n_places * sizeof(float));
    l->before = secret_new(n_places * sizeof(float));
    l->change = secret_new(n_places * sizeof(float));
    l->edges = secret_new(n_places * l->w * sizeof(float));
    l->odds = secret_new(HALVES * l->m * sizeof(float));
    return l->candidate && l->hard && l->pi && l->depth && l->prior && l->sums && l->gain && l->channel && l->to_s &&
                   l->to_code && l->before && l->change && l->edges && l->odds
               ? 0
               : -ENOMEM;
}

/* pi with the places beyond k, and its inverse. */
static int index_places(struct learner *l) {
    size_t n_places = l->n_blocks * LANES;
    uint32_t *next = secret_new(l->n * sizeof *next);
    if (!next)
        return -ENOMEM;
    for (size_t j = 0; j < l->k; j++) {
        l->pi[j] = l->code->pi[j];
        next[l->pi[j]]++;
    }
    for (size_t j = l->k; j < n_places; j++)
        l->pi[j] = (uint32_t)l->n;

    size_t rows = 0;
    for (size_t b = 0; b < l->n / LANES; b++) {
        for (size_t i = b * LANES; i < (b + 1) * LANES; i++) {
            if (next[i] > l->depth[b])
                l->depth[b] = next[i];
            next[i] = (uint32_t)(rows * LANES + i % LANES);
        }
        rows += l->depth[b];
    }
    l->where = secret_new(rows * LANES * sizeof *l->where);
    if (l->where) {
        for (size_t at = 0; at < rows * LANES; at++)
            l->where[at] = (uint32_t)n_places;
        for (size_t j = 0; j < l->k; j++) {
            l->where[next[l->pi[j]]] = (uint32_t)j;
            next[l->pi[j]] += LANES;
        }
    }
    secret_free(next);
    return l->where ? 0 : -ENOMEM;
}

int learner_new(struct learner **learnerp, const struct params *params, const struct code *code,
                const struct recipes *recipes) {
    struct learner *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->code = code;
    l->recipes = recipes;
    l->kernels = learner_kernels_best();
    l->n = params->n;
    l->m = params->m;
    l->w = params->w;
    l->k = params->k;
    l->n_blocks = (l->k + LANES - 1) / LANES;
    l->gain_size = (float)(1 - 2 * params->theta);
    l->prior_odds = (float)((1 - params->theta) / params->theta);
    /* p k and five standard deviations: of k coins, and of the plain errors that they share */
    double slope = (double)(l->w + 1) * (1 - 2 * params->p) / (1 - 2 * params->theta);
    double deviation = sqrt(params->p * (1 - params->p) / (double)l->k +
                            slope * slope * params->theta * (1 - params->theta) / (double)l->m);
    l->max_errors = (size_t)((params->p + 5 * deviation) * (double)l->k);
    l->status = LEARNER_EXHAUSTED;
    int r = allocate(l);
    if (r == 0)
        r = index_places(l);
    if (r < 0) {
        learner_free(l);
        return r;
    }
    *learnerp = l;
    return 0;
}

void learner_free(struct learner *l) {
    if (!l)
        return;
    secret_free(l->candidate);
    secret_free(l->hard);
    secret_free(l->pi);
    secret_free(l->depth);
    secret_free(l->where);
    secret_free(l->prior);
    secret_free(l->sums);
    secret_free(l->gain);
    secret_free(l->channel);
    secret_free(l->to_s);
    secret_free(l->to_code);
    secret_free(l->before);
    secret_free(l->change);
    secret_free(l->edges);
    secret_free(l->odds);
    secret_free(l);
}

void learner_set_kernels(struct learner *l, const struct learner_kernels *kernels) {
    l->kernels = kernels;
}

void learner_start(struct learner *l, const uint8_t *v) {
    for (size_t j = 0; j < l->k; j++)
        l->gain[j] = bit_get(v, j) ? -l->gain_size : l->gain_size;
    l->rounds = l->iterations = l->proposals = l->errors = 0;
    l->status = LEARNER_WORK;
    l->phase = PREPARE;
}

/* Nothing is known but the priors. */
static void prepare(struct learner *l, size_t half) {
    size_t first = l->n_blocks * half / HALVES * LANES, end = l->n_blocks * (half + 1) / HALVES * LANES;
    float sum = 1;
    for (size_t t = 0; t < l->w; t++)
        sum *= l->gain_size;
    for (size_t j = first; j < end; j++) {
        l->channel[j] = l->gain[j] * sum;
        l->to_s[j] = 0;
    }
    for (size_t e = first * l->w; e < end * l->w; e++)
        l->edges[e] = l->gain_size;
    if (half > 0)
        return;
    memset(l->prior, 0, l->n * sizeof *l->prior);
    memset(l->hard, TIE, l->n);
    for (size_t i = 0; i < 2 * (l->n + 1); i++)
        l->sums[i] = 1;
    l->max_iterations = FIRST_ITERATIONS;
}

/* Whether all secret bits are decided and as they were. */
static bool decide(struct learner *l) {
    bool settled = true;
    for (size_t i = 0; i < l->n; i++) {
        float zero = l->sums[2 * i], one = l->sums[2 * i + 1];
        uint8_t hard = zero > one ? 0 : one > zero ? 1 : TIE;
        settled &= hard != TIE && hard == l->hard[i];
        l->hard[i] = hard;
    }
    return settled;
}

static size_t count_errors(const struct learner *l) {
    uint8_t sum[LANES] = {0};
    size_t errors = 0;
    for (size_t j = 0; j < l->k; j++) {
        sum[j % LANES] ^= l->hard[l->pi[j]];
        errors += sum[j % LANES] != (l->gain[j] < 0);
    }
    memset(sum, 0, sizeof sum);
    return errors;
}

static void code_passes(struct learner *l) {
    l->converged = false;
    for (size_t turn = 0; turn < l->max_iterations && !l->converged; turn++) {
        l->kernels->chain(l->n_blocks, l->pi, l->sums, l->channel, l->to_s, l->to_code, l->before, l->change);
        l->kernels->repeat(l->n / LANES, l->depth, l->where, l->prior, l->to_s, l->sums);
        l->iterations++;
        if (decide(l)) {
            l->errors = count_errors(l);
            l->converged = l->errors <= l->max_errors;
        }
    }
}

static void run_part(struct learner *l, size_t part) {
    size_t first = l->n_blocks * part / HALVES, end = l->n_blocks * (part + 1) / HALVES;
    switch (l->phase) {
    case PREPARE:
        prepare(l, part);
        break;
    case CODE_PASSES:
        code_passes(l);
        break;
    case TO_PLAIN:
        for (size_t i = 0; i < l->m; i++)
            l->odds[part * l->m + i] = 1;
        l->kernels->to_plain(l->w, first, end, l->recipes->index, l->gain, l->to_code, l->edges, l->odds + part * l->m);
        break;
    case FROM_PLAIN:
        l->kernels->from_plain(l->w, first, end, l->recipes->index, l->gain, l->odds, l->edges, l->channel);
        break;
    }
}

/* The plain errors' odds: the prior and what both halves say, kept finite. */
static void join_odds(struct learner *l) {
    const float most = 0x1p60f, least = 0x1p-60f;
    for (size_t i = 0; i < l->m; i++) {
        float odds = l->prior_odds * l->odds[i] * l->odds[l->m + i];
        odds = odds < most ? odds : most;
        l->odds[i] = odds > least ? odds : least;
    }
}

static void propose(struct learner *l) {
    memset(l->candidate, 0, bits_to_bytes(l->n));
    for (size_t i = 0; i < l->n; i++)
        bit_xor(l->candidate, i, l->hard[i]);
    l->proposals++;
    l->status = LEARNER_CANDIDATE;
}

static void next_phase(struct learner *l) {
    switch (l->phase) {
    case PREPARE:
        l->phase = CODE_PASSES;
        break;
    case CODE_PASSES:
        if (l->converged)
            propose(l);
        else if (l->rounds == MAX_ROUNDS)
            l->status = LEARNER_EXHAUSTED;
        else
            l->phase = TO_PLAIN;
        break;
    case TO_PLAIN:
        join_odds(l);
        l->phase = FROM_PLAIN;
        break;
    case FROM_PLAIN:
        l->rounds++;
        l->max_iterations = ROUND_ITERATIONS;
        l->phase = CODE_PASSES;
        break;
    }
}

static bool is_small(const struct learner *l) {
    return l->k * l->w < SMALL;
}

static size_t phase_parts(const struct learner *l) {
    return l->phase == CODE_PASSES ? 1 : HALVES;
}

enum learner_status learner_status(const struct learner *l) {
    return l->status;
}

size_t learner_n_parts(const struct learner *l) {
    return is_small(l) ? 1 : phase_parts(l);
}

void learner_run(struct learner *l, size_t part) {
    if (!is_small(l)) {
        run_part(l, part);
        return;
    }
    for (size_t touched = 0; l->status == LEARNER_WORK && touched < SLICE; touched += l->k * l->w) {
        for (part = 0; part < phase_parts(l); part++)
            run_part(l, part);
        next_phase(l);
    }
}

void learner_advance(struct learner *l) {
    if (!is_small(l) && l->status == LEARNER_WORK)
        next_phase(l);
}

const uint8_t *learner_candidate(const struct learner *l) {
    return l->candidate;
}

void learner_reject(struct learner *l) {
    l->status = LEARNER_EXHAUSTED;
}

size_t learner_iterations(const struct learner *l) {
    return l->iterations;
}

size_t learner_rounds(const struct learner *l) {
    return l->rounds;
}

size_t learner_proposals(const struct learner *l) {
    return l->proposals;
}

double learner_error_rate(const struct learner *l) {
    return (double)l->errors / (double)l->k;
}
