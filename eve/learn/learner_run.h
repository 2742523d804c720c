/* What a learner works with while it runs. All functions may be called from any of its threads. */
#ifndef PARLEY_EVE_LEARNER_RUN_H
#define PARLEY_EVE_LEARNER_RUN_H

#include "eve/learn/learner.h"

#include <pthread.h>
#include <stdatomic.h>

struct learn_run {
    const struct learn_ask *ask;
    const struct view *view;
    struct split split; /* search reads labels of split.train alone */
    struct learn_result *result;

    pthread_mutex_t lock;
    atomic_bool done; /* solved: everybody stops */
    bool solved;
    size_t best_errors;   /* on select, of result->hypothesis */
    uint8_t *predictions; /* of the best predictor for test, packed */
    double started, search_started, reported;
    double tries, try_success;
    const char *phase;
    uint64_t tried[LEARN_BINS]; /* since the last report */
    bool counts_tried;          /* the learner counts candidates itself, with learn_tried */
};

/* Candidates that a thread has looked at: how many labels of how many each gets wrong. They are labels that it was not
 * chosen by, so that one which knows nothing misses half of them. */
struct learn_tried {
    uint64_t bins[LEARN_BINS];
};

/* wrong <= of. */
void learn_tried_add(struct learn_tried *tried, size_t wrong, size_t of);
/* Hands in what has been added, and empties it. From then on what is proposed is not counted: it is among these. */
void learn_tried(struct learn_run *run, struct learn_tried *tried);

/* True when there is nothing more to do: budget used, interrupted, or solved. Cheap enough for every few microseconds'
 * work; no kernel runs for more than about 100 ms between two calls. */
bool learn_should_stop(struct learn_run *run);

/* Here is a hypothesis: judged on select, kept if it is the best. True if it has the risk of the true secret there and
 * its key confirmation verifies: then all threads are told to stop. */
bool learn_propose(struct learn_run *run, const uint8_t *s);

/* Here are the predictions of a hypothesis that is no parity: packed, for split.select and then split.test, made
 * without their labels. Judged on select, kept if it is the best. -ENOMEM. */
int learn_propose_predictions(struct learn_run *run, const uint8_t *predictions);

/* The search begins (or goes on) with a new modelled success probability of an independent try; tries made so far are
 * forgotten, and the rate counts from here. */
void learn_search(struct learn_run *run, const char *phase, double try_success);

/* So many independent tries more; reports progress when it is time. */
void learn_count(struct learn_run *run, double tries);

/* Only for the thread that run was called on. */
void learn_phase(struct learn_run *run, const char *phase);
void learn_fact(struct learn_run *run, const char *name, double value);
void learn_note_memory(struct learn_run *run, double bytes);
__attribute__((format(printf, 2, 3))) void learn_reason(struct learn_run *run, const char *format, ...);
/* It cannot run at all here; the reason why. */
__attribute__((format(printf, 2, 3))) void learn_not_applicable(struct learn_run *run, const char *format, ...);
/* It broke; the reason why. What it has found so far is judged all the same. */
__attribute__((format(printf, 2, 3))) void learn_failed(struct learn_run *run, const char *format, ...);
double learn_seconds(const struct learn_run *run); /* wall seconds since the run began */

/* Calls work(context, t) for t = 0 ... n_threads - 1 at the same time and waits for all. The first error, or 0. */
int learn_threads(unsigned n_threads, int (*work)(void *context, unsigned thread), void *context);

#endif
