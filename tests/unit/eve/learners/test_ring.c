/* Eve on sessions of the ring task: her view of what passed, her learners, the key, the chat. */
#include "common/task/ring/ring.h"
#include "eve/key/derive.h"
#include "eve/key/unseal.h"
#include "eve/learn/view_ring.h"
#include "eve/learners/estimate_ring.h"
#include "eve/learners/learners.h"
#include "tests/lib/pair.h"

#include <math.h>
#include <time.h>

struct heard {
    struct pair pair;
    struct observe_memory memory;
    struct observe *observe;
    const struct observe_facts *facts;
    uint8_t key[32];
    struct view view;
    double due;
    char chat[2][256]; /* by enum side of who says it */
};

static struct heard heard;
static struct learn_result r;

static void hear(struct heard *h, const char *set, uint64_t number) {
    *h = (struct heard){.memory = {.left = 64 << 20}};
    struct observe_config config = {.keep_samples = true, .initiator = 0, .memory = &h->memory};
    assert_int_equal(observe_new(&h->observe, &config), 0);
    pair_init(&h->pair, set, number);
    h->pair.recording = true;
    pair_good_session(&h->pair);
    for (size_t i = 0; i < h->pair.record.n; i++) {
        const struct pair_record_frame *f = &h->pair.record.frames[i];
        observe_bytes(h->observe, f->from == SIDE_BOB, f->bytes, f->n, 1);
    }
    h->facts = observe_finish(h->observe);
    assert_true(h->facts->complete && h->facts->set->task == &ring_task);
    assert_true(view_of(&h->view, h->key, h->facts));
}

static void leave(struct heard *h) {
    observe_free(h->observe);
    pair_deinit(&h->pair);
}

static double now(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stop(void *context) {
    return now(NULL) >= ((const struct heard *)context)->due;
}

static bool verify(void *context, const uint8_t *s) {
    const struct heard *h = context;
    struct keys keys;
    return derive_keys(&keys, h->facts, s);
}

static void run(struct heard *h, const char *name, unsigned n_threads, double seconds) {
    static const uint8_t seed[32] = "a seed of 32 bytes for searching";
    h->due = now(NULL) + seconds;
    struct learn_ask ask = {.view = &h->view,
                            .seed = seed,
                            .n_threads = n_threads,
                            .now = now,
                            .stop = stop,
                            .verify = verify,
                            .context = h};
    assert_int_equal(learn(learners_find(name), &ask, &r), 0);
}

/* Errors by rows, one sample at a time: the slow twin of view_count_errors. */
static size_t count_by_rows(const struct view *v, size_t first, size_t end, const uint8_t *s) {
    size_t errors = 0, bytes = view_row_bytes(v);
    uint8_t *row = malloc(bytes);
    for (size_t i = first; i < end; i++) {
        view_row(v, i, row);
        unsigned sum = view_label(v, i);
        for (size_t b = 0; b < bytes; b++)
            sum ^= (unsigned)__builtin_parity(row[b] & s[b]);
        errors += sum;
    }
    free(row);
    return errors;
}

static size_t count(const struct view *v, size_t first, size_t end, const uint8_t *s) {
    uint32_t *ids = malloc((end - first) * sizeof *ids);
    for (size_t i = first; i < end; i++)
        ids[i - first] = (uint32_t)i;
    long errors = view_count_errors(v, ids, end - first, s);
    free(ids);
    assert_true(errors >= 0);
    return (size_t)errors;
}

/* Her rows and labels against what is known of the secret: exactly w_e labels of each sample are wrong, and of the held
 * sums about 2p(1-p); any other parity misses half of all. */
static void check_view(const struct view *v, const uint8_t *s) {
    const struct ring_params *p = view_ring_params(v);
    size_t n = p->n, all = view_samples(v), held = view_held(v);
    assert_int_equal(view_columns(v), n);
    assert_int_equal(view_labels(v), 2 * n);
    assert_int_equal(held, 512 * (p->set.repeat - 1) / 2);
    assert_int_equal(count(v, 0, n, s), p->w_e);
    assert_int_equal(count(v, n, 2 * n, s), p->w_e);
    double expected = view_judged_risk(v) * (double)held, deviation = sqrt(expected);
    assert_true(fabs((double)count(v, 2 * n, all, s) - expected) < 6 * deviation);
    uint8_t *wrong = unit_copy(s, view_hypothesis_bytes(v));
    for (size_t i = 0; i < 2; i++) {
        for (size_t part = 0; part < 3; part++) {
            size_t first = part * n, end = part < 2 ? first + n : all;
            assert_int_equal(count_by_rows(v, first, end, wrong), count(v, first, end, wrong));
        }
        wrong[3] ^= 16; /* now it is */
    }
    wrong[3] ^= 16;
    assert_true(count(v, 2 * n, all, wrong) > held * 4 / 10);
    free(wrong);
}

static void check_split(const struct view *v) {
    struct split split;
    assert_int_equal(split_init(&split, v, SPLIT_SAMPLES, heard.key), 0);
    assert_int_equal(split.n_train, view_labels(v));
    assert_true(split.n_test >= 2000 && split.n_select >= 300);
    assert_int_equal(split.n_train + split.n_select + split.n_test, view_samples(v));
    uint8_t *seen = calloc(view_samples(v), 1);
    for (size_t i = 0; i < view_samples(v); i++) {
        assert_true((split.ids[i] < view_labels(v)) == (i < split.n_train));
        seen[split.ids[i]]++;
    }
    for (size_t i = 0; i < view_samples(v); i++)
        assert_int_equal(seen[i], 1);
    free(seen);
    split_deinit(&split);
}

static void opened(void *user, enum side from, enum sealed_kind kind, const uint8_t *body, size_t n, uint64_t ns) {
    struct heard *h = user;
    size_t at = strlen(h->chat[from]);
    (void)ns;
    if (kind == SEALED_DATA && at + n < sizeof h->chat[from])
        memcpy(h->chat[from] + at, body, n);
}

static void read_chat(struct heard *h, const uint8_t key[static 32]) {
    struct unseal *u;
    bool seen[2] = {false, false};
    memset(h->chat, 0, sizeof h->chat);
    assert_int_equal(unseal_new(&u, (const uint8_t(*)[32])(uintptr_t)key, 1, opened, h), 0);
    for (size_t i = 0; i < h->pair.record.n; i++) {
        const struct pair_record_frame *frame = &h->pair.record.frames[i];
        struct message m;
        const char *why;
        bool preface = !seen[frame->from];
        seen[frame->from] = true;
        if (preface)
            continue;
        assert_int_equal(message_parse(&m, frame->bytes + FRAME_HEADER, frame->n - FRAME_HEADER, &why), 0);
        if (m.kind == MESSAGE_SEALED)
            unseal_message(u, frame->from, &m, 1);
    }
    unseal_free(u);
}

/* Whole sessions at the toy: either road leads to the secret, the key and the chat. */
static void from_labels_or_vectors_to_the_chat(void **state) {
    static const char *const names[] = {"isd", "recipe"};
    (void)state;
    for (uint64_t number = 1; number <= 6; number++) {
        const char *name = names[number % 2];
        struct keys keys;
        hear(&heard, "r509", number);
        run(&heard, name, number % 3 ? 1 : 2, 300);
        if (r.status != LEARN_SOLVED)
            print_error("%s, session %d: %s %s\n", name, (int)number, learn_status_name(r.status), r.reason);
        assert_int_equal(r.status, LEARN_SOLVED);
        assert_true(r.risk_low <= view_judged_risk(&heard.view) && view_judged_risk(&heard.view) <= r.risk_high);
        if (number <= 2)
            check_view(&heard.view, r.hypothesis);
        check_split(&heard.view);
        assert_true(derive_keys(&keys, heard.facts, r.hypothesis));
        assert_memory_equal(keys.session, heard.pair.side[SIDE_BOB].keys[0], 32);
        read_chat(&heard, keys.session);
        for (int side = 0; side < 2; side++) {
            const struct pair_side *to = &heard.pair.side[side];
            assert_true(to->n_data > 0 && strlen(heard.chat[!side]) == to->n_data);
            assert_memory_equal(heard.chat[!side], to->data, to->n_data);
        }
        keys.session[0] ^= 1;
        read_chat(&heard, keys.session);
        assert_true(heard.chat[0][0] == 0 && heard.chat[1][0] == 0);
        r.hypothesis[1] ^= 4;
        assert_false(derive_keys(&keys, heard.facts, r.hypothesis));
        leave(&heard);
    }
}

/* At the real sets she has no key, a risk whose interval holds that of a coin, and a time that says why. */
static void stops_at_the_real_set(void **state) {
    (void)state;
    hear(&heard, "r13109", 1);
    run(&heard, "isd", 1, 0.5);
    assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
    assert_true(r.has_hypothesis && fabs(r.risk - 0.5) < 6 * 0.5 / sqrt((double)r.test_labels)); /* six deviations */
    assert_true(r.try_success > 0 && r.try_success < 1e-25);
    assert_string_equal(r.reason, "by formula labels take 2^140 to 2^146 bit operations (Stern 1988, Sendrier 2011)");
    run(&heard, "recipe", 1, 0.2);
    assert_int_equal(r.status, LEARN_OUT_OF_BUDGET);
    assert_non_null(strstr(r.reason, "vectors take 2^139 to 2^145"));
    leave(&heard);
}

/* The same seed searches the same way, one thread at a time, whatever the clock says. */
static void repeats(void **state) {
    struct learn_result first;
    (void)state;
    hear(&heard, "r509", 9);
    run(&heard, "isd", 1, 300);
    first = r;
    run(&heard, "isd", 1, 300);
    assert_true(first.status == LEARN_SOLVED && r.status == LEARN_SOLVED && fabs(first.tries - r.tries) < 1e-6);
    leave(&heard);
}

static void machine_learning_learns_nothing(void **state) {
    (void)state;
    hear(&heard, "r509", 10);
    run(&heard, "logistic", 1, 20);
    if (r.status == LEARN_NOT_APPLICABLE)
        print_message("SKIP: %s\n", r.reason);
    else
        assert_true(r.status == LEARN_OUT_OF_BUDGET && r.has_hypothesis && r.risk > 0.4 && r.risk < 0.6);
    run(&heard, "bkw", 1, 1);
    assert_int_equal(r.status, LEARN_NOT_APPLICABLE);
    assert_string_equal(r.reason, "it does not learn the task ring");
    leave(&heard);
}

/* The formula against what a set says of itself, which was computed elsewhere, and against itself. */
static void estimates(void **state) {
    const struct ring_params *p;
    (void)state;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        struct estimate_ring e;
        estimate_ring_set(&e, p);
        assert_true(fabs(e.from - p->low) < 2 && fabs(e.to - p->high) < 2.5);
        const struct estimate_ring_side *sides[] = {&e.vectors, &e.labels};
        for (size_t k = 0; k < 2; k++) {
            assert_true(e.from <= sides[k]->from && sides[k]->from < sides[k]->to && e.to <= sides[k]->to);
            double gain = sides[k]->alone - sides[k]->from; /* about sqrt n */
            assert_true(gain > 2 && gain < log2(p->n));
            assert_true(sides[k]->quantum > sides[k]->from / 2 && sides[k]->quantum < sides[k]->from);
        }
        if (i > 0) /* a machine does some 2^30 to 2^36 bit operations a second */
            assert_true(e.to - fmin(e.vectors.seconds, e.labels.seconds) > 30 &&
                        e.to - fmin(e.vectors.seconds, e.labels.seconds) < 40);
    }
}

/* What users read of a set without Eve, and its hiding, is what she computes, to the bit. */
static void sets_say_what_she_computes(void **state) {
    (void)state;
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++) {
        struct estimate_ring e;
        estimate_ring_set(&e, p);
        assert_true(p->low == (uint32_t)round(e.from) && p->high == (uint32_t)round(e.to));
        assert_true(p->set.hide_log2 == round(e.vectors.from));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_labels_or_vectors_to_the_chat),
        cmocka_unit_test(stops_at_the_real_set),
        cmocka_unit_test(repeats),
        cmocka_unit_test(machine_learning_learns_nothing),
        cmocka_unit_test(estimates),
        cmocka_unit_test(sets_say_what_she_computes),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
