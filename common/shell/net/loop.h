/* The loop that everything here waits in, and the two signals that end it. */
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
void loop_ignore(struct loop *loop); /* idempotent */
/* Runs until nothing is left to do, or loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
/* What has been closed is released. 1: something is still open, and left to the end of the process. NULL is fine. */
int loop_free(struct loop *loop);

#endif
