/* Something that blocks, on a worker's thread, and then a word on the loop's. */
#ifndef PARLEY_NET_ERRAND_H
#define PARLEY_NET_ERRAND_H

struct errand;
struct uv_loop_s;

/* run is called on another thread, then done on the loop's. -ENOMEM. */
int errand_new(struct errand **errandp, struct uv_loop_s *loop, void (*run)(void *user), void (*done)(void *user),
               void *user);
/* It may run again once done has been called, also from there. */
void errand_start(struct errand *errand);
/* It does not run; from done on it may be released. NULL is fine. */
void errand_free(struct errand *errand);

#endif
