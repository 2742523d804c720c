#include "tests/proof/fuzz/subject.h"

#include "proto/message.h"
#include "tests/proof/fuzz/fuzz.h"

#include <ctype.h>

static void check_output(struct subject *s, const struct session_chunk *chunk) {
    struct message m;
    const char *why = "";
    REQUIRE(!s->gave_up); /* nothing follows an Abort */
    if (s->n_frames++ == 0) {
        REQUIRE(chunk->n == 8 && memcmp(chunk->data, "PARLEY\0\2", 8) == 0);
        return;
    }
    REQUIRE(chunk->n > FRAME_HEADER && chunk->n <= FRAME_HEADER + FRAME_BODY_MAX);
    REQUIRE(message_parse(&m, chunk->data + FRAME_HEADER, chunk->n - FRAME_HEADER, &why) == 0);
    s->gave_up = m.kind == MESSAGE_ABORT;
}

static bool take_output(struct subject *s) {
    struct session_chunk chunk;
    if (!session_take_output(s->session, &chunk, s->now))
        return false;
    check_output(s, &chunk);
    if (s->sent)
        s->sent(s->user, chunk.data, chunk.n);
    session_chunk_free(&chunk);
    return true;
}

static bool take_event(struct subject *s) {
    struct session_event e;
    if (!session_next_event(s->session, &e))
        return false;
    REQUIRE(!s->seen[SESSION_CLOSED]);
    s->seen[e.kind]++;
    if (e.kind == SESSION_CONFIRMED || e.kind == SESSION_REKEYED) {
        memcpy(s->key, e.confirmed.key, sizeof s->key);
        s->n_keys++;
    }
    session_event_wipe(&e);
    return true;
}

static bool take_data(struct subject *s) {
    struct session_chunk chunk;
    if (!session_take_data(s->session, &chunk))
        return false;
    REQUIRE(chunk.n > 0);
    fuzz_touch(chunk.data, chunk.n);
    s->n_data += chunk.n;
    session_chunk_free(&chunk);
    return true;
}

static bool work(struct subject *s) {
    struct job *job = session_next_job(s->session);
    if (!job)
        return false;
    job->run(job);
    session_job_done(s->session, job, s->now);
    return true;
}

static void check_end(const struct subject *s) {
    const struct session_end *end = session_end(s->session);
    if (!session_finished(s->session)) {
        REQUIRE(end->outcome == SESSION_RUNNING && !s->seen[SESSION_CLOSED]);
        return;
    }
    REQUIRE(end->outcome != SESSION_RUNNING && s->seen[SESSION_CLOSED] == 1);
    REQUIRE(session_deadline(s->session) == UINT64_MAX && !session_wants_input(s->session));
    REQUIRE(memchr(end->text, 0, sizeof end->text) && (end->outcome == SESSION_DONE || end->text[0]));
    for (const char *c = end->text; *c; c++)
        REQUIRE(isprint((unsigned char)*c));
}

void subject_pump(struct subject *s) {
    while (work(s) || take_event(s) || take_output(s) || take_data(s))
        ;
    check_end(s);
}

void subject_start(struct subject *s, struct session *session) {
    *s = (struct subject){.session = session, .now = 1000};
    session_start(session, s->now);
    subject_pump(s);
}

void subject_give(struct subject *s, const uint8_t *bytes, size_t n) {
    if (session_finished(s->session))
        return;
    uint8_t *copy = malloc(n ? n : 1); /* so that a sanitizer sees a read beyond it */
    REQUIRE(copy);
    if (n)
        memcpy(copy, bytes, n);
    session_receive(s->session, copy, n, s->now);
    free(copy);
    subject_pump(s);
}

void subject_stop(struct subject *s) {
    session_free(s->session);
    s->session = NULL;
}
