/* What sessions cost, with the real programs: one bob and one alice against n, then one bob and many alices at once.
 *
 * Processor times are the kernel's for whole processes; what a bob uses who is started, listens and is stopped is taken
 * off before anything is fitted. Everything runs on this machine, the alices too: they compete with bob for its
 * processors. */
#include "common/shell/host/files.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/process.h"
#include "eve/lab/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ALICES_MAX = 256,
    FIT_SIZES = 3,
    FIGURE_SIZES = 4,
    FIT_FROM = 512, /* below, starting a program costs more than a session */
};

static const double patience = 300; /* seconds for anything to happen */

/* ---- plan */

enum kind { IDLE, COST, CROWD, SESSION };
static const char *const kinds[] = {"idle", "cost", "crowd", "session"};

static int add(struct lab_plan *plan, enum kind kind, const struct params *p, unsigned alices, unsigned sessions) {
    double n = p ? p->n : 0, session = 0.02 + 4e-9 * n * n;
    return lab_unit(plan,
                    kind == CROWD  ? session * sessions
                    : kind == COST ? 2 * session
                                   : 0.1,
                    json_pack("{s:s, s:i, s:i, s:i}", "kind", kinds[kind], "n", (int)n, "alices", (int)alices,
                              "sessions", (int)sessions));
}

/* A session of a set of another task. */
static int add_session(struct lab_plan *plan, const struct set *set) {
    return lab_unit(plan, 0.05 + tasks_session_seconds(set),
                    json_pack("{s:s, s:s}", "kind", kinds[SESSION], "set", set->name));
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
        r = add(plan, IDLE, NULL, 0, 0);
    for (unsigned run = 0; run < runs[plan->size]; run++)
        for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
            r = add(plan, COST, &plan->sets[i], 1, 1);
    for (size_t i = 0; i < plan->n_sets; i++)
        for (unsigned alices = 1; alices <= most[plan->size]; alices *= plan->size == LAB_CHECK ? 4 : 2)
            if (r == 0 && strstr(crowds[plan->size], plan->sets[i].set.name))
                r = add(plan, CROWD, &plan->sets[i], alices, sessions[plan->size]);
    for (unsigned run = 0; run < runs[plan->size]; run++)
        for (size_t i = 0; r == 0 && i < plan->n_others; i++)
            r = add_session(plan, plan->others[i]);
    return r;
}

/* ---- the programs */

/* A folder for events, the programs' paths, and a bob. */
struct stage {
    char folder[64], bob_events[80], alice_events[80];
    char alice_path[FILES_PATH], bob_path[FILES_PATH];
    char address[80]; /* where bob listens */
    struct process bob;
};

/* The lines of an events file that are complete; an array. */
static json_t *events_read(const char *path) {
    json_t *events = json_array();
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    while (file && getline(&line, &size, file) > 0)
        if (strchr(line, '\n'))
            json_array_append_new(events, json_loads(line, 0, NULL));
    free(line);
    if (file)
        fclose(file);
    return events;
}

static const json_t *event_named(const json_t *events, const char *name) {
    size_t i;
    const json_t *event;
    json_array_foreach(events, i, event) {
        const char *found = json_string_value(json_object_get(event, "event"));
        if (found && strcmp(found, name) == 0)
            return event;
    }
    return NULL;
}

static size_t events_count(const json_t *events, const char *name) {
    size_t i, n = 0;
    const json_t *event;
    json_array_foreach(events, i, event) {
        const char *found = json_string_value(json_object_get(event, "event"));
        n += found && strcmp(found, name) == 0;
    }
    return n;
}

/* Waits until the file has the event: 1 and all events; 0 if the process ended or patience did; -EINTR. */
static int await(const char *path, const char *name, struct process *process, json_t **eventsp) {
    double due = lab_now() + patience;
    struct process_usage usage;
    for (;;) {
        int over = process->pid ? process_poll(process, &usage) : 1;
        json_t *events = events_read(path);
        if (event_named(events, name)) {
            *eventsp = events;
            return 1;
        }
        json_decref(events);
        if (lab_interrupted())
            return -EINTR;
        if (over != 0 || lab_now() > due)
            return over < 0 ? over : 0;
        process_nap();
    }
}

static void stage_close(struct stage *s) {
    process_end(&s->bob);
    unlink(s->bob_events);
    unlink(s->alice_events);
    rmdir(s->folder);
}

/* A bob for this set, listening. -ENOENT: there are no programs. -EPROTO: he does not come up. */
static int stage_open(struct stage *s, const struct lab_unit *unit, const char *set, unsigned alices, bool once) {
    const char *temporary = getenv("TMPDIR");
    *s = (struct stage){.bob = {.in = -1}};
    if (files_find_program(s->alice_path, unit->programs, "alice") < 0 ||
        files_find_program(s->bob_path, unit->programs, "bob") < 0)
        return -ENOENT;
    snprintf(s->folder, sizeof s->folder, "%.40s/eve-lab-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(s->folder))
        return -errno;
    snprintf(s->bob_events, sizeof s->bob_events, "%s/bob", s->folder);
    snprintf(s->alice_events, sizeof s->alice_events, "%s/alice", s->folder);
    char most[16], *arguments[] = {"bob",
                                   "--listen",
                                   "127.0.0.1:0",
                                   "--params",
                                   (char *)(uintptr_t)set,
                                   "--events",
                                   s->bob_events,
                                   "--max-sessions",
                                   most,
                                   "--timeout",
                                   "60",
                                   "-q",
                                   once ? "--once" : "--agree-only",
                                   NULL};
    snprintf(most, sizeof most, "%u", alices + 8);
    json_t *events = NULL;
    int r = process_start(&s->bob, s->bob_path, arguments, false);
    if (r == 0)
        r = await(s->bob_events, "listening", &s->bob, &events);
    if (r == 1)
        snprintf(s->address, sizeof s->address, "%s",
                 json_string_value(json_object_get(event_named(events, "listening"), "address")));
    json_decref(events);
    if (r != 1)
        stage_close(s);
    return r == 1 ? 0 : r < 0 ? r : -EPROTO;
}

/* events: whether hers are wanted; then she waits for the end of her input. */
static int start_alice(const struct stage *s, struct process *alice, const char *set, bool events) {
    char *arguments[] = {"alice",
                         "--connect",
                         (char *)(uintptr_t)s->address,
                         "--params",
                         (char *)(uintptr_t)set,
                         "--timeout",
                         "60",
                         "-q",
                         events ? "--events" : "--agree-only",
                         events ? (char *)(uintptr_t)s->alice_events : NULL,
                         NULL};
    return process_start(alice, s->alice_path, arguments, events);
}

static int stop_bob(struct stage *s, struct process_usage *usage) {
    process_terminate(&s->bob);
    return process_wait(&s->bob, patience, usage);
}

/* ---- run */

static int run_idle(const struct lab_unit *unit, json_t *result) {
    struct stage s;
    struct process_usage usage = {0};
    int r = stage_open(&s, unit, "n64", 1, false);
    if (r < 0)
        return r;
    size_t peak = process_peak(&s.bob);
    r = stop_bob(&s, &usage);
    bool nothing = unit->fault == LAB_FAULT_CLOCK; /* that is taken off from less than that */
    json_object_set_new(result, "bob_seconds", json_real(nothing ? 0 : usage.seconds));
    json_object_set_new(result, "bob_kib", json_integer(nothing ? 0 : (json_int_t)peak));
    stage_close(&s);
    return r;
}

static double moment(const json_t *events, const char *name) {
    return lab_number(event_named(events, name), "time");
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
    struct stage s;
    struct process alice = {.in = -1};
    struct process_usage alice_used = {.status = -1}, bob_used = {.status = -1};
    json_t *events = NULL;
    int r = stage_open(&s, unit, set, 1, true);
    if (r < 0)
        return r;
    r = start_alice(&s, &alice, set, true);
    if (r == 0 && unit->fault == LAB_FAULT_LEARNER)
        process_terminate(&alice);
    if (r == 0)
        r = await(s.alice_events, "open", &alice, &events);
    bool open = r == 1;
    size_t alice_peak = open ? process_peak(&alice) : 0, bob_peak = open ? process_peak(&s.bob) : 0;
    process_close_input(&alice);
    if (r >= 0 && alice.pid)
        r = process_wait(&alice, patience, &alice_used);
    if (r >= 0 && s.bob.pid)
        r = process_wait(&s.bob, open ? patience : 1, &bob_used);
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
    stage_close(&s);
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

static int crowd_step(struct crowd *c, const struct stage *s, const char *set, bool kill_first) {
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
            int r = start_alice(s, &c->alices[i], set, false);
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

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int run_crowd(const struct lab_unit *unit, const char *set, json_t *result) {
    size_t sessions = lab_count(unit->parameters, "sessions"), alices = lab_count(unit->parameters, "alices");
    struct stage s;
    struct process_usage bob_used = {0};
    struct crowd *c = calloc(1, sizeof *c);
    double *spans = calloc(sessions, sizeof *spans);
    int r = c && spans && sessions ? stage_open(&s, unit, set, (unsigned)alices, false) : -ENOMEM;
    if (r < 0) {
        free(c);
        free(spans);
        return r;
    }
    c->n_alices = alices < ALICES_MAX ? alices : ALICES_MAX;
    c->to_start = sessions;
    c->spans = spans;
    double began = lab_now(), due = began + patience;
    while (r == 0 && c->over < sessions && lab_now() < due) {
        r = crowd_step(c, &s, set, unit->fault == LAB_FAULT_LEARNER);
        process_nap();
    }
    double seconds = lab_now() - began;
    size_t peak = process_peak(&s.bob);
    for (size_t i = 0; i < c->n_alices; i++)
        process_end(&c->alices[i]);
    if (r == 0)
        r = stop_bob(&s, &bob_used);
    if (r == 0) {
        json_t *events = events_read(s.bob_events);
        qsort(spans, c->over, sizeof *spans, ascending);
        json_object_set_new(result, "sessions", json_integer((json_int_t)sessions));
        json_object_set_new(result, "agreed", json_integer((json_int_t)c->agreed));
        json_object_set_new(result, "agreed_at_bob", json_integer((json_int_t)events_count(events, "confirmed")));
        json_object_set_new(result, "all_seconds", json_real(lab_clocked(unit, seconds, 2 * log((double)alices))));
        json_object_set_new(result, "median_seconds", json_real(c->over ? spans[c->over / 2] : 0));
        json_object_set_new(result, "slow_seconds", json_real(c->over ? spans[c->over * 95 / 100] : 0));
        json_object_set_new(result, "alice_seconds", json_real(c->alice_seconds));
        json_object_set_new(result, "bob_seconds", json_real(bob_used.seconds));
        json_object_set_new(result, "bob_kib", json_integer((json_int_t)peak));
        json_decref(events);
    }
    stage_close(&s);
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
    return strcmp(kind, kinds[IDLE]) == 0   ? run_idle(unit, result)
           : strcmp(kind, kinds[COST]) == 0 ? run_cost(unit, set, result)
                                            : run_crowd(unit, set, result);
}

/* ---- report */

static const struct lab_column cost_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"runs", "runs", LAB_INTEGER, 0},
    {"agreed", "agreed", LAB_INTEGER, 0},
    {"handshake_ms", "handshake ms", LAB_FIXED, 1},
    {"alice_ms", "alice: CPU ms", LAB_FIXED, 1},
    {"bob_ms", "bob: CPU ms", LAB_FIXED, 1},
    {"both_ms", "both, less start", LAB_FIXED, 1},
    {"alice_mib", "alice: peak MiB", LAB_FIXED, 1},
    {"bob_mib", "bob: peak MiB", LAB_FIXED, 1},
    {"added_mib", "both, added MiB", LAB_FIXED, 1},
    {"megabytes", "MB on the wire", LAB_FIXED, 3},
};

static const struct lab_column crowd_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"alices", "alices at once", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"agreed", "agreed", LAB_INTEGER, 0},
    {"per_second", "sessions/s", LAB_FIXED, 1},
    {"median_ms", "median ms", LAB_FIXED, 0},
    {"slow_ms", "95% ms", LAB_FIXED, 0},
    {"bob_ms", "bob: CPU ms each", LAB_FIXED, 1},
    {"alice_ms", "alice: CPU ms each", LAB_FIXED, 1},
    {"bob_mib", "bob: peak MiB", LAB_FIXED, 1},
};

/* The median over all units of a kind and an n; NAN if nobody has it. */
static int median_of(double *out, const struct lab_report *report, enum kind kind, uint32_t n, const char *key,
                     size_t *runsp, size_t *agreedp) {
    size_t cursor = 0, count = 0;
    double *values = malloc((json_array_size(report->units) + 1) * sizeof *values);
    if (!values)
        return -ENOMEM;
    *runsp = *agreedp = 0;
    for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
        const json_t *result = json_object_get(unit, "result");
        if (strcmp(json_string_value(json_object_get(json_object_get(unit, "parameters"), "kind")), kinds[kind]) != 0)
            continue;
        ++*runsp;
        *agreedp += lab_count(result, "agreed");
        if (json_object_get(result, key))
            values[count++] = lab_number(result, key);
    }
    qsort(values, count, sizeof *values, ascending);
    *out = count == 0 ? NAN : count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
    free(values);
    return 0;
}

enum { HANDSHAKE, PROCESSOR, MEMORY, BYTES, N_FITS };

struct sizes {
    double log_n[N_FITS][LAB_N_MAX], log_cost[N_FITS][LAB_N_MAX];
    size_t n[N_FITS];
    size_t sessions, agreed;
    double idle_seconds, idle_kib;
    uint32_t crowds[FIGURE_SIZES]; /* n of those in the figure */
    size_t n_crowds;
};

static void keep(struct sizes *s, int what, uint32_t n, double cost) {
    if ((n < FIT_FROM && what != BYTES) || !(cost > 0))
        return;
    s->log_n[what][s->n[what]] = log(n);
    s->log_cost[what][s->n[what]++] = log(cost);
}

static int report_cost(struct lab_report *report, uint32_t n, struct sizes *s) {
    static const char *const keys[] = {"handshake_seconds", "alice_seconds", "bob_seconds",
                                       "alice_kib",         "bob_kib",       "bytes"};
    enum { N_KEYS = sizeof keys / sizeof keys[0] };
    double v[N_KEYS];
    size_t runs = 0, agreed = 0;
    char set[SET_NAME_MAX + 1];
    for (size_t i = 0; i < N_KEYS; i++)
        if (median_of(&v[i], report, COST, n, keys[i], &runs, &agreed) < 0)
            return -ENOMEM;
    if (runs == 0)
        return 0;
    double both = v[1] + v[2] - 2 * s->idle_seconds, added = (v[3] + v[4] - 2 * s->idle_kib) / 1024;
    bool memory = v[3] > 0 && v[4] > 0;
    snprintf(set, sizeof set, "n%u", n);
    s->sessions += runs;
    s->agreed += agreed;
    keep(s, HANDSHAKE, n, v[0]);
    keep(s, PROCESSOR, n, both);
    keep(s, MEMORY, n, memory ? added : NAN);
    keep(s, BYTES, n, v[5]);
    return lab_row(report, "cost",
                   json_pack("{s:s, s:i, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "set", set, "n", (int)n,
                             "runs", (json_int_t)runs, "agreed", (json_int_t)agreed, "handshake_ms",
                             lab_real(1e3 * v[0]), "alice_ms", lab_real(1e3 * v[1]), "bob_ms", lab_real(1e3 * v[2]),
                             "both_ms", lab_real(1e3 * both), "alice_mib", lab_real(memory ? v[3] / 1024 : NAN),
                             "bob_mib", lab_real(memory ? v[4] / 1024 : NAN), "added_mib",
                             lab_real(memory ? added : NAN), "megabytes", lab_real(v[5] / 1e6)));
}

static int claim_growth(struct lab_report *report, const struct sizes *s) {
    static const char *const names[] = {"a handshake's wall time", "processor time of both sides",
                                        "memory of both sides, added to that of idle ones", "bytes on the wire"};
    static const char *const values[] = {"handshake", "both", "added", "bytes"};
    int r = 0;
    for (int i = 0; r == 0 && i < N_FITS; i++) {
        struct statistics_line line = STATISTICS_NO_LINE;
        if (s->n[i] >= FIT_SIZES)
            statistics_line(&line, s->log_n[i], s->log_cost[i], s->n[i]);
        /* One handshake on a busy machine says nothing of wall time. */
        if (s->n[i] >= FIT_SIZES && (i != HANDSHAKE || report->size != LAB_CHECK))
            r = lab_claim_between(report, -INFINITY, 2, line.slope, line.slope_low, line.slope_high,
                                  "%s: about n^%.2f by a fit over %zu sets, no more than n^2", names[i], line.slope,
                                  s->n[i]);
        if (r == 0)
            r = lab_line(report, values[i], &line);
    }
    return r;
}

static int report_crowd(struct lab_report *report, const json_t *unit, struct sizes *s, double *bestp, double *lastp) {
    const json_t *parameters = json_object_get(unit, "parameters"), *result = json_object_get(unit, "result");
    size_t sessions = lab_count(result, "sessions"), at_alice = lab_count(result, "agreed"),
           at_bob = lab_count(result, "agreed_at_bob"), agreed = at_alice < at_bob ? at_alice : at_bob;
    double each = 1e3 / (double)sessions, rate = (double)agreed / lab_number(result, "all_seconds");
    double peak = lab_number(result, "bob_kib") / 1024;
    char set[SET_NAME_MAX + 1];
    snprintf(set, sizeof set, "n%zu", lab_count(parameters, "n"));
    s->sessions += sessions;
    s->agreed += agreed;
    *bestp = fmax(*bestp, rate);
    *lastp = rate;
    return lab_row(
        report, "crowd",
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "set", set, "n",
                  (json_int_t)lab_count(parameters, "n"), "alices", (json_int_t)lab_count(parameters, "alices"),
                  "sessions", (json_int_t)sessions, "agreed", (json_int_t)agreed, "per_second", lab_real(rate),
                  "median_ms", lab_real(1e3 * lab_number(result, "median_seconds")), "slow_ms",
                  lab_real(1e3 * lab_number(result, "slow_seconds")), "bob_ms",
                  lab_real(each * (lab_number(result, "bob_seconds") - s->idle_seconds)), "alice_ms",
                  lab_real(each * lab_number(result, "alice_seconds")), "bob_mib", lab_real(peak > 0 ? peak : NAN)));
}

static int report_crowds(struct lab_report *report, uint32_t n, struct sizes *s) {
    size_t cursor = 0, most = 0;
    double best = 0, last = 0;
    int r = 0;
    for (const json_t *unit; r == 0 && (unit = lab_next(report, "n", n, &cursor));) {
        const json_t *parameters = json_object_get(unit, "parameters");
        if (strcmp(json_string_value(json_object_get(parameters, "kind")), kinds[CROWD]) != 0)
            continue;
        most = lab_count(parameters, "alices"); /* ascending */
        r = report_crowd(report, unit, s, &best, &last);
    }
    if (most > 0 && s->n_crowds < FIGURE_SIZES)
        s->crowds[s->n_crowds++] = n;
    if (r == 0 && most > 1 && report->size != LAB_CHECK)
        r = lab_claim(report, last >= best / 2, last, NAN, NAN,
                      "n%u: with %zu alices at once bob completes at least half as many sessions a second as at best "
                      "(%.1f)",
                      n, most, best);
    return r;
}

static int report_lpn(struct lab_report *report, struct sizes *s) {
    size_t n_sets;
    const struct params *table = params_table(&n_sets);
    int r = lab_table(report, "cost", cost_columns, sizeof cost_columns / sizeof cost_columns[0]);
    for (size_t i = 0; r == 0 && i < n_sets; i++)
        r = report_cost(report, table[i].n, s);
    if (r == 0)
        r = claim_growth(report, s);
    if (r == 0)
        r = lab_table(report, "crowd", crowd_columns, sizeof crowd_columns / sizeof crowd_columns[0]);
    for (size_t i = 0; r == 0 && i < n_sets; i++)
        r = report_crowds(report, table[i].n, s);
    for (size_t i = 0; r == 0 && i < FIGURE_SIZES; i++)
        r = lab_value(report, (const char *[]){"size_1", "size_2", "size_3", "size_4"}[i],
                      i < s->n_crowds ? (double)s->crowds[i] : NAN);
    return r;
}

/* Units with an n above 0: those of an idle bob have none. */
static bool is_of_lpn(const struct lab_report *report) {
    size_t i;
    json_t *unit;
    bool others = false;
    json_array_foreach(report->units, i, unit) {
        const json_t *parameters = json_object_get(unit, "parameters");
        if (lab_count(parameters, "n") > 0)
            return true;
        others |= lab_set(parameters) != NULL;
    }
    return !others;
}

static int report(struct lab_report *report) {
    struct sizes s = {0};
    size_t runs, agreed;
    int r = median_of(&s.idle_seconds, report, IDLE, 0, "bob_seconds", &runs, &agreed);
    if (r == 0)
        r = median_of(&s.idle_kib, report, IDLE, 0, "bob_kib", &runs, &agreed);
    if (r == 0 && is_of_lpn(report))
        r = report_lpn(report, &s);
    struct scale_tasks others = {.idle_seconds = s.idle_seconds, .idle_kib = s.idle_kib};
    if (r == 0)
        r = scale_tasks_report(report, &others);
    size_t sessions = s.sessions + others.sessions, all = s.agreed + others.agreed;
    if (r == 0)
        r = lab_claim(report, all == sessions, (double)all / (double)sessions, NAN, NAN,
                      "every one of %zu sessions ends with a confirmed key on both sides (%zu did)", sessions, all);
    if (r == 0)
        r = lab_note(report,
                     "Medians. Processor times are of whole processes; starting one takes %.1f ms and %.1f MiB (a bob "
                     "who is stopped before an alice comes), taken off where it says so.",
                     1e3 * s.idle_seconds, s.idle_kib / 1024);
    if (r == 0)
        r = lab_note(report, "The alices run on the same machine and compete with bob; each is a new process.");
    return r;
}

static const char cost_figure[] =
    "set title 'What a session costs'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'milliseconds'\n"
    "set y2label 'megabytes on the wire'\n"
    "set logscale xyy2\n"
    "set yrange [0.5:5000]\n" /* fixed: gnuplot refuses to choose one for no data at all */
    "set y2range [0.005:50]\n"
    "set y2tics\n"
    "set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)\n"
    "set xrange [55:9500]\n"
    "law = both_b == both_b ? \", '+' using 1:(1e3 * low('both', log($1))):(1e3 * high('both', log($1))) with "
    "filledcurves lc rgb '#b2182b' fs transparent solid 0.15 noborder title '95% band', 1e3 * fit('both', log(x)) "
    "title "
    "'the fit, extrapolated' lt 8, (inside('both', log(x)) ? 1e3 * fit('both', log(x)) : NaN) title sprintf('fit: a "
    "n^{%.2f}', both_b) lt 2\" : ''\n"
    "plot 'cost.tsv' using 'n':'handshake_ms' with linespoints title 'handshake, wall' lt 1, 'cost.tsv' using "
    "'n':'both_ms' with points title 'processor time, both sides' lt 2 @law, 'cost.tsv' using 'n':'megabytes' axes "
    "x1y2 with linespoints title 'megabytes on the wire (right)' lt 3\n";

static const char crowd_figure[] =
    "set title 'One bob, many alices at once'\n"
    "set xlabel 'alices at once'\n"
    "set ylabel 'sessions a second'\n"
    "set logscale xy\n"
    "set logscale x 2\n"
    "set xrange [0.85:75]\n"
    "known(n) = n == n ? sprintf('%d ', n) : ''\n"
    "sizes = known(size_1).known(size_2).known(size_3).known(size_4)\n"
    "at(n) = column('n') == n ? column('alices') : NaN\n"
    "plot for [i=1:words(sizes)] 'crowd.tsv' using (at(word(sizes, i) + 0)):'per_second' with linespoints "
    "title 'n = '.word(sizes, i) lt i\n";

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
    .report = report,
    .breaks = breaks,
    .figures = {{"scale-cost", "cost", cost_figure},
                {"scale-crowd", "crowd", crowd_figure},
                {"scale-ring", "cost-ring", scale_ring_figure},
                {"scale-lwe", "cost-lwe", scale_lwe_figure}},
};
