/* Alice and Bob on this machine with Eve's relay between them: the real programs, on loopback, as a lecturer would
 * start them. What they tell is private, and marked so. */
#ifndef PARLEY_EVE_PAGE_SCENARIO_H
#define PARLEY_EVE_PAGE_SCENARIO_H

#include <jansson.h>
#include <stdbool.h>

struct scenario;
struct uv_loop_s;

/* Somebody in between who does not only listen: another bob for Alice and another alice for Bob, and what is said goes
 * from one to the other. */
enum scenario_attacker { NO_ATTACKER, ATTACKER, ATTACKER_AGAINST_PINS };

/* What can be started. */
struct scenario_kind {
    const char *name;       /* "eve-wins" */
    const char *params;     /* the set it begins with */
    const char *task;       /* the only one it is about, or NULL */
    const char *learner;    /* Eve's; "": the default */
    double budget;          /* hers, seconds */
    const char *experiment; /* an experiment of eve lab in the place of Alice and Bob, or NULL */
    enum scenario_attacker attacker;
};

/* By name; NULL if there is none. i-th of all; NULL behind the last. */
const struct scenario_kind *scenario_find(const char *name);
const struct scenario_kind *scenario_at(unsigned i);

struct scenario_config {
    const struct scenario_kind *kind;
    const char *params;
    const char *seed;                          /* from which those of the programs follow; "": random */
    double budget;                             /* of Eve in an experiment: seconds for a learner and a session */
    const char *folder;                        /* where the files of this run go */
    void (*event)(void *user, json_t *object); /* takes the object */
    void *user;
};

/* The texts are copied. -ENOMEM and the like. */
int scenario_start(struct scenario **scenariop, struct uv_loop_s *loop, const struct scenario_config *config);
void scenario_poll(struct scenario *s);
/* The captures that Eve's relays write: 0 of the session with Alice, 1 of the one with Bob where somebody is in
 * between. NULL where there is none. */
const char *scenario_capture(const struct scenario *s, unsigned i);
/* Ends what still runs. NULL is fine. */
void scenario_free(struct scenario *s);

#endif
