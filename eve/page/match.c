#include "eve/page/match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct waiting {
    json_t *events; /* array */
    bool matched;
    unsigned polls; /* since the first one of a session came */
};

struct match {
    json_t *sessions; /* by id: when it came */
    const char *newest;
    struct waiting sources[MATCH_SOURCES];
    void (*show)(void *user, json_t *object);
    void *user;
};

int match_new(struct match **matchp, void (*show)(void *user, json_t *object), void *user) {
    struct match *match = calloc(1, sizeof *match);
    bool good = match && (match->sessions = json_object());
    for (size_t i = 0; good && i < MATCH_SOURCES; i++)
        good = (match->sources[i].events = json_array());
    if (!good) {
        match_free(match);
        return -ENOMEM;
    }
    match->show = show;
    match->user = user;
    match->newest = "";
    *matchp = match;
    return 0;
}

void match_free(struct match *match) {
    if (!match)
        return;
    for (size_t i = 0; i < MATCH_SOURCES; i++)
        json_decref(match->sources[i].events);
    json_decref(match->sessions);
    free(match);
}

static const char *session_of(const json_t *object) {
    return json_string_value(json_object_get(object, "session"));
}

static bool known(const struct match *match, const json_t *object) {
    const char *session = session_of(object);
    return session && json_object_get(match->sessions, session);
}

/* Shows what waits for a known session, and with it what was told without one. */
static void let_go(struct match *match, struct waiting *source) {
    json_t *left = json_array(), *object;
    size_t i;
    bool any = false;
    json_array_foreach(source->events, i, object) any |= known(match, object);
    if (!any || !left) {
        json_decref(left);
        return;
    }
    source->matched = true;
    json_array_foreach(source->events, i, object) {
        if (session_of(object) && !known(match, object))
            json_array_append(left, object);
        else
            match->show(match->user, json_incref(object));
    }
    json_decref(source->events);
    source->events = left;
}

void match_session(struct match *match, const char *session) {
    if (json_object_get(match->sessions, session))
        return;
    json_object_set_new(match->sessions, session, json_integer((json_int_t)json_object_size(match->sessions)));
    const char *name;
    json_t *value;
    json_object_foreach(match->sessions, name, value) {
        if (strcmp(name, session) == 0)
            match->newest = name;
    }
    for (size_t i = 0; i < MATCH_SOURCES; i++)
        let_go(match, &match->sources[i]);
}

void match_event(struct match *match, unsigned number, json_t *object) {
    struct waiting *source = &match->sources[number];
    if (session_of(object) ? known(match, object) : json_array_size(source->events) == 0) {
        source->matched |= session_of(object) != NULL;
        match->show(match->user, object);
        return;
    }
    if (json_array_size(source->events) == MATCH_WAITING)
        json_array_remove(source->events, 0);
    json_array_append_new(source->events, object);
}

void match_poll(struct match *match) {
    for (size_t i = 0; i < MATCH_SOURCES; i++)
        if (json_array_size(match->sources[i].events) && match->sources[i].polls < MATCH_PATIENCE)
            match->sources[i].polls++;
}

const char *match_stranger(const struct match *match, unsigned number) {
    const struct waiting *source = &match->sources[number];
    return source->matched || source->polls < MATCH_PATIENCE ? NULL : session_of(json_array_get(source->events, 0));
}

const char *match_newest(const struct match *match, size_t *n_sessionsp) {
    *n_sessionsp = json_object_size(match->sessions);
    return match->newest;
}
