/* The primal attack on small tasks of its own making, and what becomes of it when the program fplll breaks. Where there
 * is no fplll, the tests that need it say so and pass. */
#include "eve/lattice/search.h"
#include "tests/lib/unit.h"

#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N_MAX = 64, MOST = 2 };

static struct {
    struct usvp_task task;
    struct search_plan plan;
    unsigned eta;
    int8_t s[N_MAX];
    uint16_t *a, *z;
    double due;
} in;

static double now(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stop(void *context) {
    return now(context) >= in.due;
}

static int cbd(struct prg *g, unsigned eta) {
    int sum = 0;
    for (unsigned i = 0; i < 2 * eta; i++)
        sum += (int)prg_below(g, 2);
    return sum - (int)eta;
}

/* least: samples there are to be, whatever the plan says. */
static void make(struct prg *g, unsigned n, unsigned eta, unsigned least) {
    in.eta = eta;
    in.task = (struct usvp_task){n, 12 * n, 16, sqrt(eta / 2.0), 1};
    search_plan(&in.plan, &in.task);
    in.plan.samples = in.plan.samples < least ? least : in.plan.samples;
    in.a = malloc(in.plan.samples * n * sizeof *in.a);
    in.z = malloc(in.plan.samples * sizeof *in.z);
    assert_true(in.a && in.z);
    for (unsigned j = 0; j < n; j++)
        in.s[j] = (int8_t)cbd(g, 2);
    for (unsigned i = 0; i < in.plan.samples; i++) {
        in.z[i] = (uint16_t)cbd(g, eta);
        for (unsigned j = 0; j < n; j++) {
            in.a[i * n + j] = (uint16_t)prg_below(g, 65536);
            in.z[i] = (uint16_t)(in.z[i] + in.a[i * n + j] * in.s[j]);
        }
    }
}

static void unmake(void) {
    free(in.a);
    free(in.z);
    in.a = in.z = NULL;
}

/* Whether all errors that s leaves are possible ones. */
static bool fits(void *context, const int8_t *s) {
    (void)context;
    for (unsigned i = 0; i < in.plan.samples; i++) {
        uint16_t rest = in.z[i];
        for (unsigned j = 0; j < in.task.n; j++)
            rest = (uint16_t)(rest - in.a[i * in.task.n + j] * s[j]);
        if (abs((int16_t)rest) > (int)in.eta)
            return false;
    }
    return true;
}

static struct search search;
static struct learn_result result;
static int8_t found[N_MAX];

static bool found_one(void *context, const int8_t *s) {
    bool good = fits(context, s);
    if (good)
        memcpy(found, s, in.task.n);
    return good;
}

static int attack(double seconds) {
    struct learn_ask ask = {.now = now, .stop = stop};
    struct learn_run run = {.ask = &ask, .result = &result, .lock = PTHREAD_MUTEX_INITIALIZER};
    search =
        (struct search){.task = &in.task, .plan = &in.plan, .a = in.a, .z = in.z, .most = MOST, .found = found_one};
    memset(found, 99, sizeof found);
    in.due = now(NULL) + seconds;
    int r = search_run(&search, &run);
    assert_true(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD); /* nobody is left */
    return r;
}

static bool has_fplll(void) {
    bool there = system("command -v fplll >/dev/null 2>&1") == 0;
    if (!there)
        print_message("SKIP: no fplll here: apt-get install fplll-tools\n");
    return there;
}

/* All 5^n secrets: the control, and what the attack is compared with. */
static unsigned brute_force(int8_t *s) {
    unsigned n_good = 0;
    int8_t t[N_MAX];
    memset(t, -MOST, sizeof t);
    for (;;) {
        if (fits(NULL, t)) {
            n_good++;
            memcpy(s, t, in.task.n);
        }
        unsigned j = 0;
        while (j < in.task.n && t[j] == MOST)
            t[j++] = -MOST;
        if (j == in.task.n)
            return n_good;
        t[j]++;
    }
}

static void agrees_with_brute_force(void **state) {
    (void)state;
    struct prg g;
    int8_t s[N_MAX];
    if (!has_fplll())
        return;
    unit_random(&g, "agrees_with_brute_force");
    for (unsigned n = 1; n <= 8; n++) {
        make(&g, n, 2528, n + 4); /* so many that hardly ever two secrets fit */
        unsigned n_good = brute_force(s);
        assert_true(n_good >= 1);
        assert_int_equal(attack(60), FPLLL_DONE);
        assert_true(fits(NULL, found));
        if (n_good == 1) {
            assert_memory_equal(s, in.s, n);
            assert_memory_equal(found, in.s, n);
        }
        unmake();
    }
    prg_deinit(&g);
}

static void breaks_toys(void **state) {
    (void)state;
    static const unsigned toys[][2] = {{16, 2528}, {32, 2528}, {48, 2528}};
    struct prg g;
    if (!has_fplll())
        return;
    unit_random(&g, "breaks_toys");
    for (size_t i = 0; i < sizeof toys / sizeof toys[0]; i++) {
        make(&g, toys[i][0], toys[i][1], 0);
        assert_int_equal(attack(300), FPLLL_DONE);
        assert_memory_equal(found, in.s, in.task.n);
        assert_true(search.tours >= 1 && search.ended.seconds > 0 && search.memory_bytes > 0);
        unmake();
    }
    prg_deinit(&g);
}

/* Labels of no secret: it goes through all blocks, and there is nothing. */
static void finds_nothing_in_noise(void **state) {
    (void)state;
    struct prg g;
    if (!has_fplll())
        return;
    unit_random(&g, "finds_nothing_in_noise");
    make(&g, 16, 32, 0);
    for (unsigned i = 0; i < in.plan.samples; i++)
        in.z[i] = (uint16_t)prg_below(&g, 65536);
    assert_int_equal(attack(300), FPLLL_DONE);
    assert_int_equal(found[0], 99);
    assert_int_equal(search_block(search.tours, in.task.n + in.plan.samples + 1), 0);
    unmake();
    prg_deinit(&g);
}

/* Programs that go by the name. */
static void other_programs(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int outcome;
        const char *why;
    } programs[] = {
        {"echo rubbish", FPLLL_BROKEN, "its output is no basis: it is no matrix"},
        {"exit 0", FPLLL_BROKEN, "its output is no basis: it is no matrix"},
        {"exit 3", FPLLL_BROKEN, "it ended with status 3"},
        {"kill -SEGV $$", FPLLL_BROKEN, "it was ended by signal 11"},
        {"exec yes '[[1 2 3'", FPLLL_BROKEN, "it said more than a basis has"},
        {"exec cat /dev/zero", FPLLL_BROKEN, "it said more than a basis has"},
        {"exec >&-; sleep 1000", FPLLL_BROKEN, "it did not end after its last word"},
        {"echo '[['; sleep 1000", FPLLL_STOPPED, ""},
        {"sleep 1000 & sleep 1000", FPLLL_STOPPED, ""},
        {"trap '' TERM INT; while :; do sleep 1; done", FPLLL_STOPPED, ""},
        {"exit 127", FPLLL_MISSING, ""},
        {"cat", FPLLL_DONE, ""}, /* a basis it is, but no better one */
    };
    char folder[] = "/tmp/parley-fplll-XXXXXX", path[64], search_path[4200], kept[4096];
    struct prg g;
    unit_random(&g, "other_programs");
    make(&g, 4, 32, 0);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/fplll", folder);
    snprintf(kept, sizeof kept, "%s", getenv("PATH"));
    snprintf(search_path, sizeof search_path, "%s:%s", folder, kept);
    setenv("PATH", search_path, 1);
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        fprintf(out, "#!/bin/sh\n%s\n", programs[i].text);
        assert_int_equal(fclose(out), 0);
        assert_int_equal(chmod(path, 0700), 0);
        int r = attack(programs[i].outcome == FPLLL_STOPPED ? 0.3 : 100);
        if (r != programs[i].outcome || strcmp(search.ended.why, programs[i].why) != 0)
            print_error("%s: %d '%s'\n", programs[i].text, r, search.ended.why);
        assert_int_equal(r, programs[i].outcome);
        assert_string_equal(search.ended.why, programs[i].why);
        assert_int_equal(found[0], 99);
    }
    unlink(path);
    setenv("PATH", folder, 1);
    assert_int_equal(attack(100), FPLLL_MISSING);
    setenv("PATH", kept, 1);
    rmdir(folder);
    unmake();
    prg_deinit(&g);
}

/* A tour that breaks is made once more with LLL before it. */
static void broken_tours_are_mended(void **state) {
    static const char *const programs[] = {
        "case \"$*\" in *-nolll*) kill -ABRT $$;; *) exec %s \"$@\";; esac",
        "case \"$*\" in *'-b 2 '*) exec %s \"$@\";; *) kill -ABRT $$;; esac",
    };
    (void)state;
    char folder[] = "/tmp/parley-fplll-XXXXXX", path[64], real[4096] = "", search_path[4200], kept[4096];
    struct prg g;
    if (!has_fplll())
        return;
    FILE *in_path = popen("command -v fplll", "r");
    assert_true(in_path && fgets(real, sizeof real, in_path));
    pclose(in_path);
    real[strcspn(real, "\n")] = '\0';
    unit_random(&g, "broken_tours_are_mended");
    make(&g, 16, 32, 0);
    for (unsigned i = 0; i < in.plan.samples; i++)
        in.z[i] = (uint16_t)prg_below(&g, 65536); /* no secret: it goes on to the last block */
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/fplll", folder);
    snprintf(kept, sizeof kept, "%s", getenv("PATH"));
    snprintf(search_path, sizeof search_path, "%s:%s", folder, kept);
    for (size_t i = 0; i < 2; i++) {
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        fprintf(out, "#!/bin/sh\n");
        for (const char *p = programs[i]; *p; p++)
            if (p[0] == '%' && p[1] == 's')
                fputs(real, out), p++;
            else
                fputc(*p, out);
        assert_int_equal(fclose(out), 0);
        assert_int_equal(chmod(path, 0700), 0);
        setenv("PATH", search_path, 1);
        int r = attack(300);
        setenv("PATH", kept, 1);
        assert_int_equal(r, i == 0 ? FPLLL_DONE : FPLLL_BROKEN);
        assert_string_equal(search.ended.why, i == 0 ? "" : "it was ended by signal 6");
        assert_true(i == 0 ? search_block(search.tours, in.task.n + in.plan.samples + 1) == 0 : search.tours == 1);
    }
    unlink(path);
    rmdir(folder);
    unmake();
    prg_deinit(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_brute_force), cmocka_unit_test(breaks_toys),
        cmocka_unit_test(finds_nothing_in_noise),  cmocka_unit_test(other_programs),
        cmocka_unit_test(broken_tours_are_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
