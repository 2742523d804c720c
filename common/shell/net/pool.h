/* The thread pool, shared fairly: slices of work are taken from the sessions in turn, and only about one more than
 * there are cores is given to the pool at a time, so that no session's backlog stands in front of another's. Brief
 * jobs run on the loop's thread, some in a row: to wake another takes longer. Of several that are not quite as brief
 * another thread gets all but one, and a longer one that is the only work there is stays, too. */
#ifndef PARLEY_NET_POOL_H
#define PARLEY_NET_POOL_H

#include "proto/session.h"

struct pool;
struct uv_loop_s;

/* A session's place in the queue, embedded in its owner. */
struct pool_seat {
    struct session *session;
    void (*returned)(void *user); /* a slice came back (session_job_done was called): look at the session again. Also
                                     from within pool_offer, of any seat */
    void *user;
    unsigned outstanding;
    struct pool_seat *next; /* in the queue, NULL when not */
};

/* The first call of a process, before any other use of the pool: it sets the number of threads. -ENOMEM. */
int pool_new(struct pool **poolp, struct uv_loop_s *loop);
void pool_free(struct pool *pool);

/* For who is going to have long jobs: starts the threads before the first of them is waited for. After what restricts a
 * thread, which they would not inherit. */
void pool_warm(struct pool *pool);

/* How many seats are in the queue. */
unsigned pool_waiting(const struct pool *pool);

/* The session may have jobs: queue the seat, start what fits. Brief ones are run here, until it has something to send:
 * then `returned` has been called, and its owner offers the seat again when that is on its way. */
void pool_offer(struct pool *pool, struct pool_seat *seat);

/* Take the seat out of the queue. Outstanding slices still come back. */
void pool_leave(struct pool *pool, struct pool_seat *seat);

#endif
