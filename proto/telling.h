/* What programs are told of a session's events, field by field: for --events, and for the page around Alice in a
 * browser. How it is written down is the caller's. Never a key in it. */
#ifndef PARLEY_TELLING_H
#define PARLEY_TELLING_H

#include "proto/session.h"

#include <stdbool.h>
#include <stdint.h>

/* Who writes it down. name: of a field; NULL within a list. Text is borrowed for the call. */
struct telling {
    void *to; /* given to all of these */
    void (*integer)(void *to, const char *name, uint64_t value);
    void (*real)(void *to, const char *name, double value); /* a finite one: JSON has no others */
    void (*text)(void *to, const char *name, const char *value);
    void (*boolean)(void *to, const char *name, bool value);
    void (*open)(void *to, const char *name, char bracket); /* '[' a list, '{' an object, until the next close */
    void (*close)(void *to);
};

/* What the session itself does not know of the moment. */
struct telling_moment {
    double seconds;      /* since the session began */
    double step_seconds; /* since its last step began */
    uint64_t bytes;      /* both ways */
};

/* What an event is called, "step", "learned", "agreed", "confirmed", "open" or "closed"; NULL: nobody is told of it. */
const char *telling_name(const struct session_event *e);
/* Its fields, behind those that every event has. Only for one that has a name. */
void telling_fields(const struct telling *t, const struct session *session, const struct session_event *e,
                    const struct telling_moment *moment);

#endif
