/* Known answers: what each learner finds in sessions that are fixed, with a fixed seed and a clock that counts looks at
 * it. Nothing may change these lines but a change that is meant:
 *
 *     eve_known_answers known.txt n64.txt COMMAND          compares
 *     eve_known_answers --write known.txt n64.txt COMMAND  writes
 *
 * n64.txt is the golden transcript (tests/proof/golden), read byte for byte; the sessions of n128 and n256 are of two
 * machines with fixed seeds, whose bytes the golden digests pin; BKW has a task of its own, at a noise where it wins.
 * COMMAND is the example of exec:. What a library's learner predicts depends on its build and the processor, so only
 * its outcome and the numbers of samples are fixed, and that it is like a coin within six deviations. */
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/key/derive.h"
#include "eve/learn/learner.h"
#include "eve/learners/learners.h"
#include "tests/lib/instance.h"
#include "tests/lib/pair.h"

#include <math.h>
#include <time.h>

enum { ANSWER = 3000, SESSION_BYTES = 1 << 20 };

static const uint8_t seed[32] = "a seed of 32 bytes for searching";
static char answers[32][ANSWER];
static size_t n_answers;
static const char *golden, *command;

/* ---- the caller */

struct caller {
    const struct observe_facts *facts; /* or: */
    const uint8_t *secret;
    size_t n_secret;
    double now, tick; /* tick 0: the true time */
    uint8_t key[32];
};

static double now(void *context) {
    struct caller *c = context;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return c->tick > 0 ? c->now += c->tick : (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stop(void *context) {
    (void)context;
    return false;
}

static bool verify(void *context, const uint8_t *s) {
    struct caller *c = context;
    struct keys keys;
    if (!c->facts)
        return memcmp(s, c->secret, c->n_secret) == 0;
    bool good = derive_keys(&keys, c->facts, s);
    if (good)
        memcpy(c->key, keys.session, 32);
    return good;
}

static double fact(const struct learn_result *r, const char *name) {
    for (size_t i = 0; i < r->n_facts; i++)
        if (strcmp(r->facts[i].name, name) == 0)
            return r->facts[i].value;
    return NAN;
}

static void answer(const char *where, const char *name, struct caller *caller, const struct view *view) {
    static struct learn_result r;
    char *line = answers[n_answers], secret[2 * PARAMS_N_MAX / 8 + 1], key[65];
    struct learn_ask ask = {
        .view = view,
        .seed = seed,
        .n_threads = 1,
        .now = now,
        .stop = stop,
        .verify = verify,
        .context = caller,
        .budget = 600,
        .command = command,
    };
    assert_true(n_answers < sizeof answers / sizeof answers[0]);
    assert_int_equal(learn(learners_find(name), &ask, &r), 0);
    size_t wrong = (size_t)llround(r.risk * (double)r.test_labels);
    if (r.status == LEARN_NOT_APPLICABLE) { /* a library that is not here */
        print_message("%s %s: %s\n", where, name, r.reason);
        snprintf(line, ANSWER, "%s %s not here", where, name);
    } else if (r.is_predictor) {
        assert_true(fabs(r.risk - 0.5) < 6 * 0.5 / sqrt((double)r.test_labels));
        snprintf(line, ANSWER, "%s %s %s, %.0f samples used, %zu test labels, like a coin", where, name,
                 learn_status_name(r.status), fact(&r, "samples_used"), r.test_labels);
    } else {
        assert_int_equal(r.status, LEARN_SOLVED);
        bytes_to_hex(secret, r.hypothesis, view->params->n / 8);
        bytes_to_hex(key, caller->key, 32);
        snprintf(line, ANSWER, "%s %s %s, %.10g tries, %zu of %zu test labels wrong, s %s, key %s", where, name,
                 learn_status_name(r.status), r.tries, wrong, r.test_labels, secret, caller->facts ? key : "none");
    }
    n_answers++;
}

/* ---- sessions */

static void ask_all(const char *where, const struct observe_facts *f, const char *const *names, const uint8_t *key) {
    uint8_t matrix_key[32];
    assert_true(f->complete);
    prg_derive(matrix_key, "parley/1 matrix", f->matrix_seed, 32);
    struct view view = {.params = f->params, .matrix_key = matrix_key, .composed = f->composed, .labels = f->labels};
    for (; *names; names++) {
        struct caller caller = {.facts = f, .tick = strcmp(*names, "exec") == 0 ? 0 : 1e-6};
        answer(where, *names, &caller, &view);
        if (caller.key[0] || caller.key[1])
            assert_memory_equal(caller.key, key, 32);
    }
}

static struct observe *observer(struct observe_memory *memory) {
    struct observe *o;
    struct observe_config config = {.keep_samples = true, .initiator = 0, .memory = memory};
    memory->left = 64 << 20;
    assert_int_equal(observe_new(&o, &config), 0);
    return o;
}

static void the_golden_transcript(void **state) {
    static const char *const names[] = {"gauss", "isd", "recipe", "logistic", "trees", "mlp", "exec", NULL};
    static char line[SESSION_BYTES];
    uint8_t bytes[64], key[32] = {0};
    struct observe_memory memory = {0};
    struct observe *o = observer(&memory);
    FILE *f = fopen(golden, "r");
    int direction = 0;
    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "    ", 4) == 0) {
            size_t n = strlen(line + 4) / 2;
            assert_true(n <= sizeof bytes && bytes_from_hex(bytes, n, line + 4) == 0);
            observe_bytes(o, direction, bytes, n, 1);
        } else if (strncmp(line, "key ", 4) == 0)
            assert_int_equal(bytes_from_hex(key, 32, line + 4), 0);
        else
            direction = strncmp(line, "bob ", 4) == 0;
    }
    fclose(f);
    ask_all("n64", observe_finish(o), names, key);
    observe_free(o);
}

static void machines(const char *set, uint64_t number, const char *const *names) {
    struct observe_memory memory = {0};
    struct observe *o = observer(&memory);
    struct pair p;
    pair_init(&p, set, number);
    p.recording = true;
    pair_good_session(&p);
    for (size_t i = 0; i < p.record.n; i++)
        observe_bytes(o, p.record.frames[i].from == SIDE_BOB, p.record.frames[i].bytes, p.record.frames[i].n, 1);
    ask_all(set, observe_finish(o), names, p.side[SIDE_BOB].keys[0]);
    observe_free(o);
    pair_deinit(&p);
}

static void sessions_of_machines(void **state) {
    static const char *const two[] = {"isd", "recipe", NULL}, *const one[] = {"isd", NULL};
    (void)state;
    machines("n128", 1, two);
    machines("n256", 1, one);
}

static void bkw_at_its_noise(void **state) {
    struct params p;
    struct instance in;
    (void)state;
    assert_int_equal(params_make(&p, 32), 0);
    p.theta = 0.3;
    p.theta64 = (uint64_t)ldexp(0.3, 64);
    p.m = 1 << 15;
    instance_make(&in, &p, INSTANCE_UNIFORM, 7);
    struct caller caller = {.secret = in.secret, .n_secret = 4, .tick = 1e-6};
    answer("n32 theta 0.3", "bkw", &caller, &in.view);
    instance_free(&in);
}

/* ---- comparing */

static int write_answers(const char *path) {
    FILE *f = fopen(path, "w");
    if (!f)
        return perror(path), 1;
    for (size_t i = 0; i < n_answers; i++)
        fprintf(f, "%s\n", answers[i]);
    return fclose(f) ? 1 : 0;
}

static int compare_answers(const char *path) {
    char line[ANSWER];
    int failed = 0;
    FILE *f = fopen(path, "r");
    if (!f)
        return perror(path), 1;
    for (size_t i = 0; i < n_answers; i++) {
        if (!fgets(line, sizeof line, f))
            line[0] = '\0';
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, answers[i]) != 0 && !strstr(answers[i], " not here")) {
            printf("FAIL found    %s\n     expected %s\n", answers[i], line);
            failed = 1;
        }
    }
    fclose(f);
    return failed;
}

int main(int argc, char **argv) {
    if (sodium_init() < 0)
        return 1;
    bool writing = argc > 1 && strcmp(argv[1], "--write") == 0;
    argv += writing;
    if (argc - writing != 4)
        return fprintf(stderr, "usage: %s [--write] known.txt n64.txt COMMAND\n", argv[0]), 64;
    golden = argv[2];
    command = argv[3];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_golden_transcript),
        cmocka_unit_test(sessions_of_machines),
        cmocka_unit_test(bkw_at_its_noise),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed)
        return failed;
    return writing ? write_answers(argv[1]) : compare_answers(argv[1]);
}
