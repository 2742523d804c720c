/* Who has to go when all places are taken and somebody new has agreed on a key.
 *
 * An open conversation has no deadline, so whoever keeps one open holds a place for nothing. The first to go are those
 * who have never said anything, the oldest first: whoever fills the house with silent sessions throws out his own, and
 * one line of hers takes an honest alice out of that queue. Then anybody may have to go, by lot, who has kept her place
 * for a stated time. What she sends does not prolong it, since a byte a second would keep a place for ever while a
 * quiet person goes; only bob can prolong it, by a line to her alone. Those whose key is pinned stay.
 *
 * A connection costs nothing, so before the agreement has got anywhere a newcomer may push others out: whoever has not
 * said A1, the oldest first, and then whoever has said it, and for a stated time not sent all of A2. An honest alice
 * says A1 at once. Nobody who is past A2 goes for somebody who is not. */
#ifndef PARLEY_BOB_EVICT_H
#define PARLEY_BOB_EVICT_H

#include <stdbool.h>
#include <stdint.h>

enum evict_progress { EVICT_SILENT, EVICT_BEGUN, EVICT_SENT }; /* nothing of hers is complete; A1 is; A2 is */

struct evict_guest {
    bool open; /* agreed */
    enum evict_progress progress;
    bool pinned;
    bool said;         /* anything at all */
    uint64_t since_ms; /* open, and before that connected; in ms of any clock */
    uint64_t kept_ms;  /* when she became open, or bob last spoke to her alone */
};

/* Zeroed, then given each guest in any order. */
struct evict_choice {
    void *silent, *any;
    uint64_t silent_since;
    uint32_t n_any;
};

/* who: what evict_chosen is to return for this guest. stay_ms: the stated time. uniform: a random number below its
 * argument. */
void evict_consider(struct evict_choice *choice, const struct evict_guest *guest, void *who, uint64_t now_ms,
                    uint64_t stay_ms, uint32_t (*uniform)(uint32_t upper_bound));

/* NULL: all of them stay. */
void *evict_chosen(const struct evict_choice *choice);

enum { EVICT_BEGUN_MS = 1000 }; /* so long nobody who has said A1 is pushed out */

/* The same among those who have not agreed, where there are too many connections. */
struct evict_early {
    void *silent, *begun;
    uint64_t silent_since, begun_since;
};

void evict_early_consider(struct evict_early *early, const struct evict_guest *guest, void *who, uint64_t now_ms);
void *evict_early_chosen(const struct evict_early *early);

#endif
