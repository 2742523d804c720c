/* The paper's second statement, on our instance: bit agreement, its amplification to a key, and what an eavesdropper
 * makes of the very same bits. Sessions in one process, steps A2 to B4 without the wire; in place of the transcript T3
 * stands a digest of labels and masked bits. agreement_report.c says what comes of them. */
#include "eve/lab/experiments/agreement.h"

#include "common/agree/distill.h"
#include "common/agree/keys.h"
#include "common/agree/toeplitz.h"
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/instance.h"
#include "eve/learn/learner.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_PER_UNIT = 4 };

/* ---- plan */

/* Eve's clock is not on the wall: it counts how often she looks at it, which she does about once for each pass of her
 * search. So a session goes the same way each time, on any machine. This is how often she looks in a processor second
 * of a small cloud machine. */
static double looks_per_second(double n) {
    return 5000 * pow(1024 / n, 1.6);
}

/* Seconds that she has. Up to n = 256 she gets what she needs: about a second, sometimes ten. */
static double budget_of(const struct lab_plan *plan, uint32_t n) {
    if (n <= 256)
        return 60;
    return plan->budget > 0 ? plan->budget : plan->size == LAB_FULL ? 10 : plan->size == LAB_QUICK ? 0.5 : 0.02;
}

static double session_seconds(double n, double budget) {
    return (n <= 256 ? 0.006 * exp(0.02 * n) : budget) + 1e-3 + 6e-9 * n * n;
}

static int plan_set(struct lab_plan *plan, const struct params *p) {
    double bits = plan->size == LAB_FULL ? 1e6 : plan->size == LAB_QUICK ? 4e4 : 2e4;
    double budget = budget_of(plan, p->n);
    size_t sessions = (size_t)ceil(bits / (double)params_challenges(p));
    int r = 0;
    for (size_t i = 0; r == 0 && i < sessions; i += SESSIONS_PER_UNIT) {
        size_t count = sessions - i < SESSIONS_PER_UNIT ? sessions - i : SESSIONS_PER_UNIT;
        r = lab_unit(plan, (double)count * session_seconds(p->n, budget),
                     json_pack("{s:i, s:i, s:I}", "n", (int)p->n, "sessions", (int)count, "looks",
                               (json_int_t)ceil(budget * looks_per_second(p->n))));
    }
    return r;
}

static int plan(struct lab_plan *plan) {
    static const char all[] = "n64,n128,n256,n384,n512,n1024,n2048,n4096,n8192";
    int r = lab_sets(plan, plan->size == LAB_CHECK ? "n64,n128,n256,n512,n1024" : all);
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        r = plan_set(plan, &plan->sets[i]);
    return r;
}

/* ---- one session */

struct session {
    const struct params *params;
    struct instance task;
    uint8_t challenge_key[32];
    uint8_t d[64], hash[96], t3[32], r[32], r_bob[32];
    struct keys bob;
    uint8_t mac[32]; /* A4, as Eve sees it */
    size_t n_bits;   /* L */
    uint8_t *b;      /* Bob's bits: noisy labels of the challenges */
    uint8_t *masked; /* and with the distillate on them */
    uint8_t *own;    /* somebody's predictions, then the masked bits without them */
};

/* How many of the first n_bits are the same. */
static size_t same(const uint8_t *a, const uint8_t *b, size_t n_bits) {
    size_t sum = 0;
    for (size_t i = 0; i < n_bits; i++)
        sum += 1 ^ bit_get(a, i) ^ bit_get(b, i);
    return sum;
}

/* B3 */
static void challenge(struct session *s, const uint8_t seed[static 32]) {
    uint8_t key[32], noise[32];
    prg_subkey(key, seed, "challenge seed", 0);
    prg_derive(s->challenge_key, "parley/1 challenge", key, 32);
    prg_subkey(noise, seed, "challenge noise", 0);
    task_label(s->b, s->n_bits, s->params, s->challenge_key, s->task.secret, noise);
    prg_subkey(key, seed, "distillate", 0);
    prg_expand(s->d, sizeof s->d, key, 0);
    prg_subkey(key, seed, "hash", 0);
    prg_expand(s->hash, sizeof s->hash, key, 0);
    s->hash[95] &= 0x7f;
    memcpy(s->masked, s->b, bits_to_bytes(s->n_bits));
    distill_mask(s->masked, s->d, &s->params->set);
    prg_subkey(s->r, seed, "r", 0);
    prg_subkey(s->r_bob, seed, "r of bob", 0);
    prg_derive(key, "lab labels", s->task.labels, bits_to_bytes((size_t)s->params->m + s->params->k));
    prg_subkey(s->t3, key, "lab transcript", 0);
}

static void keys_of(struct keys *keys, const struct session *s, const uint8_t d[static 64]) {
    uint8_t y[32];
    toeplitz_hash(y, d, s->hash);
    keys_derive(keys, y, NULL, s->t3);
}

/* Whoever has a hypothesis: predictions, distillate, keys. s->own is the predictions afterwards. */
static void agree(struct session *s, const uint8_t *h, uint8_t d[static 64], struct keys *keys, uint8_t *scratch) {
    size_t n_bytes = bits_to_bytes(s->n_bits);
    task_predict(s->own, s->n_bits, s->params, s->challenge_key, h);
    memcpy(scratch, s->masked, n_bytes);
    bytes_xor(scratch, s->own, n_bytes);
    distill_unmask(d, scratch, &s->params->set);
    keys_of(keys, s, d);
}

/* A4 and B4 between these two: whether each accepts the other. */
static void confirm(const struct session *s, const struct keys *alice, bool *bob_acceptsp, bool *alice_acceptsp) {
    uint8_t sent[32], expected[32];
    struct keys_confirmation c = {.t3 = s->t3, .r_alice = s->r, .r_bob = s->r_bob, .mac_alice = sent};
    keys_mac_alice(sent, alice, &c);
    keys_mac_alice(expected, &s->bob, &c);
    *bob_acceptsp = keys_equal(sent, expected);
    keys_mac_bob(expected, alice, &c);
    keys_mac_bob(sent, &s->bob, &c);
    *alice_acceptsp = keys_equal(sent, expected);
}

/* Keys that differ because one distillate bit does, or because Alice's hypothesis is off by one bit: is each side's
 * confirmation refused by the other? */
static void force(struct session *s, const uint8_t *d, const uint8_t *h, unsigned which, struct agreement_sums *sums,
                  uint8_t *scratch) {
    uint8_t wrong_d[64], wrong_h[PARAMS_N_MAX / 8];
    struct keys keys;
    bool bob_accepts, alice_accepts;
    for (int kind = 0; kind < 2; kind++) {
        memcpy(wrong_d, d, 64);
        memcpy(wrong_h, h, s->params->n / 8);
        if (kind == 0) {
            bit_xor(wrong_d, which % SET_DISTILLATE, 1);
            keys_of(&keys, s, wrong_d);
        } else {
            bit_xor(wrong_h, which % s->params->n, 1);
            agree(s, wrong_h, wrong_d, &keys, scratch);
        }
        confirm(s, &keys, &bob_accepts, &alice_accepts);
        sums->forced++;
        sums->caught += !bob_accepts && !alice_accepts;
    }
}

static void alice_takes_part(struct session *s, const uint8_t *h, struct agreement_sums *sums, uint8_t *scratch) {
    uint8_t d[64], y[2][32];
    struct keys keys;
    bool bob_accepts, alice_accepts;
    agree(s, h, d, &keys, scratch);
    sums->sessions++;
    sums->bits += s->n_bits;
    sums->agreeing += same(s->own, s->b, s->n_bits);
    sums->distilled += SET_DISTILLATE;
    sums->distilled_right += same(d, s->d, SET_DISTILLATE);
    toeplitz_hash(y[0], d, s->hash);
    toeplitz_hash(y[1], s->d, s->hash);
    sums->hashed += 256;
    sums->hashed_right += same(y[0], y[1], 256);
    confirm(s, &keys, &bob_accepts, &alice_accepts);
    sums->keys_equal += keys_equal(keys.session, s->bob.session);
    sums->confirmed += bob_accepts && alice_accepts;
    keys_mac_alice(s->mac, &s->bob, &(struct keys_confirmation){.t3 = s->t3, .r_alice = s->r});
    force(s, d, h, load32_le(s->r), sums, scratch);
}

/* ---- Eve */

/* What her learner is given besides the view. */
struct eve {
    struct session *session;
    double looked, budget;
    uint8_t *scratch;
};

static double now(void *context) {
    struct eve *eve = context;
    return 1e-3 * ++eve->looked;
}

static bool stop(void *context) {
    struct eve *eve = context;
    return ++eve->looked > eve->budget || lab_interrupted();
}

/* The confirmation that she has seen. */
static bool verify(void *context, const uint8_t *secret) {
    struct eve *eve = context;
    struct session *s = eve->session;
    uint8_t d[64], mac[32];
    struct keys keys;
    agree(s, secret, d, &keys, eve->scratch);
    keys_mac_alice(mac, &keys, &(struct keys_confirmation){.t3 = s->t3, .r_alice = s->r});
    return keys_equal(mac, s->mac);
}

/* Her best hypothesis on Bob's bits; without one she says 0 each time. h: Alice's. */
static int eve_takes_part(struct session *s, const uint8_t *h, double budget, const uint8_t seed[static 32],
                          struct agreement_sums *sums, uint8_t *scratch) {
    uint8_t d[64], key[32];
    struct keys keys;
    struct eve eve = {.session = s, .budget = budget, .scratch = scratch};
    struct learn_result *result = calloc(1, sizeof *result);
    uint8_t *alice = malloc(bits_to_bytes(s->n_bits));
    prg_subkey(key, seed, "eve", 0);
    struct learn_ask ask = {.view = &s->task.view,
                            .seed = key,
                            .n_threads = 1, /* with more, luck decides who is first */
                            .now = now,
                            .stop = stop,
                            .verify = verify,
                            .context = &eve};
    double began = lab_thread_seconds();
    int r = result && alice ? learn(learners_find("isd"), &ask, result) : -ENOMEM;
    if (r == 0 && lab_interrupted())
        r = -EINTR;
    if (r == 0) {
        sums->eve_seconds += lab_thread_seconds() - began;
        sums->eve_hypotheses += result->has_hypothesis;
        if (!result->has_hypothesis)
            memset(result->hypothesis, 0, sizeof result->hypothesis);
        task_predict(alice, s->n_bits, s->params, s->challenge_key, h);
        agree(s, result->hypothesis, d, &keys, scratch);
        sums->eve_solved += result->status == LEARN_SOLVED;
        sums->eve_right += same(s->own, s->b, s->n_bits);
        for (size_t i = 0; i < s->n_bits; i++)
            if (bit_get(alice, i) == bit_get(s->b, i))
                sums->eve_agreed_right += bit_get(s->own, i) == bit_get(s->b, i);
        sums->eve_distilled_right += same(d, s->d, SET_DISTILLATE);
        sums->eve_keys += keys_equal(keys.session, s->bob.session);
    }
    free(alice);
    free(result);
    return r;
}

/* ---- run */

static int run_session(const struct params *p, const struct code *code, const struct lab_unit *unit,
                       const uint8_t seed[static 32], struct agreement_sums *sums) {
    struct session s = {.params = p, .n_bits = params_challenges(p)};
    size_t n_bytes = bits_to_bytes(s.n_bits);
    struct task_learned *l = malloc(sizeof *l);
    uint8_t *scratch = malloc(n_bytes);
    s.b = malloc(n_bytes);
    s.masked = malloc(n_bytes);
    s.own = malloc(n_bytes);
    bool made = false;
    int r = l && scratch && s.b && s.masked && s.own ? task_make(&s.task, p, code, seed) : -ENOMEM;
    if (r == 0) {
        made = true;
        r = task_learn(&s.task, l);
    }
    if (r == 0 && !l->learned) {
        sums->failed++;
    } else if (r == 0) {
        if (unit->fault == LAB_FAULT_LEARNER)
            l->h[0] ^= 1;
        challenge(&s, seed);
        keys_of(&s.bob, &s, s.d);
        alice_takes_part(&s, l->h, sums, scratch);
        r = eve_takes_part(&s, l->h, lab_number(unit->parameters, "looks"), seed, sums, scratch);
    }
    if (made)
        task_free(&s.task);
    free(l);
    free(scratch);
    free(s.b);
    free(s.masked);
    free(s.own);
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    struct params p;
    struct code *code = NULL;
    struct agreement_sums sums = {0};
    uint8_t seed[32];
    int r = lab_params(unit->parameters, &p);
    if (r == 0)
        r = code_new(&code, &p);
    if (r == 0 && unit->fault == LAB_FAULT_THETA)
        p.theta64 += p.theta64 / 4;
    for (size_t i = 0; r == 0 && i < lab_count(unit->parameters, "sessions"); i++) {
        prg_subkey(seed, unit->seed, "session", i);
        r = lab_interrupted() ? -EINTR : run_session(&p, code, unit, seed, &sums);
    }
    code_free(code);
    return r == 0 ? agreement_write(&sums, result) : r;
}

static const struct shape parameters[] = {{.name = "n", .type = SHAPE_SIZE}, SHAPE_COUNT("sessions"), {0}};
static const struct lab_shape shapes[] = {{.parameters = parameters, .result = agreement_shape}, {0}};

const struct lab_experiment lab_agreement = {
    .name = "agreement",
    .summary = "bits that Alice and Bob agree on, the keys they make of them, and what Eve makes of the same bits",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = agreement_report,
    .figures = {{"agreement", "agreement", agreement_figure}, {"agreement-region", "region", agreement_region_figure}},
};
