/* Preloaded: the wall clock jumps back and forth by up to a day at every look, which no deadline may notice. */
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { FAR = 86400 };

static time_t jump(void) {
    static unsigned n;
    n = n * 1103515245 + 12345;
    return (time_t)(n >> 8) % (2 * FAR) - FAR;
}

int clock_gettime(clockid_t clock, struct timespec *t) {
    int r = (int)syscall(SYS_clock_gettime, clock, t);
    if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        t->tv_sec += jump();
    return r;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *t) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t)
        *t = now.tv_sec;
    return now.tv_sec;
}
