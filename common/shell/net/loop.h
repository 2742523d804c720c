/* The loop that everything here waits in, the two signals that end it, and others that ask for something. */
#ifndef PARLEY_NET_LOOP_H
#define PARLEY_NET_LOOP_H

struct loop;
struct uv_loop_s;

/* -ENOMEM. */
int loop_new(struct loop **loopp);
struct uv_loop_s *loop_uv(struct loop *loop);
/* From now on caught is called for SIGINT and SIGTERM, until loop_ignore; without them the loop ends when nothing else
 * is left to do. */
void loop_catch(struct loop *loop, void (*caught)(void *user, int number), void *user);
/* The same for a signal that ends nothing, SIGHUP or SIGUSR1; once for each, before loop_ignore. */
void loop_hear(struct loop *loop, int number, void (*heard)(void *user, int number), void *user);
/* No signal is caught any more: SIGINT and SIGTERM end the process at once, the others are ignored. Idempotent. */
void loop_ignore(struct loop *loop);
/* Runs until nothing is left to do, or loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
/* What has been closed is released. 1: something is still open, and left to the end of the process. NULL is fine. */
int loop_free(struct loop *loop);

#endif
