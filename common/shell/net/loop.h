/* A loop for a program that goes on until somebody ends it. */
#ifndef PARLEY_NET_LOOP_H
#define PARLEY_NET_LOOP_H

struct loop;
struct uv_loop_s;

/* -ENOMEM. */
int loop_new(struct loop **loopp);
struct uv_loop_s *loop_uv(struct loop *loop);
/* Runs until SIGINT, SIGTERM or loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
/* What has been closed is released; what is still open is left to the end of the process. NULL is fine. */
void loop_free(struct loop *loop);

#endif
