/* A timer for the mains, and the clock that everything here uses. */
#ifndef PARLEY_NET_TIMER_H
#define PARLEY_NET_TIMER_H

#include <stdint.h>

struct timer;
struct uv_loop_s;

uint64_t timer_now_ms(void);  /* monotonic; it stands still while the machine sleeps */
uint64_t timer_boot_ms(void); /* the same, but that it goes on then, where the system has such a clock */
double timer_now(void);       /* the same clock in seconds, to the nanosecond */

/* -ENOMEM. It is not running yet. */
int timer_new(struct timer **timerp, struct uv_loop_s *loop, void (*fire)(void *user), void *user);
/* repeat_ms 0: once. A delay below 1 ms is 1 ms: a zero timer can starve the loop. */
void timer_start(struct timer *timer, uint64_t delay_ms, uint64_t repeat_ms);
void timer_stop(struct timer *timer);
/* Released when libuv has let go of it. NULL is fine. */
void timer_free(struct timer *timer);

#endif
