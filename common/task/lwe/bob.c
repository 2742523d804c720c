/* Bob's side of LWE. He keeps no sample: his labels of the plain ones are summed up while A is expanded piece by piece,
 * those of the composed ones chunk by chunk as they arrive.
 *
 * Parts of the plain samples (later of the challenges) and one chunk are worked on side by side: they touch different
 * labels. */
#include "common/base/batch.h"
#include "common/base/secret.h"
#include "common/task/lwe/cbd.h"
#include "common/task/lwe/lwe.h"
#include "common/task/lwe/lwe_params.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <errno.h>

struct teach_job {
    struct job job;
    struct teach *t;
    bool due, busy;
};

struct teach {
    const struct lwe_params *params;
    int16_t s[LWE_PARAMS_N_MAX];
    struct teach_keys keys;
    const uint8_t *noise_key; /* of what is under way, and so the rest */
    uint8_t rows_key[32];
    uint8_t *labels; /* of the samples, or of the challenges */
    size_t n_labels, n_rows;
    bool rows_done;
    struct batch rows;
    size_t block; /* of the chunk that is due or worked on */
    const uint8_t *vectors;
    struct teach_job chunk, noise;
};

static void run_rows(void *context, size_t part) {
    struct teach *t = context;
    rows_label_part(t->labels, t->rows_key, t->n_rows, t->params->n, t->s, part);
}

/* Noise first, so that the labels only ever hold sums with noise. */
static void run_noise(struct job *job) {
    struct teach *t = ((struct teach_job *)job)->t;
    cbd_noise(t->labels, t->n_labels, t->noise_key, t->params->eta);
}

static void run_chunk(struct job *job) {
    struct teach *t = ((struct teach_job *)job)->t;
    zq_dot_rows(t->labels + 2 * (size_t)t->params->m, t->vectors, t->params->n, rows_width(t->params->n, t->block),
                t->s + t->block * ROWS_BLOCK);
}

static int teach_new(struct teach **tp, const struct set *set, const struct teach_keys *keys) {
    struct teach *t = secret_new(sizeof *t);
    if (!t)
        return -ENOMEM;
    t->params = lwe_params_of(set);
    t->keys = *keys;
    cbd_secret(t->s, t->params->n, keys->task);
    t->chunk = (struct teach_job){.job.run = run_chunk, .t = t};
    t->noise = (struct teach_job){.job.run = run_noise, .t = t};
    *tp = t;
    return 0;
}

/* Labels of the n_rows rows under rows_key, and noise on n_labels, into labels. */
static void start(struct teach *t, uint8_t *labels, size_t n_labels, size_t n_rows, const uint8_t *noise_key) {
    t->labels = labels;
    t->n_labels = n_labels;
    t->n_rows = n_rows;
    t->noise_key = noise_key;
    t->rows_done = false;
    t->noise.due = true;
    batch_start(&t->rows, rows_label_parts(n_rows, t->params->n), run_rows, t);
}

static void teach_seed(struct teach *t, const uint8_t seed[static 32], uint8_t *labels) {
    lwe_params_key(t->rows_key, t->params, "matrix", seed);
    start(t, labels, t->params->set.n_labels, t->params->m, t->keys.label_noise);
}

static void teach_chunk(struct teach *t, const uint8_t *chunk) {
    t->vectors = chunk;
    t->chunk.due = true;
}

static void teach_challenge(struct teach *t, const uint8_t seed[static 32], uint8_t *masked) {
    size_t n = set_challenges(&t->params->set);
    lwe_params_key(t->rows_key, t->params, "challenge", seed);
    start(t, masked, n, n, t->keys.challenge_noise);
}

static struct job *give_out(struct teach_job *j) {
    j->due = false;
    j->busy = true;
    return &j->job;
}

static struct job *teach_work(struct teach *t) {
    if (t->noise.due)
        return give_out(&t->noise);
    if (t->noise.busy)
        return NULL;
    if (t->chunk.due)
        return give_out(&t->chunk);
    return batch_next(&t->rows);
}

static bool teach_done(struct teach *t, struct job *job) {
    if (job == &t->chunk.job) {
        t->chunk.busy = false;
        t->block++;
        return true;
    }
    if (job == &t->noise.job)
        t->noise.busy = false;
    else
        batch_take_back(&t->rows, job, &t->rows_done);
    return false;
}

static bool teach_finished(const struct teach *t) {
    return t->rows_done && t->block == t->params->set.n_chunks;
}

static void teach_free(struct teach *t) {
    secret_free(t);
}

const struct task_bob lwe_bob = {
    .teach_new = teach_new,
    .teach_seed = teach_seed,
    .teach_chunk = teach_chunk,
    .teach_challenge = teach_challenge,
    .teach_work = teach_work,
    .teach_done = teach_done,
    .teach_finished = teach_finished,
    .teach_free = teach_free,
};
