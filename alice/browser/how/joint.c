#include "alice/browser/how/joint.h"

#include "alice/machine.h"
#include "bob/machine.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "proto/message.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

enum { TIMEOUT_MS = 1000 }; /* the clock stands still: nothing is ever late */

int joint_init(struct joint *j, const struct set *set, const uint8_t alice[static 32], const uint8_t bob[static 32]) {
    *j = (struct joint){.set = set};
    memcpy(j->seeds[SIDE_ALICE], alice, 32);
    memcpy(j->seeds[SIDE_BOB], bob, 32);
    j->config =
        (struct session_config){.sets = &j->set, .n_sets = 1, .name = "", .timeout_ms = TIMEOUT_MS, .agree_only = true};
    j->labels = secret_new(set_label_bytes(set, set->n_labels));
    j->masked = secret_new(set_label_bytes(set, set_challenges(set)));
    int r = j->labels && j->masked ? 0 : -ENOMEM;
    if (r == 0)
        r = alice_new(&j->sessions[SIDE_ALICE], &j->config, alice);
    if (r == 0)
        r = bob_new(&j->sessions[SIDE_BOB], &j->config, bob);
    if (r < 0) {
        joint_deinit(j);
        return r;
    }
    session_start(j->sessions[SIDE_ALICE], 0);
    session_start(j->sessions[SIDE_BOB], 0);
    return 0;
}

void joint_deinit(struct joint *j) {
    session_free(j->sessions[SIDE_ALICE]);
    session_free(j->sessions[SIDE_BOB]);
    secret_free(j->labels);
    secret_free(j->masked);
    free(j->vectors);
    sodium_memzero(j, sizeof *j);
}

static int keep_vectors(struct joint *j, struct span vectors) {
    if (j->n_vectors + vectors.n > j->capacity) {
        size_t capacity = 2 * (j->n_vectors + vectors.n);
        uint8_t *longer = realloc(j->vectors, capacity);
        if (!longer)
            return -ENOMEM;
        j->vectors = longer;
        j->capacity = capacity;
    }
    memcpy(j->vectors + j->n_vectors, vectors.p, vectors.n);
    j->n_vectors += vectors.n;
    return 0;
}

/* What is sealed says nothing here. */
static int keep_message(struct joint *j, const struct message *m) {
    switch (m->kind) {
    case MESSAGE_SAMPLES:
        if (!m->samples.has_seed)
            return keep_vectors(j, m->samples.vectors);
        memcpy(j->seed, m->samples.seed, 32);
        j->n_vectors = 0;
        j->has_labels = j->has_challenge = false;
        return 0;
    case MESSAGE_LABELS:
        if (!set_labels_fit(j->set, j->set->n_labels, m->labels.labels.p, m->labels.labels.n))
            return -EPROTO;
        memcpy(j->labels, m->labels.labels.p, m->labels.labels.n);
        j->has_labels = true;
        return 0;
    case MESSAGE_CHALLENGE:
        if (!set_labels_fit(j->set, set_challenges(j->set), m->challenge.masked.p, m->challenge.masked.n))
            return -EPROTO;
        memcpy(j->challenge_seed, m->challenge.seed, 32);
        memcpy(j->masked, m->challenge.masked.p, m->challenge.masked.n);
        j->has_challenge = true;
        return 0;
    default:
        return 0;
    }
}

/* A piece of output is the preface, once, or a whole frame. */
static int keep_output(struct joint *j, enum side from, const struct session_chunk *chunk) {
    struct message m;
    const char *why;
    if (!j->greeted[from]) {
        j->greeted[from] = true;
        return 0;
    }
    if (chunk->n <= FRAME_HEADER)
        return -EPROTO;
    int r = message_parse(&m, chunk->data + FRAME_HEADER, chunk->n - FRAME_HEADER, &why);
    return r < 0 ? r : keep_message(j, &m);
}

static void keep_event(struct joint *j, enum side side, const struct session_event *e) {
    if (e->kind == SESSION_LEARNED) {
        j->learned = e->learned.numbers;
        j->accepted = e->learned.accepted;
        j->attempt = e->attempt;
    } else if (e->kind == SESSION_AGREED && side == SIDE_ALICE) {
        j->challenges = e->agreed.challenges;
        j->agreeing = e->agreed.agreeing;
        j->noise = e->agreed.noise;
    } else if (e->kind == SESSION_CONFIRMED) {
        memcpy(j->fingerprint[side], e->confirmed.fingerprint, FINGERPRINT_TEXT);
    }
}

/* 1 if something moved. */
static int pass(struct joint *j, enum side from) {
    struct session *s = j->sessions[from], *other = j->sessions[from == SIDE_ALICE ? SIDE_BOB : SIDE_ALICE];
    struct session_event e;
    struct session_chunk chunk;
    int moved = 0;
    struct job *job = session_next_job(s);
    if (job) {
        job->run(job);
        session_job_done(s, job, 0);
        moved = 1;
    }
    while (session_next_event(s, &e)) {
        keep_event(j, from, &e);
        session_event_wipe(&e);
        moved = 1;
    }
    while ((session_wants_input(other) || session_finished(other)) && session_take_output(s, &chunk, 0)) {
        int r = keep_output(j, from, &chunk);
        if (r == 0 && !session_finished(other))
            session_receive(other, chunk.data, chunk.n, 0);
        session_chunk_free(&chunk);
        if (r < 0)
            return r;
        moved = 1;
    }
    return moved;
}

int joint_turn(struct joint *j) {
    int alice = pass(j, SIDE_ALICE), bob = alice < 0 ? 0 : pass(j, SIDE_BOB);
    if (alice < 0 || bob < 0)
        return alice < 0 ? alice : bob;
    if (alice || bob)
        return 1;
    bool good = j->accepted && j->has_labels && j->has_challenge && j->fingerprint[0][0] &&
                strcmp(j->fingerprint[SIDE_ALICE], j->fingerprint[SIDE_BOB]) == 0;
    return good ? 0 : -EPROTO;
}

/* As proto/session.c draws them. */
void joint_attempt(const struct joint *j, enum side side, uint8_t out[static 32]) {
    SECRET32 uint8_t seed[32];
    SECRET32 uint8_t next[32];
    memcpy(seed, j->seeds[side], 32);
    for (unsigned i = 1; i < j->attempt; i++) {
        prg_subkey(next, seed, "later attempts", 0);
        memcpy(seed, next, 32);
    }
    prg_subkey(out, seed, "attempt", 0);
}
