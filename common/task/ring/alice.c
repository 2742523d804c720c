/* Alice's side of the ring task: a recipe, the composed sample, then learning. Her predictions see no recipe. */
#include "common/base/secret.h"
#include "common/task/ring/accept.h"
#include "common/task/ring/blocks.h"
#include "common/task/ring/flip.h"
#include "common/task/ring/ring.h"
#include "common/task/ring/sparse.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

/* Jobs come first, so that a job is what it belongs to. */
struct compose {
    struct job write;
    const struct ring_params *params;
    struct recipe_part x, y;
    uint64_t h[POLY_WORDS], sigma[POLY_WORDS];
    uint8_t *place;
    bool seeded, given;
};

static void run_write(struct job *job) {
    struct compose *c = (struct compose *)job;
    const struct ring_params *p = c->params;
    poly_mul(c->sigma, c->h, c->y.bits, p->n);
    poly_add(c->sigma, c->x.bits, p->n);
    memset(c->place, 0, blocks_bytes(p));
    poly_xor_into(c->place, 0, c->sigma, p->n);
}

/* Two draws take some ten microseconds: not worth a job. */
static int compose_new(struct compose **cp, const struct set *set, const uint8_t key[static 32]) {
    struct compose *c = secret_new(sizeof *c);
    if (!c)
        return -ENOMEM;
    c->write.run = run_write;
    c->params = ring_params_of(set);
    sparse_draw(c->x.bits, c->x.at, c->params->w, c->params->n, key, 0);
    sparse_draw(c->y.bits, c->y.at, c->params->w, c->params->n, key, 1);
    *cp = c;
    return 0;
}

static int compose_seed(struct compose *c, const uint8_t seed[static 32]) {
    blocks_h(c->h, c->params, seed);
    c->seeded = true;
    return 0;
}

static struct job *compose_work(struct compose *c, uint8_t *place) {
    if (!c->seeded || c->given || !place)
        return NULL;
    c->given = true;
    c->place = place;
    return &c->write;
}

static int compose_done(struct compose *c, struct job *job) {
    (void)c, (void)job;
    return 1;
}

static void compose_free(struct compose *c) {
    secret_free(c);
}

/* ---- */

enum { SLICE = 1 << 16 }; /* words that one job adds to counters, about: a millisecond without vector instructions */

struct learn {
    struct job job;
    const struct ring_params *params;
    const struct compose *compose;
    const uint8_t *labels;
    struct flip *flip;
    bool started, busy, finished;
    struct accept_data data;
    uint64_t work[POLY_WORDS];
    uint32_t missed_h, missed_sigma; /* labels that what was found last misses */
    enum accept verdict;             /* on it */
    double symbol_error;
};

static int learn_new(struct learn **lp, const struct compose *c, const uint8_t *labels) {
    struct learn *l = secret_new(sizeof *l);
    if (!l || flip_new(&l->flip, c->params, &c->x, &c->y) < 0) {
        secret_free(l);
        return -ENOMEM;
    }
    l->params = c->params;
    l->compose = c;
    l->labels = labels;
    *lp = l;
    return 0;
}

static void learn_free(struct learn *l) {
    if (!l)
        return;
    flip_free(l->flip);
    secret_free(l);
}

/* z_sigma - y z_h */
static void start(struct learn *l) {
    size_t n = l->params->n;
    memcpy(l->data.h, l->compose->h, sizeof l->data.h);
    memcpy(l->data.sigma, l->compose->sigma, sizeof l->data.sigma);
    poly_read(l->data.z_h, l->labels, 0, n);
    poly_read(l->data.z_sigma, l->labels, n, n);
    poly_mul(l->work, l->compose->y.bits, l->data.z_h, n);
    poly_add(l->work, l->data.z_sigma, n);
    l->symbol_error = (double)poly_weight(l->work, n) / (double)n;
    flip_start(l->flip, l->work);
    l->started = true;
}

static void run_learn(struct job *job) {
    struct learn *l = (struct learn *)job;
    size_t work = (size_t)l->params->w * poly_words(l->params->n), worked = 0;
    if (!l->started)
        start(l);
    for (; worked < SLICE && flip_status(l->flip) == FLIP_WORK; worked += work)
        flip_turn(l->flip);
    enum flip_status status = flip_status(l->flip);
    if (status == FLIP_WORK)
        return;
    enum accept verdict = accept_check(&l->missed_h, &l->missed_sigma, l->params, &l->data, flip_s(l->flip));
    l->verdict = status == FLIP_FOUND ? verdict : ACCEPT_NO;
    l->finished = l->verdict != ACCEPT_NO || status == FLIP_EXHAUSTED;
    if (!l->finished)
        flip_reject(l->flip);
}

static struct job *learn_work(struct learn *l) {
    if (l->busy || l->finished)
        return NULL;
    l->busy = true;
    l->job.run = run_learn;
    return &l->job;
}

static int learn_done(struct learn *l, struct job *job) {
    (void)job;
    l->busy = false;
    return l->finished;
}

/* A broken bob is noticed by labels with too little noise: they give his secret away. An honest one's have w_e each. */
static void learn_result(const struct learn *l, struct learned *out) {
    const struct ring_params *p = l->params;
    *out = (struct learned){
        .accepted = l->verdict != ACCEPT_NO,
        .numbers = {.figures = {{"syndrome_weight", "weight of the syndrome / n", "p", l->symbol_error, p->p},
                                {"disagreement", "self-check disagreement", "w_e/n",
                                 (l->missed_h + l->missed_sigma) / (2.0 * p->n), p->set.risk}},
                    .n_figures = 2,
                    .iterations = flip_turns(l->flip),
                    .code_bits = p->n,
                    .disagreements = l->missed_h + l->missed_sigma,
                    .n_checked = 2 * p->n,
                    .most = 2 * p->w_e}};
    poly_xor_into(out->h, 0, flip_s(l->flip), p->n);
    if (out->accepted)
        out->numbers.n_rounds = flip_rounds(l->flip, out->numbers.rounds);
    if (l->verdict != ACCEPT_QUIET_PLAIN && l->verdict != ACCEPT_QUIET_COMPOSED)
        return;
    bool plain = l->verdict == ACCEPT_QUIET_PLAIN;
    out->quiet.what = plain ? "labels of the plain sample" : "labels of the composed sample";
    out->quiet.wrong = plain ? l->missed_h : l->missed_sigma;
    out->quiet.n = p->n;
    out->quiet.least = p->w_e;
}

static size_t predict_parts(const struct set *set) {
    return ring_params_blocks(ring_params_of(set));
}

static void predict(uint8_t *results, const struct set *set, const uint8_t *h, const uint8_t seed[static 32],
                    size_t part) {
    const struct ring_params *p = ring_params_of(set);
    uint64_t s[POLY_WORDS];
    poly_read(s, h, 0, p->n);
    blocks_label(results, p, seed, s, part);
    sodium_memzero(s, sizeof s);
}

const struct task_alice ring_alice = {
    .compose_new = compose_new,
    .compose_seed = compose_seed,
    .compose_work = compose_work,
    .compose_done = compose_done,
    .compose_free = compose_free,
    .learn_new = learn_new,
    .learn_work = learn_work,
    .learn_done = learn_done,
    .learn_result = learn_result,
    .learn_free = learn_free,
    .predict_parts = predict_parts,
    .predict = predict,
};
