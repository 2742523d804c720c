/* Loaded in front of the C library of one program (LD_PRELOAD), it makes rare faults happen at a chosen moment:
 *
 * FAULT_ALLOCATION=K   the K-th allocation of the process fails, guarded pages included; FAULT_ALLOCATIONS=K that one
 * and all after it FAULT_COUNT=FILE     at the end FILE gets how many allocations there were FAULT_THREAD=K       the
 * K-th thread cannot be made FAULT_CLOCK=N        the monotonic clock runs N times as fast, and so deadlines of minutes
 * pass in seconds FAULT_KILL=K         SIGKILL before the K-th call that has to do with the file FAULT_PATH, one beside
 * it whose name begins so, or its folder; a write writes half of its bytes before that */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long fail_at, fail_thread, clock_factor, kill_at;
static bool fail_all;
static int count_file = -1;
static const char *kill_path;
static int kill_fd = -1;
static atomic_long n_allocations, n_threads, n_calls;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : 0;
}

static struct range { uintptr_t begin, end; } except[8];
static size_t n_except;

static bool listed(const char *library, const char *names) {
    const char *name = strrchr(library, '/');
    name = name ? name + 1 : library;
    size_t n = strcspn(name, ".");
    for (; n && *names; names += strcspn(names, ","), names += *names == ',')
        if (strcspn(names, ",") == n && strncmp(names, name, n) == 0)
            return true;
    return false;
}

static int note_library(struct dl_phdr_info *info, size_t size, void *names) {
    (void)size;
    if (n_except == sizeof except / sizeof except[0] || !listed(info->dlpi_name, names))
        return 0;
    struct range *r = &except[n_except++];
    r->begin = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && end > r->end)
            r->end = end;
    }
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    if (getenv("FAULT_EXCEPT"))
        dl_iterate_phdr(note_library, getenv("FAULT_EXCEPT"));
    fail_at = number("FAULT_ALLOCATION");
    if (number("FAULT_ALLOCATIONS")) {
        fail_at = number("FAULT_ALLOCATIONS");
        fail_all = true;
    }
    fail_thread = number("FAULT_THREAD");
    clock_factor = number("FAULT_CLOCK");
    kill_at = number("FAULT_KILL");
    kill_path = getenv("FAULT_PATH");
    if (getenv("FAULT_COUNT"))
        count_file = open(getenv("FAULT_COUNT"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    atomic_store(&n_allocations, 0); /* what the loader needed before does not count */
}

static void say_count(void) {
    if (count_file >= 0 && dprintf(count_file, "%ld %ld\n", atomic_load(&n_allocations), atomic_load(&n_calls)) > 0)
        count_file = -1;
}

__attribute__((destructor)) static void finish(void) {
    say_count();
}

_Noreturn void _exit(int status) {
    say_count();
    syscall(SYS_exit_group, status);
    abort();
}

/* ---- memory */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static bool refused_to(const void *caller) {
    for (size_t i = 0; i < n_except; i++)
        if ((uintptr_t)caller >= except[i].begin && (uintptr_t)caller < except[i].end)
            return false;
    long n = 1 + atomic_fetch_add(&n_allocations, 1);
    if (!fail_at || n < fail_at || (n > fail_at && !fail_all))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n) {
    return refused_to(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size) {
    return refused_to(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n) {
    return refused_to(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

int posix_memalign(void **p, size_t alignment, size_t n) {
    if (refused_to(__builtin_return_address(0)))
        return ENOMEM;
    *p = __libc_memalign(alignment, n);
    return *p ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t n) {
    return refused_to(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, n);
}

void *memalign(size_t alignment, size_t n) {
    return refused_to(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, n);
}

/* Guarded memory begins as pages that nobody may touch. */
void *mmap(void *at, size_t n, int protection, int flags, int file, off_t offset) {
    static void *(*real)(void *, size_t, int, int, int, off_t);
    if (protection == PROT_NONE && refused_to(__builtin_return_address(0)))
        return MAP_FAILED;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "mmap");
    return real ? real(at, n, protection, flags, file, offset) : MAP_FAILED;
}

/* ---- threads */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (1 + atomic_fetch_add(&n_threads, 1) == fail_thread)
        return EAGAIN;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return real ? real(thread, attributes, run, argument) : EAGAIN;
}

/* ---- time */

int clock_gettime(clockid_t clock, struct timespec *t) {
    int r = (int)syscall(SYS_clock_gettime, clock, t);
    if (r == 0 && clock_factor && (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE)) {
        long long ns = ((long long)t->tv_sec * 1000000000 + t->tv_nsec) * clock_factor;
        t->tv_sec = (time_t)(ns / 1000000000);
        t->tv_nsec = (long)(ns % 1000000000);
    }
    return r;
}

static int shorter(int timeout) {
    return clock_factor && timeout > 0 ? (int)((timeout + clock_factor - 1) / clock_factor) : timeout;
}

int epoll_pwait(int fd, struct epoll_event *events, int n, int timeout, const sigset_t *mask) {
    return (int)syscall(SYS_epoll_pwait, fd, events, n, shorter(timeout), mask, 8);
}

int epoll_wait(int fd, struct epoll_event *events, int n, int timeout) {
    return epoll_pwait(fd, events, n, timeout, NULL);
}

/* ---- files. Raw calls, which need no look-up. */

/* The file, the temporary one beside it, and their folder. */
static bool ours(const char *path) {
    if (!kill_at || !kill_path || !path)
        return false;
    size_t n = strlen(path);
    return strncmp(path, kill_path, strlen(kill_path)) == 0 ||
           (strncmp(path, kill_path, n) == 0 && kill_path[n] == '/');
}

static bool due(void) {
    return 1 + atomic_fetch_add(&n_calls, 1) == kill_at;
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

static int watch(int fd) {
    if (fd >= 0)
        kill_fd = fd;
    return fd;
}

int mkostemp(char *path, int flags) {
    static int (*real)(char *, int);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "mkostemp");
    if (!ours(path))
        return real(path, flags);
    if (due())
        die();
    return watch(real(path, flags));
}

int open(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, int) : 0;
    va_end(args);
    bool counts = ours(path);
    if (counts && due())
        die();
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    return counts ? watch(fd) : fd;
}

ssize_t write(int fd, const void *bytes, size_t n) {
    if (fd == kill_fd && due()) {
        syscall(SYS_write, fd, bytes, n / 2);
        die();
    }
    return syscall(SYS_write, fd, bytes, n);
}

int fsync(int fd) {
    if (fd == kill_fd && due())
        die();
    return (int)syscall(SYS_fsync, fd);
}

int close(int fd) {
    if (fd == kill_fd) {
        if (due())
            die();
        kill_fd = -1;
    }
    return (int)syscall(SYS_close, fd);
}

int rename(const char *from, const char *to) {
    if (ours(to) && due())
        die();
    return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}
