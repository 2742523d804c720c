/* One session on its own, whose driver is the test: what it tells is checked against the promises of proto/session.h.
 */
#ifndef PARLEY_FUZZ_SUBJECT_H
#define PARLEY_FUZZ_SUBJECT_H

#include "proto/session.h"

struct subject {
    struct session *session;
    uint64_t now;
    unsigned seen[SESSION_CLOSED + 1]; /* events by kind */
    uint8_t key[32];                   /* the last that it accepted */
    unsigned n_keys;
    size_t n_frames, n_data; /* what it has sent (with the preface) and received */
    bool gave_up;
    void (*sent)(void *user, const uint8_t *frame, size_t n); /* NULL for nobody */
    void *user;
};

void subject_start(struct subject *s, struct session *session);
/* Until it rests. Jobs run at once. */
void subject_pump(struct subject *s);
void subject_give(struct subject *s, const uint8_t *bytes, size_t n);
/* The session is released. */
void subject_stop(struct subject *s);

#endif
