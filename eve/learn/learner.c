/* What all learners share: the three-way split, judging and counting. */
#include "eve/learn/learner.h"

#include "eve/learn/learner_run.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const learn_status_names[] = {"solved", "out-of-budget", "not-applicable", "failed", NULL};

const char *learn_status_name(enum learn_status status) {
    return learn_status_names[status];
}

double learn_expected_seconds(double tries_per_second, double try_success) {
    return tries_per_second > 0 && try_success > 0 ? 1 / (tries_per_second * try_success) : INFINITY;
}

/* E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927. */
void learn_wilson(double *lowp, double *highp, size_t errors, size_t n) {
    const double z = 3.2905267314919255; /* two-sided 99.9% */
    double size = (double)n, share = (double)errors / size, zz = z * z / size;
    double centre = (share + zz / 2) / (1 + zz), half = z / (1 + zz) * sqrt(share * (1 - share) / size + zz / size / 4);
    *lowp = fmax(0, centre - half);
    *highp = fmin(1, centre + half);
}

bool learn_should_stop(struct learn_run *run) {
    return atomic_load_explicit(&run->done, memory_order_relaxed) || run->ask->stop(run->ask->context);
}

double learn_seconds(const struct learn_run *run) {
    return run->ask->now(run->ask->context) - run->started;
}

/* The share of wrong labels that a true secret stays below, and any wrong parity above: Alice's own bound. */
static double risk_limit(const struct view *view) {
    return 0.25 + view_judged_risk(view) / 2;
}

void learn_tried_add(struct learn_tried *tried, size_t wrong, size_t of) {
    size_t bin = of ? wrong * LEARN_BINS / of : 0;
    tried->bins[bin < LEARN_BINS ? bin : LEARN_BINS - 1]++;
}

void learn_tried(struct learn_run *run, struct learn_tried *tried) {
    pthread_mutex_lock(&run->lock);
    run->counts_tried = true;
    for (size_t i = 0; i < LEARN_BINS; i++)
        run->tried[i] += tried->bins[i];
    pthread_mutex_unlock(&run->lock);
    *tried = (struct learn_tried){0};
}

/* With the lock held. */
static void count_proposed(struct learn_run *run, size_t errors) {
    struct learn_tried one = {0};
    learn_tried_add(&one, errors, run->split.n_select);
    for (size_t i = 0; i < LEARN_BINS && !run->counts_tried; i++)
        run->tried[i] += one.bins[i];
}

bool learn_propose(struct learn_run *run, const uint8_t *s) {
    long errors = view_count_errors(run->view, run->split.select, run->split.n_select, s);
    if (errors < 0)
        return false;
    bool good = (double)errors <= risk_limit(run->view) * (double)run->split.n_select;
    if (good && run->ask->verify)
        good = run->ask->verify(run->ask->context, s);
    pthread_mutex_lock(&run->lock);
    count_proposed(run, (size_t)errors);
    if (!run->solved && (good || !run->result->has_hypothesis || (size_t)errors < run->best_errors)) {
        memcpy(run->result->hypothesis, s, view_hypothesis_bytes(run->view));
        run->result->has_hypothesis = true;
        run->result->is_predictor = false;
        run->result->select_risk = (double)errors / (double)run->split.n_select;
        run->best_errors = (size_t)errors;
        run->solved = good;
    }
    pthread_mutex_unlock(&run->lock);
    if (good)
        atomic_store(&run->done, true);
    return good;
}

int learn_propose_predictions(struct learn_run *run, const uint8_t *predictions) {
    const struct split *split = &run->split;
    size_t errors = 0;
    for (size_t i = 0; i < split->n_select; i++)
        errors += bit_get(predictions, i) ^ view_label(run->view, split->select[i]);
    int error = 0;
    pthread_mutex_lock(&run->lock);
    count_proposed(run, errors);
    if (!run->solved && (!run->result->has_hypothesis || errors < run->best_errors)) {
        if (!run->predictions)
            run->predictions = calloc(split->n_test / 8 + 1, 1);
        if (run->predictions) {
            memset(run->predictions, 0, split->n_test / 8 + 1);
            for (size_t i = 0; i < split->n_test; i++)
                bit_xor(run->predictions, i, bit_get(predictions, split->n_select + i));
            run->result->has_hypothesis = run->result->is_predictor = true;
            run->result->select_risk = (double)errors / (double)split->n_select;
            run->best_errors = errors;
        } else
            error = -ENOMEM;
    }
    pthread_mutex_unlock(&run->lock);
    return error;
}

/* With the lock held. */
static void report(struct learn_run *run, double now) {
    double searching = now - run->search_started;
    struct learn_progress state = {
        .tries = run->tries,
        .tries_per_second = searching > 0 ? run->tries / searching : 0,
        .best_select_risk = run->result->has_hypothesis ? run->result->select_risk : NAN,
        .select_labels = run->split.n_select,
        .wall_seconds = now - run->started,
        .phase = run->phase,
    };
    state.expected_seconds = learn_expected_seconds(state.tries_per_second, run->try_success);
    memcpy(state.tried, run->tried, sizeof state.tried);
    memset(run->tried, 0, sizeof run->tried);
    run->reported = now;
    run->ask->progress(run->ask->context, &state);
}

void learn_search(struct learn_run *run, const char *phase, double try_success) {
    pthread_mutex_lock(&run->lock);
    run->phase = phase;
    run->tries = 0;
    run->try_success = try_success;
    run->search_started = run->ask->now(run->ask->context);
    pthread_mutex_unlock(&run->lock);
}

void learn_count(struct learn_run *run, double tries) {
    double now = run->ask->now(run->ask->context);
    pthread_mutex_lock(&run->lock);
    run->tries += tries;
    if (run->ask->progress && now - run->reported >= 0.2)
        report(run, now);
    pthread_mutex_unlock(&run->lock);
}

void learn_phase(struct learn_run *run, const char *phase) {
    pthread_mutex_lock(&run->lock);
    run->phase = phase;
    if (run->ask->progress)
        report(run, run->ask->now(run->ask->context));
    pthread_mutex_unlock(&run->lock);
}

void learn_fact(struct learn_run *run, const char *name, double value) {
    if (run->result->n_facts < LEARN_FACTS)
        run->result->facts[run->result->n_facts++] = (struct learn_fact){name, value};
}

void learn_note_memory(struct learn_run *run, double bytes) {
    if (bytes > run->result->memory_bytes)
        run->result->memory_bytes = bytes;
}

__attribute__((format(printf, 2, 0))) static void set_reason(struct learn_run *run, const char *format, va_list args) {
    vsnprintf(run->result->reason, sizeof run->result->reason, format, args);
}

void learn_not_applicable(struct learn_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set_reason(run, format, args);
    va_end(args);
    run->result->status = LEARN_NOT_APPLICABLE;
}

void learn_failed(struct learn_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set_reason(run, format, args);
    va_end(args);
    run->result->status = LEARN_FAILED;
}

void learn_reason(struct learn_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set_reason(run, format, args);
    va_end(args);
}

struct worker {
    pthread_t id;
    int (*work)(void *context, unsigned thread);
    void *context;
    unsigned thread;
    int error;
};

static void *start_worker(void *argument) {
    struct worker *w = argument;
    w->error = w->work(w->context, w->thread);
    return NULL;
}

int learn_threads(unsigned n_threads, int (*work)(void *context, unsigned thread), void *context) {
    enum { MOST = 256 };
    struct worker workers[MOST];
    if (n_threads > MOST)
        n_threads = MOST;
    unsigned started = 1;
    int error = 0;
    for (unsigned t = 0; t < n_threads; t++)
        workers[t] = (struct worker){.work = work, .context = context, .thread = t};
    /* A thread that cannot be started is one that does not help: the others do the work. */
    while (started < n_threads && pthread_create(&workers[started].id, NULL, start_worker, &workers[started]) == 0)
        started++;
    start_worker(&workers[0]);
    for (unsigned t = 1; t < started; t++)
        pthread_join(workers[t].id, NULL);
    for (unsigned t = 0; t < started && !error; t++)
        error = workers[t].error;
    return error;
}

/* The one look at the test labels. */
static int judge(struct learn_run *run) {
    struct learn_result *r = run->result;
    if (!r->has_hypothesis)
        return 0;
    long errors = 0;
    if (!r->is_predictor)
        errors = view_count_errors(run->view, run->split.test, run->split.n_test, r->hypothesis);
    for (size_t i = 0; r->is_predictor && i < run->split.n_test; i++)
        errors += bit_get(run->predictions, i) ^ view_label(run->view, run->split.test[i]);
    if (errors < 0)
        return (int)errors;
    r->risk = (double)errors / (double)run->split.n_test;
    learn_wilson(&r->risk_low, &r->risk_high, (size_t)errors, run->split.n_test);
    if (run->solved && r->risk <= risk_limit(run->view))
        r->status = LEARN_SOLVED;
    return 0;
}

bool learn_is_for(const struct learner_kind *kind, const char *task) {
    if (!kind->tasks)
        return strcmp(task, "lpn") == 0;
    for (size_t i = 0; kind->tasks[i]; i++)
        if (strcmp(kind->tasks[i], task) == 0)
            return true;
    return false;
}

int learn(const struct learner_kind *kind, const struct learn_ask *ask, struct learn_result *result) {
    *result = (struct learn_result){
        .status = LEARN_OUT_OF_BUDGET,
        .risk = NAN,
        .risk_low = NAN,
        .risk_high = NAN,
        .select_risk = NAN,
        .expected_seconds = INFINITY,
    };
    if (!learn_is_for(kind, view_task(ask->view))) {
        result->status = LEARN_NOT_APPLICABLE;
        snprintf(result->reason, sizeof result->reason, "it does not learn the task %s", view_task(ask->view));
        return 0;
    }
    const char *reason = kind->not_applicable ? kind->not_applicable(ask->view) : NULL;
    if (reason) {
        result->status = LEARN_NOT_APPLICABLE;
        snprintf(result->reason, sizeof result->reason, "%s", reason);
        return 0;
    }

    struct learn_run run = {.ask = ask, .view = ask->view, .result = result, .phase = "preparing"};
    run.started = run.search_started = run.reported = ask->now(ask->context);
    int error = split_init(&run.split, ask->view, kind->split, ask->seed);
    if (error)
        return error;
    result->test_labels = run.split.n_test;
    error = -pthread_mutex_init(&run.lock, NULL);
    if (!error) {
        error = kind->run(&run);
        double now = ask->now(ask->context), searching = now - run.search_started;
        if (ask->progress && result->status != LEARN_NOT_APPLICABLE)
            report(&run, now); /* with the candidates since the last one, among them what was found */
        result->tries = run.tries;
        result->tries_per_second = searching > 0 ? run.tries / searching : 0;
        result->try_success = run.try_success;
        result->expected_seconds = learn_expected_seconds(result->tries_per_second, run.try_success);
        if (!error)
            error = judge(&run);
        result->wall_seconds = ask->now(ask->context) - run.started;
        pthread_mutex_destroy(&run.lock);
    }
    free(run.predictions);
    split_deinit(&run.split);
    return error;
}
