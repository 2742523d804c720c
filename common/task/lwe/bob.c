/* Bob's side of LWE. He keeps no sample: his labels of the plain ones are summed up while A is expanded piece by piece,
 * those of the composed ones chunk by chunk as they arrive.
 *
 * Parts of the plain samples (later of the challenges) and one chunk are worked on side by side: they touch different
 * labels. */
#include "common/base/labelling.h"
#include "common/base/secret.h"
#include "common/task/lwe/cbd.h"
#include "common/task/lwe/lwe.h"
#include "common/task/lwe/lwe_params.h"
#include "common/task/lwe/rows.h"
#include "common/task/lwe/zq.h"

#include <errno.h>

struct teach {
    const struct lwe_params *params;
    int16_t s[LWE_PARAMS_N_MAX];
    struct teach_keys keys;
    const uint8_t *noise_key; /* of what is under way, and so the rest */
    uint8_t rows_key[32];
    uint8_t *labels; /* of the samples, or of the challenges */
    size_t n_labels, n_rows;
    struct labelling work;
    size_t block; /* of the chunk that is due or worked on */
    const uint8_t *vectors;
};

static void run_rows(void *context, size_t part) {
    struct teach *t = context;
    rows_label_part(t->labels, t->rows_key, t->n_rows, t->params->n, t->s, part);
}

static void run_noise(void *context) {
    struct teach *t = context;
    cbd_noise(t->labels, t->n_labels, t->noise_key, t->params->eta);
}

static void run_chunk(void *context) {
    struct teach *t = context;
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
    labelling_init(&t->work, run_noise, run_rows, run_chunk, t);
    *tp = t;
    return 0;
}

/* Labels of the n_rows rows under rows_key, and noise on n_labels, into labels. */
static void start(struct teach *t, uint8_t *labels, size_t n_labels, size_t n_rows, const uint8_t *noise_key) {
    t->labels = labels;
    t->n_labels = n_labels;
    t->n_rows = n_rows;
    t->noise_key = noise_key;
    labelling_start(&t->work, rows_label_parts(n_rows, t->params->n));
}

static void teach_seed(struct teach *t, const uint8_t seed[static 32], uint8_t *labels) {
    lwe_params_key(t->rows_key, t->params, "matrix", seed);
    start(t, labels, t->params->set.n_labels, t->params->m, t->keys.label_noise);
}

static void teach_chunk(struct teach *t, const uint8_t *chunk) {
    t->vectors = chunk;
    labelling_chunk(&t->work);
}

static void teach_challenge(struct teach *t, const uint8_t seed[static 32], uint8_t *masked) {
    size_t n = set_challenges(&t->params->set);
    lwe_params_key(t->rows_key, t->params, "challenge", seed);
    start(t, masked, n, n, t->keys.challenge_noise);
}

static struct job *teach_work(struct teach *t) {
    return labelling_next(&t->work);
}

static bool teach_done(struct teach *t, struct job *job) {
    bool chunk = labelling_take_back(&t->work, job);
    if (chunk)
        t->block++;
    return chunk;
}

static bool teach_finished(const struct teach *t) {
    return t->work.rows_done && t->block == t->params->set.n_chunks;
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
