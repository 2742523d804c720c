#include "eve/lab/process.h"

#include "eve/lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int spawn(struct process *p, const char *path, char *const arguments[], int in) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    int r = posix_spawn_file_actions_init(&files);
    if (r)
        return -r;
    r = posix_spawnattr_init(&attributes);
    if (r == 0) {
        if (in >= 0)
            posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
        else
            posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        r = posix_spawn(&p->pid, path, &files, &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    if (r)
        p->pid = 0;
    return -r;
}

int process_start(struct process *p, const char *path, char *const arguments[], bool piped) {
    int ends[2] = {-1, -1};
    *p = (struct process){.in = -1};
    if (piped && (pipe(ends) != 0 || fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC)))
        return -errno;
    int r = spawn(p, path, arguments, ends[0]);
    if (piped) {
        close(ends[0]);
        if (r == 0)
            p->in = ends[1];
        else
            close(ends[1]);
    }
    return r;
}

void process_close_input(struct process *p) {
    if (p->in >= 0)
        close(p->in);
    p->in = -1;
}

static int ended(struct process *p, struct process_usage *usage, int options) {
    int status;
    struct rusage used;
    pid_t pid;
    while ((pid = wait4(p->pid, &status, options, &used)) < 0 && errno == EINTR)
        ;
    if (pid <= 0)
        return pid < 0 ? -errno : 0;
    p->pid = 0;
    process_close_input(p);
    *usage = (struct process_usage){
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
        .seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
    };
    return 1;
}

int process_poll(struct process *p, struct process_usage *usage) {
    return ended(p, usage, WNOHANG);
}

void process_terminate(struct process *p) {
    if (p->pid > 0)
        kill(p->pid, SIGTERM);
}

int process_wait(struct process *p, double seconds, struct process_usage *usage) {
    double due = lab_now() + seconds;
    for (;;) {
        int r = ended(p, usage, WNOHANG);
        if (r != 0)
            return r < 0 ? r : 0;
        if (lab_interrupted())
            return -EINTR;
        if (lab_now() > due) {
            kill(p->pid, SIGKILL);
            r = ended(p, usage, 0);
            return r < 0 ? r : 0;
        }
        process_nap();
    }
}

void process_end(struct process *p) {
    struct process_usage usage;
    process_close_input(p);
    if (p->pid > 0) {
        kill(p->pid, SIGKILL);
        ended(p, &usage, 0);
    }
}

size_t process_peak(const struct process *p) {
    char path[64], line[256];
    size_t kib = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)p->pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtoul(line + 6, NULL, 10);
    if (file)
        fclose(file);
    return kib;
}

void process_nap(void) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}
