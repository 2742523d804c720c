#include "common/agree/keys.h"
#include "common/base/bytes.h"
#include "common/task/lpn/lpn.h"
#include "common/task/lpn/matrix.h"
#include "common/task/table/table.h"
#include "eve/wire/observe_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* n zeroed bytes for the samples, NULL if they are not to be kept. */
static uint8_t *keep(struct observe *o, size_t n) {
    if (!o->config.keep_samples || !observe_reserve(o, n))
        return NULL;
    uint8_t *p = calloc(1, n);
    if (p)
        o->reserved += n;
    else
        o->config.memory->left += n;
    return p;
}

/* A side's first step, perhaps again: what it said in the attempt before counts no more. */
static bool begin_attempt(struct observe *o, enum side side, bool first) {
    struct observe_facts *f = &o->facts;
    struct observe_direction *d = &f->direction[side];
    if (!first && ++d->attempt == OBSERVE_ATTEMPTS) {
        d->attempt--;
        observe_stop(o, side, "a fourth attempt");
        return false;
    }
    if (d->attempt >= f->n_attempts)
        f->n_attempts = d->attempt + 1;
    if (side == SIDE_ALICE)
        o->chunks_begun = o->chunk_lost = f->has_hello = f->has_seed = f->has_composed = f->has_learned = f->learned =
            f->has_confirm_alice = false;
    else
        f->has_welcome = f->has_labels = f->has_challenge = f->has_confirm_bob = false;
    f->commitment_holds[side] = false;
    return true;
}

static bool set_params(struct observe *o, enum side side, const char *name) {
    struct observe_facts *f = &o->facts;
    const struct set *set = table_set(name);
    if (!set)
        observe_stop(o, side, "an unknown parameter set '%s'", name);
    else if (f->set && f->set != set)
        observe_stop(o, side, "set %s where the session has %s", set->name, f->set->name);
    else
        f->set = set;
    if (!set || f->set != set)
        return false;
    f->params = set->task == &lpn_task ? params_of(set) : NULL;
    return true;
}

static void take_hello(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    if (!set_params(o, SIDE_ALICE, m->hello.params))
        return;
    f->has_hello = true;
    memcpy(f->nonce[SIDE_ALICE], m->hello.nonce, 32);
    memcpy(f->commitment[SIDE_ALICE], m->hello.commitment, 32);
    f->has_identity[SIDE_ALICE] = m->hello.has_identity;
    memcpy(f->identity[SIDE_ALICE], m->hello.identity, 32);
}

static void take_welcome(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    char id[OBSERVE_ID];
    if (!set_params(o, SIDE_BOB, m->welcome.params))
        return;
    bytes_to_hex(id, m->welcome.session, SESSION_ID);
    if (f->session[0] && strcmp(f->session, id) != 0) {
        observe_stop(o, SIDE_BOB, "another session id in a new attempt");
        return;
    }
    f->has_welcome = true;
    memcpy(f->session, id, sizeof id);
    memcpy(f->nonce[SIDE_BOB], m->welcome.nonce, 32);
    f->has_identity[SIDE_BOB] = m->welcome.has_identity;
    memcpy(f->identity[SIDE_BOB], m->welcome.identity, 32);
    memcpy(f->commitment[SIDE_BOB], m->welcome.commitment, 32);
}

static void begin_chunks(struct observe *o) {
    o->chunks_begun = true;
    o->chunk = 0;
    o->chunk_at = 0;
    if (o->facts.params)
        chunks_init(&o->chunks, o->facts.params);
}

static size_t chunk_bytes(const struct observe *o) {
    return o->facts.set->task->chunk_bytes(o->facts.set, o->chunk);
}

/* True if the one that was due was the last. */
static bool next_chunk(struct observe *o) {
    o->chunk_at += chunk_bytes(o);
    o->chunk++;
    if (o->facts.params)
        chunks_next(&o->chunks);
    return o->chunk == o->facts.set->n_chunks;
}

static size_t all_chunks_bytes(const struct set *set) {
    size_t sum = 0;
    for (uint32_t i = 0; i < set->n_chunks; i++)
        sum += set->task->chunk_bytes(set, i);
    return sum;
}

static void take_seed(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    if (!m->samples.has_seed) {
        observe_stop(o, SIDE_ALICE, "A2 without its seed");
        return;
    }
    f->has_seed = true;
    begin_chunks(o);
    memcpy(f->matrix_seed, m->samples.seed, 32);
    f->n_composed = all_chunks_bytes(f->set);
    if (!f->composed)
        f->composed = keep(o, f->n_composed);
}

/* From the order of the wire, column block by column block, to whole rows. */
static void place_chunk(struct observe_facts *f, const struct chunks *c, const uint8_t *vectors) {
    size_t row_bytes = f->params->n / 8, width = matrix_width(f->params->n, c->block), rows = chunks_rows(c);
    uint8_t *out = f->composed + c->row * row_bytes + c->block * (MATRIX_BLOCK / 8);
    for (size_t i = 0; i < rows; i++)
        memcpy(out + i * row_bytes, vectors + i * width, width);
}

/* Returns true when A2 is complete. */
static bool take_chunk(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    struct span vectors = m->samples.vectors;
    if (m->samples.has_seed || m->samples.index != o->chunk || vectors.n != chunk_bytes(o)) {
        observe_stop(o, SIDE_ALICE, "chunk %" PRIu32 " of A2 is not as it should be", o->chunk);
        return false;
    }
    if (f->composed && f->params)
        place_chunk(f, &o->chunks, vectors.p);
    else if (f->composed)
        memcpy(f->composed + o->chunk_at, vectors.p, vectors.n);
    bool last = next_chunk(o);
    f->has_composed = last && !o->chunk_lost;
    return last;
}

static void take_labels(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    size_t n = m->labels.labels.n;
    if (!set_labels_fit(f->set, f->set->n_labels, m->labels.labels.p, n)) {
        observe_stop(o, SIDE_BOB, "labels of a wrong length");
        return;
    }
    f->has_labels = true;
    if (!f->labels)
        f->labels = keep(o, n);
    if (f->labels)
        memcpy(f->labels, m->labels.labels.p, n);
}

static void take_challenge(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    size_t n = m->challenge.masked.n;
    if (!set_labels_fit(f->set, set_challenges(f->set), m->challenge.masked.p, n)) {
        observe_stop(o, SIDE_BOB, "a challenge of a wrong length");
        return;
    }
    f->has_challenge = true;
    memcpy(f->challenge_seed, m->challenge.seed, 32);
    memcpy(f->hash, m->challenge.hash, HASH_BYTES);
    if (!f->masked)
        f->masked = keep(o, n);
    if (f->masked)
        memcpy(f->masked, m->challenge.masked.p, n);
}

static void take_confirm(struct observe *o, enum side side, const uint8_t *r, struct span signature,
                         const uint8_t *mac) {
    struct observe_facts *f = &o->facts;
    uint8_t commitment[32];
    memcpy(f->r[side], r, 32);
    if (side == SIDE_ALICE)
        keys_commit_alice(commitment, r);
    else
        keys_commit_bob(commitment, r);
    f->commitment_holds[side] = keys_equal(commitment, f->commitment[side]);
    f->n_signature[side] = signature.n;
    if (signature.n)
        memcpy(f->signature[side], signature.p, signature.n);
    memcpy(f->mac[side], mac, 32);
}

static void take_sealed(struct observe *o, enum side side, const struct message *m, size_t n, uint64_t ns) {
    struct observe_direction *d = &o->facts.direction[side];
    if (d->sealed_frames++ == 0)
        d->sealed_first_ns = o->reader[side].frame_ns;
    d->sealed_last_ns = ns;
    d->sealed_bytes += n;
    if (o->config.sealed)
        o->config.sealed(o->config.user, side, m, ns);
}

/* A message that its side may send now. True when the step is complete with it. */
static bool take_step(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    switch (m->kind) {
    case MESSAGE_HELLO:
        take_hello(o, m);
        return true;
    case MESSAGE_WELCOME:
        take_welcome(o, m);
        return true;
    case MESSAGE_SAMPLES:
        if (o->chunks_begun)
            return take_chunk(o, m);
        take_seed(o, m);
        return false;
    case MESSAGE_LABELS:
        take_labels(o, m);
        return true;
    case MESSAGE_LEARNED:
        f->has_learned = true;
        f->learned = m->learned.learned;
        return true;
    case MESSAGE_CHALLENGE:
        take_challenge(o, m);
        return true;
    case MESSAGE_CONFIRM_ALICE:
        f->has_confirm_alice = true;
        take_confirm(o, SIDE_ALICE, m->confirm_alice.r, m->confirm_alice.signature, m->confirm_alice.mac);
        return true;
    case MESSAGE_CONFIRM_BOB:
        f->has_confirm_bob = true;
        take_confirm(o, SIDE_BOB, m->confirm_bob.r, m->confirm_bob.signature, m->confirm_bob.mac);
        return true;
    default:
        return true;
    }
}

void observe_steps_conclude(struct observe_facts *f, const struct transcript *transcript) {
    f->has_transcript = f->direction[SIDE_ALICE].attempt == f->direction[SIDE_BOB].attempt && f->learned &&
                        f->has_challenge && !f->direction[SIDE_ALICE].lost_step && !f->direction[SIDE_BOB].lost_step;
    if (f->has_transcript) {
        transcript_direction(transcript, SIDE_ALICE, f->h[SIDE_ALICE]);
        transcript_direction(transcript, SIDE_BOB, f->h[SIDE_BOB]);
        transcript_hash(transcript, f->t3);
    }
    if (f->has_transcript && f->has_confirm_alice && f->has_confirm_bob) {
        uint8_t bits[FINGERPRINT_BYTES];
        keys_fingerprint(bits, f->t3, f->r[SIDE_ALICE], f->r[SIDE_BOB]);
        fingerprint_text(f->fingerprint, bits);
    }
}

void observe_steps_take(struct observe *o, enum side side, const struct message *m, const uint8_t *frame, size_t n,
                        uint64_t ns) {
    struct observe_facts *f = &o->facts;
    struct observe_direction *d = &f->direction[side];
    if (m->kind == MESSAGE_ABORT && d->due != STEP_OPEN) {
        const char *text = abort_text(m->abort.reason);
        d->abort_reason = m->abort.reason;
        observe_stop(o, side, "gave up: %s", text ? text : "an unknown reason");
        return;
    }
    if (d->due == STEP_B3 && m->kind == MESSAGE_WELCOME) /* Alice could not learn: again from A1 */
        d->due = STEP_B1;
    if (d->due == STEP_A4 && !f->has_learned && m->kind == MESSAGE_HELLO) /* so said the A3 that was lost */
        d->due = STEP_A1;
    if (!order_allows(d->due, side, m->kind)) {
        observe_stop(o, side, "%s where %s was due", message_name(m->kind), step_name(d->due));
        return;
    }
    if (d->due == STEP_OPEN) {
        take_sealed(o, side, m, n, ns);
        return;
    }
    enum step step = d->due;
    if ((step == STEP_A1 || step == STEP_B1) && !begin_attempt(o, side, f->steps[0][step].frames == 0))
        return;
    if (step <= STEP_B3) {
        uint8_t digest[32];
        transcript_digest(digest, frame, n);
        transcript_add(&o->transcript, side, digest);
    }
    struct observe_step *record = &f->steps[d->attempt][step];
    if (record->frames++ == 0)
        record->first_ns = o->reader[side].frame_ns;
    record->last_ns = ns;
    record->bytes += n;
    bool complete = take_step(o, m);
    if (complete)
        d->due = order_next_of(side, step, m->kind != MESSAGE_LEARNED || f->learned);
    record->done = complete && !d->stuck;
    if (f->direction[SIDE_ALICE].due == STEP_OPEN && f->direction[SIDE_BOB].due == STEP_OPEN)
        observe_steps_conclude(f, &o->transcript); /* so the words are known as soon as they are to those who talk */
}

/* Whether the step whose frame was lost is complete with it. */
static bool lose_step(struct observe *o, enum step step) {
    if (step != STEP_A2)
        return true;
    if (!o->chunks_begun) {
        begin_chunks(o);
        return false;
    }
    o->chunk_lost = true;
    return next_chunk(o);
}

void observe_steps_lose(struct observe *o, enum side side, size_t length, size_t seen, uint64_t ns) {
    struct observe_facts *f = &o->facts;
    struct observe_direction *d = &f->direction[side];
    d->lost_frames++;
    if (d->due == STEP_OPEN)
        return;
    if (d->due == STEP_B3 && length <= FRAME_HEADER + order_body_max(STEP_B1, NULL)) /* too short: B1 again */
        d->due = STEP_B1;
    enum step step = d->due;
    d->lost_step = true;
    if ((step == STEP_A1 || step == STEP_B1) && !begin_attempt(o, side, f->steps[0][step].frames == 0))
        return;
    struct observe_step *record = &f->steps[d->attempt][step];
    if (record->frames++ == 0)
        record->first_ns = o->reader[side].frame_ns;
    record->last_ns = ns;
    record->bytes += seen;
    if (lose_step(o, step)) /* an A3 said yes, unless a Hello follows */
        d->due = order_next_of(side, step, true);
}
