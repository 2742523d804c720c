/* The paper's second statement, on our instance: bit agreement, its amplification to a key, and what an eavesdropper
 * makes of the very same bits. Sessions in one process, steps A2 to B4 without the wire. Here LPN, of
 * any n, with Eve; agreement_tasks.c has the sets of the other tasks. agreement_report.c says what comes of them. */
#include "eve/lab/experiments/agreement_session.h"

#include "common/base/prg.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/instance.h"
#include "eve/lab/lesson.h"
#include "eve/learn/learner.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_PER_UNIT = 4 };

/* ---- plan */

/* Eve's clock is not on the wall: it counts how often she looks at it, which she does about once for each pass of her
 * search, and once for several where passes take less than 0.1 ms. So a session goes the same way each time, on any
 * machine. This is how often she looks in a processor second of a small cloud machine. */
static double looks_per_second(double n) {
    return fmin(6000, 3000 * pow(1024 / n, 1.6));
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
    static const char few[] = "n64,n128,n256,n512,n1024,r509,r1019,r13109,l32,l64,l256";
    int r = lab_sets(plan, plan->size == LAB_CHECK ? few : "lpn,ring,lwe");
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        r = plan_set(plan, &plan->sets[i]);
    return r == 0 ? agreement_tasks_plan(plan) : r;
}

/* ---- Eve */

/* What her learner is given besides the view. */
struct eve {
    struct session *session;
    double looked, budget;
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
    session_agree(s, secret, d, &keys);
    keys_mac_alice(mac, &keys, &(struct keys_confirmation){.t3 = s->t3, .r_alice = s->r});
    return keys_equal(mac, s->mac);
}

/* Her best hypothesis on Bob's bits; without one she says 0 each time. h: Alice's. */
static int eve_takes_part(struct session *s, const struct view *view, const uint8_t *h, const struct lab_unit *unit,
                          const uint8_t seed[static 32], struct agreement_sums *sums) {
    uint8_t d[64], key[32];
    struct keys keys;
    struct eve eve = {.session = s, .budget = lab_number(unit->parameters, "looks")};
    struct learn_result *result = calloc(1, sizeof *result);
    uint8_t *alice = malloc(s->n_bytes);
    prg_subkey(key, seed, "eve", 0);
    struct learn_ask ask = {.view = view,
                            .seed = key,
                            .n_threads = 1, /* with more, luck decides who is first */
                            .now = now,
                            .stop = stop,
                            .verify = verify,
                            .context = &eve};
    if (unit->fault == LAB_FAULT_EVE)
        eve.budget = 0;
    double began = lab_thread_seconds();
    int r = result && alice ? learn(learners_find("isd"), &ask, result) : -ENOMEM;
    if (r == 0 && lab_interrupted())
        r = -EINTR;
    if (r == 0) {
        sums->eve_seconds += lab_thread_seconds() - began;
        sums->eve_hypotheses += result->has_hypothesis;
        if (!result->has_hypothesis)
            memset(result->hypothesis, 0, sizeof result->hypothesis);
        if (unit->fault == LAB_FAULT_EVE && lab_count(unit->parameters, "n") > 256)
            memcpy(result->hypothesis, h, lab_count(unit->parameters, "n") / 8); /* somebody has told her */
        lesson_predict(alice, s->set, h, s->challenge_seed);
        session_agree(s, result->hypothesis, d, &keys);
        sums->eve_solved += result->status == LEARN_SOLVED;
        sums->eve_right += session_same(s, s->own, s->b);
        for (size_t i = 0; i < s->n_labels; i++)
            if (lesson_agree(s->set, alice, s->b, i))
                sums->eve_agreed_right += lesson_agree(s->set, s->own, s->b, i);
        sums->eve_distilled_right += session_equal_bits(d, s->d, SET_DISTILLATE);
        sums->eve_keys += keys_equal(keys.session, s->bob.session);
    }
    free(alice);
    free(result);
    return r;
}

/* ---- run */

/* B3's labels of the challenges, with the noise that the labels of B2 have. */
static void label_challenges(struct session *s, const struct instance *task, const uint8_t seed[static 32]) {
    uint8_t key[32], noise[32];
    prg_derive(key, "parley/1 challenge", s->challenge_seed, 32);
    prg_subkey(noise, seed, "challenge noise", 0);
    task_label(s->b, s->n_labels, &task->params, key, task->secret, noise);
}

static int run_session(const struct params *p, const struct code *code, const struct lab_unit *unit,
                       const uint8_t seed[static 32], struct agreement_sums *sums) {
    struct session s;
    struct instance task;
    struct task_learned l;
    uint8_t h[TASK_HYPOTHESIS_MAX] = {0};
    int r = session_init(&s, &p->set, seed);
    if (r < 0)
        return r;
    r = task_make(&task, p, code, seed);
    if (r < 0) {
        session_deinit(&s);
        return r;
    }
    r = task_learn(&task, &l);
    if (r == 0 && !l.learned) {
        sums->failed++;
    } else if (r == 0) {
        memcpy(h, l.h, sizeof l.h);
        if (unit->fault == LAB_FAULT_LEARNER)
            h[0] ^= 1;
        s.takes_any = unit->fault == LAB_FAULT_CHECK;
        label_challenges(&s, &task, seed);
        session_challenge(&s, seed, task.labels);
        session_alice(&s, h, sums);
        r = eve_takes_part(&s, &task.view, h, unit, seed, sums);
    }
    task_free(&task);
    session_deinit(&s);
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    struct params p;
    struct code *code = NULL;
    struct agreement_sums sums = {0};
    uint8_t seed[32];
    if (lab_set(unit->parameters))
        return agreement_tasks_run(unit, result);
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
static const struct lab_shape shapes[] = {
    {.key = "set", .parameters = agreement_tasks_parameters, .result = agreement_shape},
    {.parameters = parameters, .result = agreement_shape},
    {0}};

static const struct lab_break breaks[] = {
    {": the bits of Alice and Bob agree with probability ", LAB_FAULT_LEARNER | LAB_FAULT_THETA},
    {": a distillate bit is wrong after ", LAB_FAULT_LEARNER},
    {": keys differ, or are not confirmed ", LAB_FAULT_LEARNER},
    {": confirmation lets at most ", LAB_FAULT_CHECK},
    {": a toy: Eve finds each ", LAB_FAULT_EVE},
    {": Eve finds no", LAB_FAULT_EVE}, /* no key, none of the keys */
    {": delta is below ", LAB_FAULT_EVE},
    {": delta against this Eve is above ", LAB_FAULT_EVE},
    {0}};

const struct lab_experiment lab_agreement = {
    .name = "agreement",
    .summary = "bits that Alice and Bob agree on, the keys they make of them, and what Eve makes of the same bits",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = agreement_report,
    .breaks = breaks,
    .figures = {{"agreement", "agreement", agreement_figure},
                {"agreement-region", "region", agreement_region_figure},
                {"agreement-ring", "agreement-ring", agreement_ring_figure},
                {"agreement-lwe", "agreement-lwe", agreement_lwe_figure}},
};
