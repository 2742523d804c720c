/* What bob has counted, for who looks after him: as Prometheus' text over HTTP (--metrics), and for a person over a
 * Unix socket (--status). No secret is in it; peers stand there by the names of their sections or their public keys. */
#ifndef PARLEY_BOB_SHELL_METRICS_H
#define PARLEY_BOB_SHELL_METRICS_H

#include "common/shell/app/program.h"
#include "common/shell/net/conn.h"

struct metrics;

/* How things stand at this moment. */
struct metrics_gauges {
    unsigned open, agreeing, beyond; /* sessions: in conversation; before that; without a place */
    unsigned limit;                  /* --max-sessions, as far as there are files */
    size_t held;                     /* bytes of samples that wait to be labelled */
};

/* Listens where the options say; before the filter of system calls. gauges: called when somebody asks. 0, or the status
 * to exit with, after saying why. */
int metrics_new(struct metrics **metricsp, struct program *program,
                void (*gauges)(void *user, struct metrics_gauges *gauges), void *user);
/* An event of a session. */
void metrics_event(struct metrics *metrics, const struct conn *conn, const struct session_event *e);
/* A connection that was told that bob is busy, without a session. */
void metrics_turned_away(struct metrics *metrics);
/* The same that --status shows, on the screen, line by line. */
void metrics_say(struct metrics *metrics);
/* Nobody is answered any more. NULL is fine. */
void metrics_stop(struct metrics *metrics);
/* NULL is fine. */
void metrics_free(struct metrics *metrics);

#endif
