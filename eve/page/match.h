/* Events of files are shown beside a capture, or beside other files, only where they tell of the same sessions: events
 * of one session beside the bytes of another would say what never happened. Pure.
 *
 * Captures say which sessions there are; where there is no capture, the first file of events does. Events of other
 * sessions wait, since a capture may come behind them. Such a file may come from anybody: what waits is bounded, and a
 * new session costs nothing where nothing waits for it. */
#ifndef PARLEY_EVE_PAGE_MATCH_H
#define PARLEY_EVE_PAGE_MATCH_H

#include <jansson.h>
#include <stdbool.h>

enum {
    MATCH_SOURCES = 16,
    MATCH_SESSIONS = 4096,   /* that are known at once: the oldest are forgotten */
    MATCH_WAITING = 4096,    /* events of a source that wait, at most: the oldest are given up */
    MATCH_BYTES = 512 << 10, /* of these, in all */
    MATCH_PATIENCE = 50,     /* polls without a match after which a source is a stranger */
};

struct match;

/* show takes the object. -ENOMEM. */
int match_new(struct match **matchp, void (*show)(void *user, json_t *object), void *user);
void match_free(struct match *match); /* NULL is fine */

/* There is such a session: shows what has waited for it. */
void match_session(struct match *match, const char *session);
/* An event of a file; takes the object. Shown at once, or when its session turns up. */
void match_event(struct match *match, unsigned source, json_t *object);
/* Time passes. */
void match_poll(struct match *match);
/* The session of a source's events, if none of them has matched for so long that none will; otherwise NULL. */
const char *match_stranger(const struct match *match, unsigned source);
/* The newest session there is, "" if none; *n_sessionsp: how many there have been. */
const char *match_newest(const struct match *match, size_t *n_sessionsp);

#endif
