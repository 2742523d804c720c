/* Waiting for a descriptor that is not ours alone: a shell, or our own output, may share it. */
#ifndef PARLEY_NET_WATCH_H
#define PARLEY_NET_WATCH_H

struct uv_loop_s;
struct uv_poll_s;

/* uv_poll_init, with the descriptor as blocking as it was: read it only once it is readable. Negative errno. */
int watch_init(struct uv_loop_s *loop, struct uv_poll_s *poll, int fd);

#endif
