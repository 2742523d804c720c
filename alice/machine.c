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
#include "common/task/lpn/matrix.h"
#include "proto/turn.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* What serves one attempt. Wiped as a whole. */
struct attempt {
    uint8_t seed[32];
    uint8_t r[32];
    uint8_t commitment_bob[32];  /* of this attempt's B1 */
    uint8_t h[PARAMS_N_MAX / 8]; /* the learned hypothesis */
    uint8_t distillate[64];
    uint8_t mac[32];
    uint8_t signature[IDENTITY_SIGNATURE]; /* ours, for macB */
    size_t n_signature;
    uint8_t hash[HASH_BYTES];
    struct keys keys;
    uint8_t fingerprint[FINGERPRINT_BYTES];
    struct agreed agreed;
};

enum phase { IDLE, RECIPES, COMPOSING, LEARNING, PREDICTING };

struct half {
    const struct params *params;
    struct code *code; /* public; made once */
    struct attempt *attempt;
    enum phase phase;
    bool a2_due; /* B1 has come */
    struct recipes *recipes;
    enum recipes_stage stage;
    uint8_t matrix_seed[32], matrix_key[32], challenge_key[32];
    struct compose_lanes *lanes;
    struct learning *learning;
    uint8_t *labels;  /* m + k bits */
    uint8_t *results; /* L bits: masked, then with the predictions added */
    struct batch batch;
};

static void forget(struct half *a) {
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

static int refuse(struct turn *t, enum abort_reason reason, const char *why) {
    t->kind = TURN_REFUSE;
    t->reason = reason;
    snprintf(t->why, sizeof t->why, "%s", why);
    return 0;
}

static void run_recipes(void *context, size_t part) {
    struct half *a = context;
    recipes_run(a->recipes, a->stage, part);
}

static void start_recipes_stage(struct half *a, enum recipes_stage stage) {
    a->stage = stage;
    batch_start(&a->batch, recipes_n_parts(a->recipes, stage), run_recipes, a);
}

/* The recipes are drawn while A1 and B1 are on their way. */
static int begin(struct half *a, const uint8_t seed[static 32]) {
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

static int start_composing(struct half *a) {
    a->phase = COMPOSING;
    a->a2_due = false;
    return compose_lanes_new(&a->lanes, a->params, a->code, a->recipes, a->matrix_key);
}

/* A2: the seed first, so that Bob can expand A too */
static int say_seed(struct half *a, struct turn *t) {
    prg_subkey(a->matrix_seed, a->attempt->seed, "matrix seed", 0);
    prg_derive(a->matrix_key, "parley/1 matrix", a->matrix_seed, 32);
    t->kind = TURN_PART;
    t->say.kind = MESSAGE_SAMPLES;
    t->say.samples.has_seed = true;
    memcpy(t->say.samples.seed, a->matrix_seed, 32);
    a->a2_due = true;
    return a->phase == RECIPES ? 0 : start_composing(a);
}

static int say_chunk(struct half *a, struct turn *t) {
    int r = compose_lanes_take(a->lanes, &t->frame, &t->n_frame, &t->done, &t->total);
    if (r < 0)
        return r;
    t->kind = TURN_PART;
    if (t->done == t->total) {
        t->kind = TURN_SAY;
        compose_lanes_free(a->lanes);
        a->lanes = NULL;
        a->phase = IDLE;
    }
    return 0;
}

/* B2 */
static int hear_labels(struct half *a, const struct message *m, struct turn *t) {
    size_t n_bits = (size_t)a->params->m + a->params->k, n = bits_to_bytes(n_bits);
    if (m->labels.labels.n != n || (n_bits % 8 && m->labels.labels.p[n - 1] >> n_bits % 8))
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
    return learning_new(&a->learning, a->params, a->code, a->recipes, a->labels, a->matrix_key);
}

/* A broken bob is noticed so, whose labels give his secret away. A malicious one could always tell everybody. */
static int too_little_noise(struct turn *t, const char *what, uint32_t wrong, size_t n, uint32_t least) {
    t->kind = TURN_REFUSE;
    t->reason = ABORT_PROTOCOL;
    snprintf(
        t->why, sizeof t->why,
        "too little noise: %u of %zu %s are wrong, of an honest Bob's at least %u: whoever listens may find the key",
        wrong, n, what, least);
    return 0;
}

static int check_labels(const struct half *a, const struct learning_result *result, struct turn *t) {
    const struct params *p = a->params;
    if (!result->accepted || result->noisy)
        return 0;
    if (result->disagreements < p->least_plain)
        return too_little_noise(t, "plain labels", result->disagreements, p->m, p->least_plain);
    return too_little_noise(t, "composed labels", result->composed_errors, p->k, p->least_composed);
}

/* A3: one bit, nothing else */
static int say_learned(struct half *a, const struct turn_in *in, struct turn *t) {
    const struct learning_result *result = learning_result(a->learning);
    t->kind = TURN_SAY;
    t->say.kind = MESSAGE_LEARNED;
    t->say.learned.learned = result->accepted && !in->to_fail;
    memcpy(a->attempt->h, result->h, sizeof a->attempt->h);
    t->tells = true;
    t->event.kind = SESSION_LEARNED;
    t->event.learned.symbol_error = result->symbol_error;
    t->event.learned.iterations = result->iterations;
    t->event.learned.disagreements = result->disagreements;
    t->event.learned.accepted = t->say.learned.learned;
    int r = check_labels(a, result, t);
    a->phase = IDLE;
    learning_free(a->learning);
    a->learning = NULL;
    recipes_free(a->recipes); /* the second modality has done its work */
    a->recipes = NULL;
    return r;
}

/* B3 */
static int hear_challenge(struct half *a, const struct message *m, struct turn *t) {
    size_t n_bits = params_challenges(a->params), n = bits_to_bytes(n_bits);
    if (m->challenge.masked.n != n || (n_bits % 8 && m->challenge.masked.p[n - 1] >> n_bits % 8))
        return refuse(t, ABORT_PROTOCOL, "not as many masked bits as the set has");
    a->results = secret_new(n);
    if (!a->results)
        return -ENOMEM;
    memcpy(a->results, m->challenge.masked.p, n);
    memcpy(a->attempt->hash, m->challenge.hash, HASH_BYTES);
    prg_derive(a->challenge_key, "parley/1 challenge", m->challenge.seed, 32);
    t->kind = TURN_HEARD;
    return 0;
}

static void run_prediction(void *context, size_t part) {
    struct half *a = context;
    matrix_label_part(a->results, a->challenge_key, params_challenges(a->params), a->params->n, a->attempt->h, part);
}

static int start_predicting(struct half *a) {
    a->phase = PREDICTING;
    batch_start(&a->batch, matrix_label_parts(params_challenges(a->params), a->params->n), run_prediction, a);
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
    t->event.agreed.challenges = params_challenges(a->params);
    t->event.agreed.agreeing = distill_majority(x->distillate, a->results, a->params);
    t->event.agreed.failure_log2 = distill_failure_log2(a->params);
    a->phase = IDLE;
    if (!distill_noisy((uint32_t)t->event.agreed.agreeing, a->params)) {
        t->tells = false;
        uint32_t wrong = (uint32_t)(t->event.agreed.challenges - t->event.agreed.agreeing);
        return too_little_noise(t, "masked bits", wrong, params_challenges(a->params), a->params->least_masked);
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
    case RECIPES:
    case PREDICTING:
        return batch_next(&a->batch);
    case COMPOSING:
        return compose_lanes_next_job(a->lanes, in->n_queued);
    case LEARNING:
        return learning_next_job(a->learning);
    default:
        return NULL;
    }
}

static int done(struct half *a, struct job *job, const struct turn_in *in, struct turn *t) {
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
        return compose_lanes_job_done(a->lanes, job) ? say_chunk(a, t) : 0;
    case LEARNING:
        r = learning_job_done(a->learning, job);
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
    code_free(a->code);
    secret_free(a);
}

const struct half_ops alice_half = {begin, speak, hear, work, done, alice_free};

int alice_half_new(struct half **hp, const struct params *params) {
    struct half *a = secret_new(sizeof *a);
    if (!a)
        return -ENOMEM;
    a->params = params;
    int r = code_new(&a->code, params);
    if (r < 0)
        secret_free(a);
    else
        *hp = a;
    return r;
}

int alice_new(struct session **sp, const struct session_config *config, const uint8_t seed[static 32]) {
    struct half *a;
    int r = alice_half_new(&a, config->params[0]);
    if (r < 0)
        return r;
    r = session_new(sp, SIDE_ALICE, config, seed, &alice_half, a);
    if (r < 0)
        alice_free(a);
    return r;
}
