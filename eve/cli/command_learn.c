/* eve learn: the unimodal learners on the sessions of a capture, and the key where one of them succeeds. The learners
 * are pure; time, budget, threads, and the check of a key are here; what is shown is in learn_told.c. */
#include "eve/cli/commands.h"
#include "eve/cli/learn_told.h"
#include "eve/cli/printed.h"
#include "eve/cli/select.h"
#include "eve/learn/view.h"

#include "common/base/prg.h"
#include "common/shell/host/keyfile.h"
#include "common/shell/host/status.h"
#include "common/shell/net/timer.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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
    const struct learn_command *run = context;
    return interrupted || timer_now() >= run->due;
}

static bool verify(void *context, const uint8_t *s) {
    const struct learn_command *run = context;
    struct keys keys;
    bool good = derive_keys(&keys, run->facts, s);
    sodium_memzero(&keys, sizeof keys);
    return good;
}

static void progress(void *context, const struct learn_progress *p) {
    learn_told_progress(context, p);
}

/* ---- running them */

static int run_one(struct learn_command *run, struct learn_outcome *outcome, size_t i) {
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
    if (r == 0)
        learn_told_judged(run, outcome, i);
    return r;
}

static size_t count_runs(const struct learn_command *run, const struct learn_outcome *outcome) {
    size_t n = 0;
    for (size_t i = 0; i < run->n_kinds; i++)
        n += !learn_left_out(run, outcome, i);
    return n;
}

/* No learner can do anything with this session. */
static void pass_over(struct learn_command *run, struct learn_outcome *outcome, const char *why, const char *more) {
    for (size_t i = 0; i < run->n_kinds; i++) {
        outcome->results[i] = (struct learn_result){.status = LEARN_NOT_APPLICABLE, .risk = NAN};
        snprintf(outcome->results[i].reason, sizeof outcome->results[i].reason, "%.60s%.90s", why, more);
    }
    outcome->n_results = run->n_kinds;
}

static int run_session(struct learn_command *run, struct learn_outcome *outcome) {
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
        if (learn_left_out(run, outcome, i))
            continue;
        if (!(run->until_solved && outcome->has_key)) {
            r = run_one(run, outcome, i);
            outcome->n_results = i + 1;
        }
        run->runs_left--;
    }
    return r;
}

/* ---- the command */

static int write_key(struct arguments *a, const struct learn_outcome *o) {
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

static int choose_learners(struct learn_command *run) {
    struct arguments *a = run->arguments;
    size_t n_kinds;
    const struct learner_kind *const *kinds = learners_all(&n_kinds);
    bool all = a->learner && strcmp(a->learner, "all") == 0;
    run->until_solved = !a->learner;
    run->named = a->learner && !all;
    for (size_t i = 0; i < n_kinds && i < LEARN_KINDS_MAX && (all || !a->learner); i++)
        if (all ? !kinds[i]->takes_command : kinds[i]->by_default)
            run->kinds[run->n_kinds++] = kinds[i];
    for (const char *list = all || !a->learner ? "" : a->learner; *list;) {
        size_t n = strcspn(list, ",:");
        if (list[n] == ':') /* a command may have commas */
            run->command = list + n + 1;
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), list);
        const struct learner_kind *kind = learners_find(name);
        if (!kind || run->n_kinds == LEARN_KINDS_MAX || kind->takes_command != (list[n] == ':')) {
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
static bool has_failed(const struct learn_command *run, const struct learn_outcome *o) {
    bool any = false;
    for (size_t i = 0; i < o->n_results; i++)
        if (o->results[i].status == LEARN_FAILED) {
            screen_error(&run->arguments->screen, "%s: %s", run->kinds[i]->name, o->results[i].reason);
            any = true;
        }
    return any;
}

/* One outcome for each session, those that are incomplete too. */
static int work(struct learn_command *run, const struct capture *capture, struct learn_outcome *outcomes) {
    struct arguments *a = run->arguments;
    size_t n_complete = 0;
    for (size_t i = 0; i < capture->n_sessions; i++) {
        struct learn_outcome *o = &outcomes[i];
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
        struct learn_outcome *o = &outcomes[i];
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
            learn_told_table(run, o);
    }
    return status;
}

/* Shard I of N searches in its own random way: what it draws follows from the seed, I and N, and has nothing to do with
 * what another one draws. Without a seed all of them draw their own anyway. */
static void choose_seed(struct learn_command *run) {
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
    struct learn_command run = {.arguments = a, .deadline = timer_now() + a->budget};
    struct capture capture = {0};
    struct learn_outcome *outcomes = NULL;
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
            learn_told_json(&run, outcomes, capture.n_sessions);
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
