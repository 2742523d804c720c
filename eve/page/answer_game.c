/* What the class plays, as the projector's page asks for it and changes it. */
#include "common/base/prg.h"
#include "common/task/table/table.h"
#include "eve/game/puzzle.h"
#include "eve/page/internal.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { SEED_TEXT = 65, PICTURES_USUAL = 5 };

static const char *const NO_SEED = "seed: a text of 1 to 64 bytes\n", *const NO_ROWS = "rows: light or uniform\n";

/* Of a text, or where there is none of chance. Whether it is one. */
static bool seed_of(uint8_t seed[static 32], const char *text) {
    if (text)
        return strlen(text) < SEED_TEXT && prg_seed(seed, text) == 0;
    randombytes_buf(seed, 32);
    return true;
}

static bool rows_of(bool *light, const char *text) {
    *light = !text || strcmp(text, "light") == 0;
    return *light || strcmp(text, "uniform") == 0;
}

/* The puzzle of a seed, with its answer: this is for who has the page. */
json_t *game_puzzle_asked(const struct web_request *request, const char **wrongp) {
    char text[SEED_TEXT], rows[10];
    uint8_t seed[32];
    bool light;
    struct puzzle puzzle;
    int n = web_query(text, sizeof text, request->query, "seed");
    if (n < 0 || !seed_of(seed, text)) {
        *wrongp = NO_SEED;
        return NULL;
    }
    if (!rows_of(&light, web_query(rows, sizeof rows, request->query, "rows") < 0 ? NULL : rows)) {
        *wrongp = NO_ROWS;
        return NULL;
    }
    puzzle_make(&puzzle, seed, light);
    return game_puzzle(&puzzle, true);
}

json_t *game_state_asked(const struct page *page) {
    json_t *object = game_shown(page->game, page->class ? class_name : NULL, page->class);
    json_object_set_new(object, "phones", page->class ? json_integer(class_phones(page->class)) : json_null());
    json_object_set_new(object, "control", json_boolean(page->control.loopback));
    json_object_set_new(object, "races", races_told(page->races));
    return object;
}

static const char *open_vote(struct game *game, json_t *body, const uint8_t seed[static 32]) {
    json_t *pictures = json_object_get(body, "pictures");
    json_int_t n = pictures ? json_integer_value(pictures) : PICTURES_USUAL;
    if (n < 1 || n > GAME_PICTURES_MAX)
        return "pictures: 1 to 20\n";
    return game_open_vote(game, (unsigned)n, json_is_true(json_object_get(body, "anew")), seed) < 0
               ? "Alice has not learned, or memory is out\n"
               : NULL;
}

static const char *open_guess(struct game *game, json_t *body) {
    const char *params = json_string_value(json_object_get(body, "params"));
    const struct set *set = params ? table_set(params) : NULL;
    if (!set || strcmp(set->task->name, "lpn") != 0)
        return "params: a set of LPN, n64 to n8192\n";
    game_open_guess(game, set);
    return NULL;
}

static const char *open_game(struct game *game, const char *what, json_t *body) {
    uint8_t seed[32];
    bool light;
    if (!seed_of(seed, json_string_value(json_object_get(body, "seed"))))
        return NO_SEED;
    if (strcmp(what, "vote") == 0)
        return open_vote(game, body, seed);
    if (strcmp(what, "guess") == 0)
        return open_guess(game, body);
    if (strcmp(what, "hand") != 0)
        return "open: hand, vote or guess\n";
    if (!rows_of(&light, json_string_value(json_object_get(body, "rows"))))
        return NO_ROWS;
    game_open_hand(game, seed, light);
    return NULL;
}

static const char *show_of_hands(struct game *game, json_t *hands) {
    static const char *const names[] = {"question", "option", "count"};
    uint64_t values[3];
    for (size_t i = 0; i < 3; i++) {
        json_t *value = json_object_get(hands, names[i]);
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return "hands: question, option and count are numbers\n";
        values[i] = (uint64_t)json_integer_value(value);
    }
    int r = game_hands(game, values[0], values[1], values[2]);
    return r == -EPERM       ? "hands: nothing is open\n"
           : r == -EOVERFLOW ? "hands: at most 1000 in all\n"
           : r < 0           ? "hands: there is no such question or answer\n"
                             : NULL;
}

/* {"race": a set, "budget": Eve's seconds} */
static const char *start_race(struct races *races, const char *params, json_t *budget) {
    const struct set *set = table_set(params);
    double seconds = budget ? json_number_value(budget) : RACE_BUDGET_MAX;
    if (!set)
        return "race: there is no such set\n";
    if (!(seconds >= 1) || seconds > RACE_BUDGET_MAX)
        return "budget: seconds, 1 to 3600\n";
    return races_start(races, set, seconds);
}

/* {"open": "hand", "seed": ..., "rows": ...}, {"open": "vote", "pictures": ..., "anew": ...}, {"open": "guess",
 * "params": ...}, {"hands": {"question": ..., "option": ..., "count": ...}}, {"close": true}, {"end": true}, {"race":
 * ..., "budget": ...}, {"stop": the set of a race}. NULL, or what is wrong. */
const char *game_change(struct page *page, json_t *body) {
    struct game *game = page->game;
    const char *what = json_string_value(json_object_get(body, "open"));
    const char *race = json_string_value(json_object_get(body, "race"));
    const char *stop = json_string_value(json_object_get(body, "stop"));
    json_t *hands = json_object_get(body, "hands");
    if (race)
        return start_race(page->races, race, json_object_get(body, "budget"));
    if (stop)
        return races_stop(page->races, stop) ? NULL : "stop: no race runs at this set\n";
    if (what)
        return open_game(game, what, body);
    if (hands)
        return show_of_hands(game, hands);
    if (json_is_true(json_object_get(body, "close")))
        return game_close(game) < 0 ? "memory is out\n" : NULL;
    if (!json_is_true(json_object_get(body, "end")))
        return "open, hands, close, end, race or stop is what a game knows\n";
    game_end(game);
    return NULL;
}
