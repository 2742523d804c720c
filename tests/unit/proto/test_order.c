#include "common/task/lpn/params.h"
#include "proto/order.h"
#include "tests/lib/unit.h"

static const enum step steps[] = {STEP_A1, STEP_B1, STEP_A2, STEP_B2, STEP_A3, STEP_B3, STEP_A4, STEP_B4, STEP_OPEN};
enum { N_STEPS = sizeof steps / sizeof steps[0] };

/* WIRE.md section 4, written out. */
static const struct {
    enum step step;
    enum side from;
    enum message_kind kind;
} allowed[] = {
    {STEP_A1, SIDE_ALICE, MESSAGE_HELLO},         {STEP_B1, SIDE_BOB, MESSAGE_WELCOME},
    {STEP_A2, SIDE_ALICE, MESSAGE_SAMPLES},       {STEP_B2, SIDE_BOB, MESSAGE_LABELS},
    {STEP_A3, SIDE_ALICE, MESSAGE_LEARNED},       {STEP_B3, SIDE_BOB, MESSAGE_CHALLENGE},
    {STEP_A4, SIDE_ALICE, MESSAGE_CONFIRM_ALICE}, {STEP_B4, SIDE_BOB, MESSAGE_CONFIRM_BOB},
    {STEP_OPEN, SIDE_ALICE, MESSAGE_SEALED},      {STEP_OPEN, SIDE_BOB, MESSAGE_SEALED},
};

static bool naive_allows(enum step step, enum side from, unsigned kind) {
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (allowed[i].step == step && allowed[i].from == from && (unsigned)allowed[i].kind == kind)
            return true;
    return false;
}

static void every_step_side_and_kind(void **state) {
    (void)state;
    int n_allowed = 0;
    for (size_t i = 0; i < N_STEPS; i++)
        for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
            for (unsigned kind = 0; kind <= MESSAGE_ABORT + 1; kind++) {
                bool got = order_allows(steps[i], (enum side)side, (enum message_kind)kind);
                assert_int_equal(got, naive_allows(steps[i], (enum side)side, kind));
                n_allowed += got;
            }
    assert_int_equal(n_allowed, 10);
}

static void speakers_alternate(void **state) {
    (void)state;
    for (size_t i = 0; i < N_STEPS - 1; i++)
        assert_int_equal(step_speaker(steps[i]), i % 2 ? SIDE_BOB : SIDE_ALICE);
    assert_int_equal(step_speaker(STEP_OPEN), SIDE_ALICE);
}

/* By the table in WIRE.md: every step is followed by the next line, A3 without learning by the first. */
static void next_steps(void **state) {
    (void)state;
    for (size_t i = 0; i < N_STEPS; i++)
        for (int learned = 0; learned <= 1; learned++) {
            bool fails = steps[i] == STEP_A3 && !learned;
            enum step next = fails ? STEP_A1 : steps[i < N_STEPS - 1 ? i + 1 : i];
            assert_int_equal(order_next(steps[i], learned), next);
        }
    /* whoever hears one side alone */
    static const enum step alice[] = {STEP_A1, STEP_A2, STEP_A3, STEP_A4, STEP_OPEN};
    static const enum step bob[] = {STEP_B1, STEP_B2, STEP_B3, STEP_B4, STEP_OPEN};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(order_next_of(SIDE_ALICE, alice[i], true), alice[i + 1]);
        assert_int_equal(order_next_of(SIDE_BOB, bob[i], true), bob[i + 1]);
    }
    assert_int_equal(order_next_of(SIDE_ALICE, STEP_A3, false), STEP_A1);
    assert_int_equal(order_next_of(SIDE_ALICE, STEP_OPEN, false), STEP_OPEN);
}

static void has_names(void **state) {
    (void)state;
    static const char *const names[N_STEPS] = {"A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4", "open"};
    for (size_t i = 0; i < N_STEPS; i++)
        assert_string_equal(step_name(steps[i]), names[i]);
}

static size_t encoded_body(const struct message *m) {
    uint8_t *frame = NULL;
    size_t n_frame = 0;
    assert_int_equal(message_encode(m, &frame, &n_frame), 0);
    free(frame);
    return n_frame - FRAME_HEADER;
}

/* The largest message that each step may have fits, and an Abort in its place too; not much more fits. */
static void check_fits(enum step step, const struct params *params, const struct message *largest) {
    const struct message abort = {.kind = MESSAGE_ABORT, .abort = {UINT32_MAX}};
    size_t limit = order_body_max(step, params ? &params->set : NULL);
    assert_in_range(encoded_body(largest), 1, limit);
    assert_true(limit - encoded_body(largest) <= 256);
    assert_in_range(encoded_body(&abort), 1, limit);
    assert_true(limit <= FRAME_BODY_MAX);
}

/* The lengths of section 5, chunk by chunk, as a naive reading of it has them. */
static size_t naive_largest_chunk(const struct params *p) {
    size_t largest = 0;
    for (uint32_t column = 0; column < p->n; column += 512) {
        size_t width = p->n - column < 512 ? p->n - column : 512;
        size_t rows = 262144 / (width / 8) / 64 * 64;
        for (size_t row = 0; row < p->k; row += rows) {
            size_t here = (p->k - row < rows ? p->k - row : rows) * (width / 8);
            if (here > largest)
                largest = here;
        }
    }
    return largest;
}

static void check_set(const struct params *p) {
    static uint8_t large[FRAME_BODY_MAX];
    struct message m = {.kind = MESSAGE_SAMPLES};
    m.samples.index = UINT32_MAX;
    m.samples.vectors = (struct span){large, naive_largest_chunk(p)};
    check_fits(STEP_A2, p, &m);

    m = (struct message){.kind = MESSAGE_LABELS};
    m.labels.labels = (struct span){large, (p->m + p->k + 7) / 8};
    check_fits(STEP_B2, p, &m);

    m = (struct message){.kind = MESSAGE_CHALLENGE};
    m.challenge.masked = (struct span){large, 512 * p->set.repeat / 8};
    check_fits(STEP_B3, p, &m);
}

static void limits_of_every_set(void **state) {
    (void)state;
    size_t n_sets = 0;
    const struct params *sets = params_table(&n_sets);
    assert_int_equal(n_sets, 9);
    for (size_t i = 0; i < n_sets; i++)
        check_set(&sets[i]);
    for (uint32_t n = 32; n <= 2048; n += 32) {
        struct params p;
        assert_int_equal(params_make(&p, n), 0);
        check_set(&p);
    }
}

static void limits_of_the_small_steps(void **state) {
    (void)state;
    static const uint8_t signature[SIGNATURE_BYTES];
    struct message m = {.kind = MESSAGE_HELLO};
    memcpy(m.hello.params, "n23456789012345", 16);
    m.hello.has_identity = true;
    check_fits(STEP_A1, NULL, &m);

    m = (struct message){.kind = MESSAGE_WELCOME};
    memcpy(m.welcome.params, "n23456789012345", 16);
    m.welcome.has_identity = true;
    check_fits(STEP_B1, NULL, &m);

    const struct params *p = params_find("n64");
    m = (struct message){.kind = MESSAGE_LEARNED, .learned = {true}};
    check_fits(STEP_A3, p, &m);

    m = (struct message){.kind = MESSAGE_CONFIRM_ALICE};
    m.confirm_alice.signature = (struct span){signature, SIGNATURE_BYTES};
    check_fits(STEP_A4, p, &m);

    m = (struct message){.kind = MESSAGE_CONFIRM_BOB};
    m.confirm_bob.signature = (struct span){signature, SIGNATURE_BYTES};
    check_fits(STEP_B4, p, &m);

    assert_int_equal(order_body_max(STEP_OPEN, &p->set), FRAME_BODY_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_side_and_kind),
        cmocka_unit_test(speakers_alternate),
        cmocka_unit_test(next_steps),
        cmocka_unit_test(has_names),
        cmocka_unit_test(limits_of_every_set),
        cmocka_unit_test(limits_of_the_small_steps),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
