/* Unimodal learners: public view in; hypothesis, tries and cost out. A learner is one file and one row of the table in
 * eve/learners/table.c. Nothing here has a clock, a socket or output: the caller gives time, budget and a place for
 * progress.
 *
 *     const struct learner_kind *kind = learners_find("isd");
 *     struct learn_result *result = malloc(sizeof *result);
 *     int error = learn(kind, &ask, result);      // blocks; uses ask.n_threads threads
 */
#ifndef PARLEY_EVE_LEARNER_H
#define PARLEY_EVE_LEARNER_H

#include "common/task/task.h"
#include "eve/learn/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum learn_status {
    LEARN_SOLVED,         /* the risk of the true secret, and the key confirmation verifies */
    LEARN_OUT_OF_BUDGET,  /* stopped, or searched all there was, without it */
    LEARN_NOT_APPLICABLE, /* see reason */
    LEARN_FAILED,         /* a process of its own broke, see reason: that says nothing of the task */
};

/* "solved", "out-of-budget", "not-applicable", "failed" */
const char *learn_status_name(enum learn_status status);
extern const char *const learn_status_names[]; /* all of them, and NULL */

enum { LEARN_BINS = 64 }; /* bin i: of candidates that get a share of [i, i + 1) / LEARN_BINS of the labels wrong */

struct learn_progress {
    double tries;               /* independent tries so far, all threads */
    double tries_per_second;    /* per wall second */
    double best_select_risk;    /* of the best hypothesis so far, on the selection labels; NAN if there is none */
    size_t select_labels;       /* how many those are */
    double expected_seconds;    /* wall seconds to success on average at this rate, INFINITY if unknown */
    double wall_seconds;        /* used so far */
    const char *phase;          /* a word or two: "tuning", "searching", "recipes", ... */
    uint64_t tried[LEARN_BINS]; /* candidates that have been looked at since the last report */
};

/* What the caller gives. Callbacks get context; stop, verify and now may be called from any of the learner's threads at
 * any time, progress from one thread at a time. */
struct learn_ask {
    const struct view *view;
    const uint8_t *seed; /* 32 bytes: split and search follow from it, and from time as fixed_tuning says */
    unsigned n_threads;  /* >= 1 */

    double (*now)(void *context);                                        /* wall seconds, never going back */
    bool (*stop)(void *context);                                         /* true: budget used or interrupted */
    bool (*verify)(void *context, const uint8_t *s);                     /* the key confirmation given s; NULL: none */
    void (*progress)(void *context, const struct learn_progress *state); /* a few times a second; NULL: none */
    void *context;

    bool fixed_tuning; /* how to search follows from the view and the seed, not from how fast it goes: with one thread
                          the same tries come in the same order each time */

    double budget;       /* wall seconds after which stop will say so: only what other programs are told */
    const char *command; /* of a learner that takes one */
};

enum { LEARN_FACTS = 8 };

/* A figure that only this learner has, such as the time to its first recipe. */
struct learn_fact {
    const char *name; /* snake_case, with its unit: "seconds_to_first_recipe" */
    double value;
};

struct learn_result {
    enum learn_status status;
    char reason[160]; /* why not applicable, or what there is to say; may be empty */

    bool has_hypothesis;
    bool is_predictor;                       /* the hypothesis is none of the task's: it only predicts labels */
    uint8_t hypothesis[TASK_HYPOTHESIS_MAX]; /* as the task has it; LPN: n bits, packed. Chosen on select */
    double risk, risk_low, risk_high; /* on the test labels, judged once; Wilson 99.9%; NAN without a hypothesis */
    size_t test_labels;               /* how many; at least 2,000 where the session has enough */
    double select_risk;               /* NAN without */

    double tries, tries_per_second; /* independent tries, per wall second */
    double try_success;             /* modelled probability of success of one independent try; 0 if unknown */
    double expected_seconds;        /* wall: 1 / (tries_per_second try_success); INFINITY if unknown */
    double wall_seconds;
    double memory_bytes; /* the learner's largest tables */

    struct learn_fact facts[LEARN_FACTS];
    size_t n_facts;
};

struct learn_run; /* learner_run.h: for the learners themselves */

struct learner_kind {
    const char *name;         /* "isd" */
    const char *summary;      /* one line for --help */
    bool by_default;          /* what a serious attacker would run */
    bool takes_command;       /* chosen as NAME:COMMAND; not one of all */
    const char *const *tasks; /* names of those that it learns, NULL behind the last; NULL: lpn alone */
    enum split_kind split;
    const char *(*not_applicable)(const struct view *view); /* the reason, or NULL; NULL pointer: always applicable */
    int (*run)(struct learn_run *run);                      /* learner_run.h; 0, or -ENOMEM and the like */
};

/* The tasks of a learner_kind: LEARNS("lpn", "lwe"). */
#define LEARNS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Whether the learner is for the task of this name. */
bool learn_is_for(const struct learner_kind *kind, const char *task);

/* Runs one learner to its end; one for other tasks is not applicable. 0, or -ENOMEM and the like. */
int learn(const struct learner_kind *kind, const struct learn_ask *ask, struct learn_result *result);

/* 1 / (rate success): wall seconds to success on average; INFINITY when either is 0. */
double learn_expected_seconds(double tries_per_second, double try_success);

/* Wilson's score interval at 99.9% for errors among n labels. */
void learn_wilson(double *lowp, double *highp, size_t errors, size_t n);

#endif
