/* Alice's half of the agreement, over any task. She holds the second modality, the recipes, for as long as the learner
 * needs it; of all that she calls, only composing and learning know them. */
#include "alice/machine.h"

#include "common/agree/distill.h"
#include "common/agree/keys.h"
#include "common/agree/toeplitz.h"
#include "common/base/batch.h"
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/task.h"
#include "proto/turn.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { QUEUED_MAX = 2 << 20 }; /* bytes that may wait to be sent before no more chunks are written */

/* What serves one attempt. Wiped as a whole. */
struct attempt {
    uint8_t seed[32];
    uint8_t r[32];
    uint8_t commitment_bob[32]; /* of this attempt's B1 */
    uint8_t challenge_seed[32];
    struct learned learned;
    uint8_t distillate[64];
    uint8_t mac[32];
    uint8_t signature[IDENTITY_SIGNATURE]; /* ours, for macB */
    size_t n_signature;
    uint8_t hash[HASH_BYTES];
    struct keys keys;
    uint8_t fingerprint[FINGERPRINT_BYTES];
    struct agreed agreed;
};

enum phase { IDLE, COMPOSING, LEARNING, PREDICTING };

struct half {
    const struct set *set;
    const struct task_alice *task; /* of the set */
    struct attempt *attempt;
    enum phase phase;
    struct compose *compose;
    struct learn *learn;
    uint32_t index;   /* of the chunk of A2 that is due, once the seed has been said */
    uint8_t *frame;   /* of this chunk, once it is laid out */
    uint8_t *vectors; /* where in it the task writes */
    size_t n_frame;
    uint8_t *labels;  /* secret_new */
    uint8_t *results; /* L labels: masked, then without the predictions; secret_new */
    struct batch batch;
};

static void forget(struct half *a) {
    secret_free(a->attempt);
    a->task->learn_free(a->learn);
    a->task->compose_free(a->compose);
    free(a->frame);
    secret_free(a->labels);
    secret_free(a->results);
    a->attempt = NULL;
    a->learn = NULL;
    a->compose = NULL;
    a->frame = a->vectors = a->labels = a->results = NULL;
    a->phase = IDLE;
}

static int refuse(struct turn *t, enum abort_reason reason, const char *why) {
    t->kind = TURN_REFUSE;
    t->reason = reason;
    snprintf(t->why, sizeof t->why, "%s", why);
    return 0;
}

/* The recipes are drawn while she is being connected, or A1 and B1 are on their way. */
static int begin(struct half *a, const uint8_t seed[static 32]) {
    SECRET32 uint8_t key[32];
    forget(a);
    a->attempt = secret_new(sizeof *a->attempt);
    if (!a->attempt)
        return -ENOMEM;
    memcpy(a->attempt->seed, seed, 32);
    prg_subkey(key, seed, "recipes", 0);
    a->phase = COMPOSING;
    return a->task->compose_new(&a->compose, a->set, key);
}

/* A1 */
static int say_hello(struct half *a, struct turn *t) {
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_HELLO;
    prg_subkey(t->say.hello.nonce, a->attempt->seed, "nonce", 0);
    prg_subkey(a->attempt->r, a->attempt->seed, "r", 0);
    keys_commit_alice(t->say.hello.commitment, a->attempt->r);
    return 0;
}

/* B1 */
static int hear_welcome(struct half *a, const struct message *m, struct turn *t) {
    memcpy(a->attempt->commitment_bob, m->welcome.commitment, 32);
    t->kind = TURN_HEARD;
    return 0;
}

/* The frame of the next chunk, for the task to write into. */
static int lay_out_chunk(struct half *a) {
    size_t n = a->set->task->chunk_bytes(a->set, a->index);
    return message_encode_samples(a->index, n, &a->frame, &a->n_frame, &a->vectors);
}

/* A2: the seed first, so that Bob can expand the plain samples too */
static int say_seed(struct half *a, struct turn *t) {
    t->kind = TURN_PART;
    t->say.kind = MESSAGE_SAMPLES;
    t->say.samples.has_seed = true;
    prg_subkey(t->say.samples.seed, a->attempt->seed, "matrix seed", 0);
    a->index = 0;
    int r = lay_out_chunk(a);
    return r < 0 ? r : a->task->compose_seed(a->compose, t->say.samples.seed);
}

static int say_chunk(struct half *a, bool followed, struct turn *t) {
    t->kind = TURN_PART;
    t->followed = followed;
    t->frame = a->frame;
    t->n_frame = a->n_frame;
    t->done = ++a->index;
    t->total = a->set->n_chunks;
    a->frame = NULL;
    if (t->done < t->total) {
        int r = lay_out_chunk(a);
        if (r < 0)
            free(t->frame); /* nobody looks at a turn that failed */
        return r;
    }
    t->kind = TURN_SAY;
    a->phase = IDLE;
    return 0;
}

/* B2 */
static int hear_labels(struct half *a, const struct message *m, struct turn *t) {
    size_t n = m->labels.labels.n;
    if (!set_labels_fit(a->set, a->set->n_labels, m->labels.labels.p, n))
        return refuse(t, ABORT_PROTOCOL, "not as many labels as there are samples");
    a->labels = secret_new(n);
    if (!a->labels)
        return -ENOMEM;
    memcpy(a->labels, m->labels.labels.p, n);
    t->kind = TURN_HEARD;
    return 0;
}

static int start_learning(struct half *a) {
    a->phase = LEARNING;
    return a->task->learn_new(&a->learn, a->compose, a->labels);
}

/* A broken bob is noticed so, whose labels give his secret away. A malicious one could always tell everybody. noise: of
 * bits, how many are wrong; of other labels, what their noise adds up to. */
static int too_little_noise(const struct half *a, struct turn *t, const char *what, uint32_t noise, size_t n,
                            uint32_t least) {
    const char *listens = "whoever listens may find the key";
    t->kind = TURN_REFUSE;
    t->reason = ABORT_PROTOCOL;
    if (a->set->modulus == 2)
        snprintf(t->why, sizeof t->why, "too little noise: %u of %zu %s are wrong, of an honest Bob's at least %u: %s",
                 noise, n, what, least, listens);
    else
        snprintf(t->why, sizeof t->why,
                 "too little noise: %u in the sum over %zu %s, of an honest Bob's at least %u: %s", noise, n, what,
                 least, listens);
    return 0;
}

/* A3: one bit, nothing else */
static int say_learned(struct half *a, const struct turn_in *in, struct turn *t) {
    struct learned *result = &a->attempt->learned;
    a->task->learn_result(a->learn, result);
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_LEARNED;
    t->say.learned.learned = result->accepted && !in->to_fail;
    t->tells = true;
    t->event.kind = SESSION_LEARNED;
    t->event.learned.numbers = result->numbers;
    t->event.learned.accepted = t->say.learned.learned;
    if (a->set->toy)
        prg_subkey(t->event.learned.captions, a->attempt->seed, "recipes", 0);
    a->phase = IDLE;
    a->task->learn_free(a->learn);
    a->learn = NULL;
    a->task->compose_free(a->compose); /* the second modality has done its work */
    a->compose = NULL;
    if (result->quiet.what)
        return too_little_noise(a, t, result->quiet.what, result->quiet.wrong, result->quiet.n, result->quiet.least);
    return result->weak ? refuse(t, ABORT_PROTOCOL, result->weak) : 0;
}

/* B3 */
static int hear_challenge(struct half *a, const struct message *m, struct turn *t) {
    size_t n = m->challenge.masked.n;
    if (!set_labels_fit(a->set, set_challenges(a->set), m->challenge.masked.p, n))
        return refuse(t, ABORT_PROTOCOL, "not as many masked bits as the set has");
    a->results = secret_new(n);
    if (!a->results)
        return -ENOMEM;
    memcpy(a->results, m->challenge.masked.p, n);
    memcpy(a->attempt->hash, m->challenge.hash, HASH_BYTES);
    memcpy(a->attempt->challenge_seed, m->challenge.seed, 32);
    t->kind = TURN_HEARD;
    return 0;
}

static void run_prediction(void *context, size_t part) {
    struct half *a = context;
    a->task->predict(a->results, a->set, a->attempt->learned.h, a->attempt->challenge_seed, part);
}

static int start_predicting(struct half *a) {
    a->phase = PREDICTING;
    batch_start(&a->batch, a->task->predict_parts(a->set), run_prediction, a);
    if (a->task->predict_micros)
        batch_set_micros(&a->batch, a->task->predict_micros(a->set));
    return 0;
}

/* What A4 and B4 are made over, as far as it is known here. */
static struct keys_confirmation confirmation(const struct attempt *x, const uint8_t *t3) {
    return (struct keys_confirmation){
        .t3 = t3, .r_alice = x->r, .sig_alice = x->signature, .n_sig_alice = x->n_signature, .mac_alice = x->mac};
}

/* A4 */
static int say_confirm(struct half *a, const struct turn_in *in, struct turn *t) {
    struct attempt *x = a->attempt;
    SECRET32 uint8_t y[32];
    t->tells = true;
    t->event.kind = SESSION_AGREED;
    t->event.agreed.challenges = set_challenges(a->set);
    struct distilled distilled = distill_unmask(x->distillate, a->results, a->set);
    t->event.agreed.agreeing = distilled.agreeing;
    t->event.agreed.noise = (double)distilled.noise / (double)set_challenges(a->set);
    t->event.agreed.failure_log2 = distill_failure_log2(a->set);
    a->phase = IDLE;
    if (!distill_noisy(distilled.noise, a->set)) {
        t->tells = false;
        return too_little_noise(a, t, a->set->modulus == 2 ? "masked bits" : "masked labels", distilled.noise,
                                set_challenges(a->set), a->set->least_masked);
    }
    toeplitz_hash(y, x->distillate, x->hash);
    keys_derive(&x->keys, y, in->old_key, in->t3);
    x->n_signature = in->signature.n;
    if (in->signature.n)
        memcpy(x->signature, in->signature.p, in->signature.n);
    struct keys_confirmation c = confirmation(x, in->t3);
    keys_mac_alice(x->mac, &x->keys, &c);
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_CONFIRM_ALICE;
    memcpy(t->say.confirm_alice.r, x->r, 32);
    t->say.confirm_alice.signature = (struct span){x->signature, x->n_signature};
    memcpy(t->say.confirm_alice.mac, x->mac, 32);
    return 0;
}

/* B4: whatever does not verify, the peer sees the same, and nobody sees words. */
static int hear_confirm(struct half *a, const struct message *m, const struct turn_in *in, struct turn *t) {
    struct attempt *x = a->attempt;
    uint8_t mac[32], commitment[32];
    struct keys_confirmation c = confirmation(x, in->t3);
    c.r_bob = m->confirm_bob.r;
    c.sig_bob = m->confirm_bob.signature.p;
    c.n_sig_bob = m->confirm_bob.signature.n;
    keys_mac_bob(mac, &x->keys, &c);
    keys_commit_bob(commitment, m->confirm_bob.r);
    bool mac_ok = keys_equal(mac, m->confirm_bob.mac);
    bool commitment_ok = keys_equal(commitment, x->commitment_bob);
    sodium_memzero(mac, sizeof mac);
    if (!mac_ok || !commitment_ok || !in->peer_signed)
        return refuse(t, ABORT_NOT_CONFIRMED, turn_not_confirmed(SIDE_BOB, mac_ok));
    keys_fingerprint(x->fingerprint, in->t3, x->r, m->confirm_bob.r);
    x->agreed = (struct agreed){x->keys.session, x->keys.stream_ab, x->keys.stream_ba, in->t3, x->fingerprint};
    t->kind = TURN_HEARD;
    t->agreed = &x->agreed;
    return 0;
}

static int speak(struct half *a, enum step step, const struct turn_in *in, struct turn *t) {
    (void)in;
    switch (step) {
    case STEP_A1:
        return say_hello(a, t);
    case STEP_A2:
        return say_seed(a, t);
    case STEP_A3:
        return start_learning(a);
    case STEP_A4:
        return start_predicting(a);
    default:
        return -EINVAL;
    }
}

static int hear(struct half *a, const struct message *m, const struct turn_in *in, struct turn *t) {
    switch (m->kind) {
    case MESSAGE_WELCOME:
        return hear_welcome(a, m, t);
    case MESSAGE_LABELS:
        return hear_labels(a, m, t);
    case MESSAGE_CHALLENGE:
        return hear_challenge(a, m, t);
    case MESSAGE_CONFIRM_BOB:
        return hear_confirm(a, m, in, t);
    default:
        return -EINVAL;
    }
}

static struct job *work(struct half *a, const struct turn_in *in) {
    switch (a->phase) {
    case COMPOSING:
        return a->task->compose_work(a->compose, in->n_queued < QUEUED_MAX ? a->vectors : NULL);
    case LEARNING:
        return a->task->learn_work(a->learn);
    case PREDICTING:
        return batch_next(&a->batch);
    default:
        return NULL;
    }
}

static int done(struct half *a, struct job *job, const struct turn_in *in, struct turn *t) {
    bool finished = false;
    int r;
    switch (a->phase) {
    case COMPOSING:
        r = a->task->compose_done(a->compose, job);
        return r > 0 ? say_chunk(a, r == 2, t) : r;
    case LEARNING:
        r = a->task->learn_done(a->learn, job);
        return r == 1 ? say_learned(a, in, t) : r;
    case PREDICTING:
        batch_take_back(&a->batch, job, &finished);
        return finished ? say_confirm(a, in, t) : 0;
    default:
        return 0;
    }
}

static void alice_free(struct half *a) {
    forget(a);
    secret_free(a);
}

const struct half_ops alice_half = {begin, speak, hear, work, done, alice_free};

int alice_half_new(struct half **hp, const struct set *set) {
    struct half *a = secret_new(sizeof *a);
    if (!a)
        return -ENOMEM;
    a->set = set;
    a->task = set->task->alice;
    *hp = a;
    return 0;
}

int alice_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]) {
    struct half *a;
    int r = alice_half_new(&a, config->sets[0]);
    if (r < 0)
        return r;
    r = session_new(sp, SIDE_ALICE, config, seed, &alice_half, a);
    if (r < 0)
        alice_free(a);
    return r;
}
