/* Belief propagation in turns. Along the code: an exact forward-backward pass over the 16 lanes, then the secret bits
 * collect what their places say (a turbo decoder for a repeat-accumulate code: Divsalar, Jin, McEliece 1998). Over the
 * plain errors, a round: every recipe says about each of its plain errors what its v_j, the code and its other plain
 * errors imply; every plain error collects that with its prior theta and answers. A round touches k w edges and costs
 * as much as twenty passes along the code, so it is made only after several of those.
 *
 * When the hard decisions settle near enough to v, they are proposed. If they are refused, beliefs often move on to the
 * right ones within a few more rounds; if not, the least certain bits are guessed (learner_guess.c).
 *
 * The constants were found by trial, on whole sessions: tests/bench/measure/README.md. */
#include "common/task/lpn/learner.h"

#include "common/base/bytes.h"
#include "common/base/secret.h"
#include "common/task/lpn/learner_internal.h"
#include "common/task/lpn/learner_state.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
    HALVES = 2,            /* parts of a round */
    FIRST_ITERATIONS = 10, /* along the code, before the first round */
    ROUND_ITERATIONS = 5,  /* and after each */
    MAX_ROUNDS = 40,       /* before the guesses; */
    PATIENCE = 6,          /* and after a refused candidate */
    MAX_TURNS = 2,         /* of guesses */
};

static int allocate(struct learner *l) {
    const struct {
        void **at;
        size_t n, size;
    } arrays[] = {
        {(void **)&l->candidate, bits_to_bytes(l->n), 1},
        {(void **)&l->hard, l->n, 1},
        {(void **)&l->rejected, LEARNER_MAX_PROPOSALS * l->n, 1},
        {(void **)&l->hard_before, l->n, 1},
        {(void **)&l->to_s_before, l->n_places, sizeof(float)},
        {(void **)&l->found, LEARNER_MAX_PROPOSALS * l->n, 1},
        {(void **)&l->pi, l->n_places, sizeof(uint32_t)},
        {(void **)&l->depth, l->n / LEARNER_LANES, sizeof(uint32_t)},
        {(void **)&l->begin, l->n / LEARNER_LANES, sizeof(uint32_t)},
        {(void **)&l->prior, l->n, sizeof(float)},
        {(void **)&l->sums, 2 * (l->n + 1), sizeof(float)},
        {(void **)&l->gain, l->n_places, sizeof(float)},
        {(void **)&l->channel, l->n_places, sizeof(float)},
        {(void **)&l->to_s, l->n_places + 1, sizeof(float)},
        {(void **)&l->to_code, l->n_places, sizeof(float)},
        {(void **)&l->before, l->n_places, sizeof(float)},
        {(void **)&l->change, l->n_places, sizeof(float)},
        {(void **)&l->added, l->k, sizeof(int32_t)},
        {(void **)&l->edges, l->n_places * l->w, sizeof(float)},
        {(void **)&l->odds, HALVES * l->m, sizeof(float)},
        {(void **)&l->ones, TASK_ROUNDS_MAX * l->n_places / 8, 1},
        {(void **)&l->sure, TASK_ROUNDS_MAX * l->n_places / 8, 1},
    };
    for (size_t a = 0; a < sizeof arrays / sizeof arrays[0]; a++)
        if (!(*arrays[a].at = secret_new(arrays[a].n * arrays[a].size)))
            return -ENOMEM;
    return 0;
}

/* pi with the places beyond k, and its inverse. */
static int index_places(struct learner *l) {
    uint32_t *next = secret_new(l->n * sizeof *next);
    if (!next)
        return -ENOMEM;
    for (size_t j = 0; j < l->n_places; j++) {
        l->pi[j] = j < l->k ? l->code->pi[j] : (uint32_t)l->n;
        if (j < l->k)
            next[l->pi[j]]++;
    }
    size_t n_rows = 0;
    for (size_t b = 0; b < l->n / LEARNER_LANES; b++) {
        l->begin[b] = (uint32_t)(n_rows * LEARNER_LANES);
        for (size_t i = b * LEARNER_LANES; i < (b + 1) * LEARNER_LANES; i++) {
            if (next[i] > l->depth[b])
                l->depth[b] = next[i];
            next[i] = l->begin[b] + (uint32_t)(i % LEARNER_LANES);
        }
        n_rows += l->depth[b];
    }
    l->where = secret_new(n_rows * LEARNER_LANES * sizeof *l->where);
    if (l->where) {
        for (size_t at = 0; at < n_rows * LEARNER_LANES; at++)
            l->where[at] = (uint32_t)l->n_places;
        for (size_t j = 0; j < l->k; j++) {
            l->where[next[l->pi[j]]] = (uint32_t)j;
            next[l->pi[j]] += LEARNER_LANES;
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
    l->n_blocks = (l->k + LEARNER_LANES - 1) / LEARNER_LANES;
    l->n_places = l->n_blocks * LEARNER_LANES;
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
    void *arrays[] = {l->candidate, l->hard,    l->rejected, l->hard_before, l->to_s_before, l->found,
                      l->pi,        l->depth,   l->begin,    l->where,       l->prior,       l->sums,
                      l->gain,      l->channel, l->to_s,     l->to_code,     l->before,      l->change,
                      l->added,     l->edges,   l->odds,     l->ones,        l->sure};
    for (size_t a = 0; a < sizeof arrays / sizeof arrays[0]; a++)
        secret_free(arrays[a]);
    secret_free(l);
}

void learner_set_kernels(struct learner *l, const struct learner_kernels *kernels) {
    l->kernels = kernels;
}

void learner_start(struct learner *l, const uint8_t *v) {
    for (size_t j = 0; j < l->k; j++)
        l->gain[j] = bit_get(v, j) ? -l->gain_size : l->gain_size;
    l->rounds = l->iterations = l->proposals = l->errors = 0;
    l->n_rejected = 0;
    l->n_told = 0;
    l->max_iterations = FIRST_ITERATIONS;
    l->last_round = MAX_ROUNDS;
    l->proposing_found = false;
    l->n_turns = 0;
    l->least_rejected = l->k;
    l->phase = PREPARE;
    l->status = LEARNER_WORK;
}

/* Nothing is known but the priors. */
static void prepare(struct learner *l, size_t half) {
    size_t first = l->n_blocks * half / HALVES * LEARNER_LANES, end = l->n_blocks * (half + 1) / HALVES * LEARNER_LANES;
    float plain = 1;
    for (size_t t = 0; t < l->w; t++)
        plain *= l->gain_size;
    for (size_t j = first; j < end; j++) {
        l->channel[j] = l->gain[j] * plain;
        l->to_s[j] = 0;
    }
    for (size_t e = first * l->w; e < end * l->w; e++)
        l->edges[e] = l->gain_size;
    if (half > 0)
        return;
    memset(l->prior, 0, l->n * sizeof *l->prior);
    memset(l->hard, LEARNER_TIE, l->n);
    for (size_t i = 0; i < 2 * (l->n + 1); i++)
        l->sums[i] = 1;
}

void learner_pass(struct learner *l) {
    l->kernels->chain(l->n_blocks, l->pi, l->sums, l->channel, l->to_s, l->to_code, l->before, l->change);
    l->kernels->repeat(l->n / LEARNER_LANES, l->depth, l->where, l->prior, l->to_s, l->sums);
    l->iterations++;
}

static void code_passes(struct learner *l) {
    l->converged = false;
    for (size_t turn = 0; turn < l->max_iterations && !l->converged; turn++) {
        learner_pass(l);
        learner_keep_round(l);
        if (!learner_decide(l) || learner_count_errors(l) > l->max_errors)
            continue;
        l->errors = learner_descend(l);
        l->converged = !learner_is_rejected(l);
    }
}

void learner_run(struct learner *l, size_t part) {
    size_t first = l->n_blocks * part / HALVES, end = l->n_blocks * (part + 1) / HALVES;
    float *odds = l->odds + part * l->m;
    switch (l->phase) {
    case PREPARE:
        prepare(l, part);
        break;
    case CODE_PASSES:
        code_passes(l);
        break;
    case TO_PLAIN:
        for (size_t i = 0; i < l->m; i++)
            odds[i] = 1;
        l->kernels->to_plain(l->w, first, end, l->recipes->index, l->gain, l->to_code, l->edges, odds);
        break;
    case FROM_PLAIN:
        l->kernels->from_plain(l->w, first, end, l->recipes->index, l->gain, l->odds, l->edges, l->channel);
        break;
    case GUESS:
        learner_make_guess(l);
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

/* The next of what the guesses found; after them the rounds that are left, and one more turn of guesses. */
static void propose_found(struct learner *l) {
    l->proposing_found = learner_take_found(l);
    if (l->proposing_found) {
        propose(l);
        return;
    }
    l->status = LEARNER_EXHAUSTED;
    if (l->n_turns == MAX_TURNS || l->rounds == MAX_ROUNDS)
        return;
    learner_end_guesses(l);
    l->last_round = MAX_ROUNDS;
    l->phase = CODE_PASSES;
    l->status = LEARNER_WORK;
}

/* Another round, if there is one. */
static void go_on(struct learner *l) {
    l->status = LEARNER_WORK;
    l->phase = TO_PLAIN;
    if (l->rounds < l->last_round)
        return;
    if (l->n_turns == MAX_TURNS) {
        l->status = LEARNER_EXHAUSTED;
        return;
    }
    learner_start_guesses(l);
    l->phase = GUESS;
}

static void next_phase(struct learner *l) {
    switch (l->phase) {
    case PREPARE:
        l->phase = CODE_PASSES;
        break;
    case CODE_PASSES:
        if (l->converged)
            propose(l);
        else
            go_on(l);
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
    case GUESS:
        if (l->guess == l->n_guesses)
            propose_found(l);
        break;
    }
}

void learner_reject(struct learner *l) {
    if (l->status != LEARNER_CANDIDATE)
        return;
    if (l->proposals == LEARNER_MAX_PROPOSALS) {
        l->status = LEARNER_EXHAUSTED;
        return;
    }
    memcpy(l->rejected + l->n_rejected++ * l->n, l->hard, l->n);
    if (l->errors < l->least_rejected)
        l->least_rejected = l->errors;
    if (l->proposing_found) {
        propose_found(l);
        return;
    }
    if (l->n_turns == 0 && l->last_round > l->rounds + PATIENCE)
        l->last_round = l->rounds + PATIENCE;
    go_on(l);
}

size_t learner_n_parts(const struct learner *l) {
    return l->phase == CODE_PASSES || l->phase == GUESS ? 1 : HALVES;
}

void learner_advance(struct learner *l) {
    if (l->status == LEARNER_WORK)
        next_phase(l);
}

void learner_turn(struct learner *l) {
    for (size_t part = 0; part < learner_n_parts(l); part++)
        learner_run(l, part);
    learner_advance(l);
}

enum learner_status learner_status(const struct learner *l) {
    return l->status;
}

const uint8_t *learner_candidate(const struct learner *l) {
    return l->candidate;
}

void learner_decisions(const struct learner *l, uint8_t *out) {
    memset(out, 0, bits_to_bytes(l->n));
    for (size_t i = 0; i < l->n; i++)
        bit_xor(out, i, l->hard[i] == 1);
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
