/* Bob's side of LPN. He keeps no sample: his labels of the plain ones are summed up while A is expanded piece by piece,
 * those of the composed ones chunk by chunk as they arrive.
 *
 * Parts of the plain samples (later of the challenges) and one chunk are worked on side by side: they touch different
 * bytes of the labels. */
#include "common/base/bytes.h"
#include "common/base/labelling.h"
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/lpn/chunks.h"
#include "common/task/lpn/lpn.h"
#include "common/task/lpn/matrix.h"

#include <errno.h>

struct teach {
    const struct params *params;
    uint8_t s[PARAMS_N_MAX / 8];
    struct teach_keys keys;
    const uint8_t *noise_key; /* of what is under way, and so the rest */
    uint8_t matrix_key[32];
    uint8_t *bits; /* labels, or challenges */
    size_t n_bits, n_rows;
    struct labelling work;
    struct chunks chunks; /* where in A2 the chunk belongs that is due or worked on */
    const uint8_t *vectors;
};

static void run_rows(void *context, size_t part) {
    struct teach *t = context;
    matrix_label_part(t->bits, t->matrix_key, t->n_rows, t->params->n, t->s, part);
}

static void run_noise(void *context) {
    struct teach *t = context;
    noise_add(t->bits, t->n_bits, t->noise_key, t->params->theta64);
}

static void run_chunk(void *context) {
    struct teach *t = context;
    chunks_label(&t->chunks, t->bits + t->params->m / 8, t->vectors, t->s);
}

static int teach_new(struct teach **tp, const struct set *set, const struct teach_keys *keys) {
    struct teach *t = secret_new(sizeof *t);
    if (!t)
        return -ENOMEM;
    t->params = params_of(set);
    t->keys = *keys;
    prg_expand(t->s, t->params->n / 8, keys->task, 0);
    chunks_init(&t->chunks, t->params);
    labelling_init(&t->work, run_noise, run_rows, run_chunk, t);
    *tp = t;
    return 0;
}

/* Labels of the n_rows rows under matrix_key, and noise on n_bits, into bits. */
static void start(struct teach *t, uint8_t *bits, size_t n_bits, size_t n_rows, const uint8_t *noise_key) {
    t->bits = bits;
    t->n_bits = n_bits;
    t->n_rows = n_rows;
    t->noise_key = noise_key;
    size_t n_parts = matrix_label_parts(n_rows, t->params->n);
    labelling_start(&t->work, n_parts);
    labelling_set_micros(&t->work, job_micros(8 * n_bits, JOB_STREAM),
                         job_micros(n_rows / n_parts * (t->params->n / 8), JOB_STREAM),
                         job_micros(t->params->set.chunk_max, JOB_COPY));
}

static void teach_seed(struct teach *t, const uint8_t seed[static 32], uint8_t *labels) {
    prg_derive(t->matrix_key, "parley/1 matrix", seed, 32);
    start(t, labels, t->params->set.n_labels, t->params->m, t->keys.label_noise);
}

static void teach_chunk(struct teach *t, const uint8_t *chunk) {
    t->vectors = chunk;
    labelling_chunk(&t->work);
}

static void teach_challenge(struct teach *t, const uint8_t seed[static 32], uint8_t *masked) {
    size_t n = set_challenges(&t->params->set);
    prg_derive(t->matrix_key, "parley/1 challenge", seed, 32);
    start(t, masked, n, n, t->keys.challenge_noise);
}

static struct job *teach_work(struct teach *t) {
    return labelling_next(&t->work);
}

static bool teach_done(struct teach *t, struct job *job) {
    bool chunk = labelling_take_back(&t->work, job);
    if (chunk)
        chunks_next(&t->chunks);
    return chunk;
}

static bool teach_finished(const struct teach *t) {
    return t->work.rows_done && chunks_finished(&t->chunks);
}

static void teach_free(struct teach *t) {
    secret_free(t);
}

const struct task_bob lpn_bob = {
    .teach_new = teach_new,
    .teach_seed = teach_seed,
    .teach_chunk = teach_chunk,
    .teach_challenge = teach_challenge,
    .teach_work = teach_work,
    .teach_done = teach_done,
    .teach_finished = teach_finished,
    .teach_free = teach_free,
};
