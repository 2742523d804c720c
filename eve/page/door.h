/* Who comes back that was taken off the wall. Pure.
 *
 * A phone has a number of its own, drawn by its browser and kept there; who wants to be another phone draws another. So
 * the address counts as well, which is often that of the whole class: from one of which a phone was taken off, phones
 * that have been in the room before come and go as they like, and new ones wait until the lecturer lets them in. Where
 * one that had come after that is taken off too, numbers were kept in store: then all who join from there wait. Nobody
 * who is in the room is touched by that. */
#ifndef PARLEY_EVE_PAGE_DOOR_H
#define PARLEY_EVE_PAGE_DOOR_H

#include "common/shell/net/origin.h"
#include "eve/page/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DOOR_PHONE = 17,       /* 16 hex digits and a NUL */
    DOOR_KNOWN_MAX = 1024, /* of each list the oldest goes for one more */
    DOOR_OFF_MAX = 256,
    DOOR_GUARDED_MAX = 64,
    DOOR_WAITING_MAX = 64,
    DOOR_WAITING_IPV6 = 32, /* of these, of all of IPv6 together, or what one address may have, if that is more */
    DOOR_ASKS_SECONDS = 15, /* who has not asked again for so long waits no more */
};

struct door_waiting {
    unsigned number; /* from 1; 0: a free place */
    double asked;    /* seconds of the owner's clock */
    uint8_t from[ORIGIN_ID];
    char phone[DOOR_PHONE], name[NAME_BYTES + 1];
};

/* All zero: nobody was taken off. */
struct door {
    struct {
        char phone[DOOR_PHONE];
        bool let_in; /* by the lecturer */
    } known[DOOR_KNOWN_MAX];
    char off[DOOR_OFF_MAX][DOOR_PHONE];
    struct {
        uint8_t from[ORIGIN_ID];
        bool used, strict;
    } guarded[DOOR_GUARDED_MAX];
    struct door_waiting waiting[DOOR_WAITING_MAX];
    size_t next_known, next_off, next_guarded;
    unsigned n_asked;
};

/* phone: "" is one without a number, which nobody knows. */
bool door_admits(const struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone);
/* It is in the room. Whether phones of its address are looked at by then: what door_take_off is told of it. */
bool door_joined(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone);
/* came_after: as door_joined said. */
void door_take_off(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone, bool came_after);
/* It is not admitted, and waits, in one of the places that its address may have: per_address, 1 at least. Where these
 * are taken, it has that of who of its address has asked longest ago, and where all are, that of one of the address
 * with most of them: no address keeps another from being let in. now: seconds. */
void door_ask(struct door *door, const uint8_t from[static ORIGIN_ID], unsigned per_address, const char *phone,
              const char *name, double now);
/* Who waits, behind *ip, which is 0 at first; NULL: nobody more. */
const struct door_waiting *door_next(const struct door *door, size_t *ip, double now);
/* The lecturer lets in who waits under this number. -ESRCH: nobody does. */
int door_let_in(struct door *door, unsigned number);
/* So many addresses are looked at. */
unsigned door_guarded(const struct door *door);

#endif
