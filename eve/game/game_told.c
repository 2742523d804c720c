/* The game in JSON: for the projector, and for a phone. Labels, predictions, answers and how the class has answered are
 * told once it is closed, and not before. */
#include "eve/game/game_parts.h"

#include "common/base/bytes.h"
#include "eve/lab/statistics.h"

static const char *const NAMES[] = {
    [GAME_NONE] = "none", [GAME_HAND] = "hand", [GAME_VOTE] = "vote", [GAME_GUESS] = "guess"};

/* From the left: place 0 first. */
static json_t *bits_text(uint8_t bits) {
    char text[PUZZLE_N + 1] = "";
    for (unsigned i = 0; i < PUZZLE_N; i++)
        text[i] = (char)('0' + (bits >> i & 1));
    return json_string(text);
}

json_t *game_puzzle(const struct puzzle *p, bool answer) {
    json_t *rows = json_array(), *labels = json_array();
    for (unsigned i = 0; i < PUZZLE_ROWS; i++) {
        json_array_append_new(rows, bits_text(p->rows[i]));
        json_array_append_new(labels, json_integer(p->labels[i]));
    }
    json_t *object = json_pack("{s:o, s:o}", "rows", rows, "labels", labels);
    if (answer) {
        json_object_set_new(object, "secret", bits_text(p->secret));
        json_object_set_new(object, "lie", json_integer(p->lie));
    }
    return object;
}

static json_t *picture(const struct picture *p) {
    char hex[2 * sizeof p->bits + 1];
    bytes_to_hex(hex, p->bits, sizeof p->bits);
    return json_string(hex);
}

/* The pictures of a vote; once it is closed with what is true of them. */
static void add_vote(json_t *object, const struct game *g) {
    json_t *pictures = json_array(), *known = json_array();
    for (unsigned i = 0; i < g->ballot.n_questions; i++) {
        const struct picture *p = &g->pictures.fresh[g->first + i];
        json_t *one = json_pack("{s:o}", "picture", picture(p));
        if (!g->ballot.open) {
            json_object_set_new(one, "label", json_integer(p->label));
            json_object_set_new(one, "alice", json_integer(p->alice));
        }
        json_array_append_new(pictures, one);
    }
    for (unsigned i = 0; i < PICTURES_KNOWN; i++)
        json_array_append_new(known, json_pack("{s:o, s:i}", "picture", picture(&g->pictures.known[i]), "label",
                                               (int)g->pictures.known[i].label));
    json_object_set_new(object, "pictures", pictures);
    json_object_set_new(object, "known", known);
    json_object_set_new(object, "n_known", json_integer(g->pictures.n_labelled));
    json_object_set_new(object, "n", json_integer(PICTURES_N));
}

static json_t *begin(const struct game *g) {
    json_t *object = json_pack("{s:i, s:s, s:I, s:b}", "schema", 1, "game", NAMES[g->kind], "round",
                               (json_int_t)g->round, "open", g->kind != GAME_NONE && g->ballot.open);
    if (g->kind == GAME_HAND)
        json_object_set_new(object, "puzzle", game_puzzle(&g->puzzle, !g->ballot.open));
    else if (g->kind == GAME_VOTE)
        add_vote(object, g);
    else if (g->kind == GAME_GUESS) {
        json_object_set_new(object, "params", json_string(g->set->name));
        json_object_set_new(object, "options", json_integer(GAME_GUESSES));
    }
    return object;
}

json_t *game_on_phone(const struct game *g, size_t seat) {
    json_t *object = begin(g), *given = json_array();
    for (unsigned q = 0; g->kind != GAME_NONE && q < g->ballot.n_questions; q++) {
        int option = ballot_given(&g->ballot, seat, q);
        json_array_append_new(given, option < 0 ? json_null() : json_integer(option));
    }
    json_object_set_new(object, "given", given);
    return object;
}

/* How the class has answered each question. */
static json_t *counts(const struct game *g) {
    json_t *questions = json_array();
    for (unsigned q = 0; q < g->ballot.n_questions; q++) {
        json_t *options = json_array();
        for (unsigned i = 0; i < g->ballot.n_options; i++)
            json_array_append_new(options, json_integer(g->ballot.counts[q][i]));
        json_array_append_new(questions, options);
    }
    return questions;
}

/* All votes of this session that are closed. The range of the class is that of who knows nothing (ballot_coins); of
 * Alice, whose fresh pictures are independent of each other, the exact 95% interval. */
static json_t *score(const struct game *g) {
    double low, high;
    uint32_t n = g->class_answers, half = n ? n : 1;
    statistics_exact(&low, &high, g->pictures.judged_right, PICTURES_JUDGED, 0.95);
    return json_pack("{s:i, s:i, s:i, s:f, s:f, s:i, s:i, s:i, s:f, s:f, s:f}", "pictures", (int)g->n_closed, "answers",
                     (int)n, "right", (int)g->class_right, "coins_low", ((double)n - (double)g->coins) / 2 / half,
                     "coins_high", ((double)n + (double)g->coins) / 2 / half, "alice_right", (int)g->alice_right,
                     "judged", PICTURES_JUDGED, "judged_right", (int)g->pictures.judged_right, "alice_low", low,
                     "alice_high", high, "theta", g->pictures.theta);
}

json_t *game_shown(const struct game *g, const char *(*name)(void *user, size_t seat), void *user) {
    json_t *object = begin(g), *answers = json_array();
    for (unsigned q = 0; g->kind != GAME_NONE && q < g->ballot.n_questions; q++)
        json_array_append_new(answers, json_integer(ballot_answers(&g->ballot, q)));
    json_object_set_new(object, "answers", answers);
    json_object_set_new(object, "done", json_integer((json_int_t)ballot_done(&g->ballot)));
    if (g->kind == GAME_HAND) { /* that somebody has solved it spurs the others on */
        json_t *found = json_array();
        for (size_t i = 0; name && i < g->n_found; i++)
            json_array_append_new(found, json_string(g->found[i] == GAME_NOBODY ? "" : name(user, g->found[i])));
        json_object_set_new(object, "found", found);
        json_object_set_new(object, "light", json_boolean(g->light));
    } else if (g->kind != GAME_NONE && !g->ballot.open)
        json_object_set_new(object, "counts", counts(g));
    if (g->kind == GAME_VOTE)
        json_object_set_new(object, "score", score(g));
    return object;
}
