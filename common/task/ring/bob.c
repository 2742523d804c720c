/* Bob's side of the ring task: three products. The two labels of B2 are made one after the other, since they share a
 * byte; blocks of challenges side by side. */
#include "common/base/batch.h"
#include "common/base/noise.h"
#include "common/base/secret.h"
#include "common/task/ring/blocks.h"
#include "common/task/ring/ring.h"
#include "common/task/ring/sparse.h"

#include <errno.h>

enum stage { IDLE, PLAIN, COMPOSED, NOISE, BLOCKS };

/* Jobs come first, so that a job is what it belongs to. */
struct teach {
    struct job job; /* of all stages but BLOCKS */
    const struct ring_params *params;
    struct teach_keys keys;
    uint64_t s[POLY_WORDS], sample[POLY_WORDS], noise[POLY_WORDS];
    uint32_t at[RING_WEIGHT_MAX]; /* of the last that was drawn */
    uint8_t seed[32];
    uint8_t *bits; /* labels, or challenges */
    const uint8_t *chunk;
    enum stage due, busy;
    bool finished;
    struct batch blocks;
};

/* Label `index` is that of n bits from bit index n on: noise first, so that the labels only ever hold sums with noise.
 */
static void label(struct teach *t, size_t index) {
    const struct ring_params *p = t->params;
    sparse_draw(t->noise, t->at, p->w_e, p->n, t->keys.label_noise, index);
    poly_xor_into(t->bits, index * p->n, t->noise, p->n);
    poly_mul(t->sample, t->sample, t->s, p->n);
    poly_xor_into(t->bits, index * p->n, t->sample, p->n);
}

static void run(struct job *job) {
    struct teach *t = (struct teach *)job;
    const struct ring_params *p = t->params;
    if (t->busy == PLAIN) {
        blocks_h(t->sample, p, t->seed);
        label(t, 0);
    } else if (t->busy == COMPOSED) {
        poly_read(t->sample, t->chunk, 0, p->n);
        label(t, 1);
    } else {
        noise_add(t->bits, set_challenges(&p->set), t->keys.challenge_noise, p->theta64);
    }
}

static void run_block(void *context, size_t part) {
    struct teach *t = context;
    blocks_label(t->bits, t->params, t->seed, t->s, part);
}

static int teach_new(struct teach **tp, const struct set *set, const struct teach_keys *keys) {
    struct teach *t = secret_new(sizeof *t);
    if (!t)
        return -ENOMEM;
    t->job.run = run;
    t->params = ring_params_of(set);
    t->keys = *keys;
    sparse_draw(t->s, t->at, t->params->w_s, t->params->n, keys->task, 0);
    *tp = t;
    return 0;
}

static void teach_seed(struct teach *t, const uint8_t seed[static 32], uint8_t *labels) {
    memcpy(t->seed, seed, 32);
    t->bits = labels;
    t->due = PLAIN;
}

static void teach_chunk(struct teach *t, const uint8_t *chunk) {
    t->chunk = chunk;
}

static void teach_challenge(struct teach *t, const uint8_t seed[static 32], uint8_t *masked) {
    memcpy(t->seed, seed, 32);
    t->bits = masked;
    t->finished = false;
    t->due = NOISE;
}

static struct job *teach_work(struct teach *t) {
    if (t->busy == BLOCKS)
        return batch_next(&t->blocks);
    if (t->busy != IDLE || t->due == IDLE || (t->due == COMPOSED && !t->chunk))
        return NULL;
    t->busy = t->due;
    t->due = IDLE;
    return &t->job;
}

static bool teach_done(struct teach *t, struct job *job) {
    enum stage was = t->busy;
    if (was == BLOCKS) {
        batch_take_back(&t->blocks, job, &t->finished);
        t->busy = t->finished ? IDLE : BLOCKS;
        return false;
    }
    t->busy = IDLE;
    if (was == PLAIN)
        t->due = COMPOSED;
    t->finished = was == COMPOSED;
    if (was == NOISE) {
        t->busy = BLOCKS;
        batch_start(&t->blocks, ring_params_blocks(t->params), run_block, t);
    }
    return was == COMPOSED;
}

static bool teach_finished(const struct teach *t) {
    return t->finished;
}

static void teach_free(struct teach *t) {
    secret_free(t);
}

const struct task_bob ring_bob = {
    .teach_new = teach_new,
    .teach_seed = teach_seed,
    .teach_chunk = teach_chunk,
    .teach_challenge = teach_challenge,
    .teach_work = teach_work,
    .teach_done = teach_done,
    .teach_finished = teach_finished,
    .teach_free = teach_free,
};
