/* All live equally long, so that the order of their last keys is that in which they end: a list, one timer. */
#include "common/shell/app/lives.h"

#include "common/shell/net/timer.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 5000 }; /* a timer stands still while the machine sleeps */

struct lives {
    uint64_t lifetime_ms;
    void (*expired)(void *user, const struct life *life);
    void *user;
    struct timer *timer;
    void *by_path; /* tsearch */
    struct life *first, *last;
};

static int compare(const void *a, const void *b) {
    return strcmp(((const struct life *)a)->path, ((const struct life *)b)->path);
}

static void take_out(struct lives *lives, struct life *life) {
    *(life->previous ? &life->previous->next : &lives->first) = life->next;
    *(life->next ? &life->next->previous : &lives->last) = life->previous;
}

static void append(struct lives *lives, struct life *life) {
    life->next = NULL;
    life->previous = lives->last;
    *(lives->last ? &lives->last->next : &lives->first) = life;
    lives->last = life;
}

static void life_free(struct life *life) {
    roster_release(life->roster);
    free(life->path);
    free(life);
}

static void wait_for_first(struct lives *lives) {
    if (!lives->first) {
        timer_stop(lives->timer);
        return;
    }
    uint64_t now = timer_boot_ms(), due = lives->first->due_ms, wait = due > now ? due - now : 0;
    timer_start(lives->timer, wait < LOOK_MS ? wait : LOOK_MS, 0);
}

static void look(void *user) {
    struct lives *lives = user;
    struct life *life;
    uint64_t now = timer_boot_ms();
    while ((life = lives->first) && life->due_ms <= now) {
        take_out(lives, life);
        tdelete(life, &lives->by_path, compare);
        lives->expired(lives->user, life);
        life_free(life);
    }
    wait_for_first(lives);
}

int lives_new(struct lives **livesp, struct uv_loop_s *loop, uint64_t lifetime_ms,
              void (*expired)(void *user, const struct life *life), void *user) {
    struct lives *lives = calloc(1, sizeof *lives);
    if (!lives)
        return -ENOMEM;
    *lives = (struct lives){.lifetime_ms = lifetime_ms, .expired = expired, .user = user};
    if (timer_new(&lives->timer, loop, look, lives) < 0) {
        free(lives);
        return -ENOMEM;
    }
    *livesp = lives;
    return 0;
}

/* NULL: out of memory. */
static struct life *life_of(struct lives *lives, const char *path) {
    struct life *life = calloc(1, sizeof *life), **found = NULL;
    if (life && (life->path = strdup(path)))
        found = tsearch(life, &lives->by_path, compare);
    if (found && *found == life) {
        append(lives, life);
        return life;
    }
    if (life)
        life_free(life);
    return found ? *found : NULL;
}

int lives_renew(struct lives *lives, const struct life *of) {
    struct life *life = life_of(lives, of->path);
    if (!life)
        return -ENOMEM;
    memcpy(life->session, of->session, sizeof life->session);
    memcpy(life->peer, of->peer, sizeof life->peer);
    memcpy(life->key, of->key, sizeof life->key);
    struct roster *before = life->roster;
    life->roster = roster_share(of->roster);
    roster_release(before);
    life->has_key = of->has_key;
    life->told = of->told;
    life->due_ms = timer_boot_ms() + lives->lifetime_ms;
    take_out(lives, life);
    append(lives, life);
    wait_for_first(lives);
    return 0;
}

const struct life *lives_find(const struct lives *lives, const char *path) {
    const struct life wanted = {.path = (char *)(uintptr_t)path};
    struct life *const *found = tfind(&wanted, &lives->by_path, compare);
    return found ? *found : NULL;
}

void lives_stop(struct lives *lives) {
    if (!lives)
        return;
    while (lives->first) {
        struct life *life = lives->first;
        take_out(lives, life);
        tdelete(life, &lives->by_path, compare);
        life_free(life);
    }
    timer_stop(lives->timer);
}

void lives_free(struct lives *lives) {
    if (!lives)
        return;
    lives_stop(lives);
    timer_free(lives->timer);
    free(lives);
}
