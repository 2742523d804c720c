/* The class's parts as they know each other: class.c opens and closes the room and records, class_join.c has those who
 * join, class_watch.c what the capture tells of them,
 * class_queue.c Eve's learners, class_wall.c what is shown. */
#ifndef PARLEY_EVE_PAGE_CLASS_PARTS_H
#define PARLEY_EVE_PAGE_CLASS_PARTS_H

#include "common/shell/net/bridge.h"
#include "common/shell/net/origin.h"
#include "common/shell/net/web.h"
#include "eve/game/game.h"
#include "eve/page/attack.h"
#include "eve/page/class.h"
#include "eve/page/join.h"
#include "eve/page/play.h"
#include "eve/page/watch.h"
#include "eve/wire/record.h"

enum { PUPIL_ENDED = 200, PUPIL_WORDS = 64, PUPIL_SESSION = 20 };

enum pupil_state { PUPIL_JOINING, PUPIL_AGREEING, PUPIL_OPEN, PUPIL_ENDED_STATE };
enum eve_state { EVE_NOTHING, EVE_WAITING, EVE_LEARNING, EVE_HAS_KEY, EVE_FAILED };

/* One phone, from its joining on; its tile stays when it has left, until its place on the wall is needed. */
struct pupil {
    struct class *class;
    unsigned number;     /* of its tile, from 1: another phone may have it later */
    uint64_t joined;     /* which of all that have joined it is, from 1 */
    uint64_t gone;       /* when it ended, as `changed`; 0: it has not */
    const char *leaving; /* why it has to end, and its place is free already; NULL: it need not */
    uint64_t changed;    /* when its tile changed, as a number that grows */
    struct join join;
    char ticket[PLAY_TICKET]; /* with which it plays; "" */
    uint8_t from[ORIGIN_ID];
    unsigned opening;      /* of the room, at which it joined */
    struct bridge *bridge; /* while it is connected */
    bool upgrading;        /* its WebSocket is yet to come */
    enum pupil_state state;
    char peer[ADDRESS_TEXT]; /* as the capture names it */
    char session[PUPIL_SESSION], words[PUPIL_WORDS], ended[PUPIL_ENDED];
    char step[4]; /* the last that passed whole; "" */
    unsigned n_steps, n_sealed;
    bool complete;     /* all that a learner needs has passed */
    uint64_t bytes[2]; /* once it has ended */
    enum eve_state eve;
    unsigned n_failed;      /* so often her learners have run in vain */
    bool off;               /* the lecturer has taken it off the wall */
    struct attack *attack;  /* while learning, and as long as there is a key */
    json_t *verdict, *chat; /* as eve learn and eve read say it; NULL: nothing yet */
    bool unread;            /* more has been said under a key that she has */
};

struct class {
    struct class_config config;
    struct uv_loop_s *loop;
    struct web *web;
    struct record *record;
    struct watch *watch;
    char *capture;
    json_t *bobs_words; /* by session, as Bob tells them; NULL: he tells nothing here */
    char token[JOIN_TOKEN];
    char hostname[256];
    unsigned opening; /* how often the room was opened */
    bool closed, told_error;
    bool full;      /* the capture: nothing more is recorded */
    uint64_t clock; /* the last number given to a change */
    struct origins origins;
    struct pupil *pupils[CLASS_TILES];
    size_t n_pupils;
    uint64_t n_joined; /* ever */
    /* the learners' queue */
    double queue_ends; /* when the budget is spent, seconds of timer_now; 0: no queue */
    double budget;
    struct {
        const struct set *set;
        double seconds;
    } costs[SETS_MAX]; /* as config.expected says them, which takes its time */
    size_t n_costs;
    struct pupil *learning, *reading;
};

/* ---- class.c */
void class_changed(struct pupil *pupil);
/* It ends, for a reason that the phone is told; without a session nothing happens. */
void class_end(struct pupil *pupil, const char *why);
/* Its tile is for another: all of it is forgotten but its number. */
void class_wipe(struct pupil *pupil);
/* How many have a place; where they come from, unless NULL. */
size_t class_places(const struct class *class, uint8_t (*from)[ORIGIN_ID]);
extern const struct relay_ops class_recording; /* of what passes; user is the pupil */

/* ---- class_join.c */
/* As web_config wants it; user is the class. */
void class_answer(void *user, const struct web_request *request, struct web_answer *a);

/* ---- class_play.c */
void class_answer_play(struct class *class, const struct web_request *request, struct web_answer *a);

/* ---- class_watch.c */
int class_watch_new(struct class *class);

/* ---- class_queue.c */
void class_queue_poll(struct class *class);
/* It waits for no learner any more. */
void class_queue_leave(struct pupil *pupil);
void class_queue_free(struct class *class);

#endif
