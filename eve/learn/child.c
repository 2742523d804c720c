#include "eve/learn/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* The address sanitizer reserves terabytes of addresses. */
#if defined(__SANITIZE_ADDRESS__)
#define ADDRESSES_RESERVED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESSES_RESERVED 1
#endif
#endif
#ifndef ADDRESSES_RESERVED
#define ADDRESSES_RESERVED 0
#endif

static _Noreturn void be_child(int (*work)(void *context, int fd), void *context, int fd, size_t memory) {
    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    static const int signals[] = {SIGINT, SIGTERM, SIGPIPE};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], SIG_DFL);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    struct rlimit limit = {0};
    setrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max = memory;
    if (memory && !ADDRESSES_RESERVED && setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(125);
    _exit(work(context, fd));
}

/* Between pipe and close here no other child may be forked: it would hold this one's end open, which close-on-exec does
 * not change as long as it does not exec, and this one's output would end only when that one does. */
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

int child_start(struct child *child, int (*work)(void *context, int fd), void *context, size_t memory) {
    int ends[2];
    pthread_mutex_lock(&starting);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int error = -errno;
        pthread_mutex_unlock(&starting);
        return error;
    }
    child->killed = false;
    child->pid = fork();
    if (child->pid == 0) {
        close(ends[0]);
        be_child(work, context, ends[1], memory);
    }
    int error = child->pid < 0 ? -errno : 0;
    close(ends[1]);
    pthread_mutex_unlock(&starting);
    if (error) {
        close(ends[0]);
        return error;
    }
    setpgid(child->pid, child->pid); /* whoever of the two comes first */
    child->out = ends[0];
    return 0;
}

ssize_t child_read(const struct child *child, struct learn_run *run, void *buffer, size_t size) {
    for (;;) {
        struct pollfd wait = {.fd = child->out, .events = POLLIN};
        if (learn_should_stop(run))
            return -EINTR;
        learn_count(run, 0);
        if (poll(&wait, 1, 50) > 0) {
            ssize_t n = read(child->out, buffer, size);
            if (n >= 0 || errno != EINTR)
                return n >= 0 ? n : -errno;
        }
    }
}

int child_end(struct child *child, bool finished, struct rusage *usage) {
    int status = 0;
    pid_t ended = 0;
    for (int i = 0; finished && ended == 0 && i < 100; i++) {
        ended = wait4(child->pid, &status, WNOHANG, usage);
        if (ended == 0)
            poll(NULL, 0, 10);
    }
    child->killed = ended == 0;
    kill(-child->pid, SIGKILL);
    while (ended == 0 || (ended < 0 && errno == EINTR))
        ended = wait4(child->pid, &status, 0, usage);
    close(child->out);
    return status;
}
