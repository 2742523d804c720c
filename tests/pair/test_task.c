/* A second task, in this test alone: the two halves and the session know nothing of LPN, nor of bits. A task is a table
 * of 16 numbers modulo Q, for Q = 2 and 65536; data are points; Alice chooses some of them herself and knows which; she
 * learns each entry from the mean of its labels, and predicts points by looking them up. Nothing is hard here. */
#include "tests/lib/pair.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "proto/order.h"

#include <errno.h>
#include <math.h>

enum { POINTS = 16, PLAIN = 4096, CHUNK = 96, CHUNKS = 3, COMPOSED = CHUNK * CHUNKS, WIDE = 65536, LARGEST = 100 };

static const struct task lookup_task;
static const struct set lookup = {.name = "t16",
                                  .task = &lookup_task,
                                  .modulus = 2,
                                  .n_labels = PLAIN + COMPOSED,
                                  .n_plain = PLAIN,
                                  .chunk_max = CHUNK,
                                  .n_chunks = CHUNKS,
                                  .repeat = 75,
                                  .least_masked = 1,
                                  .risk = 0.125};
/* Noise is uniform from -100 to 100, so the mean of its size is near 50. */
static const struct set wide = {.name = "u16",
                                .task = &lookup_task,
                                .modulus = WIDE,
                                .n_labels = PLAIN + COMPOSED,
                                .n_plain = PLAIN,
                                .chunk_max = CHUNK,
                                .n_chunks = CHUNKS,
                                .repeat = 1,
                                .least_masked = SET_DISTILLATE * 30,
                                .risk = 100.0 / WIDE};
static bool without_noise; /* bob is broken */

/* What the task keeps; jobs come first, so that a job is what it belongs to. */
struct compose {
    struct job write;
    const struct set *set;
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
    const struct set *set;
    struct teach_keys keys;
    uint8_t table[POINTS * 2];
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

static uint32_t get(const struct set *set, const uint8_t *labels, size_t i) {
    return set->modulus == 2 ? bit_get(labels, i) : load16_le(labels + 2 * i);
}

/* labels[i] += value, modulo Q. */
static void add(const struct set *set, uint8_t *labels, size_t i, uint32_t value) {
    if (set->modulus == 2)
        bit_xor(labels, i, value & 1);
    else
        store16_le(labels + 2 * i, (uint16_t)(get(set, labels, i) + value));
}

/* The representative of v from -Q/2 + 1 to Q/2. */
static int32_t centred(const struct set *set, uint32_t v) {
    v %= set->modulus;
    return v > set->modulus / 2 ? (int32_t)v - (int32_t)set->modulus : (int32_t)v;
}

/* A bit is wrong once in 8 times. */
static uint32_t noise(const struct set *set, const uint8_t key[static 32], size_t i) {
    uint8_t bytes[32];
    prg_subkey(bytes, key, "flip", i);
    if (without_noise)
        return 0;
    return set->modulus == 2 ? bytes[0] % 8 == 0 : load32_le(bytes) % (2 * LARGEST + 1) - LARGEST;
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
    if (!c)
        return -ENOMEM;
    c->set = set;
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

static uint8_t point_of(const struct learn *l, size_t i) {
    return i < PLAIN ? point(l->compose->seed, i) : l->compose->points[i - PLAIN];
}

/* An entry is its first label plus the mean of how far the others are from that. */
static void run_learn(struct job *job) {
    struct learn *l = (struct learn *)job;
    const struct set *set = l->compose->set;
    uint32_t first[POINTS], seen[POINTS] = {0};
    double sum[POINTS] = {0};
    for (size_t i = 0; i < PLAIN + COMPOSED; i++) {
        uint8_t x = point_of(l, i);
        uint32_t z = get(set, l->labels, i);
        if (seen[x]++ == 0)
            first[x] = z;
        sum[x] += centred(set, z - first[x]);
    }
    for (size_t x = 0; x < POINTS; x++)
        if (seen[x])
            add(set, l->result.h, x, first[x] + (uint32_t)lround(sum[x] / seen[x]));
    for (size_t i = 0; i < PLAIN; i++)
        l->result.numbers.disagreements +=
            abs(centred(set, get(set, l->labels, i) - get(set, l->result.h, point_of(l, i)))) > (set == &wide) * 200;
    l->result.numbers.n_checked = PLAIN;
    l->result.numbers.most = PLAIN / 4;
    l->result.accepted = l->result.numbers.disagreements <= l->result.numbers.most;
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
    for (size_t i = part * 64; i < (part + 1) * 64; i++)
        add(set, results, i, set->modulus - get(set, h, point(seed, i)));
}

/* ---- Bob */

static void label(const struct teach *t, uint8_t *labels, size_t i, const uint8_t *key, uint8_t x) {
    add(t->set, labels, i, noise(t->set, key, i));
    add(t->set, labels, i, get(t->set, t->table, x % POINTS));
}

static void run_teach(struct job *job) {
    struct teach *t = (struct teach *)job;
    if (t->busy == EXPAND)
        for (size_t i = 0; i < PLAIN; i++)
            label(t, t->labels, i, t->keys.label_noise, point(t->seed, i));
    if (t->busy == CHUNK_DUE)
        for (size_t i = 0; i < CHUNK; i++)
            label(t, t->labels, PLAIN + t->index * CHUNK + i, t->keys.label_noise, t->chunk[i]);
    if (t->busy == CHALLENGE)
        for (size_t i = 0; i < set_challenges(t->set); i++)
            label(t, t->masked, i, t->keys.challenge_noise, point(t->seed, i));
}

static int teach_new(struct teach **tp, const struct set *set, const struct teach_keys *keys) {
    struct teach *t = secret_new(sizeof *t);
    if (!t)
        return -ENOMEM;
    t->set = set;
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

static const struct task_alice lookup_alice = {compose_new,   compose_seed, compose_work, compose_done, compose_free,
                                               learn_new,     learn_work,   learn_done,   learn_result, learn_free,
                                               predict_parts, predict,      NULL};
static const struct task_bob lookup_bob = {teach_new,  teach_seed, teach_chunk,    teach_challenge,
                                           teach_work, teach_done, teach_finished, teach_free};
static const struct task lookup_task = {.name = "lookup",
                                        .assumption = "nothing",
                                        .alice = &lookup_alice,
                                        .bob = &lookup_bob,
                                        .chunk_bytes = chunk_bytes,
                                        .describe = describe,
                                        .secrecy = secrecy};

/* ---- what is tried */

static void start(struct pair *p, const struct set *set, uint64_t seed) {
    pair_init(p, "n64", seed);
    p->set = set;
}

static void agrees(const struct set *set, uint64_t seed) {
    struct pair p;
    start(&p, set, seed);
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
        assert_int_equal(p.side[side].challenges, set_challenges(set));
    }
    assert_memory_equal(p.side[SIDE_ALICE].keys, p.side[SIDE_BOB].keys, 2 * 32);
    if (set == &wide) /* a distillate bit to a label: nothing else could say otherwise */
        assert_int_equal(p.side[SIDE_ALICE].agreeing, set_challenges(set));
    else
        assert_in_range(p.side[SIDE_ALICE].agreeing, set_challenges(set) * 8 / 10, set_challenges(set) * 95 / 100);
    pair_deinit(&p);
}

/* Whole sessions, their bytes cut into pieces, and a new key in each. */
static void agrees_on_bits(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++)
        agrees(&lookup, seed);
}

static void agrees_on_numbers(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++)
        agrees(&wide, seed);
}

/* Whatever fails is tried again from A1. */
static void tries_again(void **state) {
    (void)state;
    struct pair p;
    start(&p, &lookup, 20);
    p.config[SIDE_ALICE].fail_attempts = 1;
    pair_good_session(&p);
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 1);
    pair_deinit(&p);
}

/* Whose masked labels lack their noise is refused, whatever they are. */
static void wants_noise(void **state) {
    const struct set *sets[] = {&lookup, &wide};
    (void)state;
    without_noise = true;
    for (size_t i = 0; i < 2; i++) {
        struct pair p;
        start(&p, sets[i], 40);
        pair_script(&p);
        const struct session_end *end = session_end(p.side[SIDE_ALICE].session);
        assert_int_equal(end->reason, ABORT_PROTOCOL);
        assert_int_equal(end->step, STEP_A4);
        assert_non_null(strstr(end->text, i == 0 ? "too little noise: 0 of 38400 masked bits are wrong"
                                                 : "too little noise: 0 in the sum over 512 masked labels"));
        pair_deinit(&p);
    }
    without_noise = false;
}

/* Frames are as long as this set says, not as another's. */
static void limits_are_the_sets(void **state) {
    (void)state;
    assert_in_range(order_body_max(STEP_A2, &lookup), CHUNK + 1, CHUNK + 256);
    assert_in_range(order_body_max(STEP_B2, &lookup), lookup.n_labels / 8 + 1, lookup.n_labels / 8 + 256);
    assert_in_range(order_body_max(STEP_B2, &wide), 2 * wide.n_labels + 1, 2 * wide.n_labels + 256);
    assert_in_range(order_body_max(STEP_B3, &lookup), 512 * 75 / 8 + 128, 512 * 75 / 8 + 512);
    assert_in_range(order_body_max(STEP_B3, &wide), 2 * 512 + 128, 2 * 512 + 512);
}

/* As many bytes as n labels have, unused bits zero, and no label that is not below the modulus. */
static void labels_fit(void **state) {
    (void)state;
    const uint8_t bytes[6] = {0xff, 0x07, 0x02, 0x00, 0x03, 0x00};
    struct set three = {.modulus = 3};
    assert_int_equal(set_label_bytes(&lookup, 11), 2);
    assert_true(set_labels_fit(&lookup, 11, bytes, 2));
    assert_true(set_labels_fit(&lookup, 8, bytes, 1));
    assert_false(set_labels_fit(&lookup, 10, bytes, 2)); /* bit 10 is set */
    assert_false(set_labels_fit(&lookup, 11, bytes, 3));
    assert_false(set_labels_fit(&lookup, 17, bytes, 2));
    assert_int_equal(set_label_bytes(&wide, 3), 6);
    assert_true(set_labels_fit(&wide, 3, bytes, 6));
    assert_false(set_labels_fit(&wide, 3, bytes, 5));
    assert_false(set_labels_fit(&wide, 2, bytes, 6));
    assert_true(set_labels_fit(&three, 1, bytes + 2, 2));
    assert_false(set_labels_fit(&three, 2, bytes + 2, 4));
}

/* Nobody outside this test can ask for it. */
static void is_not_offered(void **state) {
    (void)state;
    const struct set *bobs = table_set("n64");
    struct pair p;
    assert_null(table_set(lookup.name));
    start(&p, &lookup, 30);
    p.config[SIDE_BOB].sets = &bobs;
    pair_script(&p);
    assert_int_equal(pair_outcome(&p, SIDE_BOB), SESSION_REFUSED);
    assert_int_equal(session_end(p.side[SIDE_ALICE].session)->reason, ABORT_PARAMS);
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_on_bits), cmocka_unit_test(agrees_on_numbers),   cmocka_unit_test(tries_again),
        cmocka_unit_test(wants_noise),    cmocka_unit_test(limits_are_the_sets), cmocka_unit_test(labels_fit),
        cmocka_unit_test(is_not_offered),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
