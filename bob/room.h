/* Who has to go when all places are taken and somebody new has agreed on a key.
 *
 * An open conversation has no deadline, so whoever keeps one open holds a place for nothing. The first to go are those
 * who have never said anything, the oldest first: whoever fills the house with silent sessions throws out his own, and
 * one line of hers takes an honest alice out of that queue. Then anybody may have to go, by lot, who has kept her place
 * for a stated time. What she sends does not prolong it, since a byte a second would keep a place for ever while a
 * quiet person goes; only bob can prolong it, by a line to her alone. Those whose key is pinned stay. */
#ifndef PARLEY_BOB_ROOM_H
#define PARLEY_BOB_ROOM_H

#include <stdbool.h>
#include <stdint.h>

struct room_guest {
    bool open; /* agreed; until then her deadlines bound her */
    bool pinned;
    bool said;         /* anything at all */
    uint64_t since_ms; /* open, in ms of any clock */
    uint64_t kept_ms;  /* when she became open, or bob last spoke to her alone */
};

/* Zeroed, then given each guest in any order. */
struct room_choice {
    void *silent, *any;
    uint64_t silent_since;
    uint32_t n_any;
};

/* who: what room_chosen is to return for this guest. stay_ms: the stated time. uniform: a random number below its
 * argument. */
void room_consider(struct room_choice *choice, const struct room_guest *guest, void *who, uint64_t now_ms,
                   uint64_t stay_ms, uint32_t (*uniform)(uint32_t upper_bound));

/* NULL: all of them stay. */
void *room_chosen(const struct room_choice *choice);

#endif
