/* What eve learn says: events while it runs, one table a session or JSON at the end. */
#ifndef PARLEY_EVE_LEARN_TOLD_H
#define PARLEY_EVE_LEARN_TOLD_H

#include "common/shell/told/events.h"
#include "eve/cli/arguments.h"
#include "eve/key/derive.h"
#include "eve/learn/learner.h"
#include "eve/wire/observe.h"

enum { LEARN_KINDS_MAX = 32 };

struct learn_command {
    struct arguments *arguments;
    double deadline; /* of all */
    unsigned n_threads;
    const struct learner_kind *kinds[LEARN_KINDS_MAX];
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
struct learn_outcome {
    const struct observe_facts *facts;
    struct learn_result *results; /* by learner */
    double *seconds;              /* processor time */
    size_t n_results;
    bool has_key;
    struct keys keys;
};

/* Whether learner i is out of the question for this session, and nobody has asked for it. */
static inline bool learn_left_out(const struct learn_command *run, const struct learn_outcome *outcome, size_t i) {
    const struct set *set = outcome->facts->set;
    return !run->named && set && !learn_is_for(run->kinds[i], set->task->name);
}

/* The learner under way has got on: an event, and a line on a terminal that the next one overwrites. */
void learn_told_progress(const struct learn_command *run, const struct learn_progress *p);
/* What learner i has come to, as an event. */
void learn_told_judged(const struct learn_command *run, const struct learn_outcome *o, size_t i);
/* Both on standard output. o's n_results results are told, and its session is complete. */
void learn_told_table(const struct learn_command *run, const struct learn_outcome *o);
void learn_told_json(const struct learn_command *run, const struct learn_outcome *outcomes, size_t n);

#endif
