/* The class's parts as they know each other: class.c opens and closes the room, class_tape.c records, class_join.c has
 * those who join, class_watch.c what the capture tells of them, class_queue.c Eve's learners, class_chat.c what she
 * reads, class_wall.c what is shown. */
#ifndef PARLEY_EVE_PAGE_CLASS_PARTS_H
#define PARLEY_EVE_PAGE_CLASS_PARTS_H

#include "common/shell/net/bridge.h"
#include "common/shell/net/origin.h"
#include "common/shell/net/web.h"
#include "eve/game/game.h"
#include "eve/page/attack.h"
#include "eve/page/class.h"
#include "eve/page/door.h"
#include "eve/page/join.h"
#include "eve/page/opened.h"
#include "eve/page/play.h"
#include "eve/page/shares.h"
#include "eve/page/speaker.h"
#include "eve/page/watch.h"
#include "eve/wire/record.h"

enum { PUPIL_ENDED = 200, PUPIL_WORDS = 64, PUPIL_SESSION = SAID_SESSION, TOLD_MAX = 4096 };

enum pupil_state { PUPIL_JOINING, PUPIL_AGREEING, PUPIL_OPEN, PUPIL_ENDED_STATE };
enum first_end { END_NONE, END_PHONE, END_BOB }; /* whose end mark came first */
enum eve_state { EVE_NOTHING, EVE_WAITING, EVE_LEARNING, EVE_HAS_KEY, EVE_FAILED };

/* What is recorded of one opening of the room: a capture of its own, so that the bound of one is no bound for the next.
 */
struct tape {
    struct class *class;
    struct tape *older;
    char *path;
    struct record *record; /* NULL: all of it is written */
    struct watch *watch;   /* NULL: and read */
    uint64_t n_packets;    /* that watch has told of */
    unsigned n_pupils;     /* who are connected, or about to be */
    uint64_t max;          /* bytes that it may have */
    struct shares shares;  /* of it, for each address */
    bool full, told_error; /* full: nothing more is recorded */
};

/* A line that the stage has told, under a number of its own; 0: a free place. */
struct told {
    uint64_t number;
    struct said line;
};

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
    char phone[DOOR_PHONE];   /* its own number, "": it has none */
    bool came_after;          /* phones of its address were looked at when it joined */
    bool known;               /* the door was told that it is in the room */
    struct tape *tape;        /* on which it is recorded */
    uint8_t from[ORIGIN_ID];
    bool unrecorded;       /* its address has had its share: nothing more of this session is on the tape */
    unsigned opening;      /* of the room, at which it joined */
    struct bridge *bridge; /* while it is connected */
    bool upgrading;        /* its WebSocket is yet to come */
    enum pupil_state state;
    char peer[ADDRESS_TEXT]; /* as the capture names it */
    char session[PUPIL_SESSION], words[PUPIL_WORDS], ended[PUPIL_ENDED];
    enum bridge_end how; /* it ended, where `ended` is "" */
    enum first_end first_end;
    char step[4]; /* the last that passed whole; "" */
    unsigned n_steps, n_sealed;
    bool complete;     /* all that a learner needs has passed */
    uint64_t bytes[2]; /* once it has ended */
    enum eve_state eve;
    unsigned n_failed;     /* so often her learners have run in vain */
    bool off;              /* the lecturer has taken it off the wall */
    struct attack *attack; /* while learning, and as long as there is a key */
    json_t *verdict;       /* as eve learn says it; NULL: nothing yet */
    struct opened *opened; /* what she reads, once she has the key */
    bool chat_failed;      /* what had passed before cannot be read */
};

struct class {
    struct class_config config;
    struct uv_loop_s *loop;
    struct web *web;
    struct tape *tape;  /* of this opening; older ones behind it */
    json_t *bobs_words; /* by session, as Bob tells them; NULL: he tells nothing here */
    char token[JOIN_TOKEN];
    char hostname[256];
    unsigned opening; /* how often the room was opened */
    bool closed;
    uint64_t clock; /* the last number given to a change */
    struct door door;
    struct speakers speakers;
    struct told told[TOLD_MAX]; /* the newest of n_told */
    uint64_t n_told;
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
    struct pupil *learning, *catching_up; /* with what passed before she had its key */
};

/* ---- class.c */
void class_changed(struct pupil *pupil);
/* It ends, for a reason that the phone is told; without a session nothing happens. */
void class_end(struct pupil *pupil, const char *why);
/* The door knows its number from now on. */
void class_known(struct pupil *pupil);
/* Its tile is for another: all of it is forgotten but its number. */
void class_wipe(struct pupil *pupil);
/* How many have a place; where they come from, unless NULL. */
size_t class_places(const struct class *class, uint8_t (*from)[ORIGIN_ID]);
/* The one of this session, the newest; NULL: of none that is on the wall. */
struct pupil *class_by_session(struct class *class, const char *session);

/* ---- class_tape.c */
extern const struct relay_ops class_recording; /* of what passes; user is the pupil */
/* A new one becomes the class's. 0, or a negative errno; what is wrong has been said. */
int class_tape_new(struct class *class);
/* Whether an address may have more of it. */
bool class_tape_may(const struct tape *tape, const uint8_t from[static ORIGIN_ID]);
/* What is new on all of them; those that nobody records on any more are closed. Whether there may be more at once. */
bool class_tapes_poll(struct class *class);
void class_tapes_free(struct class *class);

/* ---- class_join.c */
/* As web_config wants it; user is the class. */
void class_answer(void *user, const struct web_request *request, struct web_answer *a);

/* How it ended, for a person. */
const char *class_said_end(const struct pupil *pupil);

/* ---- class_play.c */
void class_answer_play(struct class *class, const struct web_request *request, struct web_answer *a);

/* ---- class_watch.c */
int class_watch_new(struct tape *tape);

/* ---- class_chat.c */
/* Eve has its key. */
void class_chat_begin(struct pupil *pupil, const uint8_t key[static 32]);
/* Whether there is more to read at once. */
bool class_chat_poll(struct class *class);
/* The last lines that Eve reads and nobody has hidden. */
json_t *class_chat_lines(const struct pupil *pupil);
/* Bob calls the session so, from a time on: microseconds since 1970. */
void class_chat_called(struct class *class, const char *session, const char *label, uint64_t us);
/* What she says is hidden, wherever it stands. */
void class_chat_silence(struct pupil *pupil);

/* ---- class_queue.c */
void class_queue_poll(struct class *class);
/* It waits for no learner any more. */
void class_queue_leave(struct pupil *pupil);
void class_queue_free(struct class *class);

#endif
