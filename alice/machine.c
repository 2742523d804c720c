/* Alice's half of the agreement. She holds the second modality, the recipes, for as long as the learner needs it.
 *
 * Composing (A2) runs on lanes, each of which sums up one column block; as soon as the lowest block is complete its
 * chunks are encoded, hashed and sent, while the other lanes work on the blocks after it. */
#include "alice/machine.h"

#include "alice/compose_lanes.h"
#include "alice/learning.h"
#include "common/agree/distill.h"
#include "common/agree/keys.h"
#include "common/agree/toeplitz.h"
#include "common/base/batch.h"
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/base/secret.h"
#include "common/lpn/matrix.h"
#include "proto/agreement.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* What serves one attempt. Wiped as a whole. */
struct attempt {
    uint8_t seed[32];
    uint8_t r[32];
    uint8_t commitment_bob[32];  /* of this attempt's B1 */
    uint8_t h[PARAMS_N_MAX / 8]; /* the learned hypothesis */
    uint8_t distillate[64];
    uint8_t t3[32];
    uint8_t mac[32];
    uint8_t signature[IDENTITY_SIGNATURE]; /* ours, for macB */
    struct span signed_by_us;
    uint8_t hash[HASH_BYTES];
    struct keys keys;
};

enum phase { IDLE, RECIPES, COMPOSING, LEARNING, PREDICTING };

struct agreement {
    struct session *session;
    const struct params *params;
    struct code *code; /* public; made once */
    struct attempt *attempt;
    enum phase phase;
    bool a2_due;       /* B1 has come */
    unsigned attempts; /* so far, for config.fail_attempts */
    struct recipes *recipes;
    enum recipes_stage stage;
    uint8_t matrix_seed[32], matrix_key[32], challenge_key[32];
    struct compose_lanes *lanes;
    struct learning *learning;
    uint8_t *labels;  /* m + k bits */
    uint8_t *results; /* L bits: masked, then with the predictions added */
    struct batch batch;
    uint8_t id[SESSION_ID];
    bool has_id;
};

static void forget(struct agreement *a) {
    secret_free(a->attempt);
    compose_lanes_free(a->lanes);
    learning_free(a->learning);
    recipes_free(a->recipes);
    secret_free(a->labels);
    secret_free(a->results);
    a->attempt = NULL;
    a->lanes = NULL;
    a->learning = NULL;
    a->recipes = NULL;
    a->labels = a->results = NULL;
    a->phase = IDLE;
    a->a2_due = false;
}

static void run_recipes(void *context, size_t part) {
    struct agreement *a = context;
    recipes_run(a->recipes, a->stage, part);
}

static void start_recipes_stage(struct agreement *a, enum recipes_stage stage) {
    a->stage = stage;
    batch_start(&a->batch, recipes_n_parts(a->recipes, stage), run_recipes, a);
}

/* The recipes are drawn while A1 and B1 are on their way. */
static int begin(struct agreement *a, const uint8_t seed[static 32]) {
    SECRET32 uint8_t key[32];
    forget(a);
    a->attempt = secret_new(sizeof *a->attempt);
    if (!a->attempt)
        return -ENOMEM;
    memcpy(a->attempt->seed, seed, 32);
    prg_subkey(key, seed, "recipes", 0);
    int r = recipes_new(&a->recipes, a->params, key);
    if (r < 0)
        return r;
    a->phase = RECIPES;
    start_recipes_stage(a, RECIPES_SAMPLE);
    return 0;
}

/* A1 */
static int send_hello(struct agreement *a) {
    struct message m = {.kind = MESSAGE_HELLO};
    memcpy(m.hello.params, a->params->name, sizeof m.hello.params);
    prg_subkey(m.hello.nonce, a->attempt->seed, "nonce", 0);
    prg_subkey(a->attempt->r, a->attempt->seed, "r", 0);
    m.hello.has_identity = agreement_own_identity(a->session, m.hello.identity);
    keys_commit_alice(m.hello.commitment, a->attempt->r);
    int r = agreement_send(a->session, &m);
    if (r == 0)
        agreement_step(a->session, STEP_B1);
    return r;
}

/* B1 */
static int receive_welcome(struct agreement *a, const struct message *m) {
    if (strcmp(m->welcome.params, a->params->name) != 0) {
        agreement_violation(a->session, "Bob answers with another parameter set");
    } else if (a->has_id && memcmp(a->id, m->welcome.session, SESSION_ID) != 0) {
        agreement_violation(a->session, "Bob answers with another session id than before");
    } else if (agreement_meet(a->session, m->welcome.has_identity, m->welcome.identity)) {
        memcpy(a->attempt->commitment_bob, m->welcome.commitment, 32);
        memcpy(a->id, m->welcome.session, SESSION_ID);
        a->has_id = true;
        agreement_set_id(a->session, a->id);
        agreement_step(a->session, STEP_A2);
    }
    return 0;
}

static int start_composing(struct agreement *a) {
    a->phase = COMPOSING;
    a->a2_due = false;
    return compose_lanes_new(&a->lanes, a->params, a->code, a->recipes, a->matrix_key);
}

/* A2: the seed first, so that Bob can expand A too */
static int send_seed(struct agreement *a) {
    struct message m = {.kind = MESSAGE_SAMPLES, .samples.has_seed = true};
    prg_subkey(a->matrix_seed, a->attempt->seed, "matrix seed", 0);
    prg_derive(a->matrix_key, "parley/1 matrix", a->matrix_seed, 32);
    memcpy(m.samples.seed, a->matrix_seed, 32);
    int r = agreement_send(a->session, &m);
    if (r < 0)
        return r;
    a->a2_due = true;
    return a->phase == RECIPES ? 0 : start_composing(a);
}

static int send_chunk(struct agreement *a) {
    uint8_t *frame, digest[32];
    size_t n_frame;
    uint32_t done, total;
    int r = compose_lanes_take(a->lanes, &frame, &n_frame, digest, &done, &total);
    if (r < 0)
        return r;
    agreement_progress(a->session, done, total);
    r = agreement_send_frame(a->session, frame, n_frame, digest);
    if (r == 0 && done == total) {
        compose_lanes_free(a->lanes);
        a->lanes = NULL;
        a->phase = IDLE;
        agreement_step(a->session, STEP_B2);
    }
    return r;
}

/* B2 */
static int receive_labels(struct agreement *a, const struct message *m) {
    size_t n_bits = (size_t)a->params->m + a->params->k, n = bits_to_bytes(n_bits);
    if (m->labels.labels.n != n || (n_bits % 8 && m->labels.labels.p[n - 1] >> n_bits % 8)) {
        agreement_violation(a->session, "not as many labels as there are samples");
        return 0;
    }
    a->labels = secret_new(n);
    if (!a->labels)
        return -ENOMEM;
    memcpy(a->labels, m->labels.labels.p, n);
    agreement_step(a->session, STEP_A3);
    return 0;
}

static int start_learning(struct agreement *a) {
    a->phase = LEARNING;
    return learning_new(&a->learning, a->params, a->code, a->recipes, a->labels, a->matrix_key);
}

/* A broken bob is noticed so, whose labels give his secret away. A malicious one could always tell everybody. */
static void too_little_noise(struct agreement *a, const char *what, uint32_t wrong, size_t n, uint32_t least) {
    char text[160];
    snprintf(
        text, sizeof text,
        "too little noise: %u of %zu %s are wrong, of an honest Bob's at least %u: whoever listens may find the key",
        wrong, n, what, least);
    agreement_violation(a->session, text);
}

/* False: the session has ended. */
static bool check_labels(struct agreement *a, const struct learning_result *result) {
    const struct params *p = a->params;
    if (!result->accepted || result->noisy)
        return true;
    if (result->disagreements < p->least_plain)
        too_little_noise(a, "plain labels", result->disagreements, p->m, p->least_plain);
    else
        too_little_noise(a, "composed labels", result->composed_errors, p->k, p->least_composed);
    return false;
}

/* A3: one bit, nothing else */
static int send_learned(struct agreement *a) {
    struct message m = {.kind = MESSAGE_LEARNED};
    struct session_event e = {.kind = SESSION_LEARNED};
    const struct learning_result *result = learning_result(a->learning);
    bool forced = a->attempts++ < agreement_config(a->session)->fail_attempts;
    m.learned.learned = result->accepted && !forced;
    memcpy(a->attempt->h, result->h, sizeof a->attempt->h);
    e.learned.symbol_error = result->symbol_error;
    e.learned.iterations = result->iterations;
    e.learned.disagreements = result->disagreements;
    e.learned.accepted = m.learned.learned;
    agreement_event(a->session, &e);
    a->phase = IDLE;
    bool enough = check_labels(a, result);
    learning_free(a->learning);
    a->learning = NULL;
    recipes_free(a->recipes); /* the second modality has done its work */
    a->recipes = NULL;
    if (!enough)
        return 0;
    int r = agreement_send(a->session, &m);
    if (r == 0 && m.learned.learned)
        agreement_step(a->session, STEP_B3);
    else if (r == 0)
        agreement_restart(a->session);
    return r;
}

/* B3 */
static int receive_challenge(struct agreement *a, const struct message *m) {
    size_t n_bits = params_challenges(a->params), n = bits_to_bytes(n_bits);
    if (m->challenge.masked.n != n || (n_bits % 8 && m->challenge.masked.p[n - 1] >> n_bits % 8)) {
        agreement_violation(a->session, "not as many masked bits as the set has");
        return 0;
    }
    a->results = secret_new(n);
    if (!a->results)
        return -ENOMEM;
    memcpy(a->results, m->challenge.masked.p, n);
    memcpy(a->attempt->hash, m->challenge.hash, HASH_BYTES);
    prg_derive(a->challenge_key, "parley/1 challenge", m->challenge.seed, 32);
    transcript_hash(agreement_transcript(a->session), a->attempt->t3);
    agreement_step(a->session, STEP_A4);
    return 0;
}

static void run_prediction(void *context, size_t part) {
    struct agreement *a = context;
    matrix_label_part(a->results, a->challenge_key, params_challenges(a->params), a->params->n, a->attempt->h, part);
}

static void start_predicting(struct agreement *a) {
    a->phase = PREDICTING;
    batch_start(&a->batch, matrix_label_parts(params_challenges(a->params), a->params->n), run_prediction, a);
}

/* A4 */
static int send_confirm(struct agreement *a) {
    struct attempt *t = a->attempt;
    struct message m = {.kind = MESSAGE_CONFIRM_ALICE};
    struct session_event e = {.kind = SESSION_AGREED};
    SECRET32 uint8_t y[32];
    e.agreed.challenges = params_challenges(a->params);
    e.agreed.agreeing = distill_majority(t->distillate, a->results, a->params);
    e.agreed.failure_log2 = distill_failure_log2(a->params);
    a->phase = IDLE;
    if (!distill_noisy((uint32_t)e.agreed.agreeing, a->params)) {
        uint32_t wrong = (uint32_t)(e.agreed.challenges - e.agreed.agreeing);
        too_little_noise(a, "masked bits", wrong, e.agreed.challenges, a->params->least_masked);
        return 0;
    }
    toeplitz_hash(y, t->distillate, t->hash);
    keys_derive(&t->keys, y, agreement_old_key(a->session), t->t3);
    t->signed_by_us = agreement_sign(a->session, t->signature, t->t3);
    keys_mac_alice(t->mac, &t->keys,
                   &(struct keys_confirmation){
                       .t3 = t->t3, .r_alice = t->r, .sig_alice = t->signed_by_us.p, .n_sig_alice = t->signed_by_us.n});
    memcpy(m.confirm_alice.r, t->r, 32);
    m.confirm_alice.signature = t->signed_by_us;
    memcpy(m.confirm_alice.mac, t->mac, 32);
    agreement_event(a->session, &e);
    int r = agreement_send(a->session, &m);
    if (r == 0)
        agreement_step(a->session, STEP_B4);
    return r;
}

/* B4: whatever does not verify, the peer sees the same, and nobody sees words. */
static int receive_confirm(struct agreement *a, const struct message *m) {
    struct attempt *t = a->attempt;
    uint8_t mac[32], commitment[32], fingerprint[FINGERPRINT_BYTES];
    struct span signature = m->confirm_bob.signature;
    keys_mac_bob(mac, &t->keys,
                 &(struct keys_confirmation){.t3 = t->t3,
                                             .r_alice = t->r,
                                             .r_bob = m->confirm_bob.r,
                                             .sig_alice = t->signed_by_us.p,
                                             .n_sig_alice = t->signed_by_us.n,
                                             .mac_alice = t->mac,
                                             .sig_bob = signature.p,
                                             .n_sig_bob = signature.n});
    keys_commit_bob(commitment, m->confirm_bob.r);
    bool mac_ok = keys_equal(mac, m->confirm_bob.mac);
    bool commitment_ok = keys_equal(commitment, t->commitment_bob);
    bool signature_ok = agreement_signed(a->session, signature, t->t3);
    sodium_memzero(mac, sizeof mac);
    if (!mac_ok || !commitment_ok || !signature_ok) {
        agreement_not_confirmed(a->session, signature_ok, mac_ok, commitment_ok);
        return 0;
    }
    keys_fingerprint(fingerprint, t->t3, t->r, m->confirm_bob.r);
    int r = agreement_accept(a->session, &(struct agreement_result){.session_key = t->keys.session,
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

static int perform(struct agreement *a, enum step step) {
    switch (step) {
    case STEP_A1:
        return send_hello(a);
    case STEP_A2:
        return send_seed(a);
    case STEP_A3:
        return start_learning(a);
    case STEP_A4:
        start_predicting(a);
        return 0;
    default:
        return -EINVAL;
    }
}

static int receive(struct agreement *a, const struct message *m, uint8_t **framep, size_t n_frame) {
    (void)framep, (void)n_frame;
    switch (m->kind) {
    case MESSAGE_WELCOME:
        return receive_welcome(a, m);
    case MESSAGE_LABELS:
        return receive_labels(a, m);
    case MESSAGE_CHALLENGE:
        return receive_challenge(a, m);
    case MESSAGE_CONFIRM_BOB:
        return receive_confirm(a, m);
    default:
        return -EINVAL;
    }
}

static bool can_receive(const struct agreement *a) {
    (void)a;
    return true;
}

static struct job *next_job(struct agreement *a) {
    switch (a->phase) {
    case RECIPES:
    case PREDICTING:
        return batch_next(&a->batch);
    case COMPOSING:
        return compose_lanes_next_job(a->lanes, agreement_queued(a->session));
    case LEARNING:
        return learning_next_job(a->learning);
    default:
        return NULL;
    }
}

static int job_done(struct agreement *a, struct job *job) {
    bool finished = false;
    int r;
    switch (a->phase) {
    case RECIPES:
        batch_take_back(&a->batch, job, &finished);
        if (!finished)
            return 0;
        if (a->stage + 1 < RECIPES_N_STAGES) {
            start_recipes_stage(a, a->stage + 1);
            return 0;
        }
        a->phase = IDLE;
        return a->a2_due ? start_composing(a) : 0;
    case COMPOSING:
        return compose_lanes_job_done(a->lanes, job) ? send_chunk(a) : 0;
    case LEARNING:
        r = learning_job_done(a->learning, job);
        return r == 1 ? send_learned(a) : r;
    case PREDICTING:
        batch_take_back(&a->batch, job, &finished);
        return finished ? send_confirm(a) : 0;
    default:
        return 0;
    }
}

static void alice_free(struct agreement *a) {
    forget(a);
    code_free(a->code);
    secret_free(a);
}

static const struct agreement_ops ops = {begin, perform, receive, can_receive, next_job, job_done, alice_free, NULL};

int alice_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]) {
    struct agreement *a = secret_new(sizeof *a);
    if (!a)
        return -ENOMEM;
    a->params = config->params[0];
    int r = code_new(&a->code, a->params);
    if (r == 0)
        r = session_new(&a->session, SIDE_ALICE, config, seed, &ops, a);
    if (r < 0) {
        code_free(a->code);
        secret_free(a);
        return r;
    }
    *sp = a->session;
    return 0;
}
