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
#include "common/lpn/chunks.h"
#include "common/lpn/matrix.h"
#include "common/lpn/noise.h"
#include "proto/agreement.h"

#include <errno.h>
#include <stdlib.h>

enum { N_PENDING = 4 }; /* chunks that may wait to be labelled */

struct chunk_job {
    struct job job;
    struct agreement *a;
    bool busy;
    uint8_t digest[32];
};

struct noise_job {
    struct job job;
    struct agreement *a;
    bool due, busy;
};

struct pending {
    uint8_t *frame;
    size_t n_frame;
    struct span vectors;
};

/* What serves one attempt. Wiped as a whole. */
struct attempt {
    uint8_t seed[32];
    uint8_t s[PARAMS_N_MAX / 8];
    uint8_t distillate[64];
    uint8_t t3[32];
    uint8_t commitment_alice[32]; /* of this attempt's A1 */
    uint8_t r[32];
    uint8_t challenge_seed[32];
    uint8_t hash[HASH_BYTES];
    struct keys keys;
};

enum phase { BEFORE, SEEDED, LABELLING, LABELLED, DRAWING, DRAWN };

struct agreement {
    struct session *session;
    const struct params *params;
    struct attempt *attempt;
    enum phase phase;
    bool b3_due;            /* A3 has come, the challenges are not drawn yet */
    uint8_t matrix_key[32]; /* of A, later of the challenges */
    size_t n_rows;          /* m, later L */
    bool rows_done;
    uint8_t *labels;        /* m + k bits, later L bits; secret_new */
    struct chunks chunks;   /* where in A2 the next chunk belongs; receiving */
    struct chunks labelled; /* the same for the chunk that is labelled next */
    struct pending pending[N_PENDING];
    size_t n_pending;
    struct pending in_work; /* the one that the chunk job labels */
    uint8_t id[SESSION_ID]; /* the same in all attempts */
    bool has_id;
    struct batch rows; /* of the matrix under way */
    struct chunk_job chunk;
    struct noise_job noise;
};

static void forget(struct agreement *a) {
    secret_free(a->attempt);
    a->attempt = NULL;
    secret_free(a->labels);
    a->labels = NULL;
    for (size_t i = 0; i < a->n_pending; i++)
        free(a->pending[i].frame);
    a->n_pending = 0;
    a->phase = BEFORE;
    a->b3_due = false;
}

static int begin(struct agreement *a, const uint8_t seed[static 32]) {
    forget(a);
    a->attempt = secret_new(sizeof *a->attempt);
    if (!a->attempt)
        return -ENOMEM;
    memcpy(a->attempt->seed, seed, 32);
    return 0;
}

static const struct params *offered(const struct agreement *a, const char *name) {
    const struct session_config *config = agreement_config(a->session);
    for (size_t i = 0; i < config->n_params; i++)
        if (strcmp(config->params[i]->name, name) == 0)
            return config->params[i];
    return NULL;
}

/* A1 */
static int receive_hello(struct agreement *a, const struct message *m) {
    const struct params *params = offered(a, m->hello.params);
    if (a->params && params != a->params)
        agreement_violation(a->session, "another parameter set than before");
    else if (!params)
        agreement_refuse(a->session, SESSION_REFUSED, ABORT_PARAMS,
                         "Alice asks for a parameter set that is not offered");
    else if (agreement_meet(a->session, m->hello.has_identity, m->hello.identity)) {
        a->params = params;
        agreement_set_params(a->session, params);
        memcpy(a->attempt->commitment_alice, m->hello.commitment, 32);
        agreement_step(a->session, STEP_B1);
    }
    return 0;
}

/* B1 */
static int send_welcome(struct agreement *a) {
    struct message m = {.kind = MESSAGE_WELCOME};
    uint8_t draw[32];
    memcpy(m.welcome.params, a->params->name, sizeof m.welcome.params);
    prg_subkey(m.welcome.nonce, a->attempt->seed, "nonce", 0);
    if (!a->has_id) {
        prg_subkey(draw, a->attempt->seed, "session id", 0);
        memcpy(a->id, draw, SESSION_ID);
        a->has_id = true;
    }
    memcpy(m.welcome.session, a->id, SESSION_ID);
    m.welcome.has_identity = agreement_own_identity(a->session, m.welcome.identity);
    prg_subkey(a->attempt->r, a->attempt->seed, "r", 0);
    keys_commit_bob(m.welcome.commitment, a->attempt->r);
    agreement_set_id(a->session, a->id);
    int r = agreement_send(a->session, &m);
    if (r == 0)
        agreement_step(a->session, STEP_A2);
    return r;
}

static void run_rows(void *context, size_t part) {
    struct agreement *a = context;
    matrix_label_part(a->labels, a->matrix_key, a->n_rows, a->params->n, a->attempt->s, part);
}

/* Labels of the n_rows rows under matrix_key, and noise. */
static void start_rows(struct agreement *a, size_t n_rows) {
    a->n_rows = n_rows;
    a->rows_done = false;
    a->noise.due = true;
    batch_start(&a->rows, matrix_label_parts(n_rows, a->params->n), run_rows, a);
}

/* Noise first, so that the labels only ever hold sums with noise. B2: m + k bits; B3: L bits. */
static void run_noise(struct job *job) {
    struct agreement *a = ((struct noise_job *)job)->a;
    SECRET32 uint8_t key[32];
    bool labelling = a->phase == LABELLING;
    size_t n_bits = labelling ? (size_t)a->params->m + a->params->k : params_challenges(a->params);
    prg_subkey(key, a->attempt->seed, labelling ? "label noise" : "challenge noise", 0);
    noise_add(a->labels, n_bits, key, a->params->theta64);
}

/* A2, first frame: the seed of A. To expand it waits for the first chunk: 135 bytes from anybody are not worth it. */
static void receive_seed(struct agreement *a, const struct message *m) {
    prg_derive(a->matrix_key, "parley/1 matrix", m->samples.seed, 32);
    chunks_init(&a->chunks, a->params);
    chunks_init(&a->labelled, a->params);
    a->phase = SEEDED;
}

static int start_labelling(struct agreement *a) {
    SECRET32 uint8_t key[32];
    prg_subkey(key, a->attempt->seed, "task", 0);
    prg_expand(a->attempt->s, a->params->n / 8, key, 0);
    a->labels = secret_new(bits_to_bytes((size_t)a->params->m + a->params->k));
    if (!a->labels)
        return -ENOMEM;
    start_rows(a, a->params->m);
    a->phase = LABELLING;
    return 0;
}

/* A2 */
static int receive_samples(struct agreement *a, const struct message *m, uint8_t **framep, size_t n_frame) {
    uint8_t digest[32];
    if (a->phase == BEFORE) {
        if (!m->samples.has_seed) {
            agreement_violation(a->session, "samples without the seed of A before them");
            return 0;
        }
        transcript_digest(digest, *framep, n_frame);
        transcript_add(agreement_transcript(a->session), SIDE_ALICE, digest);
        receive_seed(a, m);
        return 0;
    }
    if (m->samples.has_seed || chunks_finished(&a->chunks)) {
        agreement_violation(a->session, m->samples.has_seed ? "a second seed" : "more samples than the set has");
        return 0;
    }
    if (m->samples.index != a->chunks.index || m->samples.vectors.n != chunks_bytes(&a->chunks)) {
        agreement_violation(a->session, "a chunk of samples with a wrong index or length");
        return 0;
    }
    a->pending[a->n_pending++] = (struct pending){*framep, n_frame, m->samples.vectors};
    *framep = NULL;
    chunks_next(&a->chunks);
    agreement_progress(a->session, a->chunks.index, a->chunks.n_chunks);
    return a->phase == SEEDED ? start_labelling(a) : 0;
}

static void run_chunk(struct job *job) {
    struct chunk_job *chunk = (struct chunk_job *)job;
    struct agreement *a = chunk->a;
    const struct pending *p = &a->in_work;
    transcript_digest(chunk->digest, p->frame, p->n_frame);
    chunks_label(&a->labelled, a->labels + a->params->m / 8, p->vectors.p, a->attempt->s);
}

static void chunk_done(struct agreement *a) {
    a->chunk.busy = false;
    transcript_add(agreement_transcript(a->session), SIDE_ALICE, a->chunk.digest);
    free(a->in_work.frame);
    a->in_work = (struct pending){0};
    chunks_next(&a->labelled);
}

static void labelling_done(struct agreement *a) {
    a->phase = LABELLED;
    agreement_step(a->session, STEP_B2);
}

/* What of B3 can be drawn before A3 has come: the seed, the labels of the challenge vectors, the distillate, the hash.
 */
static int start_challenge(struct agreement *a) {
    struct attempt *t = a->attempt;
    secret_free(a->labels);
    a->labels = secret_new(bits_to_bytes(params_challenges(a->params)));
    if (!a->labels)
        return -ENOMEM;
    SECRET32 uint8_t key[32];
    prg_subkey(t->challenge_seed, t->seed, "challenge seed", 0);
    prg_derive(a->matrix_key, "parley/1 challenge", t->challenge_seed, 32);
    prg_subkey(key, t->seed, "distillate", 0);
    prg_expand(t->distillate, sizeof t->distillate, key, 0);
    prg_subkey(key, t->seed, "hash", 0);
    prg_expand(t->hash, HASH_BYTES, key, 0);
    t->hash[HASH_BYTES - 1] &= 0x7f;
    start_rows(a, params_challenges(a->params));
    a->phase = DRAWING;
    return 0;
}

/* B2 */
static int send_labels(struct agreement *a) {
    struct message m = {.kind = MESSAGE_LABELS};
    m.labels.labels = (struct span){a->labels, bits_to_bytes((size_t)a->params->m + a->params->k)};
    int r = agreement_send(a->session, &m);
    if (r < 0)
        return r;
    agreement_step(a->session, STEP_A3);
    return start_challenge(a);
}

/* A3 */
static int receive_learned(struct agreement *a, const struct message *m) {
    if (m->learned.learned)
        agreement_step(a->session, STEP_B3);
    else
        agreement_restart(a->session);
    return 0;
}

/* B3 */
static int send_challenge(struct agreement *a) {
    struct attempt *t = a->attempt;
    struct message m = {.kind = MESSAGE_CHALLENGE};
    a->b3_due = false;
    memcpy(m.challenge.seed, t->challenge_seed, 32);
    memcpy(m.challenge.hash, t->hash, HASH_BYTES);
    m.challenge.masked = (struct span){a->labels, bits_to_bytes(params_challenges(a->params))};
    int r = agreement_send(a->session, &m);
    if (r < 0)
        return r;
    SECRET32 uint8_t y[32];
    transcript_hash(agreement_transcript(a->session), t->t3);
    toeplitz_hash(y, t->distillate, t->hash);
    keys_derive(&t->keys, y, agreement_old_key(a->session), t->t3);
    struct session_event e = {.kind = SESSION_AGREED};
    e.agreed.challenges = params_challenges(a->params);
    e.agreed.failure_log2 = distill_failure_log2(a->params);
    agreement_event(a->session, &e);
    agreement_step(a->session, STEP_A4);
    return 0;
}

/* B4: c is what A4 said. */
static int send_confirm(struct agreement *a, struct keys_confirmation *c) {
    struct attempt *t = a->attempt;
    struct message m = {.kind = MESSAGE_CONFIRM_BOB};
    uint8_t fingerprint[FINGERPRINT_BYTES], signature[IDENTITY_SIGNATURE];
    struct span ours = agreement_sign(a->session, signature, t->t3);
    m.confirm_bob.signature = ours;
    memcpy(m.confirm_bob.r, t->r, 32);
    c->r_bob = t->r;
    c->sig_bob = ours.p;
    c->n_sig_bob = ours.n;
    keys_mac_bob(m.confirm_bob.mac, &t->keys, c);
    keys_fingerprint(fingerprint, t->t3, c->r_alice, t->r);
    int r = agreement_send(a->session, &m);
    if (r < 0)
        return r;
    r = agreement_accept(a->session, &(struct agreement_result){.session_key = t->keys.session,
                                                                .stream_ab = t->keys.stream_ab,
                                                                .stream_ba = t->keys.stream_ba,
                                                                .t3 = t->t3,
                                                                .fingerprint = fingerprint});
    if (r < 0)
        return r;
    agreement_step(a->session, STEP_OPEN);
    forget(a);
    return 0;
}

/* A4, and B4 at once: whoever gets as far as to know our words has made us show them. What does not verify gets neither
 * r nor a hint which of the three it was. */
static int receive_confirm(struct agreement *a, const struct message *m) {
    struct attempt *t = a->attempt;
    uint8_t mac[32], commitment[32];
    struct span signature = m->confirm_alice.signature;
    struct keys_confirmation c = {.t3 = t->t3,
                                  .r_alice = m->confirm_alice.r,
                                  .sig_alice = signature.p,
                                  .n_sig_alice = signature.n,
                                  .mac_alice = m->confirm_alice.mac};
    keys_mac_alice(mac, &t->keys, &c);
    keys_commit_alice(commitment, m->confirm_alice.r);
    bool mac_ok = keys_equal(mac, m->confirm_alice.mac);
    bool commitment_ok = keys_equal(commitment, t->commitment_alice);
    bool signature_ok = agreement_signed(a->session, signature, t->t3);
    sodium_memzero(mac, sizeof mac);
    if (!mac_ok || !commitment_ok || !signature_ok) {
        sodium_memzero(t->r, sizeof t->r);
        agreement_not_confirmed(a->session, signature_ok, mac_ok, commitment_ok);
        return 0;
    }
    agreement_step(a->session, STEP_B4);
    return send_confirm(a, &c);
}

static int perform(struct agreement *a, enum step step) {
    switch (step) {
    case STEP_B1:
        return send_welcome(a);
    case STEP_B2:
        return send_labels(a);
    case STEP_B3:
        if (a->phase == DRAWN)
            return send_challenge(a);
        a->b3_due = true;
        return 0;
    default:
        return -EINVAL;
    }
}

static int receive(struct agreement *a, const struct message *m, uint8_t **framep, size_t n_frame) {
    switch (m->kind) {
    case MESSAGE_HELLO:
        return receive_hello(a, m);
    case MESSAGE_SAMPLES:
        return receive_samples(a, m, framep, n_frame);
    case MESSAGE_LEARNED:
        return receive_learned(a, m);
    case MESSAGE_CONFIRM_ALICE:
        return receive_confirm(a, m);
    default:
        return -EINVAL;
    }
}

static bool can_receive(const struct agreement *a) {
    return a->n_pending < N_PENDING;
}

static size_t held(const struct agreement *a) {
    size_t n = a->in_work.frame ? a->in_work.n_frame : 0;
    for (size_t i = 0; i < a->n_pending; i++)
        n += a->pending[i].n_frame;
    return n;
}

static struct job *next_job(struct agreement *a) {
    if (a->phase != LABELLING && a->phase != DRAWING)
        return NULL;
    if (a->noise.due) {
        a->noise.due = false;
        a->noise.busy = true;
        return &a->noise.job;
    }
    if (a->noise.busy)
        return NULL;
    if (a->n_pending && !a->chunk.busy) {
        a->in_work = a->pending[0];
        memmove(a->pending, a->pending + 1, --a->n_pending * sizeof a->pending[0]);
        a->chunk.busy = true;
        return &a->chunk.job;
    }
    return batch_next(&a->rows);
}

static int job_done(struct agreement *a, struct job *job) {
    if (job == &a->noise.job)
        a->noise.busy = false;
    else if (job == &a->chunk.job)
        chunk_done(a);
    else
        batch_take_back(&a->rows, job, &a->rows_done);
    if (!a->rows_done)
        return 0;
    if (a->phase == LABELLING && !a->chunk.busy && chunks_finished(&a->labelled))
        labelling_done(a);
    if (a->phase == DRAWING) {
        distill_mask(a->labels, a->attempt->distillate, a->params);
        a->phase = DRAWN;
        if (a->b3_due)
            return send_challenge(a);
    }
    return 0;
}

static void bob_free(struct agreement *a) {
    forget(a);
    free(a->in_work.frame);
    secret_free(a);
}

static const struct agreement_ops ops = {begin, perform, receive, can_receive, next_job, job_done, bob_free, held};

int bob_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]) {
    struct agreement *a = secret_new(sizeof *a);
    if (!a)
        return -ENOMEM;
    a->chunk = (struct chunk_job){.job.run = run_chunk, .a = a};
    a->noise = (struct noise_job){.job.run = run_noise, .a = a};
    int r = session_new(&a->session, SIDE_BOB, config, seed, &ops, a);
    if (r < 0) {
        secret_free(a);
        return r;
    }
    *sp = a->session;
    return 0;
}
