/* Bob's half of the agreement, over any task: he owns it, and labels what Alice sends while it arrives. */
#include "bob/machine.h"

#include "common/agree/distill.h"
#include "common/agree/keys.h"
#include "common/agree/toeplitz.h"
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/task.h"
#include "proto/turn.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

/* Bytes of plain samples that Bob expands as soon as he has their seed, while Alice composes: less than a millisecond
 * of work, about what to accept a connection and A1 costs him anyway. What is longer waits for the first chunk: 135
 * bytes from anybody are not worth it. */
enum { EXPANDED_AT_ONCE = 1 << 20 };

/* What serves one attempt. Wiped as a whole. */
struct attempt {
    uint8_t seed[32];
    uint8_t distillate[64];
    uint8_t commitment_alice[32]; /* of this attempt's A1 */
    uint8_t r[32];
    uint8_t seed_alice[32]; /* of A2 */
    uint8_t challenge_seed[32];
    uint8_t hash[HASH_BYTES];
    struct keys keys;
    uint8_t fingerprint[FINGERPRINT_BYTES];
    struct agreed agreed;
};

enum phase { BEFORE, SEEDED, LABELLING, LABELLED, DRAWING, DRAWN };

struct half {
    const struct set *set;
    const struct task_bob *task; /* of the set; NULL before there is one */
    struct attempt *attempt;
    enum phase phase;
    bool b3_due; /* A3 has come, the challenges are not drawn yet */
    struct teach *teach;
    uint32_t index;  /* chunks of A2 that are dealt with */
    uint8_t *labels; /* secret_new */
    uint8_t *masked; /* L labels; secret_new */
};

static void forget(struct half *b) {
    secret_free(b->attempt);
    b->attempt = NULL;
    secret_free(b->labels);
    secret_free(b->masked);
    if (b->task)
        b->task->teach_free(b->teach);
    b->teach = NULL;
    b->labels = b->masked = NULL;
    b->phase = BEFORE;
    b->b3_due = false;
}

static int refuse(struct turn *t, enum abort_reason reason, const char *why) {
    t->kind = TURN_REFUSE;
    t->reason = reason;
    snprintf(t->why, sizeof t->why, "%s", why);
    return 0;
}

static int begin(struct half *b, const uint8_t seed[static 32]) {
    forget(b);
    b->attempt = secret_new(sizeof *b->attempt);
    if (!b->attempt)
        return -ENOMEM;
    memcpy(b->attempt->seed, seed, 32);
    return 0;
}

/* A1 */
static int hear_hello(struct half *b, const struct message *m, const struct turn_in *in, struct turn *t) {
    b->set = in->set;
    b->task = in->set->task->bob;
    memcpy(b->attempt->commitment_alice, m->hello.commitment, 32);
    t->kind = TURN_HEARD;
    return 0;
}

/* B1 */
static int say_welcome(struct half *b, struct turn *t) {
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_WELCOME;
    prg_subkey(t->say.welcome.nonce, b->attempt->seed, "nonce", 0);
    prg_subkey(b->attempt->r, b->attempt->seed, "r", 0);
    keys_commit_bob(t->say.welcome.commitment, b->attempt->r);
    return 0;
}

static int start_labelling(struct half *b) {
    const uint8_t *seed = b->attempt->seed;
    struct teach_keys keys;
    prg_subkey(keys.task, seed, "task", 0);
    prg_subkey(keys.label_noise, seed, "label noise", 0);
    prg_subkey(keys.challenge_noise, seed, "challenge noise", 0);
    int r = b->task->teach_new(&b->teach, b->set, &keys);
    sodium_memzero(&keys, sizeof keys);
    if (r < 0)
        return r;
    b->labels = secret_new(set_label_bytes(b->set, b->set->n_labels));
    if (!b->labels)
        return -ENOMEM;
    b->phase = LABELLING;
    b->task->teach_seed(b->teach, b->attempt->seed_alice, b->labels);
    return 0;
}

/* A2, first frame: the seed of the plain samples */
static int hear_seed(struct half *b, const struct message *m, struct turn *t) {
    if (!m->samples.has_seed)
        return refuse(t, ABORT_PROTOCOL, "samples without the seed of A before them");
    memcpy(b->attempt->seed_alice, m->samples.seed, 32);
    b->index = 0;
    b->phase = SEEDED;
    t->kind = TURN_PART;
    return b->set->expanded <= EXPANDED_AT_ONCE ? start_labelling(b) : 0;
}

/* A2 */
static int hear_chunk(struct half *b, const struct message *m, struct turn *t) {
    if (m->samples.has_seed || b->index == b->set->n_chunks)
        return refuse(t, ABORT_PROTOCOL, m->samples.has_seed ? "a second seed" : "more samples than the set has");
    if (m->samples.index != b->index || m->samples.vectors.n != b->set->task->chunk_bytes(b->set, b->index))
        return refuse(t, ABORT_PROTOCOL, "a chunk of samples with a wrong index or length");
    if (b->set->task->chunk_fits && !b->set->task->chunk_fits(b->set, b->index, m->samples.vectors.p))
        return refuse(t, ABORT_PROTOCOL, "a chunk of samples with bits that are no part of it");
    int r = b->phase == SEEDED ? start_labelling(b) : 0;
    if (r == 0)
        b->task->teach_chunk(b->teach, m->samples.vectors.p);
    return r;
}

static void chunk_done(struct half *b, struct turn *t) {
    t->kind = TURN_PART;
    t->done = ++b->index;
    t->total = b->set->n_chunks;
}

/* What of B3 can be drawn before A3 has come: the seed, the labels of the challenge vectors, the distillate, the hash.
 */
static int start_challenge(struct half *b) {
    struct attempt *x = b->attempt;
    b->masked = secret_new(set_label_bytes(b->set, set_challenges(b->set)));
    if (!b->masked)
        return -ENOMEM;
    SECRET32 uint8_t key[32];
    prg_subkey(x->challenge_seed, x->seed, "challenge seed", 0);
    prg_subkey(key, x->seed, "distillate", 0);
    prg_expand(x->distillate, sizeof x->distillate, key, 0);
    prg_subkey(key, x->seed, "hash", 0);
    prg_expand(x->hash, HASH_BYTES, key, 0);
    x->hash[HASH_BYTES - 1] &= 0x7f;
    b->phase = DRAWING;
    b->task->teach_challenge(b->teach, x->challenge_seed, b->masked);
    return 0;
}

/* B2 */
static int say_labels(struct half *b, struct turn *t) {
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_LABELS;
    t->say.labels.labels = (struct span){b->labels, set_label_bytes(b->set, b->set->n_labels)};
    return start_challenge(b);
}

/* A3 */
static int hear_learned(struct turn *t) {
    t->kind = TURN_HEARD;
    return 0;
}

/* B3 */
static int say_challenge(struct half *b, struct turn *t) {
    struct attempt *x = b->attempt;
    b->b3_due = false;
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_CHALLENGE;
    memcpy(t->say.challenge.seed, x->challenge_seed, 32);
    memcpy(t->say.challenge.hash, x->hash, HASH_BYTES);
    t->say.challenge.masked = (struct span){b->masked, set_label_bytes(b->set, set_challenges(b->set))};
    t->tells = true;
    t->event.kind = SESSION_AGREED;
    t->event.agreed.challenges = set_challenges(b->set);
    t->event.agreed.failure_log2 = distill_failure_log2(b->set);
    return 0;
}

/* B4: c is what A4 said. */
static int say_confirm(struct half *b, struct keys_confirmation *c, const struct turn_in *in, struct turn *t) {
    struct attempt *x = b->attempt;
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_CONFIRM_BOB;
    t->say.confirm_bob.signature = in->signature;
    memcpy(t->say.confirm_bob.r, x->r, 32);
    c->r_bob = x->r;
    c->sig_bob = in->signature.p;
    c->n_sig_bob = in->signature.n;
    keys_mac_bob(t->say.confirm_bob.mac, &x->keys, c);
    keys_fingerprint(x->fingerprint, in->t3, c->r_alice, x->r);
    x->agreed = (struct agreed){x->keys.session, x->keys.stream_ab, x->keys.stream_ba, in->t3, x->fingerprint};
    t->agreed = &x->agreed;
    return 0;
}

/* A4, and B4 at once: whoever gets as far as to know our words has made us show them. What does not verify gets neither
 * r nor a hint which of the three it was. */
static int hear_confirm(struct half *b, const struct message *m, const struct turn_in *in, struct turn *t) {
    struct attempt *x = b->attempt;
    uint8_t mac[32], commitment[32];
    SECRET32 uint8_t y[32];
    struct keys_confirmation c = {.t3 = in->t3,
                                  .r_alice = m->confirm_alice.r,
                                  .sig_alice = m->confirm_alice.signature.p,
                                  .n_sig_alice = m->confirm_alice.signature.n,
                                  .mac_alice = m->confirm_alice.mac};
    toeplitz_hash(y, x->distillate, x->hash);
    keys_derive(&x->keys, y, in->old_key, in->t3);
    keys_mac_alice(mac, &x->keys, &c);
    keys_commit_alice(commitment, m->confirm_alice.r);
    bool mac_ok = keys_equal(mac, m->confirm_alice.mac);
    bool commitment_ok = keys_equal(commitment, x->commitment_alice);
    sodium_memzero(mac, sizeof mac);
    if (!mac_ok || !commitment_ok || !in->peer_signed) {
        sodium_memzero(x->r, sizeof x->r);
        return refuse(t, ABORT_NOT_CONFIRMED, turn_not_confirmed(SIDE_ALICE, mac_ok));
    }
    return say_confirm(b, &c, in, t);
}

static int speak(struct half *b, enum step step, const struct turn_in *in, struct turn *t) {
    (void)in;
    switch (step) {
    case STEP_B1:
        return say_welcome(b, t);
    case STEP_B2:
        return say_labels(b, t);
    case STEP_B3:
        if (b->phase == DRAWN)
            return say_challenge(b, t);
        b->b3_due = true;
        return 0;
    default:
        return -EINVAL;
    }
}

static int hear(struct half *b, const struct message *m, const struct turn_in *in, struct turn *t) {
    switch (m->kind) {
    case MESSAGE_HELLO:
        return hear_hello(b, m, in, t);
    case MESSAGE_SAMPLES:
        return b->phase == BEFORE ? hear_seed(b, m, t) : hear_chunk(b, m, t);
    case MESSAGE_LEARNED:
        return hear_learned(t);
    case MESSAGE_CONFIRM_ALICE:
        return hear_confirm(b, m, in, t);
    default:
        return -EINVAL;
    }
}

static struct job *work(struct half *b, const struct turn_in *in) {
    (void)in;
    return b->phase == LABELLING || b->phase == DRAWING ? b->task->teach_work(b->teach) : NULL;
}

static int done(struct half *b, struct job *job, const struct turn_in *in, struct turn *t) {
    (void)in;
    if (b->task->teach_done(b->teach, job))
        chunk_done(b, t);
    if (!b->task->teach_finished(b->teach))
        return 0;
    if (b->phase == LABELLING) {
        b->phase = LABELLED;
        t->kind = TURN_HEARD;
    } else if (b->phase == DRAWING) {
        distill_mask(b->masked, b->attempt->distillate, b->set);
        b->phase = DRAWN;
        if (b->b3_due)
            return say_challenge(b, t);
    }
    return 0;
}

static void bob_free(struct half *b) {
    forget(b);
    secret_free(b);
}

const struct half_ops bob_half = {begin, speak, hear, work, done, bob_free};

int bob_half_new(struct half **hp) {
    struct half *b = secret_new(sizeof *b);
    if (!b)
        return -ENOMEM;
    *hp = b;
    return 0;
}

int bob_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]) {
    struct half *b;
    int r = bob_half_new(&b);
    if (r < 0)
        return r;
    r = session_new(sp, SIDE_BOB, config, seed, &bob_half, b);
    if (r < 0)
        bob_free(b);
    return r;
}
