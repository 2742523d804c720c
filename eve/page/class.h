/* The class: people who take part with their phones. The lecturer opens a room for it (`--room`); where a phone joins,
 * its browser becomes an Alice that talks to the one bob of the room, over a WebSocket that eve passes on and records,
 * as `eve tap` does with a connection. What Eve knows of the pupils is what the capture tells, and what her learners,
 * queued over the sessions, make of it. */
#ifndef PARLEY_EVE_PAGE_CLASS_H
#define PARLEY_EVE_PAGE_CLASS_H

#include "common/shell/net/address.h"
#include "common/shell/term/screen.h"
#include "common/task/task.h"
#include "eve/page/places.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    CLASS_AT_ONCE = PLACES_ALL,   /* phones; eve/page/places.h says of whom */
    CLASS_TILES = 1000,           /* on the wall: for one more, the oldest goes that has ended */
    CLASS_BYTES_MAX = 16 << 20,   /* from one phone, in one session, and to it */
    CLASS_SECONDS_MAX = 2 * 3600, /* of one session */
    CLASS_CAPTURE_MAX = 1 << 30,  /* bytes of the capture, unless it is told otherwise, */
    CLASS_CAPTURES = 4,           /* and so many times as much of all of them, as often as the room is opened */
    CLASS_BUDGET_MAX = 3600,      /* seconds, for all sessions together */
    CLASS_ADDRESS = ADDRESS_TEXT + 40,
};

struct class;
struct game;
struct said;
struct uv_loop_s;

struct class_config {
    struct address listen, to;     /* where phones join; Bob */
    const struct set *const *sets; /* that Bob offers; NULL: unknown, those that phones may use */
    size_t n_sets;
    /* An address may have so many of CLASS_AT_ONCE, and the same part of CLASS_TILES, and of what others have left of
     * the capture. */
    unsigned per_address;
    uint64_t capture_max; /* bytes of the capture: then nobody joins any more, and no more is recorded */
    /* Bytes that the captures of all openings have together, as far as they are still there: with so many the room is
     * not opened again. */
    uint64_t captures_max;
    const char *capture;                       /* the file to write; opened again, the room writes others beside it */
    const char *folder;                        /* for what passes between eve's processes */
    unsigned threads;                          /* of her learners; 0: all */
    double (*expected)(const struct set *set); /* seconds of a core until Eve succeeds, on average */
    struct game *game;                         /* what is played; borrowed */
    /* What class_told was told of under this number is hidden by now, or can be hidden no more, and must go. */
    void (*unsaid)(void *user, uint64_t number);
    void *user;
    struct screen *screen;
};

/* The room is open. Status to exit with, after it has been said why. */
int class_new(struct class **classp, struct uv_loop_s *loop, const struct class_config *config);
/* What is new in the capture, and of the learners. Whether there may be more at once. */
bool class_poll(struct class *class);
/* The address where phones join; false behind the last. */
bool class_address(const struct class *class, unsigned i, char out[static CLASS_ADDRESS]);
/* What the wall shows: all of the room, and the pupils of whom something has changed behind number `since`; with keys:
 * also those that Eve has found. */
json_t *class_state(const struct class *class, uint64_t since, bool with_keys);
/* Eve's learners turn to each session whose key she lacks, one after the other, as eve/page/turns.h says; budget:
 * seconds in all. */
void class_attack(struct class *class, double budget);
/* The name of the phone with this seat in the game; user is the class. Phones that are in the room. */
const char *class_name(void *user, size_t seat);
unsigned class_phones(const struct class *class);
/* An event that this room's Bob tells himself, from his file of events: his words of each session. */
void class_bob_says(struct class *class, const json_t *event);
/* The phone with this tile, which joined as this one of all, is taken off the wall: its session ends, its place is
 * free, no list names it, and what Bob has passed on of it is hidden. It does not come back by itself as long as the
 * room is open (door.h). -ESRCH: it is not there. */
int class_take_off(struct class *class, unsigned number, uint64_t joined);
/* The tiles of all who have ended go, and nothing else happens to them. */
void class_clear_ended(struct class *class);
/* A line of that tile's chat, by its number, is hidden wherever it stands; all: everything that who says it says.
 * -ESRCH: it is not there any more; -EINVAL: all that Bob himself says is not hidden. */
int class_hide(struct class *class, unsigned number, uint64_t joined, uint64_t line, bool all);
/* A line of this session's conversation, which somebody else than the wall has read: who says it, and whether it is
 * hidden. */
void class_take(struct class *class, const char *session, struct said *line);
/* The same for a line that was taken before: what was hidden stays so until all is shown again. */
void class_take_again(struct class *class, const char *session, struct said *line);
/* It was told to viewers, under a number other than 0, with which config.unsaid is called once it is hidden. */
void class_told(struct class *class, const struct said *line, uint64_t number);
/* What was hidden is shown again. */
void class_show_hidden(struct class *class);
/* Who waits at the door under this number may join. -ESRCH: nobody does. */
int class_let_in(struct class *class, unsigned number);
/* Who was taken off may come back, and nobody waits. */
void class_open_door(struct class *class);
/* Nobody joins any more, and all sessions end. */
void class_close(struct class *class);
/* A room that was closed is open again, with another token, all its places and a capture of its own: what was on the
 * wall stays there. 0, or a negative errno, after it has been said what is wrong; -EDQUOT: its captures have all that
 * they may have together. */
int class_open(struct class *class);
/* Bytes of its captures that are still there. */
uint64_t class_captured(const struct class *class);
/* The file that is written now. */
const char *class_capture(const struct class *class);
/* NULL is fine. The loop has to turn a few times more. */
void class_free(struct class *class);

#endif
