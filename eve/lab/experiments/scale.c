/* What sessions cost, with the real programs: one bob and one alice against n, then one bob and many alices at once.
 *
 * Processor times are the kernel's for whole processes; what a bob uses who is started, listens and is stopped is taken
 * off before anything is fitted. Everything runs on this machine, the alices too: they compete with bob for its
 * processors. */
#include "eve/lab/experiments/scale.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALICES_MAX = 256 };

/* ---- plan */

const char *const scale_kinds[] = {"idle", "cost", "crowd", "session"};

static int add(struct lab_plan *plan, enum scale_kind kind, const struct params *p, unsigned alices,
               unsigned sessions) {
    double n = p ? p->n : 0, session = 0.02 + 4e-9 * n * n;
    return lab_unit(plan,
                    kind == SCALE_CROWD  ? session * sessions
                    : kind == SCALE_COST ? 2 * session
                                         : 0.1,
                    json_pack("{s:s, s:i, s:i, s:i}", "kind", scale_kinds[kind], "n", (int)n, "alices", (int)alices,
                              "sessions", (int)sessions));
}

/* A session of a set of another task. */
static int add_session(struct lab_plan *plan, const struct set *set) {
    return lab_unit(plan, 0.05 + tasks_session_seconds(set),
                    json_pack("{s:s, s:s}", "kind", scale_kinds[SCALE_SESSION], "set", set->name));
}

static int plan(struct lab_plan *plan) {
    static const char *const sets[] = {"n64,n256,n512,n1024,n2048,r509,r2053,r13109,l32,l64,l448",
                                       "n64,n128,n256,n384,n512,n1024,n2048,n4096,ring,lwe", "lpn,ring,lwe"};
    static const unsigned runs[] = {1, 3, 15}, idle[] = {1, 3, 10}, most[] = {4, 16, 64}, sessions[] = {8, 48, 192};
    static const char *const crowds[] = {"n64", "n256 n2048", "n256 n1024 n2048 n4096"};
    char path[FILES_PATH];
    int r = lab_sets(plan, sets[plan->size]);
    if (r == 0 &&
        (files_find_program(path, plan->programs, "alice") < 0 || files_find_program(path, plan->programs, "bob") < 0))
        return -ENOENT;
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        r = params_find(plan->sets[i].set.name) ? 0 : -EINVAL; /* the programs know no other */
    for (unsigned i = 0; r == 0 && i < idle[plan->size]; i++)
        r = add(plan, SCALE_IDLE, NULL, 0, 0);
    for (unsigned run = 0; run < runs[plan->size]; run++)
        for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
            r = add(plan, SCALE_COST, &plan->sets[i], 1, 1);
    for (size_t i = 0; i < plan->n_sets; i++)
        for (unsigned alices = 1; alices <= most[plan->size]; alices *= plan->size == LAB_CHECK ? 4 : 2)
            if (r == 0 && strstr(crowds[plan->size], plan->sets[i].set.name))
                r = add(plan, SCALE_CROWD, &plan->sets[i], alices, sessions[plan->size]);
    for (unsigned run = 0; run < runs[plan->size]; run++)
        for (size_t i = 0; r == 0 && i < plan->n_others; i++)
            r = add_session(plan, plan->others[i]);
    return r;
}

/* ---- run */

static int run_idle(const struct lab_unit *unit, json_t *result) {
    struct scale_stage s;
    struct process_usage usage = {0};
    int r = scale_open(&s, unit, "n64", 1, false);
    if (r < 0)
        return r;
    size_t peak = process_peak(&s.bob);
    r = scale_stop_bob(&s, &usage);
    bool nothing = unit->fault == LAB_FAULT_CLOCK; /* that is taken off from less than that */
    json_object_set_new(result, "bob_seconds", json_real(nothing ? 0 : usage.seconds));
    json_object_set_new(result, "bob_kib", json_integer(nothing ? 0 : (json_int_t)peak));
    scale_close(&s);
    return r;
}

static double moment(const json_t *events, const char *name) {
    return lab_number(scale_event(events, name), "time");
}

static json_int_t bytes_of_steps(const json_t *events) {
    size_t i;
    const json_t *event;
    json_int_t sum = 0;
    json_array_foreach(events, i, event) {
        const char *name = json_string_value(json_object_get(event, "event"));
        if (name && strcmp(name, "step") == 0)
            sum += (json_int_t)lab_count(event, "bytes");
    }
    return sum;
}

/* The number in a set's name. */
static double set_size(const char *set) {
    return strtod(set + 1, NULL);
}

/* An integer, unless a clock at fault makes it something else. */
static void set_count(const struct lab_unit *unit, json_t *result, const char *key, double count, double log_factor) {
    json_object_set_new(result, key,
                        unit->fault == LAB_FAULT_CLOCK ? json_real(lab_clocked(unit, count, log_factor))
                                                       : json_integer((json_int_t)count));
}

static int run_cost(const struct lab_unit *unit, const char *set, json_t *result) {
    struct scale_stage s;
    struct process alice = {.in = -1};
    struct process_usage alice_used = {.status = -1}, bob_used = {.status = -1};
    json_t *events = NULL;
    int r = scale_open(&s, unit, set, 1, true);
    if (r < 0)
        return r;
    r = scale_start_alice(&s, &alice, set, true);
    if (r == 0 && unit->fault == LAB_FAULT_LEARNER)
        process_terminate(&alice);
    if (r == 0)
        r = scale_await(s.alice_events, "open", &alice, &events);
    bool open = r == 1;
    size_t alice_peak = open ? process_peak(&alice) : 0, bob_peak = open ? process_peak(&s.bob) : 0;
    process_close_input(&alice);
    if (r >= 0 && alice.pid)
        r = process_wait(&alice, scale_patience, &alice_used);
    if (r >= 0 && s.bob.pid)
        r = process_wait(&s.bob, open ? scale_patience : 1, &bob_used);
    double steep = 20 * log(set_size(set) / 20000); /* three sizes give wide intervals */
    json_object_set_new(result, "agreed", json_integer(open && alice_used.status == 0 && bob_used.status == 0));
    if (open) {
        json_object_set_new(
            result, "handshake_seconds",
            json_real(lab_clocked(unit, moment(events, "confirmed") - moment(events, "connected"), steep)));
        json_object_set_new(result, "alice_seconds", json_real(lab_clocked(unit, alice_used.seconds, steep)));
        json_object_set_new(result, "bob_seconds", json_real(lab_clocked(unit, bob_used.seconds, steep)));
        set_count(unit, result, "alice_kib", (double)alice_peak, steep);
        set_count(unit, result, "bob_kib", (double)bob_peak, steep);
        set_count(unit, result, "bytes", (double)bytes_of_steps(events), steep);
    }
    json_decref(events);
    process_end(&alice);
    scale_close(&s);
    return r < 0 ? r : 0;
}

/* So many alices at a time until so many sessions are over. */
struct crowd {
    struct process alices[ALICES_MAX];
    double started[ALICES_MAX];
    size_t n_alices, to_start, over, agreed;
    double *spans; /* of each session, from the start of alice's process to its end */
    double alice_seconds;
};

static int crowd_step(struct crowd *c, const struct scale_stage *s, const char *set, bool kill_first) {
    for (size_t i = 0; i < c->n_alices; i++) {
        struct process_usage usage;
        if (c->alices[i].pid) {
            int r = process_poll(&c->alices[i], &usage);
            if (r < 0)
                return r;
            if (r == 1) {
                c->agreed += usage.status == 0;
                c->alice_seconds += usage.seconds;
                c->spans[c->over++] = lab_now() - c->started[i];
            }
        }
        if (!c->alices[i].pid && c->to_start) {
            int r = scale_start_alice(s, &c->alices[i], set, false);
            if (r < 0)
                return r;
            c->started[i] = lab_now();
            c->to_start--;
            if (kill_first && i == 0)
                process_terminate(&c->alices[i]);
        }
    }
    return lab_interrupted() ? -EINTR : 0;
}

static int run_crowd(const struct lab_unit *unit, const char *set, json_t *result) {
    size_t sessions = lab_count(unit->parameters, "sessions"), alices = lab_count(unit->parameters, "alices");
    struct scale_stage s;
    struct process_usage bob_used = {0};
    struct crowd *c = calloc(1, sizeof *c);
    double *spans = calloc(sessions, sizeof *spans);
    int r = c && spans && sessions ? scale_open(&s, unit, set, (unsigned)alices, false) : -ENOMEM;
    if (r < 0) {
        free(c);
        free(spans);
        return r;
    }
    c->n_alices = alices < ALICES_MAX ? alices : ALICES_MAX;
    c->to_start = sessions;
    c->spans = spans;
    double began = lab_now(), due = began + scale_patience;
    while (r == 0 && c->over < sessions && lab_now() < due) {
        r = crowd_step(c, &s, set, unit->fault == LAB_FAULT_LEARNER);
        process_nap();
    }
    double seconds = lab_now() - began;
    size_t peak = process_peak(&s.bob);
    for (size_t i = 0; i < c->n_alices; i++)
        process_end(&c->alices[i]);
    if (r == 0)
        r = scale_stop_bob(&s, &bob_used);
    if (r == 0) {
        json_t *events = scale_events(s.bob_events);
        statistics_sort(spans, c->over);
        json_object_set_new(result, "sessions", json_integer((json_int_t)sessions));
        json_object_set_new(result, "agreed", json_integer((json_int_t)c->agreed));
        json_object_set_new(result, "agreed_at_bob", json_integer((json_int_t)scale_events_count(events, "confirmed")));
        json_object_set_new(result, "all_seconds", json_real(lab_clocked(unit, seconds, 2 * log((double)alices))));
        json_object_set_new(result, "median_seconds", json_real(c->over ? spans[c->over / 2] : 0));
        json_object_set_new(result, "slow_seconds", json_real(c->over ? spans[c->over * 95 / 100] : 0));
        json_object_set_new(result, "alice_seconds", json_real(c->alice_seconds));
        json_object_set_new(result, "bob_seconds", json_real(bob_used.seconds));
        json_object_set_new(result, "bob_kib", json_integer((json_int_t)peak));
        json_decref(events);
    }
    scale_close(&s);
    free(spans);
    free(c);
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    const char *kind = json_string_value(json_object_get(unit->parameters, "kind"));
    char set[SET_NAME_MAX + 1];
    const struct set *other = lab_set(unit->parameters);
    if (other)
        return run_cost(unit, other->name, result);
    snprintf(set, sizeof set, "n%zu", lab_count(unit->parameters, "n"));
    return strcmp(kind, scale_kinds[SCALE_IDLE]) == 0   ? run_idle(unit, result)
           : strcmp(kind, scale_kinds[SCALE_COST]) == 0 ? run_cost(unit, set, result)
                                                        : run_crowd(unit, set, result);
}

/* ---- what units look like */

static const struct shape idle_parameters[] = {{.name = "n", .type = SHAPE_INTEGER}, {0}};
static const struct shape idle_result[] = {SHAPE_SECONDS("bob_seconds"), SHAPE_COUNT("bob_kib"), {0}};
static const struct shape cost_parameters[] = {{.name = "n", .type = SHAPE_SIZE}, {0}};
#define COST_FIELD(field, largest)                                                                                     \
    { .name = (field), .type = SHAPE_NUMBER, .most = (largest), .optional = true } /* absent: they did not agree */
static const struct shape cost_result[] = {{.name = "agreed", .type = SHAPE_INTEGER, .most = 1},
                                           COST_FIELD("handshake_seconds", 1e12),
                                           COST_FIELD("alice_seconds", 1e12),
                                           COST_FIELD("bob_seconds", 1e12),
                                           COST_FIELD("alice_kib", SHAPE_COUNT_MAX),
                                           COST_FIELD("bob_kib", SHAPE_COUNT_MAX),
                                           COST_FIELD("bytes", SHAPE_COUNT_MAX),
                                           {0}};
static const struct shape session_parameters[] = {{.name = "set", .type = SHAPE_SET}, {0}};
static const struct shape crowd_parameters[] = {
    {.name = "n", .type = SHAPE_SIZE},
    {.name = "alices", .type = SHAPE_INTEGER, .least = 1, .most = ALICES_MAX},
    {.name = "sessions", .type = SHAPE_INTEGER, .least = 1, .most = SHAPE_COUNT_MAX},
    {0}};
static const struct shape crowd_result[] = {
    {.name = "sessions", .type = SHAPE_INTEGER, .least = 1, .most = SHAPE_COUNT_MAX},
    SHAPE_COUNT_OF("agreed", "sessions"),
    SHAPE_COUNT_OF("agreed_at_bob", "sessions"),
    {.name = "all_seconds", .type = SHAPE_NUMBER, .least = 1e-9, .most = 1e12},
    SHAPE_SECONDS("median_seconds"),
    SHAPE_SECONDS("slow_seconds"),
    SHAPE_SECONDS("alice_seconds"),
    SHAPE_SECONDS("bob_seconds"),
    SHAPE_COUNT("bob_kib"),
    {0}};
static const struct lab_shape shapes[] = {
    {.key = "kind", .word = "idle", .parameters = idle_parameters, .result = idle_result},
    {.key = "kind", .word = "cost", .parameters = cost_parameters, .result = cost_result},
    {.key = "kind", .word = "session", .parameters = session_parameters, .result = cost_result},
    {.key = "kind", .word = "crowd", .parameters = crowd_parameters, .result = crowd_result},
    {0}};

static const struct lab_break breaks[] = {{", no more than n^2", LAB_FAULT_CLOCK},
                                          {" alices at once bob completes ", LAB_FAULT_CLOCK},
                                          {"ends with a confirmed key on both sides", LAB_FAULT_LEARNER},
                                          {0}};

const struct lab_experiment lab_scale = {
    .name = "scale",
    .summary = "what sessions of the real programs cost against n, and how many one bob serves",
    .alone = true,
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = scale_report,
    .breaks = breaks,
    .figures = {{"scale-cost", "cost", scale_cost_figure},
                {"scale-crowd", "crowd", scale_crowd_figure},
                {"scale-ring", "cost-ring", scale_ring_figure},
                {"scale-lwe", "cost-lwe", scale_lwe_figure}},
};
