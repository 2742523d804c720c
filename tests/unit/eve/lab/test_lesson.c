/* Lessons: a session of every task through the seam; and the names that --sets takes. */
#include "eve/lab/lesson.h"

#include "common/base/binomial.h"
#include "common/task/table/table.h"
#include "eve/lab/plan.h"
#include "tests/lib/unit.h"

#include <errno.h>

/* Set i of the smaller ones of all tasks; NULL from the first i on that there is none. */
static const struct set *small(size_t i) {
    const struct task *task = table_task(i / 3);
    return task ? task->set(i % 3) : NULL;
}

/* A lesson that is learned. A measured failure is rarer than once in 10^3, so four in a row are rarer than once in
 * 10^12: then something is broken. */
static void learned_lesson(struct lesson *lesson, struct learned *learned, const struct set *set, struct prg *g) {
    for (int attempt = 0; attempt < 4; attempt++) {
        uint8_t seed[32];
        double seconds = -1;
        prg_read(g, seed, sizeof seed);
        assert_int_equal(lesson_make(lesson, set, seed), 0);
        assert_int_equal(lesson_learn(lesson, learned, &seconds), 0);
        assert_true(seconds >= 0 && lesson->compose_seconds >= 0 && lesson->teach_seconds >= 0);
        if (learned->accepted)
            return;
        lesson_free(lesson);
    }
    fail_msg("%s is not learned", set->name);
}

/* What Alice learns leaves the same noise on any challenges; another hypothesis does not. */
static void every_task_is_learned(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    const struct set *set;
    for (size_t i = 0; (set = small(i)); i++) {
        size_t n = set_challenges(set), bytes = set_label_bytes(set, n);
        uint8_t both[64], *challenges[2] = {both, both + 32}, *noise[2] = {malloc(bytes), malloc(bytes)},
                          *predicted = malloc(bytes);
        struct lesson lesson;
        struct learned learned;
        prg_read(&g, both, sizeof both);
        learned_lesson(&lesson, &learned, set, &g);
        for (int wrong = 0; wrong < 2; wrong++) {
            learned.h[0] ^= (uint8_t)wrong;
            for (int j = 0; j < 2; j++) {
                lesson_challenge(&lesson, challenges[j], noise[j]);
                assert_true(set_labels_fit(set, n, noise[j], bytes));
                lesson_subtract(noise[j], set, learned.h, challenges[j]);
            }
            assert_int_equal(memcmp(noise[0], noise[1], bytes) == 0, !wrong);
            assert_int_equal(lesson_is_task(&lesson, learned.h, both), !wrong);
        }
        learned.h[0] ^= 1;
        /* predictions and what is left are the labels, one by one */
        lesson_challenge(&lesson, challenges[1], noise[0]);
        lesson_predict(predicted, set, learned.h, challenges[1]);
        size_t differ = 0;
        for (size_t j = 0; j < n; j++) {
            differ += lesson_bit(set, predicted, j) != lesson_bit(set, noise[0], j);
        }
        assert_true(differ < n / 4);
        lesson_challenge(&lesson, challenges[1], noise[1]);
        lesson_subtract(noise[1], set, learned.h, challenges[1]);
        for (size_t j = 0; j < n; j++)
            assert_int_equal((lesson_label(set, predicted, j) + lesson_label(set, noise[1], j)) % set->modulus,
                             lesson_label(set, noise[0], j));
        free(noise[0]);
        free(noise[1]);
        free(predicted);
        lesson_free(&lesson);
    }
    prg_deinit(&g);
}

/* Of so many fresh labels, as many as the set's risk says are not what Alice predicts: by exact tails, either of which
 * an honest run exceeds once in 10^9. */
static void risk_is_the_sets(void **state) {
    (void)state;
    const size_t labels = unit_long() ? 1000000 : 200000;
    const struct task *task;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t t = 0; (task = table_task(t)); t++) {
        const struct set *set = task->set(0);
        size_t n = set_challenges(set), bytes = set_label_bytes(set, n), seen = 0, wrong = 0;
        uint8_t *fresh = malloc(bytes), *predicted = malloc(bytes), seed[32];
        assert_true(fresh && predicted);
        while (seen < labels) {
            struct lesson lesson;
            struct learned learned;
            prg_read(&g, seed, sizeof seed);
            learned_lesson(&lesson, &learned, set, &g);
            lesson_challenge(&lesson, seed, fresh);
            lesson_predict(predicted, set, learned.h, seed);
            for (size_t i = 0; i < n; i++)
                wrong += lesson_bit(set, fresh, i) != lesson_bit(set, predicted, i);
            seen += n;
            lesson_free(&lesson);
        }
        print_message("%s: %zu of %zu labels, %.6f, expected %.6f\n", set->name, wrong, seen,
                      (double)wrong / (double)seen, set->risk);
        assert_true(wrong == 0 || binomial_above(wrong - 1, seen, set->risk) > 1e-9);
        assert_true(binomial_below(wrong + 1, seen, set->risk) > 1e-9);
        free(fresh);
        free(predicted);
    }
    prg_deinit(&g);
}

/* The same set and seed give the same lesson, another seed another one. */
static void repeats(void **state) {
    (void)state;
    const struct set *set;
    for (size_t i = 0; (set = small(i)); i++) {
        struct lesson a, b, c;
        uint8_t seed[32] = {1};
        assert_int_equal(lesson_make(&a, set, seed), 0);
        assert_int_equal(lesson_make(&b, set, seed), 0);
        seed[31]++;
        assert_int_equal(lesson_make(&c, set, seed), 0);
        assert_memory_equal(a.vectors, b.vectors, a.n_vectors);
        assert_memory_equal(a.labels, b.labels, set_label_bytes(set, set->n_labels));
        assert_memory_not_equal(a.vectors, c.vectors, a.n_vectors);
        assert_memory_not_equal(a.labels, c.labels, set_label_bytes(set, set->n_labels));
        lesson_free(&a);
        lesson_free(&b);
        lesson_free(&c);
    }
}

/* Turned over are about as many as asked for: 6 standard deviations, so once in 5 10^8 runs it fails by chance. */
static void disturbs(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct set *set = table_set(i ? "l32" : "r509");
        size_t n = set_challenges(set), turned = 0;
        uint8_t *labels = calloc(set_label_bytes(set, n), 1);
        for (size_t j = 0; j < n; j++)
            if (set->modulus > 2)
                store16_le(labels + 2 * j, (uint16_t)(113 * j));
        lesson_disturb(labels, set, n, 0.25, (const uint8_t[32]){(uint8_t)i});
        for (size_t j = 0; j < n; j++) {
            uint32_t was = set->modulus > 2 ? (uint16_t)(113 * j) : 0, is = lesson_label(set, labels, j);
            turned += is != was;
            assert_true(is == was || is == (was + set->modulus / 2) % set->modulus);
        }
        double off = (double)turned - 0.25 * (double)n;
        assert_true(off * off < 36 * 0.25 * 0.75 * (double)n);
        free(labels);
    }
}

static void sizes(void **state) {
    (void)state;
    assert_int_equal(lesson_size(table_set("r17669")), 17669);
    assert_int_equal(lesson_size(table_set("l32")), 32);
    assert_int_equal(lesson_size(table_set("n8192")), 8192);
}

/* ---- --sets */

static void check_sets(const char *names, size_t n_sets, size_t n_others) {
    struct lab_plan *plan = calloc(1, sizeof *plan);
    char bad[32];
    assert_int_equal(plan_parse_sets(plan, names, bad), 0);
    assert_int_equal(plan->n_sets, n_sets);
    assert_int_equal(plan->n_others, n_others);
    /* what was given is not added to */
    assert_int_equal(lab_sets(plan, "n64,r509"), 0);
    assert_int_equal(plan->n_sets + plan->n_others, n_sets + n_others);
    free(plan);
}

static size_t count(const char *name) {
    size_t n = 0;
    for (size_t i = 0; table_task(i); i++)
        if (strcmp(table_task(i)->name, name) == 0)
            while (table_task(i)->set(n))
                n++;
    return n;
}

static void names_of_sets(void **state) {
    (void)state;
    struct lab_plan *plan = calloc(1, sizeof *plan);
    char bad[32], many[600] = "";
    check_sets("n64", 1, 0);
    check_sets("64,n96,128", 3, 0);
    check_sets("r509", 0, 1);
    check_sets("l32,64,r509,n64", 2, 2);
    check_sets("lpn", count("lpn"), 0);
    check_sets("ring,lwe", 0, count("ring") + count("lwe"));
    check_sets("lpn,96,lwe,r509", count("lpn") + 1, count("lwe") + 1);
    for (const char *const *name =
             (const char *const[]){"n65", "", "r510", "l33", "rings", "LWE", "n64,", ",n64", NULL};
         *name; name++) {
        memset(plan, 0, sizeof *plan);
        assert_int_equal(plan_parse_sets(plan, *name, bad), -EINVAL);
    }
    for (size_t i = 0; i <= LAB_SETS_MAX; i++) /* one more than there is room for */
        strcat(many, i ? ",r509" : "r509");
    memset(plan, 0, sizeof *plan);
    assert_int_equal(plan_parse_sets(plan, many, bad), -EINVAL);
    assert_int_equal(plan->n_others, LAB_SETS_MAX);
    free(plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_is_learned),
        cmocka_unit_test(risk_is_the_sets),
        cmocka_unit_test(repeats),
        cmocka_unit_test(disturbs),
        cmocka_unit_test(sizes),
        cmocka_unit_test(names_of_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
