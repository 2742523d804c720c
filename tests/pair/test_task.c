/* A second task, in this test alone: the two halves and the session know nothing of LPN. A task is a table of 16 bits;
 * data are points; Alice chooses some of them herself and knows which; she learns each entry by majority, and predicts
 * points by looking them up. Nothing is hard here. */
#include "tests/lib/pair.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "proto/order.h"

#include <errno.h>

enum { POINTS = 16, PLAIN = 4096, CHUNK = 96, CHUNKS = 3, COMPOSED = CHUNK * CHUNKS };

static const struct task lookup_task;
static const struct set lookup = {.name = "t16",
                                  .task = &lookup_task,
                                  .n_labels = PLAIN + COMPOSED,
                                  .chunk_max = CHUNK,
                                  .n_chunks = CHUNKS,
                                  .repeat = 75,
                                  .least_masked = 1,
                                  .risk = 0.125};

/* What the task keeps; jobs come first, so that a job is what it belongs to. */
struct compose {
    struct job write;
    uint8_t points[COMPOSED]; /* which she chose */
    uint8_t seed[32];
    uint8_t *place;
    uint32_t index;
    bool seeded, busy;
};

struct learn {
    struct job job;
    const struct compose *compose;
    const uint8_t *labels;
    bool given;
    struct learned result;
};

struct teach {
    struct job job;
    struct teach_keys keys;
    uint8_t table[POINTS / 8];
    uint8_t seed[32];
    uint8_t *labels, *masked;
    const uint8_t *chunk;
    uint32_t index;
    enum { NOTHING, EXPAND, CHUNK_DUE, CHALLENGE } due, busy;
    bool expanded, challenged;
};

/* Points of a public seed, one to a byte. */
static uint8_t point(const uint8_t seed[static 32], size_t i) {
    uint8_t key[32];
    prg_subkey(key, seed, "point", i);
    return key[0] % POINTS;
}

/* Noise 1/8. */
static unsigned noise(const uint8_t key[static 32], size_t i) {
    uint8_t bytes[32];
    prg_subkey(bytes, key, "flip", i);
    return bytes[0] % 8 == 0;
}

static size_t chunk_bytes(const struct set *set, uint32_t index) {
    return index < set->n_chunks ? CHUNK : 0;
}

static void describe(const struct set *set, char *text, size_t size) {
    snprintf(text, size, "%d points, risk %.3f", POINTS, set->risk);
}

static void secrecy(const struct set *set, char *text, size_t size) {
    snprintf(text, size, "%s hides nothing.", set->name);
}

/* ---- Alice */

static void run_write(struct job *job) {
    struct compose *c = (struct compose *)job;
    memcpy(c->place, c->points + (size_t)c->index * CHUNK, CHUNK);
}

static int compose_new(struct compose **cp, const struct set *set, const uint8_t key[static 32]) {
    struct compose *c = secret_new(sizeof *c);
    (void)set;
    if (!c)
        return -ENOMEM;
    c->write.run = run_write;
    for (size_t i = 0; i < COMPOSED; i++)
        c->points[i] = point(key, i);
    *cp = c;
    return 0;
}

static int compose_seed(struct compose *c, const uint8_t seed[static 32]) {
    memcpy(c->seed, seed, 32);
    c->seeded = true;
    return 0;
}

static struct job *compose_work(struct compose *c, uint8_t *place) {
    if (!c->seeded || c->busy || !place || c->index == CHUNKS)
        return NULL;
    c->busy = true;
    c->place = place;
    return &c->write;
}

static int compose_done(struct compose *c, struct job *job) {
    assert_ptr_equal(job, &c->write);
    c->busy = false;
    c->index++;
    return 1;
}

static void compose_free(struct compose *c) {
    secret_free(c);
}

static void run_learn(struct job *job) {
    struct learn *l = (struct learn *)job;
    int balance[POINTS] = {0};
    for (size_t i = 0; i < PLAIN + COMPOSED; i++)
        balance[i < PLAIN ? point(l->compose->seed, i) : l->compose->points[i - PLAIN]] +=
            bit_get(l->labels, i) ? 1 : -1;
    for (size_t x = 0; x < POINTS; x++)
        if (balance[x] > 0)
            bit_xor(l->result.h, x, 1);
    for (size_t i = 0; i < PLAIN; i++)
        l->result.disagreements += bit_get(l->labels, i) ^ bit_get(l->result.h, point(l->compose->seed, i));
    l->result.n_checked = PLAIN;
    l->result.most = PLAIN / 4;
    l->result.accepted = l->result.disagreements <= l->result.most;
}

static int learn_new(struct learn **lp, const struct compose *c, const uint8_t *labels) {
    struct learn *l = secret_new(sizeof *l);
    if (!l)
        return -ENOMEM;
    l->job.run = run_learn;
    l->compose = c;
    l->labels = labels;
    *lp = l;
    return 0;
}

static struct job *learn_work(struct learn *l) {
    if (l->given)
        return NULL;
    l->given = true;
    return &l->job;
}

static int learn_done(struct learn *l, struct job *job) {
    assert_ptr_equal(job, &l->job);
    return 1;
}

static void learn_result(const struct learn *l, struct learned *out) {
    *out = l->result;
}

static void learn_free(struct learn *l) {
    secret_free(l);
}

static size_t predict_parts(const struct set *set) {
    return set_challenges(set) / 64;
}

static void predict(uint8_t *results, const struct set *set, const uint8_t *h, const uint8_t seed[static 32],
                    size_t part) {
    (void)set;
    for (size_t i = part * 64; i < (part + 1) * 64; i++)
        bit_xor(results, i, bit_get(h, point(seed, i)));
}

/* ---- Bob */

static void label(uint8_t *bits, size_t i, const uint8_t *key, const uint8_t *table, uint8_t x) {
    bit_xor(bits, i, noise(key, i) ^ bit_get(table, x % POINTS));
}

static void run_teach(struct job *job) {
    struct teach *t = (struct teach *)job;
    if (t->busy == EXPAND)
        for (size_t i = 0; i < PLAIN; i++)
            label(t->labels, i, t->keys.label_noise, t->table, point(t->seed, i));
    if (t->busy == CHUNK_DUE)
        for (size_t i = 0; i < CHUNK; i++)
            label(t->labels, PLAIN + t->index * CHUNK + i, t->keys.label_noise, t->table, t->chunk[i]);
    if (t->busy == CHALLENGE)
        for (size_t i = 0; i < set_challenges(&lookup); i++)
            label(t->masked, i, t->keys.challenge_noise, t->table, point(t->seed, i));
}

static int teach_new(struct teach **tp, const struct set *set, const struct teach_keys *keys) {
    struct teach *t = secret_new(sizeof *t);
    assert_ptr_equal(set, &lookup);
    if (!t)
        return -ENOMEM;
    t->job.run = run_teach;
    t->keys = *keys;
    prg_expand(t->table, sizeof t->table, keys->task, 0);
    *tp = t;
    return 0;
}

static void teach_seed(struct teach *t, const uint8_t seed[static 32], uint8_t *labels) {
    memcpy(t->seed, seed, 32);
    t->labels = labels;
}

static void teach_chunk(struct teach *t, const uint8_t *chunk) {
    t->chunk = chunk;
    t->due = CHUNK_DUE;
}

static void teach_challenge(struct teach *t, const uint8_t seed[static 32], uint8_t *masked) {
    memcpy(t->seed, seed, 32);
    t->masked = masked;
    t->due = CHALLENGE;
}

static struct job *teach_work(struct teach *t) {
    if (t->busy || (t->expanded && !t->due))
        return NULL;
    t->busy = t->expanded ? t->due : EXPAND;
    if (t->expanded)
        t->due = NOTHING;
    return &t->job;
}

static bool teach_done(struct teach *t, struct job *job) {
    bool chunk = t->busy == CHUNK_DUE;
    assert_ptr_equal(job, &t->job);
    t->expanded = true;
    t->challenged |= t->busy == CHALLENGE;
    t->index += chunk;
    t->busy = NOTHING;
    return chunk;
}

static bool teach_finished(const struct teach *t) {
    return t->masked ? t->challenged : t->expanded && t->index == CHUNKS;
}

static void teach_free(struct teach *t) {
    secret_free(t);
}

static const struct task_alice lookup_alice = {compose_new,  compose_seed, compose_work,  compose_done,
                                               compose_free, learn_new,    learn_work,    learn_done,
                                               learn_result, learn_free,   predict_parts, predict};
static const struct task_bob lookup_bob = {teach_new,  teach_seed, teach_chunk,    teach_challenge,
                                           teach_work, teach_done, teach_finished, teach_free};
static const struct task lookup_task = {"lookup", &lookup_alice, &lookup_bob, NULL, chunk_bytes, describe, secrecy};

/* ---- what is tried */

static void start(struct pair *p, uint64_t seed) {
    pair_init(p, "n64", seed);
    p->set = &lookup;
}

/* Whole sessions, their bytes cut into pieces, and a new key in each. */
static void agrees(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        struct pair p;
        start(&p, seed);
        p.piece = seed % 2 ? 17 : 0;
        pair_start(&p);
        pair_run(&p);
        pair_say(&p, SIDE_ALICE, "hello bob");
        assert_int_equal(session_rekey(p.side[SIDE_ALICE].session, p.now), 0);
        pair_run(&p);
        pair_end(&p);
        assert_true(pair_settle(&p));
        for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
            assert_int_equal(pair_outcome(&p, side), SESSION_DONE);
            assert_int_equal(p.side[side].n_keys, 2);
            assert_int_equal(p.side[side].challenges, set_challenges(&lookup));
        }
        assert_memory_equal(p.side[SIDE_ALICE].keys, p.side[SIDE_BOB].keys, 2 * 32);
        assert_in_range(p.side[SIDE_ALICE].agreeing, set_challenges(&lookup) * 8 / 10,
                        set_challenges(&lookup) * 95 / 100);
        pair_deinit(&p);
    }
}

/* Whatever fails is tried again from A1. */
static void tries_again(void **state) {
    (void)state;
    struct pair p;
    start(&p, 20);
    p.config[SIDE_ALICE].fail_attempts = 1;
    pair_good_session(&p);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 1);
    pair_deinit(&p);
}

/* Frames of A2 are as long as this set says, not as another's. */
static void limits_are_the_sets(void **state) {
    (void)state;
    assert_in_range(order_body_max(STEP_A2, &lookup), CHUNK + 1, CHUNK + 256);
    assert_in_range(order_body_max(STEP_B2, &lookup), lookup.n_labels / 8 + 1, lookup.n_labels / 8 + 256);
}

/* Nobody outside this test can ask for it. */
static void is_not_offered(void **state) {
    (void)state;
    const struct set *bobs = table_set("n64");
    struct pair p;
    assert_null(table_set(lookup.name));
    start(&p, 30);
    p.config[SIDE_BOB].sets = &bobs;
    pair_script(&p);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_REFUSED);
    assert_int_equal(session_end(p.side[SIDE_ALICE].session)->reason, ABORT_PARAMS);
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees),
        cmocka_unit_test(tries_again),
        cmocka_unit_test(limits_are_the_sets),
        cmocka_unit_test(is_not_offered),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
