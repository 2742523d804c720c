/* Who comes back that was taken off the wall. Pure.
 *
 * A phone has a number of its own, drawn by its browser and kept there; who wants to be another phone draws another. So
 * the address counts as well, which is often that of the whole class: from one of which a phone was taken off, phones
 * that have been in the room before come and go as they like, and new ones wait until the lecturer lets them in. Where
 * one that had come after that is taken off too, numbers were kept in store: then all who join from there wait. Nobody
 * who is in the room is touched by that.
 *
 * A phone is known once its session has a key, or where it is in the room when another of its address is taken off: a
 * program that joins under ever new numbers makes nobody a stranger. */
#ifndef PARLEY_EVE_PAGE_DOOR_H
#define PARLEY_EVE_PAGE_DOOR_H

#include "common/shell/net/origin.h"
#include "eve/page/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DOOR_PHONE = 17, /* 16 hex digits and a NUL */
    DOOR_KNOWN_MAX = 1024,
    DOOR_KNOWN_IPV6 = 512, /* of these, of all of IPv6 together */
    DOOR_OFF_MAX = 256,    /* of this list and the next the oldest goes for one more */
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

struct door_known {
    char phone[DOOR_PHONE]; /* "": a free place */
    uint8_t from[ORIGIN_ID];
    bool let_in;     /* by the lecturer, at that address */
    unsigned n_here; /* sessions in the room now */
    uint64_t since;  /* a number that grows */
};

/* All zero: nobody was taken off. */
struct door {
    struct door_known known[DOOR_KNOWN_MAX];
    char off[DOOR_OFF_MAX][DOOR_PHONE];
    struct {
        uint8_t from[ORIGIN_ID];
        bool used, strict;
    } guarded[DOOR_GUARDED_MAX];
    struct door_waiting waiting[DOOR_WAITING_MAX];
    size_t next_off, next_guarded;
    uint64_t n_known; /* ever */
    unsigned n_asked;
};

/* phone: "" is one without a number, which nobody knows. */
bool door_admits(const struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone);
/* Phones of this address are looked at. */
bool door_guards(const struct door *door, const uint8_t from[static ORIGIN_ID]);
/* A session of it is in the room, and it is known from now on. When the list is full, the oldest of the address that
 * has most of it goes, whom the lecturer has let in only where there is no other, and never one that is in the room. */
void door_joined(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone);
/* A session that was in the room is no more. */
void door_left(struct door *door, const char *phone);
/* The lecturer has let it in, at this address. */
bool door_was_let_in(const struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone);
/* came_after: door_guards, when it joined. */
void door_take_off(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone, bool came_after);
/* It is not admitted, and waits, in one of the places that its address may have: per_address, 1 at least. Where these
 * are taken, it has that of who of its address has asked longest ago, and where all are, that of one of the address
 * with most of them: no address keeps another from being let in. With another name it waits under another number: the
 * lecturer lets in whom she has read. now: seconds. */
void door_ask(struct door *door, const uint8_t from[static ORIGIN_ID], unsigned per_address, const char *phone,
              const char *name, double now);
/* Who waits, behind *ip, which is 0 at first; NULL: nobody more. */
const struct door_waiting *door_next(const struct door *door, size_t *ip, double now);
/* The lecturer lets in who waits under this number. -ESRCH: nobody does. */
int door_let_in(struct door *door, unsigned number);
/* So many addresses are looked at. */
unsigned door_guarded(const struct door *door);

#endif
