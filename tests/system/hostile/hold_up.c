/* Loaded in front of the C library (LD_PRELOAD), it holds up alice, bob and eve at one call in ten, for up to HOLD_UP
 * milliseconds: as a machine does that has much else to do. What two programs, or a program and a test, do in an order
 * that nobody has promised then comes in another one. Other programs, the test itself for one, are left alone, so a
 * whole test may be started with it. */
#include <dlfcn.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { ODDS = 10 };

static unsigned long most; /* ms, 0 in other programs */
static atomic_ulong drawn;

__attribute__((constructor)) static void begin(void) {
    const char *name = program_invocation_short_name, *text = getenv("HOLD_UP");
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    atomic_store(&drawn, (unsigned long)t.tv_nsec * 2654435761U + (unsigned long)getpid() + 1);
    if (text && (strcmp(name, "alice") == 0 || strcmp(name, "bob") == 0 || strcmp(name, "eve") == 0))
        most = strtoul(text, NULL, 10);
}

/* A semaphore that nobody posts needs no call that the filter of alice and bob forbids. */
static void hold_up(void) {
    if (!most)
        return;
    uint64_t draw = (atomic_fetch_add(&drawn, 1) + 1) * UINT64_C(0x9E3779B97F4A7C15);
    draw = (draw ^ draw >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    draw ^= draw >> 32;
    if (draw % ODDS)
        return;
    int error = errno;
    struct timespec until;
    sem_t never;
    sem_init(&never, 0, 0);
    clock_gettime(CLOCK_REALTIME, &until);
    uint64_t ns = (uint64_t)until.tv_nsec + draw / ODDS % (most + 1) * 1000000;
    until.tv_sec += (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    while (sem_timedwait(&never, &until) < 0 && errno == EINTR)
        ;
    sem_destroy(&never);
    errno = error;
}

#define HELD_UP(result, name, parameters, arguments)                                                                   \
    result name parameters {                                                                                           \
        static result(*real) parameters;                                                                               \
        if (!real)                                                                                                     \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        hold_up();                                                                                                     \
        result r = real arguments;                                                                                     \
        hold_up();                                                                                                     \
        return r;                                                                                                      \
    }

HELD_UP(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
HELD_UP(ssize_t, writev, (int fd, const struct iovec *pieces, int n), (fd, pieces, n))
HELD_UP(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
HELD_UP(int, rename, (const char *from, const char *to), (from, to))
HELD_UP(int, fsync, (int fd), (fd))
HELD_UP(int, fflush, (FILE * file), (file))
HELD_UP(int, epoll_wait, (int fd, struct epoll_event *events, int n, int ms), (fd, events, n, ms))
HELD_UP(int, epoll_pwait, (int fd, struct epoll_event *events, int n, int ms, const sigset_t *mask),
        (fd, events, n, ms, mask))
