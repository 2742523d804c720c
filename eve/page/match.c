#include "eve/page/match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSION_TEXT = 17 }; /* 16 hex digits and a NUL */

/* An event that waits, as text: objects would take many times as much, and how much would be a guess. */
struct told {
    struct told *next;
    size_t bytes;
    char session[SESSION_TEXT]; /* "" for none */
    char text[];
};

struct waiting {
    struct told *oldest, **end;
    size_t n, bytes;
    json_t *awaited; /* by session: how many wait for it */
    bool matched;
    unsigned polls; /* since the first one of a session came */
};

struct match {
    json_t *sessions; /* by id, in the order in which they came */
    char newest[SESSION_TEXT];
    size_t n_sessions; /* that there have been */
    struct waiting sources[MATCH_SOURCES];
    void (*show)(void *user, json_t *object);
    void *user;
};

int match_new(struct match **matchp, void (*show)(void *user, json_t *object), void *user) {
    struct match *match = calloc(1, sizeof *match);
    bool good = match && (match->sessions = json_object());
    for (size_t i = 0; good && i < MATCH_SOURCES; i++) {
        match->sources[i].end = &match->sources[i].oldest;
        good = (match->sources[i].awaited = json_object());
    }
    if (!good) {
        match_free(match);
        return -ENOMEM;
    }
    match->show = show;
    match->user = user;
    *matchp = match;
    return 0;
}

/* Takes one out of the list. */
static void drop(struct waiting *source, struct told **at) {
    struct told *told = *at;
    json_t *count = json_object_get(source->awaited, told->session);
    if (count && json_integer_value(count) > 1)
        json_integer_set(count, json_integer_value(count) - 1);
    else if (count)
        json_object_del(source->awaited, told->session);
    *at = told->next;
    if (!*at)
        source->end = at;
    source->n--;
    source->bytes -= told->bytes;
    free(told);
}

void match_free(struct match *match) {
    if (!match)
        return;
    for (size_t i = 0; i < MATCH_SOURCES; i++) {
        while (match->sources[i].oldest)
            drop(&match->sources[i], &match->sources[i].oldest);
        json_decref(match->sources[i].awaited);
    }
    json_decref(match->sessions);
    free(match);
}

static const char *session_of(const json_t *object) {
    return json_string_value(json_object_get(object, "session"));
}

/* Shows what waits for a session, and with it what was told without one. */
static void let_go(struct match *match, struct waiting *source, const char *session) {
    source->matched = true;
    for (struct told **at = &source->oldest; *at;) {
        if (*(*at)->session && strcmp((*at)->session, session) != 0) {
            at = &(*at)->next;
            continue;
        }
        json_t *object = json_loads((*at)->text, 0, NULL);
        if (object)
            match->show(match->user, object);
        drop(source, at);
    }
}

void match_session(struct match *match, const char *session) {
    if (strlen(session) >= SESSION_TEXT || json_object_get(match->sessions, session))
        return;
    if (json_object_size(match->sessions) == MATCH_SESSIONS)
        json_object_del(match->sessions, json_object_iter_key(json_object_iter(match->sessions)));
    json_object_set_new(match->sessions, session, json_true());
    snprintf(match->newest, sizeof match->newest, "%s", session);
    match->n_sessions++;
    for (size_t i = 0; i < MATCH_SOURCES; i++)
        if (json_object_get(match->sources[i].awaited, session))
            let_go(match, &match->sources[i], session);
}

static void wait_for(struct waiting *source, const char *session, const json_t *object) {
    char *text = json_dumps(object, JSON_COMPACT);
    size_t n = text ? strlen(text) + 1 : 0, bytes = sizeof(struct told) + n;
    struct told *told = text && strlen(session) < SESSION_TEXT ? malloc(bytes) : NULL;
    json_t *count = json_object_get(source->awaited, session);
    if (told) {
        *told = (struct told){.bytes = bytes};
        snprintf(told->session, sizeof told->session, "%s", session);
        memcpy(told->text, text, n);
        if (count)
            json_integer_set(count, json_integer_value(count) + 1);
        else if (*session)
            json_object_set_new(source->awaited, session, json_integer(1));
        *source->end = told;
        source->end = &told->next;
        source->n++;
        source->bytes += bytes;
    }
    free(text);
    while (source->n > MATCH_WAITING || source->bytes > MATCH_BYTES)
        drop(source, &source->oldest);
}

void match_event(struct match *match, unsigned number, json_t *object) {
    struct waiting *source = &match->sources[number];
    const char *session = session_of(object);
    if (session ? json_object_get(match->sessions, session) != NULL : source->n == 0) {
        source->matched |= session != NULL;
        match->show(match->user, object);
        return;
    }
    wait_for(source, session ? session : "", object);
    json_decref(object);
}

void match_poll(struct match *match) {
    for (size_t i = 0; i < MATCH_SOURCES; i++)
        if (match->sources[i].n && match->sources[i].polls < MATCH_PATIENCE)
            match->sources[i].polls++;
}

const char *match_stranger(const struct match *match, unsigned number) {
    const struct waiting *source = &match->sources[number];
    if (source->matched || source->polls < MATCH_PATIENCE)
        return NULL;
    for (const struct told *told = source->oldest; told; told = told->next)
        if (*told->session)
            return told->session;
    return NULL;
}

const char *match_newest(const struct match *match, size_t *n_sessionsp) {
    *n_sessionsp = match->n_sessions;
    return match->newest;
}
