/* Bob's half of the agreement. He keeps no sample: his labels of the plain ones are summed up while A is expanded piece
 * by piece, those of the composed ones chunk by chunk as they arrive.
 *
 * Parts of the plain samples (later of the challenges) and one chunk are worked on side by side: they touch different
 * bytes of the labels. */
#include "bob/machine.h"

#include "common/agree/distill.h"
#include "common/agree/keys.h"
#include "common/agree/toeplitz.h"
#include "common/base/batch.h"
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/task/lpn/chunks.h"
#include "common/task/lpn/matrix.h"
#include "common/task/lpn/noise.h"
#include "proto/turn.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

struct bob_job {
    struct job job;
    struct half *b;
    bool due, busy;
};

/* What serves one attempt. Wiped as a whole. */
struct attempt {
    uint8_t seed[32];
    uint8_t s[PARAMS_N_MAX / 8];
    uint8_t distillate[64];
    uint8_t commitment_alice[32]; /* of this attempt's A1 */
    uint8_t r[32];
    uint8_t challenge_seed[32];
    uint8_t hash[HASH_BYTES];
    struct keys keys;
    uint8_t fingerprint[FINGERPRINT_BYTES];
    struct agreed agreed;
};

enum phase { BEFORE, SEEDED, LABELLING, LABELLED, DRAWING, DRAWN };

struct half {
    const struct params *params;
    struct attempt *attempt;
    enum phase phase;
    bool b3_due;            /* A3 has come, the challenges are not drawn yet */
    uint8_t matrix_key[32]; /* of A, later of the challenges */
    size_t n_rows;          /* m, later L */
    bool rows_done;
    uint8_t *labels;        /* m + k bits; secret_new */
    uint8_t *masked;        /* L bits; secret_new */
    uint8_t *bits;          /* that of the two which is under way */
    struct chunks chunks;   /* where in A2 the chunk belongs that is due or worked on */
    const uint8_t *vectors; /* of that chunk */
    struct batch rows;      /* of the matrix under way */
    struct bob_job chunk, noise;
};

static void forget(struct half *b) {
    secret_free(b->attempt);
    b->attempt = NULL;
    secret_free(b->labels);
    secret_free(b->masked);
    b->labels = b->masked = b->bits = NULL;
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
    b->params = in->params;
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

static void run_rows(void *context, size_t part) {
    struct half *b = context;
    matrix_label_part(b->bits, b->matrix_key, b->n_rows, b->params->n, b->attempt->s, part);
}

/* Labels of the n_rows rows under matrix_key, and noise, into bits. */
static void start_rows(struct half *b, uint8_t *bits, size_t n_rows) {
    b->bits = bits;
    b->n_rows = n_rows;
    b->rows_done = false;
    b->noise.due = true;
    batch_start(&b->rows, matrix_label_parts(n_rows, b->params->n), run_rows, b);
}

/* Noise first, so that the labels only ever hold sums with noise. B2: m + k bits; B3: L bits. */
static void run_noise(struct job *job) {
    struct half *b = ((struct bob_job *)job)->b;
    SECRET32 uint8_t key[32];
    bool labelling = b->phase == LABELLING;
    size_t n_bits = labelling ? (size_t)b->params->m + b->params->k : params_challenges(b->params);
    prg_subkey(key, b->attempt->seed, labelling ? "label noise" : "challenge noise", 0);
    noise_add(b->bits, n_bits, key, b->params->theta64);
}

/* A2, first frame: the seed of A. To expand it waits for the first chunk: 135 bytes from anybody are not worth it. */
static int hear_seed(struct half *b, const struct message *m, struct turn *t) {
    if (!m->samples.has_seed)
        return refuse(t, ABORT_PROTOCOL, "samples without the seed of A before them");
    prg_derive(b->matrix_key, "parley/1 matrix", m->samples.seed, 32);
    chunks_init(&b->chunks, b->params);
    b->phase = SEEDED;
    t->kind = TURN_PART;
    return 0;
}

static int start_labelling(struct half *b) {
    SECRET32 uint8_t key[32];
    prg_subkey(key, b->attempt->seed, "task", 0);
    prg_expand(b->attempt->s, b->params->n / 8, key, 0);
    b->labels = secret_new(bits_to_bytes((size_t)b->params->m + b->params->k));
    if (!b->labels)
        return -ENOMEM;
    b->phase = LABELLING;
    start_rows(b, b->labels, b->params->m);
    return 0;
}

/* A2 */
static int hear_chunk(struct half *b, const struct message *m, struct turn *t) {
    if (m->samples.has_seed || chunks_finished(&b->chunks))
        return refuse(t, ABORT_PROTOCOL, m->samples.has_seed ? "a second seed" : "more samples than the set has");
    if (m->samples.index != b->chunks.index || m->samples.vectors.n != chunks_bytes(&b->chunks))
        return refuse(t, ABORT_PROTOCOL, "a chunk of samples with a wrong index or length");
    b->vectors = m->samples.vectors.p;
    b->chunk.due = true;
    return b->phase == SEEDED ? start_labelling(b) : 0;
}

static void run_chunk(struct job *job) {
    struct half *b = ((struct bob_job *)job)->b;
    chunks_label(&b->chunks, b->labels + b->params->m / 8, b->vectors, b->attempt->s);
}

static int finish_labelling(struct half *b, struct turn *t) {
    if (!b->rows_done || b->chunk.due || b->chunk.busy || !chunks_finished(&b->chunks))
        return 0;
    b->phase = LABELLED;
    t->kind = TURN_HEARD;
    return 0;
}

static int chunk_done(struct half *b, struct turn *t) {
    chunks_next(&b->chunks);
    t->kind = TURN_PART;
    t->done = b->chunks.index;
    t->total = b->chunks.n_chunks;
    return finish_labelling(b, t);
}

/* What of B3 can be drawn before A3 has come: the seed, the labels of the challenge vectors, the distillate, the hash.
 */
static int start_challenge(struct half *b) {
    struct attempt *x = b->attempt;
    b->masked = secret_new(bits_to_bytes(params_challenges(b->params)));
    if (!b->masked)
        return -ENOMEM;
    SECRET32 uint8_t key[32];
    prg_subkey(x->challenge_seed, x->seed, "challenge seed", 0);
    prg_derive(b->matrix_key, "parley/1 challenge", x->challenge_seed, 32);
    prg_subkey(key, x->seed, "distillate", 0);
    prg_expand(x->distillate, sizeof x->distillate, key, 0);
    prg_subkey(key, x->seed, "hash", 0);
    prg_expand(x->hash, HASH_BYTES, key, 0);
    x->hash[HASH_BYTES - 1] &= 0x7f;
    b->phase = DRAWING;
    start_rows(b, b->masked, params_challenges(b->params));
    return 0;
}

/* B2 */
static int say_labels(struct half *b, struct turn *t) {
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_LABELS;
    t->say.labels.labels = (struct span){b->labels, bits_to_bytes((size_t)b->params->m + b->params->k)};
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
    t->say.challenge.masked = (struct span){b->masked, bits_to_bytes(params_challenges(b->params))};
    t->tells = true;
    t->event.kind = SESSION_AGREED;
    t->event.agreed.challenges = params_challenges(b->params);
    t->event.agreed.failure_log2 = distill_failure_log2(b->params);
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

static struct job *give_out(struct bob_job *j) {
    j->due = false;
    j->busy = true;
    return &j->job;
}

static struct job *work(struct half *b, const struct turn_in *in) {
    (void)in;
    if (b->phase != LABELLING && b->phase != DRAWING)
        return NULL;
    if (b->noise.due)
        return give_out(&b->noise);
    if (b->noise.busy)
        return NULL;
    if (b->chunk.due)
        return give_out(&b->chunk);
    return batch_next(&b->rows);
}

static int done(struct half *b, struct job *job, const struct turn_in *in, struct turn *t) {
    (void)in;
    if (job == &b->chunk.job) {
        b->chunk.busy = false;
        return chunk_done(b, t);
    }
    if (job == &b->noise.job)
        b->noise.busy = false;
    else
        batch_take_back(&b->rows, job, &b->rows_done);
    if (b->phase == LABELLING)
        return finish_labelling(b, t);
    if (b->phase == DRAWING && b->rows_done) {
        distill_mask(b->masked, b->attempt->distillate, b->params);
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
    b->chunk = (struct bob_job){.job.run = run_chunk, .b = b};
    b->noise = (struct bob_job){.job.run = run_noise, .b = b};
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
