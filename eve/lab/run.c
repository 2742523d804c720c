#include "eve/lab/run.h"

#include "common/base/prg.h"
#include "eve/lab/plan.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { THREADS_MAX = 256 };

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    interrupted = number;
}

bool lab_interrupted(void) {
    return interrupted != 0;
}

int lab_run_signal(void) {
    return interrupted;
}

static double clock_seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double lab_now(void) {
    return clock_seconds(CLOCK_MONOTONIC);
}

double lab_thread_seconds(void) {
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

/* Of this process and of the children that it has waited for. */
static double all_seconds(void) {
    struct rusage children;
    getrusage(RUSAGE_CHILDREN, &children);
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID) + (double)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) +
           (double)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) / 1e6;
}

/* What the threads share. */
struct crew {
    struct lab_run *run;
    pthread_mutex_t lock;
    size_t next;
    int error;
    double expected, finished; /* seconds of all units, and of those that are done */
    unsigned threads_of_unit;
};

/* The next unit that is to be run, n_units at the end. With the lock held. */
static size_t take(struct crew *crew) {
    const struct lab_run *run = crew->run;
    while (crew->next < run->plan->n_units &&
           (run->done[crew->next] || !plan_in_shard(crew->next, run->shard, run->n_shards)))
        crew->next++;
    return crew->error || interrupted ? run->plan->n_units : crew->next;
}

/* The line of one unit, or NULL and *errorp. */
static json_t *run_unit(const struct crew *crew, size_t number, int *errorp) {
    const struct lab_run *run = crew->run;
    struct lab_unit unit = {
        .number = number,
        .parameters = json_array_get(run->plan->units, number),
        .n_threads = crew->threads_of_unit,
        .fault = run->plan->fault,
        .programs = run->plan->programs,
    };
    char label[64];
    snprintf(label, sizeof label, "lab %s", run->experiment->name);
    prg_subkey(unit.seed, run->seed, label, number);
    json_t *result = json_object();
    double wall = lab_now(), processor = run->experiment->alone ? all_seconds() : lab_thread_seconds();
    *errorp = result ? run->experiment->run(&unit, result) : -ENOMEM;
    processor = (run->experiment->alone ? all_seconds() : lab_thread_seconds()) - processor;
    if (*errorp < 0) {
        json_decref(result);
        return NULL;
    }
    json_t *line = json_pack("{s:I, s:o, s:f, s:f, s:o}", "unit", (json_int_t)number, "parameters",
                             json_deep_copy(unit.parameters), "seconds", processor, "wall_seconds", lab_now() - wall,
                             "result", result);
    if (!line)
        *errorp = -ENOMEM;
    return line;
}

static void *work(void *context) {
    struct crew *crew = context;
    struct lab_run *run = crew->run;
    pthread_mutex_lock(&crew->lock);
    for (size_t unit; (unit = take(crew)) < run->plan->n_units;) {
        crew->next++;
        pthread_mutex_unlock(&crew->lock);
        int error;
        json_t *line = run_unit(crew, unit, &error);
        pthread_mutex_lock(&crew->lock);
        if (line)
            error = run->keep(run->context, line);
        json_decref(line);
        if (error < 0 && !crew->error)
            crew->error = error;
        run->done[unit] = error == 0;
        crew->finished += run->plan->seconds[unit];
        screen_bar(run->screen, (uint64_t)(1e3 * crew->finished), (uint64_t)(1e3 * crew->expected) + 1);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static double seconds_left(const struct lab_run *run, double *longestp) {
    double sum = 0;
    *longestp = 0;
    for (size_t i = 0; i < run->plan->n_units; i++)
        if (!run->done[i] && plan_in_shard(i, run->shard, run->n_shards)) {
            sum += run->plan->seconds[i];
            if (run->plan->seconds[i] > *longestp)
                *longestp = run->plan->seconds[i];
        }
    return sum;
}

double lab_run_estimate(const struct lab_run *run) {
    double longest, sum = seconds_left(run, &longest);
    if (run->experiment->alone)
        return sum;
    sum /= run->plan->n_threads;
    return sum > longest ? sum : longest;
}

int lab_run_units(struct lab_run *run) {
    struct crew crew = {.run = run, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS_MAX];
    double longest;
    unsigned n = run->experiment->alone ? 1 : run->plan->n_threads, started = 0;
    crew.expected = seconds_left(run, &longest);
    crew.threads_of_unit = run->experiment->alone ? run->plan->n_threads : 1;
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    json_object_seed(0); /* once, before there are threads */
    while (started + 1 < n && started + 1 < THREADS_MAX && pthread_create(&threads[started], NULL, work, &crew) == 0)
        started++;
    work(&crew);
    for (unsigned t = 0; t < started; t++)
        pthread_join(threads[t], NULL);
    screen_bar_clear(run->screen);
    return crew.error ? crew.error : interrupted ? -EINTR : 0;
}
