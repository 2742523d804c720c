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
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

extern char **environ;

/* ---- finding */

static bool is_program(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool join(char path[static PROCESS_PATH], const char *folder, const char *middle, const char *name) {
    int n = snprintf(path, PROCESS_PATH, "%s/%s%s", folder, middle, name);
    return n > 0 && n < PROCESS_PATH && is_program(path);
}

static bool find_in(char path[static PROCESS_PATH], const char *folder, const char *name) {
    char middle[64];
    snprintf(middle, sizeof middle, "%s/", name);
    return join(path, folder, "", name) || join(path, folder, middle, name);
}

/* The folder of the running program. */
static bool own_folder(char folder[static PROCESS_PATH]) {
#ifdef __APPLE__
    uint32_t size = PROCESS_PATH;
    if (_NSGetExecutablePath(folder, &size) != 0)
        return false;
#else
    ssize_t n = readlink("/proc/self/exe", folder, PROCESS_PATH - 1);
    if (n < 0)
        return false;
    folder[n] = 0;
#endif
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    return slash != NULL;
}

int process_find(char path[static PROCESS_PATH], const char *folder, const char *name) {
    char own[PROCESS_PATH], above[PROCESS_PATH + 4];
    if (folder)
        return find_in(path, folder, name) ? 0 : -ENOENT;
    if (own_folder(own)) {
        snprintf(above, sizeof above, "%s/..", own);
        if (find_in(path, own, name) || find_in(path, above, name))
            return 0;
    }
    const char *at = getenv("PATH");
    while (at && *at) {
        size_t n = strcspn(at, ":");
        int length = snprintf(own, sizeof own, "%.*s", (int)n, at);
        if (n > 0 && length < (int)sizeof own && join(path, own, "", name))
            return 0;
        at += n + (at[n] == ':');
    }
    return -ENOENT;
}

/* ---- running */

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
