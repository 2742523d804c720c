/* What every task of the table must have, whatever it does: sizes that fit together, and words for the user. */
#include "common/task/table/table.h"

#include "proto/order.h"
#include "tests/lib/unit.h"

#include <math.h>

static void names_are_unique(void **state) {
    (void)state;
    const struct set *a, *b;
    for (size_t i = 0; (a = table_at(i)); i++) {
        assert_ptr_equal(table_set(a->name), a);
        for (size_t j = 0; j < i && (b = table_at(j)); j++)
            assert_string_not_equal(a->name, b->name);
    }
    assert_null(table_set(""));
    assert_null(table_set("n2047"));
}

/* A letter that tells the task, and a number: documents, completions, the dissector and the laboratory go by that. */
static void names_tell_the_task(void **state) {
    (void)state;
    const struct task *task;
    char letters[27] = "";
    for (size_t t = 0; (task = table_task(t)); t++) {
        char letter = task->set(0)->name[0];
        assert_in_range(letter, 'a', 'z');
        assert_null(strchr(letters, letter));
        letters[t] = letter;
        for (size_t i = 0; task->set(i); i++) {
            const char *name = task->set(i)->name;
            assert_int_equal(name[0], letter);
            assert_in_range(name[1], '1', '9');
            assert_int_equal(strspn(name + 1, "0123456789"), strlen(name) - 1);
        }
    }
}

/* All sets of all tasks, one after the other, each with its own task. */
static void order_is_by_task(void **state) {
    (void)state;
    const struct task *task;
    const struct set *set;
    size_t i = 0;
    for (size_t t = 0; (task = table_task(t)); t++)
        for (size_t j = 0; (set = task->set(j)); j++, i++) {
            assert_ptr_equal(table_at(i), set);
            assert_ptr_equal(set->task, task);
        }
    assert_in_range(i, 1, SETS_MAX); /* a side can name them all */
    assert_null(table_at(i));
}

static void sizes_fit(void **state) {
    (void)state;
    const struct set *set;
    for (size_t i = 0; (set = table_at(i)); i++) {
        size_t longest = 0;
        assert_in_range(set->modulus, 2, 65536);
        assert_in_range(set->n_plain, 1, set->n_labels - 1);
        assert_int_equal(set->repeat % 2, 1);
        assert_in_range(set->n_chunks, 1, 1 << 16);
        for (uint32_t c = 0; c < set->n_chunks; c++) {
            size_t n = set->task->chunk_bytes(set, c);
            assert_in_range(n, 1, set->chunk_max);
            longest = n > longest ? n : longest;
        }
        assert_int_equal(longest, set->chunk_max);
        assert_int_equal(set->task->chunk_bytes(set, set->n_chunks), 0);
        for (enum step step = STEP_A1; step <= STEP_B4; step++)
            assert_in_range(order_body_max(step, set), 1, FRAME_BODY_MAX);
    }
}

static void claims_fit(void **state) {
    (void)state;
    const struct set *set;
    for (size_t i = 0; (set = table_at(i)); i++) {
        assert_true(set->risk > 0 && set->risk < 0.2);
        assert_true(set->failure_log2 < -10);
        assert_true(set->hiding == HIDING_ASSUMED ? set->hide_log2 > 0 : set->hide_log2 < 0);
        assert_true((set->task->label_noise != NULL) == (set->modulus > 2));
        if (set->modulus > 2) {
            double noise = set->task->label_noise(set);
            assert_true(noise > 0 && noise < set->modulus / 16);
            /* a sum of so many that falls below once in 2^40 is not far below its mean */
            assert_true(set->least_masked < noise * (double)set_challenges(set));
            assert_true(set->least_masked > noise * (double)set_challenges(set) / 2);
        }
    }
}

static void is_noun(const char *text) {
    assert_non_null(text);
    size_t n = strlen(text);
    assert_in_range(n, 1, 64);
    assert_int_not_equal(text[n - 1], '.');
}

static void is_sentence(const char *text, size_t least, size_t most) {
    assert_non_null(text);
    size_t n = strlen(text);
    assert_in_range(n, least, most);
    assert_int_equal(text[n - 1], '.');
    assert_in_range(text[0], 'A', 'Z');
    for (const char *p = text; *p; p++)
        assert_in_range(*p, ' ', '~');
}

static void has_words(void **state) {
    (void)state;
    const struct task *task;
    char text[400];
    for (size_t t = 0; (task = table_task(t)); t++) {
        const struct task_words *w = task->words;
        assert_non_null(w);
        is_noun(task->name);
        is_noun(task->assumption);
        const char *const sentences[] = {w->picture, w->caption, w->label, w->cancelled, w->left, w->read_off};
        for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
            is_sentence(sentences[i], 20, 160);
        const char *const nouns[] = {w->seen_a2, w->seen_b2, w->seen_b3,   w->captions,
                                     w->risk,    w->checked, w->iterations};
        for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
            is_noun(nouns[i]);
        for (size_t i = 0; task->set(i); i++) {
            task->describe(task->set(i), text, sizeof text);
            assert_in_range(strlen(text), 5, 60);
            task->secrecy(task->set(i), text, sizeof text);
            assert_in_range(strlen(text), 100, sizeof text - 2);
            assert_non_null(strstr(text, "assumed, not proven"));
            assert_int_equal(text[strlen(text) - 1], '.');
        }
    }
}

/* Steps are told in one line, which begins with who does them. */
static void tells_steps(void **state) {
    (void)state;
    const struct task *task;
    for (size_t t = 0; (task = table_task(t)); t++)
        for (enum step step = STEP_A1; step <= STEP_OPEN; step++) {
            const char *sentence = step_sentence(step, task->set(0));
            is_sentence(sentence, 20, 72);
            if (step != STEP_OPEN)
                assert_int_equal(sentence[0], step_name(step)[0]);
        }
    is_sentence(step_sentence(STEP_A1, NULL), 20, 72);
    is_sentence(step_sentence(STEP_B1, NULL), 20, 72);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique), cmocka_unit_test(names_tell_the_task), cmocka_unit_test(order_is_by_task),
        cmocka_unit_test(sizes_fit),        cmocka_unit_test(claims_fit),          cmocka_unit_test(has_words),
        cmocka_unit_test(tells_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
