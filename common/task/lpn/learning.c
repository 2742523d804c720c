#include "common/task/lpn/learning.h"

#include "common/base/batch.h"
#include "common/base/bytes.h"
#include "common/base/secret.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>

enum {
    SYNDROME_ROWS = 16384,  /* rows of the learner's input that one job makes */
    SERIAL_EDGES = 1 << 18, /* below this many k w a step of the learner is not worth two threads ... */
    SLICE_EDGES = 1 << 20,  /* ... and as many steps as make about this go into one job */
};

enum phase { SYNDROME, LEARNING, CHECKING, COUNTING, FINISHED };

struct learn {
    const struct params *params;
    const struct code *code;
    const struct recipes *recipes;
    const uint8_t *labels;
    uint8_t key[32];
    enum phase phase;
    struct learner *learner;
    uint8_t *v;     /* k bits */
    uint8_t *check; /* m bits: labels, then their errors by the hypothesis; k bits: for count_composed */
    struct batch batch;
    struct learning_result result;
};

static size_t syndrome_parts(const struct params *params) {
    return (params->k + SYNDROME_ROWS - 1) / SYNDROME_ROWS;
}

static void sum_recipes(struct learn *l, const uint8_t *z, size_t part) {
    size_t first = part * SYNDROME_ROWS, left = l->params->k - first;
    compose_syndrome(l->v, l->recipes, z, first, left < SYNDROME_ROWS ? left : SYNDROME_ROWS);
}

static void run_syndrome(void *context, size_t part) {
    struct learn *l = context;
    sum_recipes(l, l->labels, part);
}

static void run_composed(void *context, size_t part) {
    struct learn *l = context;
    sum_recipes(l, l->check, part);
}

static void run_part(void *context, size_t part) {
    learner_run(((struct learn *)context)->learner, part);
}

static bool is_serial(const struct learn *l) {
    return (size_t)l->params->k * l->params->w < SERIAL_EDGES;
}

static void run_steps(void *context, size_t part) {
    struct learn *l = context;
    (void)part;
    size_t edges = (size_t)l->params->k * l->params->w;
    for (size_t worked = 0; worked < SLICE_EDGES && learner_status(l->learner) == LEARNER_WORK; worked += edges) {
        learner_turn(l->learner);
    }
}

static void run_check(void *context, size_t part) {
    struct learn *l = context;
    matrix_label_part(l->check, l->key, l->params->m, l->params->n, l->result.h, part);
}

int learning_new(struct learn **lp, const struct params *params, const struct code *code, const struct recipes *recipes,
                 const uint8_t *labels, const uint8_t key[static 32]) {
    struct learn *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->params = l->result.params = params;
    l->code = code;
    l->recipes = recipes;
    l->labels = labels;
    memcpy(l->key, key, 32);
    l->v = secret_new(bits_to_bytes(params->k));
    l->check = secret_new(bits_to_bytes((size_t)params->m + params->k));
    if (!l->v || !l->check || learner_new(&l->learner, params, code, recipes) < 0) {
        learning_free(l);
        return -ENOMEM;
    }
    batch_start(&l->batch, syndrome_parts(params), run_syndrome, l);
    *lp = l;
    return 0;
}

void learning_free(struct learn *l) {
    if (!l)
        return;
    learner_free(l->learner);
    secret_free(l->v);
    secret_free(l->check);
    secret_free(l);
}

struct job *learning_next_job(struct learn *l) {
    return l->phase == FINISHED ? NULL : batch_next(&l->batch);
}

static void start_check(struct learn *l) {
    l->phase = CHECKING;
    memcpy(l->result.h, learner_candidate(l->learner), l->params->n / 8);
    memcpy(l->check, l->labels, l->params->m / 8);
    batch_start(&l->batch, matrix_label_parts(l->params->m, l->params->n), run_check, l);
}

static uint32_t count_ones(const uint8_t *bits, size_t n_bits) {
    uint32_t ones = 0;
    for (size_t i = 0; i < n_bits / 8; i++)
        ones += (uint32_t)__builtin_popcount(bits[i]);
    return ones;
}

/* The self-check: at most floor((1/4 + theta/2) m) of all m plain labels may disagree. */
static bool self_check(struct learn *l) {
    uint32_t wrong = count_ones(l->check, l->params->m);
    l->result.disagreements = wrong;
    l->result.symbol_error = learner_error_rate(l->learner);
    return wrong <= params_self_check_limit(l->params);
}

/* e_(m+j) = v_j + <u_j, h> + the plain errors of recipe j: the recipe is summed up again, now over errors. */
static void start_composed(struct learn *l) {
    uint8_t *composed = l->check + l->params->m / 8;
    l->phase = COUNTING;
    code_encode(l->code, composed, l->result.h);
    l->result.n_rounds = learner_rounds_told(l->learner, composed, l->result.rounds);
    for (size_t i = 0; i < l->params->k / 8; i++)
        composed[i] ^= l->v[i];
    batch_start(&l->batch, syndrome_parts(l->params), run_composed, l);
}

static void count_composed(struct learn *l) {
    const struct params *p = l->params;
    l->result.composed_errors = count_ones(l->v, p->k);
    l->result.noisy = (l->result.disagreements >= p->least_plain) & (l->result.composed_errors >= p->least_composed);
}

/* The learner has more to do, a candidate to check, or nothing left. Returns 1 in the last case. */
static int next_step(struct learn *l) {
    l->result.iterations = (uint32_t)learner_iterations(l->learner);
    switch (learner_status(l->learner)) {
    case LEARNER_WORK:
        l->phase = LEARNING;
        if (is_serial(l))
            batch_start(&l->batch, 1, run_steps, l);
        else
            batch_start(&l->batch, learner_n_parts(l->learner), run_part, l);
        return 0;
    case LEARNER_CANDIDATE:
        start_check(l);
        return 0;
    default:
        l->phase = FINISHED;
        return 1;
    }
}

int learning_job_done(struct learn *l, struct job *job) {
    bool finished = false;
    batch_take_back(&l->batch, job, &finished);
    if (!finished)
        return 0;
    if (l->phase == SYNDROME) {
        learner_start(l->learner, l->v);
        return next_step(l);
    }
    if (l->phase == LEARNING) {
        if (!is_serial(l))
            learner_advance(l->learner);
        return next_step(l);
    }
    if (l->phase == COUNTING) {
        count_composed(l);
        l->phase = FINISHED;
        return 1;
    }
    l->result.accepted = self_check(l);
    if (l->result.accepted) {
        start_composed(l);
        return 0;
    }
    learner_reject(l->learner);
    return next_step(l);
}

const struct learning_result *learning_result(const struct learn *l) {
    return &l->result;
}
