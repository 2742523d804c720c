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
    if (i == DOOR_KNOWN_MAX) {
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

/* Its own place, or a free one, or that of who has asked longest ago. */
void door_ask(struct door *door, const char *phone, const char *name, double now) {
    struct door_waiting *found = NULL;
    if (!*phone)
        return;
    for (size_t i = 0; i < DOOR_WAITING_MAX; i++) {
        struct door_waiting *w = &door->waiting[i];
        if (strcmp(w->phone, phone) == 0) {
            found = w;
            break;
        }
        if (!found || (found->number && (!w->number || w->asked < found->asked)))
            found = w;
    }
    if (strcmp(found->phone, phone) != 0 || !found->number)
        found->number = ++door->n_asked;
    found->asked = now;
    snprintf(found->phone, sizeof found->phone, "%s", phone);
    snprintf(found->name, sizeof found->name, "%s", name);
}

const struct door_waiting *door_next(const struct door *door, size_t *ip, double now) {
    while (*ip < DOOR_WAITING_MAX) {
        const struct door_waiting *w = &door->waiting[(*ip)++];
        if (w->number && now - w->asked < DOOR_ASKS_SECONDS)
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
