/* The class: people who take part with their phones. The lecturer opens a room for it (`--room`); where a phone joins,
 * its browser becomes an Alice that talks to the one bob of the room, over a WebSocket that eve passes on and records,
 * as `eve tap` does with a connection. What Eve knows of the pupils is what the capture tells, and what her learners,
 * queued over the sessions, make of it.
 *
 * ("Room" is here where a class joins; bob/room.h is about places at bob's, and about something else.) */
#ifndef PARLEY_EVE_PAGE_CLASS_H
#define PARLEY_EVE_PAGE_CLASS_H

#include "common/shell/net/address.h"
#include "common/shell/term/screen.h"
#include "common/task/task.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    CLASS_AT_ONCE = 128,          /* phones */
    CLASS_JOINS = 1000,           /* in all, of one room */
    CLASS_PER_ADDRESS = 64,       /* of CLASS_AT_ONCE, from one address, unless it is told otherwise */
    CLASS_BYTES_MAX = 16 << 20,   /* from one phone, in one session, and to it */
    CLASS_SECONDS_MAX = 2 * 3600, /* of one session */
    CLASS_CAPTURE_MAX = 1 << 30,  /* bytes of the capture, unless it is told otherwise */
    CLASS_BUDGET_MAX = 3600,      /* seconds, for all sessions together */
    CLASS_ADDRESS = ADDRESS_TEXT + 40,
};

struct class;
struct game;
struct uv_loop_s;

struct class_config {
    struct address listen, to;     /* where phones join; Bob */
    const struct set *const *sets; /* that Bob offers; NULL: unknown, those that phones may use */
    size_t n_sets;
    /* An address may have this part of CLASS_AT_ONCE at once, and the same part of CLASS_JOINS and of the capture. */
    unsigned per_address;
    uint64_t capture_max; /* bytes of the capture: then nobody joins any more, and no more is recorded */
    const char *capture;  /* the file to write */
    const char *folder;   /* for what passes between eve's processes */
    unsigned threads;     /* of her learners; 0: all */
    struct game *game;    /* what is played; borrowed */
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
/* Eve's learners turn to each session whose key she lacks, one after the other, easy sets first; budget: seconds in
 * all. */
void class_attack(struct class *class, double budget);
/* The name of the phone with this seat in the game; user is the class. Phones that are in the room. */
const char *class_name(void *user, size_t seat);
unsigned class_phones(const struct class *class);
/* Nobody joins any more, and all sessions end. */
void class_close(struct class *class);
/* A room that was closed is open again, with another token: what was on the wall stays there. */
void class_open(struct class *class);
/* NULL is fine. The loop has to turn a few times more. */
void class_free(struct class *class);

#endif
