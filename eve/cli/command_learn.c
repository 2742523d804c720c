/* eve learn: the unimodal learners on the sessions of a capture, and the key where one of them succeeds. The learners
 * are pure; time, budget, threads, the check of a key and everything shown are here. */
#include "eve/cli/commands.h"
#include "eve/cli/printed.h"
#include "eve/cli/select.h"
#include "eve/key/derive.h"
#include "eve/learn/duration.h"
#include "eve/learn/learner.h"
#include "eve/learn/view.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/shell/host/keyfile.h"
#include "common/shell/host/status.h"
#include "common/shell/net/timer.h"
#include "common/shell/told/events.h"
#include "eve/lab/revision.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LEARNERS_MAX = 32 };

struct run {
    struct arguments *arguments;
    double deadline; /* of all */
    unsigned n_threads;
    const struct learner_kind *kinds[LEARNERS_MAX];
    size_t n_kinds;
    const char *command;    /* of the last learner, if it takes one */
    bool until_solved;      /* the learners are one attacker's means, not a comparison */
    bool named;             /* the user has named them: those for other tasks too are spoken of */
    uint8_t given_seed[32]; /* of --seed, or drawn: of all shards */
    uint8_t seed[32];       /* of this one */
    size_t runs_left;
    /* the one under way */
    const struct observe_facts *facts;
    const struct learner_kind *kind;
    double due;
    struct events *events; /* --events, or NULL */
};

/* What has become of a session. */
struct outcome {
    const struct observe_facts *facts;
    struct learn_result *results; /* by learner */
    double *seconds;              /* processor time */
    size_t n_results;
    bool has_key;
    struct keys keys;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static double processor_seconds(void) {
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        struct rusage usage;
        getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &usage);
        sum += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    }
    return sum;
}

/* ---- what a learner asks for */

static double now(void *context) {
    (void)context;
    return timer_now();
}

static bool stop(void *context) {
    const struct run *run = context;
    return interrupted || timer_now() >= run->due;
}

static bool verify(void *context, const uint8_t *s) {
    const struct run *run = context;
    struct keys keys;
    bool good = derive_keys(&keys, run->facts, s);
    sodium_memzero(&keys, sizeof keys);
    return good;
}

static json_t *real_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

/* Nothing where no candidate has been looked at. */
static void set_tried(json_t *object, const struct learn_progress *p) {
    json_t *bins = json_array();
    uint64_t all = 0;
    for (size_t i = 0; i < LEARN_BINS; i++) {
        all += p->tried[i];
        json_array_append_new(bins, json_integer((json_int_t)p->tried[i]));
    }
    if (all)
        json_object_set(object, "tried", bins);
    json_decref(bins);
}

/* The selection risk is that of what was chosen by it, hence too good; its interval says only how coarse it is. */
static void tell_progress(struct run *run, const struct learn_progress *p) {
    double low = NAN, high = NAN;
    bool known = !isnan(p->best_select_risk) && p->select_labels;
    if (known)
        learn_wilson(&low, &high, (size_t)lrint(p->best_select_risk * (double)p->select_labels), p->select_labels);
    json_t *object = json_object();
    json_object_set_new(object, "learner", json_string(run->kind->name));
    json_object_set_new(object, "phase", json_string(p->phase));
    json_object_set_new(object, "tries", real_or_null(p->tries));
    json_object_set_new(object, "tries_per_second", real_or_null(p->tries_per_second));
    json_object_set_new(object, "select_risk", known ? real_or_null(p->best_select_risk) : json_null());
    json_object_set_new(object, "select_risk_low", real_or_null(low));
    json_object_set_new(object, "select_risk_high", real_or_null(high));
    json_object_set_new(object, "expected_seconds", real_or_null(p->expected_seconds));
    json_object_set_new(object, "wall_seconds", real_or_null(p->wall_seconds));
    set_tried(object, p);
    events_write(run->events, "learning", run->facts->session, object);
}

static void progress(void *context, const struct learn_progress *p) {
    struct run *run = context;
    if (run->events)
        tell_progress(run, p);
    struct screen *screen = &run->arguments->screen;
    char expected[DURATION_TEXT], risk[48] = "no hypothesis yet";
    if (!screen->terminal || screen->quiet)
        return;
    duration_text(expected, p->expected_seconds, run->n_threads);
    if (!isnan(p->best_select_risk))
        snprintf(risk, sizeof risk, "selection risk %.3f", p->best_select_risk);
    fprintf(stderr, "\r\033[K%s: %s, %.3g tries, %.3g/s, %s, %.0f s used, expected %s", run->kind->name, p->phase,
            p->tries, p->tries_per_second, risk, p->wall_seconds, expected);
    fflush(stderr);
    screen->bar_shown = true;
}

/* ---- running them */

static json_t *describe_result(const struct learner_kind *kind, const struct learn_result *r, double seconds) {
    bool ran = r->status != LEARN_NOT_APPLICABLE, judged = ran && r->has_hypothesis;
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(kind->name));
    json_object_set_new(object, "status", json_string(learn_status_name(r->status)));
    json_object_set_new(object, "reason", r->reason[0] ? json_string(r->reason) : json_null());
    json_object_set_new(object, "risk", judged ? real_or_null(r->risk) : json_null());
    json_object_set_new(object, "risk_low", judged ? real_or_null(r->risk_low) : json_null());
    json_object_set_new(object, "risk_high", judged ? real_or_null(r->risk_high) : json_null());
    json_object_set_new(object, "test_labels", json_integer((json_int_t)r->test_labels));
    json_object_set_new(object, "seconds", json_real(seconds));
    json_object_set_new(object, "wall_seconds", json_real(r->wall_seconds));
    json_object_set_new(object, "tries", real_or_null(r->tries));
    json_object_set_new(object, "tries_per_second", ran ? real_or_null(r->tries_per_second) : json_null());
    json_object_set_new(object, "expected_seconds", ran ? real_or_null(r->expected_seconds) : json_null());
    for (size_t i = 0; i < r->n_facts; i++) {
        json_t *facts = json_object_get(object, "facts");
        if (!facts)
            json_object_set_new(object, "facts", facts = json_object());
        json_object_set_new(facts, r->facts[i].name, real_or_null(r->facts[i].value));
    }
    return object;
}

static int run_one(struct run *run, struct outcome *outcome, size_t i) {
    uint8_t key[32], seed[32];
    struct view view;
    double began = timer_now(), left = run->deadline - began;
    run->kind = run->kinds[i];
    run->facts = outcome->facts;
    run->due = began + (left > 0 ? left / (double)run->runs_left : 0);
    view_of(&view, key, outcome->facts);
    prg_subkey(seed, run->seed, run->kind->name, 0);
    struct learn_ask ask = {
        .view = &view,
        .seed = seed,
        .n_threads = run->n_threads,
        .now = now,
        .stop = stop,
        .verify = verify,
        .progress = progress,
        .context = run,
        .fixed_tuning = run->arguments->seeded,
        .budget = left > 0 ? run->due - began : 0,
        .command = run->command,
    };
    double before = processor_seconds();
    int r = learn(run->kind, &ask, &outcome->results[i]);
    outcome->seconds[i] = processor_seconds() - before;
    screen_bar_clear(&run->arguments->screen);
    if (r == 0 && outcome->results[i].status == LEARN_SOLVED && !outcome->has_key)
        outcome->has_key = derive_keys(&outcome->keys, outcome->facts, outcome->results[i].hypothesis);
    if (run->events && r == 0)
        events_write(run->events, "judged", outcome->facts->session,
                     describe_result(run->kind, &outcome->results[i], outcome->seconds[i]));
    return r;
}

/* Whether learner i is out of the question for this session, and nobody has asked for it. */
static bool left_out(const struct run *run, const struct outcome *outcome, size_t i) {
    const struct set *set = outcome->facts->set;
    return !run->named && set && !learn_is_for(run->kinds[i], set->task->name);
}

static size_t count_runs(const struct run *run, const struct outcome *outcome) {
    size_t n = 0;
    for (size_t i = 0; i < run->n_kinds; i++)
        n += !left_out(run, outcome, i);
    return n;
}

/* No learner can do anything with this session. */
static void pass_over(struct run *run, struct outcome *outcome, const char *why, const char *more) {
    for (size_t i = 0; i < run->n_kinds; i++) {
        outcome->results[i] = (struct learn_result){.status = LEARN_NOT_APPLICABLE, .risk = NAN};
        snprintf(outcome->results[i].reason, sizeof outcome->results[i].reason, "%.60s%.90s", why, more);
    }
    outcome->n_results = run->n_kinds;
}

static int run_session(struct run *run, struct outcome *outcome) {
    int r = 0;
    uint8_t key[32];
    struct view view;
    if (!view_of(&view, key, outcome->facts)) {
        pass_over(run, outcome, "no learner is for ", outcome->facts->set->task->name);
        run->runs_left -= count_runs(run, outcome);
        return 0;
    }
    if (!outcome->facts->composed) {
        pass_over(run, outcome, "no memory for its samples beside the others: choose it with --session", "");
        run->runs_left -= count_runs(run, outcome);
        return 0;
    }
    for (size_t i = 0; i < run->n_kinds && r == 0; i++) {
        if (left_out(run, outcome, i))
            continue;
        if (!(run->until_solved && outcome->has_key)) {
            r = run_one(run, outcome, i);
            outcome->n_results = i + 1;
        }
        run->runs_left--;
    }
    return r;
}

/* ---- what came of it */

/* The dimension and, where labels are bits, the noise rate: what the cost of a search is a function of. Null where the
 * capture does not tell. */
static void describe_problem(json_t *object, const struct outcome *o) {
    uint8_t key[32];
    struct view view;
    bool known = o->facts->complete && view_of(&view, key, o->facts);
    bool numbers = known && view_numbers(&view);
    size_t n = numbers ? view.kind->numbers(&view) : known ? view_columns(&view) : 0;
    json_object_set_new(object, "n", n ? json_integer((json_int_t)n) : json_null());
    json_object_set_new(object, "theta", n && !numbers ? json_real(view_risk(&view)) : json_null());
}

/* The secret whose key has verified, byte for byte as the task has it: eve(1) says in which order. */
static json_t *describe_secret(const struct run *run, const struct outcome *o) {
    uint8_t key[32];
    struct view view;
    char hex[2 * TASK_HYPOTHESIS_MAX + 1];
    size_t i = 0;
    while (i < o->n_results && (left_out(run, o, i) || o->results[i].status != LEARN_SOLVED))
        i++;
    if (!o->has_key || i == o->n_results || !view_of(&view, key, o->facts))
        return json_null();
    bytes_to_hex(hex, o->results[i].hypothesis, view_hypothesis_bytes(&view));
    json_t *text = json_string(hex);
    sodium_memzero(hex, sizeof hex);
    return text;
}

/* What the run follows from. */
static json_t *describe_run(const struct run *run) {
    const struct arguments *a = run->arguments;
    char seed[65], shard[32];
    bytes_to_hex(seed, run->given_seed, 32);
    snprintf(shard, sizeof shard, "%u/%u", a->shard, a->n_shards);
    return json_pack("{s:i, s:s, s:s, s:s, s:b, s:s?, s:i, s:f}", "schema", 1, "version", PARLEY_VERSION, "revision",
                     lab_revision, "seed", seed, "seeded", (int)a->seeded, "shard", a->n_shards ? shard : NULL,
                     "threads", (int)run->n_threads, "budget", a->budget);
}

static void print_json(const struct run *run, const struct outcome *outcomes, size_t n) {
    json_t *sessions = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct outcome *o = &outcomes[i];
        char text[KEYFILE_TEXT];
        json_t *learners = json_array(), *object = json_object();
        for (size_t j = 0; j < o->n_results; j++)
            if (!left_out(run, o, j))
                json_array_append_new(learners, describe_result(run->kinds[j], &o->results[j], o->seconds[j]));
        keyfile_text(text, o->keys.session);
        const struct set *set = o->facts->set; /* NULL: the capture does not tell */
        json_object_set_new(object, "session", json_string(o->facts->session));
        json_object_set_new(object, "params", set ? json_string(set->name) : json_null());
        json_object_set_new(object, "samples",
                            o->facts->complete ? json_integer((json_int_t)set->n_labels) : json_null());
        describe_problem(object, o);
        json_object_set_new(object, "learners", learners);
        json_object_set_new(object, "key_recovered", json_boolean(o->has_key));
        json_object_set_new(object, "key", o->has_key ? json_string(text) : json_null());
        json_object_set_new(object, "secret", describe_secret(run, o));
        json_array_append_new(sessions, object);
    }
    json_t *all = describe_run(run);
    json_object_set_new(all, "sessions", sessions);
    json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(all);
}

static void print_result(const struct run *run, const struct learner_kind *kind, const struct learn_result *r) {
    char used[DURATION_TEXT], expected[DURATION_TEXT], risk[48] = "-";
    if (r->status == LEARN_NOT_APPLICABLE) {
        printf("  %-9s %-14s %s\n", kind->name, learn_status_name(r->status), r->reason);
        return;
    }
    duration_text(used, r->wall_seconds, 1);
    duration_text(expected, r->expected_seconds, run->n_threads);
    if (r->has_hypothesis)
        snprintf(risk, sizeof risk, "%.4f (%.4f-%.4f)", r->risk, r->risk_low, r->risk_high);
    printf("  %-9s %-14s %-24s %10.3g %10.3g %12s  %s\n", kind->name, learn_status_name(r->status), risk, r->tries,
           r->tries_per_second, used, expected);
    if (r->reason[0])
        printf("            %s\n", r->reason);
}

static void print_table(const struct run *run, const struct outcome *o) {
    const struct set *set = o->facts->set;
    char text[KEYFILE_TEXT];
    printf("Session %s, set %s%s, %zu samples with labels, %u threads\n", o->facts->session, set->name,
           set->task->experimental && set->toy ? " (experimental, a toy)"
           : set->task->experimental           ? " (experimental)"
           : set->toy                          ? " (a toy)"
                                               : "",
           set->n_labels, run->n_threads);
    printf("  %-9s %-14s %-24s %10s %10s %12s  %s\n", "learner", "", "risk on test labels", "tries", "tries/s", "used",
           "expected to success");
    for (size_t i = 0; i < o->n_results; i++)
        if (!left_out(run, o, i))
            print_result(run, run->kinds[i], &o->results[i]);
    if (count_runs(run, o) == 0)
        printf("  No learner is for the task %s.\n", set->task->name);
    uint8_t key[32];
    struct view view;
    if (view_of(&view, key, o->facts) && view_held(&view))
        printf(
            "  Alice, with the recipes: %.4f expected of these labels, which are sums of two challenges' that hide the "
            "same bit; %.4f of single ones. A coin: 0.5000.\n",
            view_judged_risk(&view), set->risk);
    else
        printf("  Alice, with the recipes: %.4f expected. A coin: 0.5000.\n", set->risk);
    keyfile_text(text, o->keys.session);
    if (o->has_key)
        printf("  Key: %s (the key confirmation on the wire verifies)\n\n", text);
    else
        printf("  No key.\n\n");
    sodium_memzero(text, sizeof text);
}

static int write_key(struct arguments *a, const struct outcome *o) {
    char *path = keyfile_path(a->key_out, o->facts->session, "");
    int r = path ? keyfile_write(path, o->keys.session) : -ENOMEM;
    if (r < 0)
        screen_error(&a->screen, "--key-out %s: %s", path ? path : a->key_out, strerror(-r));
    free(path);
    return r < 0 ? STATUS_IO : STATUS_OK;
}

/* What it is, and for which tasks. */
static void print_kind(const struct learner_kind *kind) {
    fprintf(stderr, "  %-9s %s; for ", kind->name, kind->summary);
    for (const char *const *task = kind->tasks ? kind->tasks : LEARNS("lpn"); *task; task++)
        fprintf(stderr, "%s%s", *task, task[1] ? ", " : "\n");
}

/* ---- the command */

static int choose_learners(struct run *run) {
    struct arguments *a = run->arguments;
    size_t n_kinds;
    const struct learner_kind *const *kinds = learners_all(&n_kinds);
    bool all = a->learner && strcmp(a->learner, "all") == 0;
    run->until_solved = !a->learner;
    run->named = a->learner && !all;
    for (size_t i = 0; i < n_kinds && i < LEARNERS_MAX && (all || !a->learner); i++)
        if (all ? !kinds[i]->takes_command : kinds[i]->by_default)
            run->kinds[run->n_kinds++] = kinds[i];
    for (const char *list = all || !a->learner ? "" : a->learner; *list;) {
        size_t n = strcspn(list, ",:");
        if (list[n] == ':') /* a command may have commas */
            run->command = list + n + 1;
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), list);
        const struct learner_kind *kind = learners_find(name);
        if (!kind || run->n_kinds == LEARNERS_MAX || kind->takes_command != (list[n] == ':')) {
            screen_error(&a->screen, "no learner '%s'. There are:", name);
            for (size_t i = 0; i < n_kinds; i++)
                print_kind(kinds[i]);
            return STATUS_USAGE;
        }
        if (kind->takes_command && !*run->command) {
            screen_error(&a->screen, "--learner %s: needs a command behind the colon", name);
            return STATUS_USAGE;
        }
        run->kinds[run->n_kinds++] = kind;
        list = list[n] == ',' ? list + n + 1 : "";
    }
    return STATUS_OK;
}

/* Says which learners broke. */
static bool has_failed(const struct run *run, const struct outcome *o) {
    bool any = false;
    for (size_t i = 0; i < o->n_results; i++)
        if (o->results[i].status == LEARN_FAILED) {
            screen_error(&run->arguments->screen, "%s: %s", run->kinds[i]->name, o->results[i].reason);
            any = true;
        }
    return any;
}

/* One outcome for each session, those that are incomplete too. */
static int work(struct run *run, const struct capture *capture, struct outcome *outcomes) {
    struct arguments *a = run->arguments;
    size_t n_complete = 0;
    for (size_t i = 0; i < capture->n_sessions; i++) {
        struct outcome *o = &outcomes[i];
        o->facts = capture->sessions[i]->facts;
        o->results = calloc(run->n_kinds, sizeof *o->results);
        o->seconds = calloc(run->n_kinds, sizeof *o->seconds);
        if (!o->results || !o->seconds) {
            screen_error(&a->screen, "out of memory");
            return STATUS_INTERNAL;
        }
        if (o->facts->complete) {
            n_complete++;
            continue;
        }
        pass_over(run, o, "incomplete: ", o->facts->problem);
        screen_warning(&a->screen, "session %s is incomplete: %s",
                       o->facts->session[0] ? o->facts->session : "(no id seen)", o->facts->problem);
    }
    if (n_complete == 0) {
        screen_error(&a->screen, "%s: no complete session in it", a->file);
        return STATUS_DATA;
    }
    if (a->key_out && n_complete > 1 && !strstr(a->key_out, "%s")) {
        screen_error(&a->screen, "--key-out: %zu sessions: put %%s (session id) into the file's name", n_complete);
        return STATUS_USAGE;
    }
    int folder = a->key_out ? keyfile_check(a->key_out, "") : 0; /* now, not after an hour */
    if (folder < 0) {
        screen_error(&a->screen, "--key-out %s: %s", a->key_out, strerror(-folder));
        return STATUS_IO;
    }
    for (size_t i = 0; i < capture->n_sessions; i++)
        run->runs_left += outcomes[i].facts->complete ? count_runs(run, &outcomes[i]) : 0;
    int status = STATUS_OK;
    for (size_t i = 0; i < capture->n_sessions; i++) {
        struct outcome *o = &outcomes[i];
        if (!o->facts->complete)
            continue;
        int r = run_session(run, o);
        if (r < 0) {
            screen_error(&a->screen, "%s: %s", run->kind->name, strerror(-r));
            return r == -ENOMEM ? STATUS_INTERNAL : STATUS_IO;
        }
        bool failed = has_failed(run, o);
        if (!o->has_key && (status == STATUS_OK || status == STATUS_NEGATIVE))
            status = failed ? STATUS_UNAVAILABLE : STATUS_NEGATIVE;
        if (o->has_key && a->key_out && write_key(a, o) != STATUS_OK)
            status = STATUS_IO;
        if (!a->json)
            print_table(run, o);
    }
    return status;
}

/* Shard I of N searches in its own random way: what it draws follows from the seed, I and N, and has nothing to do with
 * what another one draws. Without a seed all of them draw their own anyway. */
static void choose_seed(struct run *run) {
    const struct arguments *a = run->arguments;
    if (a->seeded)
        memcpy(run->given_seed, a->seed, 32);
    else
        randombytes_buf(run->given_seed, 32);
    if (a->n_shards)
        prg_subkey(run->seed, run->given_seed, "eve/1 shard", (uint64_t)a->n_shards << 32 | a->shard);
    else
        memcpy(run->seed, run->given_seed, 32);
}

int learn_run_all(struct arguments *a) {
    struct run run = {.arguments = a, .deadline = timer_now() + a->budget};
    struct capture capture = {0};
    struct outcome *outcomes = NULL;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    run.n_threads = a->threads ? a->threads : processors > 0 ? (unsigned)processors : 1;
    choose_seed(&run);
    int status = choose_learners(&run);
    if (status != STATUS_OK)
        return status;
    int error = a->events ? events_open(&run.events, a->events, "eve", &a->screen) : 0;
    if (error < 0) {
        screen_error(&a->screen, "--events %s: %s", a->events, strerror(-error));
        return STATUS_IO;
    }
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    status = select_sessions(&capture, a);
    if (status == STATUS_OK && !(outcomes = calloc(capture.n_sessions, sizeof *outcomes)))
        status = STATUS_INTERNAL;
    if (status == STATUS_OK) {
        status = work(&run, &capture, outcomes);
        if (a->json && (status == STATUS_OK || status == STATUS_NEGATIVE || status == STATUS_DATA ||
                        status == STATUS_IO || status == STATUS_UNAVAILABLE))
            print_json(&run, outcomes, capture.n_sessions);
    }
    for (size_t i = 0; outcomes && i < capture.n_sessions; i++) {
        free(outcomes[i].results);
        free(outcomes[i].seconds);
        sodium_memzero(&outcomes[i].keys, sizeof outcomes[i].keys);
    }
    free(outcomes);
    if (events_failed(run.events) && status != STATUS_INTERNAL)
        status = STATUS_IO;
    events_close(run.events);
    capture_deinit(&capture);
    return printed_end(&a->screen, status);
}
