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

bool door_admits(const struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone) {
    size_t known = find_known(door, phone), guarded = find_guarded(door, from);
    if (known < DOOR_KNOWN_MAX && door->known[known].let_in)
        return true;
    if (was_taken_off(door, phone))
        return false;
    return guarded == DOOR_GUARDED_MAX || (known < DOOR_KNOWN_MAX && !door->guarded[guarded].strict);
}

static void know(struct door *door, const char *phone, bool let_in) {
    size_t i = find_known(door, phone);
    if (!*phone)
        return;
    if (i == DOOR_KNOWN_MAX) { /* whom the lecturer has let in stays so long as there is another */
        for (size_t k = 0; k < DOOR_KNOWN_MAX && door->known[door->next_known].let_in; k++)
            door->next_known = (door->next_known + 1) % DOOR_KNOWN_MAX;
        i = door->next_known;
        door->next_known = (i + 1) % DOOR_KNOWN_MAX;
        door->known[i].let_in = false;
        snprintf(door->known[i].phone, DOOR_PHONE, "%s", phone);
    }
    door->known[i].let_in |= let_in;
}

bool door_joined(struct door *door, const uint8_t from[static ORIGIN_ID], const char *phone) {
    know(door, phone, false);
    return find_guarded(door, from) < DOOR_GUARDED_MAX;
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
    if (!w) {
        w = find_place(door, from, per_address, now);
        w->number = ++door->n_asked;
    }
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
        char phone[DOOR_PHONE];
        memcpy(phone, w->phone, sizeof phone);
        know(door, phone, true);
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
