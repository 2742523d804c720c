#include "common/task/lpn/learning.h"

#include "common/base/batch.h"
#include "common/base/bytes.h"
#include "common/base/sample.h"
#include "common/base/secret.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>

enum {
    SYNDROME_ROWS = 16384,  /* rows of the learner's input that one job makes */
    CHECK_BYTES = 1 << 20,  /* of the plain samples that one job looks at again */
    SERIAL_EDGES = 1 << 18, /* below this many k w a step of the learner is not worth two threads ... */
    SLICE_EDGES = 1 << 19,  /* ... and as many steps as make about this go into one job */
};

enum phase { SYNDROME, LEARNING, CHECKING, FINISHED };

struct learn {
    const struct params *params;
    const struct code *code;
    const struct recipes *recipes;
    const uint8_t *labels;
    const struct kept *kept;
    uint8_t key[32], check_key[32];
    enum phase phase;
    struct learner *learner;
    uint8_t *v;        /* k bits */
    uint32_t *checked; /* which plain labels are looked at */
    uint8_t *marks;    /* scratch to choose them: m bits */
    uint8_t *looked;   /* the labels that are looked at: of the plain ones, then of the composed ones */
    uint8_t *check;    /* these, then their errors by the hypothesis */
    struct batch batch;
    struct learning_result result;
};

static size_t look_bytes(const struct params *params) {
    return (params_checked(params) + params_kept(params)) / 8;
}

static size_t syndrome_parts(const struct params *params) {
    return (params->k + SYNDROME_ROWS - 1) / SYNDROME_ROWS;
}

/* The sample is drawn here, once the labels are in. */
static void choose_labels(struct learn *l) {
    const struct params *p = l->params;
    sample_draw(l->checked, params_checked(p), p->m, l->check_key, l->marks);
    for (size_t i = 0; i < params_checked(p); i++)
        bit_xor(l->looked, i, bit_get(l->labels, l->checked[i]));
    kept_labels(l->kept, l->looked + params_checked(p) / 8, l->labels + p->m / 8);
}

/* The last part chooses what is looked at in the end. */
static void run_syndrome(void *context, size_t part) {
    struct learn *l = context;
    if (part == syndrome_parts(l->params)) {
        choose_labels(l);
        return;
    }
    size_t first = part * SYNDROME_ROWS, left = l->params->k - first;
    compose_syndrome(l->v, l->recipes, l->labels, first, left < SYNDROME_ROWS ? left : SYNDROME_ROWS);
}

static void run_part(void *context, size_t part) {
    learner_run(((struct learn *)context)->learner, part);
}

/* Of a step of the learner. */
static size_t step_edges(const struct learn *l) {
    return (size_t)l->params->k * l->params->w;
}

static bool is_serial(const struct learn *l) {
    return step_edges(l) < SERIAL_EDGES;
}

static void run_steps(void *context, size_t part) {
    struct learn *l = context;
    (void)part;
    for (size_t worked = 0; worked < SLICE_EDGES && learner_status(l->learner) == LEARNER_WORK; worked += step_edges(l))
        learner_turn(l->learner);
}

/* Rows of one part: whole bytes of l->check. */
static size_t check_rows(const struct params *params) {
    return CHECK_BYTES / (params->n / 8) / 8 * 8;
}

static size_t check_parts(const struct params *params) {
    return (params_checked(params) + check_rows(params) - 1) / check_rows(params);
}

/* The last part is that of the composed labels. */
static void run_check(void *context, size_t part) {
    struct learn *l = context;
    const struct params *p = l->params;
    if (part == check_parts(p)) {
        kept_label(l->kept, l->check + params_checked(p) / 8, l->result.h);
        return;
    }
    size_t first = part * check_rows(p), left = params_checked(p) - first;
    matrix_label_chosen(l->check + first / 8, l->key, p->m, p->n, l->checked + first,
                        left < check_rows(p) ? left : check_rows(p), l->result.h);
}

int learning_new(struct learn **lp, const struct params *params, const struct code *code, const struct recipes *recipes,
                 const struct kept *kept, const uint8_t *labels, const uint8_t key[static 32],
                 const uint8_t check_key[static 32]) {
    struct learn *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->params = l->result.params = params;
    l->code = code;
    l->recipes = recipes;
    l->kept = kept;
    l->labels = labels;
    memcpy(l->key, key, 32);
    memcpy(l->check_key, check_key, 32);
    l->v = secret_new(bits_to_bytes(params->k));
    l->checked = secret_new(params_checked(params) * sizeof *l->checked);
    l->marks = secret_new(bits_to_bytes(params->m));
    l->looked = secret_new(look_bytes(params));
    l->check = secret_new(look_bytes(params));
    if (!l->v || !l->checked || !l->marks || !l->looked || !l->check ||
        learner_new(&l->learner, params, code, recipes) < 0) {
        learning_free(l);
        return -ENOMEM;
    }
    batch_start(&l->batch, syndrome_parts(params) + 1, run_syndrome, l);
    batch_set_micros(&l->batch, job_micros(step_edges(l) / syndrome_parts(params), JOB_NEAR));
    batch_set_last_micros(&l->batch, job_micros(params_checked(params) + params_kept(params), JOB_EDGES / 2));
    *lp = l;
    return 0;
}

void learning_free(struct learn *l) {
    if (!l)
        return;
    learner_free(l->learner);
    secret_free(l->v);
    secret_free(l->checked);
    secret_free(l->marks);
    secret_free(l->looked);
    secret_free(l->check);
    secret_free(l);
}

struct job *learning_next_job(struct learn *l) {
    return l->phase == FINISHED ? NULL : batch_next(&l->batch);
}

static void start_check(struct learn *l) {
    l->phase = CHECKING;
    memcpy(l->result.h, learner_candidate(l->learner), l->params->n / 8);
    memcpy(l->check, l->looked, look_bytes(l->params));
    batch_start(&l->batch, check_parts(l->params) + 1, run_check, l);
    batch_set_micros(&l->batch,
                     job_micros(params_checked(l->params) / check_parts(l->params) * (l->params->n / 8), JOB_STREAM));
    batch_set_last_micros(&l->batch, job_micros(params_kept(l->params) * (l->params->n / 8), JOB_COPY));
}

static uint32_t count_ones(const uint8_t *bits, size_t n_bits) {
    uint32_t ones = 0;
    for (size_t i = 0; i < n_bits / 8; i++)
        ones += (uint32_t)__builtin_popcount(bits[i]);
    return ones;
}

/* The self-check: at most floor((1/4 + theta/2) of the plain labels that are looked at) may disagree. */
static bool self_check(struct learn *l) {
    const struct params *p = l->params;
    l->result.disagreements = count_ones(l->check, params_checked(p));
    l->result.composed_errors = count_ones(l->check + params_checked(p) / 8, params_kept(p));
    l->result.symbol_error = learner_error_rate(l->learner);
    return l->result.disagreements <= params_self_check_limit(p, params_checked(p));
}

/* For who is told of it. */
static void count_more(struct learn *l) {
    const struct params *p = l->params;
    code_encode(l->code, l->v, l->result.h); /* it has served */
    l->result.n_rounds = learner_rounds_told(l->learner, l->v, l->result.rounds);
    l->result.noisy = (l->result.disagreements >= p->least_plain) & (l->result.composed_errors >= p->least_composed);
}

/* The learner has more to do, a candidate to check, or nothing left. Returns 1 in the last case. */
static int next_step(struct learn *l) {
    l->result.iterations = (uint32_t)learner_iterations(l->learner);
    switch (learner_status(l->learner)) {
    case LEARNER_WORK:
        l->phase = LEARNING;
        if (is_serial(l)) {
            batch_start(&l->batch, 1, run_steps, l);
            batch_set_micros(&l->batch, job_micros(SLICE_EDGES, JOB_NEAR));
        } else
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
    l->result.accepted = self_check(l);
    if (l->result.accepted) {
        count_more(l);
        l->phase = FINISHED;
        return 1;
    }
    learner_reject(l->learner);
    return next_step(l);
}

const struct learning_result *learning_result(const struct learn *l) {
    return &l->result;
}
