/* What a class plays: puzzles with one answer, votes that are counted once, pictures of a real session. */
#include "eve/game/ballot.h"
#include "eve/game/game.h"
#include "eve/game/pictures.h"
#include "eve/game/puzzle.h"

#include "common/base/binomial.h"
#include "common/task/table/table.h"
#include "tests/lib/unit.h"

#include <errno.h>
#include <jansson.h>

/* ---- the puzzle */

/* Place by place, from the texts that people see. */
static unsigned wrong_by_hand(json_t *puzzle, unsigned secret) {
    unsigned wrong = 0;
    for (size_t i = 0; i < PUZZLE_ROWS; i++) {
        const char *row = json_string_value(json_array_get(json_object_get(puzzle, "rows"), i));
        unsigned sum = 0;
        for (size_t j = 0; j < PUZZLE_N; j++)
            sum += row[j] == '1' && (secret >> j & 1);
        wrong += sum % 2 != (unsigned)json_integer_value(json_array_get(json_object_get(puzzle, "labels"), i));
    }
    return wrong;
}

static void a_puzzle_has_one_answer(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    unsigned lies[PUZZLE_ROWS] = {0};
    for (unsigned k = 0; k < 600; k++) {
        bool light = k % 2;
        uint8_t seed[32];
        struct puzzle puzzle, again;
        memset(&puzzle, 0, sizeof puzzle); /* what lies between its members, too */
        memset(&again, 0, sizeof again);
        prg_read(&g, seed, sizeof seed);
        puzzle_make(&puzzle, seed, light);
        puzzle_make(&again, seed, light);
        assert_memory_equal(&puzzle, &again, sizeof puzzle);
        json_t *shown = game_puzzle(&puzzle, false), *told = game_puzzle(&puzzle, true);
        assert_null(json_object_get(shown, "secret"));
        assert_null(json_object_get(shown, "lie"));
        const char *text = json_string_value(json_object_get(told, "secret"));
        for (unsigned j = 0; j < PUZZLE_N; j++)
            assert_int_equal(text[j] - '0', puzzle.secret >> j & 1);
        for (unsigned s = 0; s < PUZZLE_SECRETS; s++) {
            unsigned wrong = wrong_by_hand(shown, s);
            assert_int_equal(wrong, puzzle_wrong(&puzzle, (uint8_t)s));
            if (s == puzzle.secret)
                assert_int_equal(wrong, 1);
            else
                assert_true(wrong >= 2);
        }
        puzzle.labels[puzzle.lie] ^= 1; /* without the lie */
        assert_int_equal(puzzle_wrong(&puzzle, puzzle.secret), 0);
        for (unsigned i = 0; i < PUZZLE_ROWS; i++)
            assert_true(puzzle.rows[i] && (!light || __builtin_popcount(puzzle.rows[i]) <= PUZZLE_LIGHT));
        lies[puzzle.lie]++;
        json_decref(shown);
        json_decref(told);
    }
    for (unsigned i = 0; i < PUZZLE_ROWS; i++)
        assert_true(lies[i] > 0); /* a row never lies: 0.9^600 */
    prg_deinit(&g);
}

/* ---- the ballot */

/* The twin: all answers that were taken, in a list. */
struct answer {
    size_t seat;
    unsigned question, option;
};

static void votes_are_counted_once(void **state) {
    (void)state;
    static struct ballot ballot;
    static struct answer list[4000];
    struct prg g;
    unit_random(&g, __func__);
    size_t n = 0;
    const unsigned questions = 3, options = 4, seats = 40;
    ballot_open(&ballot, questions, options);
    for (unsigned k = 0; k < 4000; k++) {
        size_t seat = prg_below(&g, seats);
        unsigned question = prg_below(&g, questions + 1), option = prg_below(&g, options + 1);
        if (prg_below(&g, 20) == 0) {
            size_t kept = 0;
            for (size_t i = 0; i < n; i++)
                if (list[i].seat != seat)
                    list[kept++] = list[i];
            n = kept;
            ballot_leave(&ballot, seat);
            continue;
        }
        bool known = false;
        for (size_t i = 0; i < n; i++)
            known |= list[i].seat == seat && list[i].question == question;
        int r = ballot_take(&ballot, seat, question, option);
        assert_int_equal(r, question >= questions || option >= options ? -EINVAL : known ? -EEXIST : 0);
        if (r == 0)
            list[n++] = (struct answer){seat, question, option};
        unsigned counts[4] = {0}, all = 0;
        for (size_t i = 0; i < n; i++)
            if (list[i].question == k % questions) {
                counts[list[i].option]++;
                all++;
            }
        assert_int_equal(ballot_answers(&ballot, k % questions), all);
        for (unsigned i = 0; i < options; i++)
            assert_int_equal(ballot.counts[k % questions][i], counts[i]);
    }
    assert_int_equal(ballot_take(&ballot, BALLOT_SEATS, 0, 0), -EINVAL);
    assert_int_equal(ballot_take(&ballot, 0, UINT64_MAX, 0), -EINVAL);
    assert_int_equal(ballot_take(&ballot, 0, 0, UINT64_MAX), -EINVAL);
    uint32_t before = ballot_answers(&ballot, 1);
    assert_int_equal(ballot_hands(&ballot, 1, 2, BALLOT_HANDS + 1), -EOVERFLOW);
    assert_int_equal(ballot_hands(&ballot, 1, 2, BALLOT_HANDS), 0);
    assert_int_equal(ballot_hands(&ballot, 1, 2, 1), -EOVERFLOW);
    assert_int_equal(ballot_hands(&ballot, 1, 2, UINT64_MAX), -EOVERFLOW);
    assert_int_equal(ballot_answers(&ballot, 1), before + BALLOT_HANDS);
    ballot_close(&ballot);
    assert_int_equal(ballot_take(&ballot, seats, 0, 0), -EPERM);
    assert_int_equal(ballot_hands(&ballot, 0, 0, 1), -EPERM);
    static uint32_t counts[BALLOT_QUESTIONS][BALLOT_OPTIONS];
    memcpy(counts, ballot.counts, sizeof counts);
    for (size_t seat = 0; seat <= BALLOT_SEATS; seat++) {
        ballot_leave(&ballot, seat);
        assert_int_equal(ballot_given(&ballot, seat, 0), -1);
    }
    assert_memory_equal(counts, ballot.counts, sizeof counts);
    prg_deinit(&g);
}

/* All signs of all differences. */
static int64_t coins_by_hand(const uint32_t *differences, unsigned n) {
    int64_t all = 0;
    for (unsigned i = 0; i < n; i++)
        all += differences[i];
    for (int64_t t = 0;; t++) {
        unsigned inside = 0;
        for (unsigned signs = 0; signs < 1U << n; signs++) {
            int64_t sum = 0;
            for (unsigned i = 0; i < n; i++)
                sum += signs >> i & 1 ? (int64_t)differences[i] : -(int64_t)differences[i];
            inside += sum >= -t && sum <= t;
        }
        if (inside >= 0.95 * (1U << n) || t >= all)
            return t;
    }
}

static void coins_are_exact(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    assert_int_equal(ballot_coins(NULL, 0), 0);
    for (unsigned k = 0; k < 60; k++) {
        uint32_t differences[10];
        unsigned n = 1 + prg_below(&g, 10);
        for (unsigned i = 0; i < n; i++)
            differences[i] = prg_below(&g, k % 2 ? 3 : 40);
        assert_int_equal(ballot_coins(differences, n), coins_by_hand(differences, n));
    }
    prg_deinit(&g);
}

/* ---- the pictures */

static void pictures_are_of_a_session(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    static struct pictures pictures, again;
    uint8_t seed[32];
    uint64_t right = 0, yes = 0, n = 0;
    for (unsigned k = 0; k < 5; k++) {
        prg_read(&g, seed, sizeof seed);
        assert_int_equal(pictures_make(&pictures, seed), 0);
        assert_int_equal(pictures_make(&again, seed), 0);
        assert_memory_equal(&pictures, &again, sizeof again);
        assert_true(pictures.theta == 1.0 / 16 && pictures.n_labelled > PICTURES_N);
        uint64_t wrong = PICTURES_JUDGED - pictures.judged_right;
        assert_true(binomial_below(wrong, PICTURES_JUDGED, 1.0 / 16) > 1e-10 &&
                    binomial_above(wrong, PICTURES_JUDGED, 1.0 / 16) > 1e-10);
        for (unsigned i = 0; i < PICTURES_FRESH; i++, n++) {
            right += pictures.fresh[i].alice == pictures.fresh[i].label;
            yes += pictures.fresh[i].label;
            for (unsigned j = 0; j < i; j++)
                assert_memory_not_equal(pictures.fresh[i].bits, pictures.fresh[j].bits, PICTURES_N / 8);
        }
    }
    /* of these too Alice has 15 of 16, and labels are coins to who knows only their number */
    assert_true(binomial_below(n - right, n, 1.0 / 16) > 1e-10 && binomial_above(n - right, n, 1.0 / 16) > 1e-10);
    assert_true(binomial_below(yes, n, 0.5) > 1e-10 && binomial_above(yes, n, 0.5) > 1e-10);
    prg_deinit(&g);
}

/* ---- the game */

static const char *name_of(void *user, size_t seat) {
    static char name[20];
    (void)user;
    snprintf(name, sizeof name, "Pupil %zu", seat);
    return name;
}

static json_int_t number(json_t *object, const char *name) {
    json_t *value = json_object_get(object, name);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void no_text_has(json_t *object, const char *word) {
    char *text = json_dumps(object, JSON_COMPACT);
    assert_null(strstr(text, word));
    free(text);
}

/* Three seats say yes, no and nothing to all; what is told before and after closing. */
static void a_vote(void **state) {
    (void)state;
    struct game *game;
    uint8_t seed[32] = {7}, other[32] = {8};
    assert_int_equal(game_new(&game), 0);
    assert_int_equal(game_take(game, 0, 0, 0, 0), -ESTALE);
    json_int_t answers = 0, right = 0, alice = 0;
    for (unsigned vote = 0; vote < 2; vote++) {
        const unsigned n = vote ? 20 : 5;
        assert_int_equal(game_open_vote(game, n, false, vote ? other : seed),
                         0); /* the second goes on with the first session */
        json_t *shown = game_shown(game, name_of, NULL);
        uint64_t round = (uint64_t)number(shown, "round");
        json_decref(shown);
        for (unsigned q = 0; q < n; q++) {
            assert_int_equal(game_take(game, 0, round, q, 1), 0);
            assert_int_equal(game_take(game, 0, round, q, 0), -EEXIST);
            assert_int_equal(game_take(game, 1, round, q, 0), 0);
            assert_int_equal(game_take(game, 2, round, q, q % 2), 0);
        }
        assert_int_equal(game_take(game, 3, round, n, 1), -EINVAL);
        assert_int_equal(game_take(game, 3, round + 1, 0, 1), -ESTALE);
        game_leave(game, 1);
        shown = game_shown(game, name_of, NULL);
        json_t *phone = game_on_phone(game, 0);
        assert_true(json_is_true(json_object_get(shown, "open")));
        assert_int_equal(number(shown, "done"), 2);
        assert_int_equal(json_integer_value(json_array_get(json_object_get(shown, "answers"), 0)), 2);
        json_array_clear(json_object_get(shown, "known")); /* of those the labels have passed */
        json_array_clear(json_object_get(phone, "known"));
        no_text_has(shown, "\"label\"");
        no_text_has(phone, "\"label\"");
        no_text_has(phone, "\"alice\"");
        no_text_has(shown, "\"counts\"");
        json_decref(shown);
        json_decref(phone);
        assert_int_equal(game_close(game), 0);
        assert_int_equal(game_take(game, 3, round, 0, 1), -ESTALE);
        shown = game_shown(game, name_of, NULL);
        phone = game_on_phone(game, 2);
        for (unsigned q = 0; q < n; q++) {
            json_t *one = json_array_get(json_object_get(shown, "pictures"), q);
            json_int_t label = number(one, "label");
            alice += number(one, "alice") == label;
            right += (label == 1) + (label == q % 2);
            answers += 2;
            assert_int_equal(number(json_array_get(json_object_get(phone, "pictures"), q), "label"), label);
            assert_int_equal(json_integer_value(json_array_get(json_object_get(phone, "given"), q)), q % 2);
            json_t *counts = json_array_get(json_object_get(shown, "counts"), q);
            assert_int_equal(json_integer_value(json_array_get(counts, 1)), 1 + q % 2);
        }
        json_t *score = json_object_get(shown, "score");
        assert_int_equal(number(score, "answers"), answers);
        assert_int_equal(number(score, "right"), right);
        assert_int_equal(number(score, "alice_right"), alice);
        double low = json_real_value(json_object_get(score, "coins_low"));
        assert_true(low >= 0 && low <= 0.5);
        json_decref(shown);
        json_decref(phone);
        assert_int_equal(game_close(game), 0); /* twice is once */
    }
    game_open_guess(game, table_set("n384"));
    game_end(game);
    json_t *shown = game_shown(game, name_of, NULL);
    assert_string_equal(json_string_value(json_object_get(shown, "game")), "none");
    json_decref(shown);
    game_free(game);
}

/* No picture is voted on twice; behind the last one comes another session. */
static void pictures_are_fresh(void **state) {
    (void)state;
    struct game *game;
    uint8_t seed[32] = {9};
    json_t *seen = json_object();
    assert_int_equal(game_new(&game), 0);
    for (unsigned k = 0; k < 12; k++) {
        seed[1] = (uint8_t)k;
        assert_int_equal(game_open_vote(game, GAME_PICTURES_MAX, false, seed), 0);
        assert_int_equal(game_hands(game, 0, 1, 3), 0);
        assert_int_equal(game_close(game), 0);
        json_t *shown = game_shown(game, NULL, NULL), *one;
        size_t i;
        json_array_foreach(json_object_get(shown, "pictures"), i, one) {
            const char *picture = json_string_value(json_object_get(one, "picture"));
            assert_null(json_object_get(seen, picture));
            json_object_set_new(seen, picture, json_true());
        }
        assert_int_equal(number(json_object_get(shown, "score"), "pictures"), GAME_PICTURES_MAX * (k % 5 + 1));
        json_decref(shown);
    }
    json_decref(seen);
    game_free(game);
}

static void a_puzzle_is_solved_in_turn(void **state) {
    (void)state;
    struct game *game;
    struct puzzle puzzle;
    uint8_t seed[32] = {3};
    assert_int_equal(game_new(&game), 0);
    game_open_hand(game, seed, true);
    puzzle_make(&puzzle, seed, true);
    assert_int_equal(game_take(game, 4, 1, 0, puzzle.secret), 0);
    assert_int_equal(game_take(game, 4, 1, 0, puzzle.secret), -EEXIST);
    assert_int_equal(game_take(game, 2, 1, 0, (uint8_t)~puzzle.secret), 0);
    assert_int_equal(game_take(game, 9, 1, 0, puzzle.secret), 0);
    assert_int_equal(game_take(game, 1, 1, 0, puzzle.secret), 0);
    game_leave(game, 9);
    json_t *shown = game_shown(game, name_of, NULL), *found = json_object_get(shown, "found");
    no_text_has(shown, "secret");
    assert_int_equal(json_array_size(found), 2);
    assert_string_equal(json_string_value(json_array_get(found, 0)), "Pupil 4");
    assert_string_equal(json_string_value(json_array_get(found, 1)), "Pupil 1");
    json_decref(shown);
    assert_int_equal(game_close(game), 0);
    shown = game_on_phone(game, 2);
    assert_non_null(json_object_get(json_object_get(shown, "puzzle"), "secret"));
    json_decref(shown);
    /* who has left is still named, until another has the seat */
    for (unsigned k = 0; k < 2; k++) {
        if (k)
            game_pass_on(game, 4);
        else
            game_leave(game, 4);
        shown = game_shown(game, name_of, NULL);
        found = json_object_get(shown, "found");
        assert_int_equal(json_array_size(found), 2);
        assert_string_equal(json_string_value(json_array_get(found, 0)), k ? "" : "Pupil 4");
        assert_string_equal(json_string_value(json_array_get(found, 1)), "Pupil 1");
        json_decref(shown);
    }
    game_free(game);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_puzzle_has_one_answer),
        cmocka_unit_test(votes_are_counted_once),
        cmocka_unit_test(coins_are_exact),
        cmocka_unit_test(pictures_are_of_a_session),
        cmocka_unit_test(a_vote),
        cmocka_unit_test(pictures_are_fresh),
        cmocka_unit_test(a_puzzle_is_solved_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
