#include "eve/page/door.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static size_t find_known(const struct door *door, const char *phone) {
    size_t i = 0;
    while (i < DOOR_KNOWN_MAX && (!*phone || strcmp(door->known[i].phone, phone) != 0))
        i++;
    return i;
}

static bool was_taken_off(const struct door *door, const char *phone) {
    for (size_t i = 0; *phone && i < DOOR_OFF_MAX; i++)
        if (strcmp(door->off[i], phone) == 0)
            return true;
    return false;
}

static size_t find_guarded(const struct door *door, const uint8_t from[static ORIGIN_ID]) {
    size_t i = 0;
    while (i < DOOR_GUARDED_MAX && (!door->guarded[i].used || memcmp(door->guarded[i].from, from, ORIGIN_ID) != 0))
        i++;
    return i;
}

bool door_guards(const struct door *door, const uint8_t from[static ORIGIN_ID]) {
    return find_guarded(door, from) < DOOR_GUARDED_MAX;
}

bool door_was_let_in(const struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone) {
    size_t i = find_known(door, phone);
    return i < DOOR_KNOWN_MAX && door->known[i].let_in && memcmp(door->known[i].from, from, ORIGIN_ID) == 0;
}

bool door_admits(const struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone) {
    size_t guarded = find_guarded(door, from);
    if (door_was_let_in(door, from, phone))
        return true;
    if (was_taken_off(door, phone))
        return false;
    return guarded == DOOR_GUARDED_MAX || (find_known(door, phone) < DOOR_KNOWN_MAX && !door->guarded[guarded].strict);
}

static unsigned n_known(const struct door *door, const uint8_t from[static ORIGIN_ID]) {
    unsigned n = 0;
    for (size_t i = 0; i < DOOR_KNOWN_MAX; i++)
        n += *door->known[i].phone && memcmp(door->known[i].from, from, ORIGIN_ID) == 0;
    return n;
}

/* The oldest of the address that has most, of those who are not in the room; NULL: there is none. */
static struct door_known *oldest_known(struct door *door, bool let_in, bool ipv6_only) {
    struct door_known *found = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < DOOR_KNOWN_MAX; i++) {
        struct door_known *k = &door->known[i];
        if (!*k->phone || k->n_here || k->let_in != let_in || (ipv6_only && origin_is_ipv4(k->from)))
            continue;
        unsigned n = found && memcmp(k->from, found->from, ORIGIN_ID) == 0 ? most : n_known(door, k->from);
        if (found && (n < most || (n == most && k->since >= found->since)))
            continue;
        found = k;
        most = n;
    }
    return found;
}

static struct door_known *find_known_place(struct door *door, const uint8_t from[static ORIGIN_ID]) {
    unsigned ipv6 = 0;
    struct door_known *empty = NULL;
    for (size_t i = 0; i < DOOR_KNOWN_MAX; i++) {
        if (!*door->known[i].phone)
            empty = &door->known[i];
        else
            ipv6 += !origin_is_ipv4(door->known[i].from);
    }
    bool ipv6_only = !origin_is_ipv4(from) && ipv6 >= DOOR_KNOWN_IPV6;
    if (empty && !ipv6_only)
        return empty;
    struct door_known *found = oldest_known(door, false, ipv6_only);
    return found ? found : oldest_known(door, true, ipv6_only);
}

/* NULL: it has no number, or there is no place. */
static struct door_known *know(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone) {
    size_t i = find_known(door, phone);
    if (i < DOOR_KNOWN_MAX)
        return &door->known[i];
    struct door_known *known = *phone ? find_known_place(door, from) : NULL;
    if (!known)
        return NULL;
    memset(known, 0, sizeof *known);
    snprintf(known->phone, DOOR_PHONE, "%s", phone);
    memcpy(known->from, from, ORIGIN_ID);
    known->since = ++door->n_known;
    return known;
}

void door_joined(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone) {
    struct door_known *known = know(door, from, phone);
    if (known)
        known->n_here++;
}

void door_left(struct door *door, const char *phone) {
    size_t i = find_known(door, phone);
    if (i < DOOR_KNOWN_MAX && door->known[i].n_here)
        door->known[i].n_here--;
}

void door_take_off(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone, bool came_after) {
    size_t known = find_known(door, phone), i = find_guarded(door, from);
    if (i == DOOR_GUARDED_MAX) {
        i = door->next_guarded;
        door->next_guarded = (i + 1) % DOOR_GUARDED_MAX;
        door->guarded[i].used = true;
        door->guarded[i].strict = false;
        memcpy(door->guarded[i].from, from, ORIGIN_ID);
    }
    door->guarded[i].strict |= came_after;
    if (known < DOOR_KNOWN_MAX)
        memset(&door->known[known], 0, sizeof door->known[known]);
    if (*phone && !was_taken_off(door, phone)) {
        snprintf(door->off[door->next_off], DOOR_PHONE, "%s", phone);
        door->next_off = (door->next_off + 1) % DOOR_OFF_MAX;
    }
}

static bool waits(const struct door_waiting *w, double now) {
    return w->number && now - w->asked < DOOR_ASKS_SECONDS;
}

static bool is_of(const struct door_waiting *w, const uint8_t from[static ORIGIN_ID]) {
    return memcmp(w->from, from, ORIGIN_ID) == 0;
}

static unsigned n_waiting(const struct door *door, const uint8_t from[static ORIGIN_ID], double now) {
    unsigned n = 0;
    for (size_t i = 0; i < DOOR_WAITING_MAX; i++)
        n += waits(&door->waiting[i], now) && is_of(&door->waiting[i], from);
    return n;
}

enum whom { OF_ADDRESS, OF_IPV6, OF_THE_MOST };

/* Who of these has asked longest ago; somebody waits. */
static struct door_waiting *oldest(struct door *door, enum whom whom, const uint8_t from[static ORIGIN_ID],
                                   double now) {
    struct door_waiting *found = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < DOOR_WAITING_MAX; i++) {
        struct door_waiting *w = &door->waiting[i];
        if (!waits(w, now) || (whom == OF_ADDRESS && !is_of(w, from)) || (whom == OF_IPV6 && origin_is_ipv4(w->from)))
            continue;
        unsigned n = whom == OF_THE_MOST ? n_waiting(door, w->from, now) : 0;
        if (found && (n < most || (n == most && w->asked >= found->asked)))
            continue;
        found = w;
        most = n;
    }
    return found;
}

static struct door_waiting *find_place(struct door *door, const uint8_t from[static ORIGIN_ID], unsigned per_address,
                                       double now) {
    unsigned ipv6 = 0;
    struct door_waiting *empty = NULL;
    for (size_t i = 0; i < DOOR_WAITING_MAX; i++) {
        struct door_waiting *w = &door->waiting[i];
        if (waits(w, now))
            ipv6 += !origin_is_ipv4(w->from);
        else
            empty = w;
    }
    if (n_waiting(door, from, now) >= per_address)
        return oldest(door, OF_ADDRESS, from, now);
    if (!origin_is_ipv4(from) && ipv6 >= (per_address > DOOR_WAITING_IPV6 ? per_address : DOOR_WAITING_IPV6))
        return oldest(door, OF_IPV6, from, now);
    return empty ? empty : oldest(door, OF_THE_MOST, from, now);
}

/* Its place, if it waits: one that says it has the same number, from elsewhere, is another. */
static struct door_waiting *find_waiting(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone,
                                         double now) {
    for (size_t i = 0; i < DOOR_WAITING_MAX; i++)
        if (waits(&door->waiting[i], now) && is_of(&door->waiting[i], from) &&
            strcmp(door->waiting[i].phone, phone) == 0)
            return &door->waiting[i];
    return NULL;
}

void door_ask(struct door *door, const uint8_t from[static ORIGIN_ID], unsigned per_address, const char *phone,
              const char *name, double now) {
    if (!*phone)
        return;
    struct door_waiting *w = find_waiting(door, from, phone, now);
    bool is_new = !w;
    if (is_new)
        w = find_place(door, from, per_address, now);
    if (is_new || strcmp(w->name, name) != 0)
        w->number = ++door->n_asked;
    w->asked = now;
    memcpy(w->from, from, ORIGIN_ID);
    snprintf(w->phone, sizeof w->phone, "%s", phone);
    snprintf(w->name, sizeof w->name, "%s", name);
}

const struct door_waiting *door_next(const struct door *door, size_t *ip, double now) {
    while (*ip < DOOR_WAITING_MAX) {
        const struct door_waiting *w = &door->waiting[(*ip)++];
        if (waits(w, now))
            return w;
    }
    return NULL;
}

int door_let_in(struct door *door, unsigned number) {
    for (size_t i = 0; number && i < DOOR_WAITING_MAX; i++) {
        struct door_waiting *w = &door->waiting[i];
        if (w->number != number)
            continue;
        struct door_known *known = know(door, w->from, w->phone);
        if (known) {
            known->let_in = true;
            memcpy(known->from, w->from, ORIGIN_ID);
        }
        memset(w, 0, sizeof *w);
        return 0;
    }
    return -ESRCH;
}

unsigned door_guarded(const struct door *door) {
    unsigned n = 0;
    for (size_t i = 0; i < DOOR_GUARDED_MAX; i++)
        n += door->guarded[i].used;
    return n;
}
