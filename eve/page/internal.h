/* The page's parts as they know each other: show.c has what is shown, show_chat.c what the room says, answer.c what a
 * browser may ask for, page.c the rest. */
#ifndef PARLEY_EVE_PAGE_INTERNAL_H
#define PARLEY_EVE_PAGE_INTERNAL_H

#include "common/shell/net/loop.h"
#include "common/shell/net/web.h"
#include "eve/game/game.h"
#include "eve/page/attack.h"
#include "eve/page/class.h"
#include "eve/page/control.h"
#include "eve/page/hub.h"
#include "eve/page/match.h"
#include "eve/page/opened.h"
#include "eve/page/page.h"
#include "eve/page/race.h"
#include "eve/page/scenario.h"
#include "eve/page/tail.h"
#include "eve/page/terminal.h"
#include "eve/page/watch.h"

#include <stdbool.h>

enum {
    SOURCES_MAX = MATCH_SOURCES, /* on the command line */
    SOURCES_ALL = SOURCES_MAX + 2,
    PAGE_WRONG = 400,
    SOURCE_WRONG = 1400, /* bytes of what is said about a source */
};

enum source_kind { SOURCE_CAPTURE, SOURCE_EVENTS };

/* What was given on the command line, or a scenario's capture. */
struct source {
    struct page *page;
    int number;
    char *name, *path;
    enum source_kind kind;
    struct watch *watch;
    struct tail *tail;
    struct spawn *process; /* the tap or sniffer that writes path */
    bool told_error, room; /* room: it is a capture of the room's */
    const char *with;      /* with somebody in between: whose session it is, "alice" or "bob"; otherwise NULL */
};

struct page {
    const struct page_config *config;
    struct loop *loop;
    struct web *web;
    struct terminal *terminal; /* in its place, or NULL */
    struct hub *hub;
    struct timer *timer;
    struct control control;
    char folder[64];
    char wrong[PAGE_WRONG]; /* what went wrong with a scenario */
    bool scenario_shown;
    struct source sources[SOURCES_ALL]; /* the last two are the scenario's captures */
    struct match *match;                /* of those of the command line */
    size_t n_sources, room_source;      /* room_source: the newest capture of the room */
    struct scenario *scenario;
    unsigned n_scenarios;
    struct attack *attack;
    struct opened *chat;              /* what Eve reads of a session of the room, NULL: nothing */
    const struct source *chat_source; /* its capture */
    bool chat_told;                   /* what was said before it was followed */
    unsigned n_chat;                  /* lines told since then */
    json_t *unsaid;                   /* numbers of events, of which viewers have yet to be told; NULL: none */
    struct class *class;              /* NULL: no room is open */
    struct game *game;
    struct races *races;
    bool eve_on;
    char learner[64], seed[65], session[20]; /* session: the newest complete one */
    int session_source;
    double budget;
    int status;
};

/* ---- show.c */

/* Takes object. */
void show_event(void *user, json_t *object);

/* A source of the command line: 0, or the status to exit with, after saying why. */
int show_add(struct page *page, const char *name);
/* The same for a capture of the room; where there is no place for one more, it takes that of the last. */
int show_add_room(struct page *page, const char *path);
/* Looks for what is new. Whether there may be more to read at once. */
bool show_poll(struct page *page);
/* Eve's learners begin with the newest session. */
void show_attack(struct page *page);
/* Starts a scenario with the page's settings in the place of what was shown. NULL, or what went wrong. */
const char *show_scenario(struct page *page, const struct scenario_kind *kind, const char *params);
/* What was given on the command line is shown from its beginning again. */
void show_sources(struct page *page);
void show_deinit(struct page *page);

/* ---- show_chat.c */

/* An event of Eve's learners at a session of the room; user is the page, takes object. */
void show_chat_attack(void *user, json_t *object);
void show_chat_message(struct page *page, const char *session, enum side from, const struct message *m, uint64_t ns);
/* Whether there is more to read at once. */
bool show_chat_poll(struct page *page);
/* As class_config has it; user is the page. */
void show_chat_unsaid(void *user, uint64_t number);
/* The last lines once more, since the lecturer has shown what was hidden. */
void show_chat_again(struct page *page);
void show_chat_end(struct page *page);

/* ---- answer_game.c */

json_t *game_state_asked(const struct page *page);
/* NULL, and *wrongp: what is wrong. */
json_t *game_puzzle_asked(const struct web_request *request, const char **wrongp);
/* NULL, or what is wrong. */
const char *game_change(struct page *page, json_t *body);

/* ---- page.c */

/* Where phones join, in the terminal. */
void page_tell_join(const struct page *page);

/* ---- answer.c */

/* As web_config wants it; user is the page. */
void page_answer(void *user, const struct web_request *request, struct web_answer *a);

#endif
