#include "common/shell/net/timer.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

struct timer {
    uv_timer_t handle; /* first: closed() frees the whole by it */
    void (*fire)(void *user);
    void *user;
};

double timer_now(void) {
    return 1e-9 * (double)uv_hrtime();
}

uint64_t timer_now_ms(void) {
    return uv_hrtime() / 1000000;
}

uint64_t timer_boot_ms(void) {
#ifdef CLOCK_BOOTTIME
    struct timespec now;
    if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
#endif
    return timer_now_ms();
}

int timer_new(struct timer **timerp, struct uv_loop_s *loop, void (*fire)(void *user), void *user) {
    struct timer *timer = calloc(1, sizeof *timer);
    if (!timer)
        return -ENOMEM;
    timer->fire = fire;
    timer->user = user;
    uv_timer_init(loop, &timer->handle);
    *timerp = timer;
    return 0;
}

static void fired(uv_timer_t *handle) {
    struct timer *timer = (struct timer *)handle;
    timer->fire(timer->user);
}

void timer_start(struct timer *timer, uint64_t delay_ms, uint64_t repeat_ms) {
    uv_update_time(timer->handle.loop);
    uv_timer_start(&timer->handle, fired, delay_ms ? delay_ms : 1, repeat_ms);
}

void timer_stop(struct timer *timer) {
    uv_timer_stop(&timer->handle);
}

static void closed(uv_handle_t *handle) {
    free(handle);
}

void timer_free(struct timer *timer) {
    if (timer)
        uv_close((uv_handle_t *)&timer->handle, closed);
}
