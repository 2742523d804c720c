/* What the sandbox refuses, each in a process of its own; and the same call without it, which must go well: otherwise
 * the refusal would prove nothing. */
#include "common/net/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum result { WORKS, REFUSED, KILLED, OTHER };

static const char *const words[] = {"works", "is refused", "ends the process", "does something else"};

/* Each returns 0, or -1 with errno. */

static int run_program(void) {
    char *arguments[] = {"/bin/true", NULL};
    return execve(arguments[0], arguments, NULL);
}

static int make_process(void) {
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child < 0 ? -1 : waitpid(child, NULL, 0) == child ? 0 : -1;
}

static int be_traced(void) {
    return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int read_memory(void) {
    char from[8] = "words", to[8];
    struct iovec local = {to, sizeof to}, remote = {from, sizeof from};
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) < 0 ? -1 : 0;
}

static int make_file(void) {
    char name[] = "/tmp/parley-sandbox-XXXXXX";
    int fd = mkstemp(name);
    if (fd < 0)
        return -1;
    close(fd);
    return unlink(name);
}

static int empty_file(void) {
    int fd = open("/dev/null", O_WRONLY | O_TRUNC);
    return fd < 0 ? -1 : close(fd);
}

static int local_socket(void) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 ? -1 : close(fd);
}

static int connect_out(void) {
    struct sockaddr_storage sa = {.ss_family = AF_UNSPEC}; /* dissolves an association: always possible */
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        return -1;
    return connect(fd, (struct sockaddr *)&sa, sizeof sa);
}

static int type_at_terminal(void) {
    /* without the filter: "not a terminal", and with it: refused before anybody looks */
    return ioctl(open("/dev/null", O_RDWR), TIOCSTI, "x") < 0 && errno == ENOTTY ? 0 : -1;
}

static int executable_memory(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static int writable_code(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static int change_priority(void) {
    return setpriority(PRIO_PROCESS, 0, 19);
}

static void *nothing(void *user) {
    return user;
}

static int make_thread(void) {
    pthread_t thread;
    int r = pthread_create(&thread, NULL, nothing, NULL);
    if (r != 0) {
        errno = r;
        return -1;
    }
    pthread_join(thread, NULL);
    return 0;
}

static int listen_again(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd < 0 ? -1 : listen(fd, 5);
}

static const struct {
    const char *name;
    int (*call)(void);
    enum result bob, alice, with_files, with_commands;
} cases[] = {
    {"running a program", run_program, KILLED, KILLED, KILLED, WORKS},
    {"making a process", make_process, REFUSED, REFUSED, REFUSED, WORKS},
    {"being traced", be_traced, KILLED, KILLED, KILLED, REFUSED},
    {"reading a process's memory", read_memory, KILLED, KILLED, KILLED, REFUSED},
    {"making a file", make_file, REFUSED, REFUSED, WORKS, WORKS},
    {"emptying a file", empty_file, REFUSED, REFUSED, WORKS, WORKS},
    {"a local socket", local_socket, REFUSED, WORKS, REFUSED, WORKS},
    {"connecting", connect_out, REFUSED, WORKS, REFUSED, WORKS},
    {"typing at a terminal", type_at_terminal, REFUSED, REFUSED, REFUSED, WORKS},
    {"executable memory", executable_memory, REFUSED, WORKS, REFUSED, WORKS},
    {"writable executable memory", writable_code, REFUSED, REFUSED, REFUSED, WORKS},
    {"another priority", change_priority, REFUSED, REFUSED, REFUSED, WORKS},
    {"making a thread", make_thread, WORKS, WORKS, WORKS, WORKS},
    {"listening again", listen_again, WORKS, WORKS, WORKS, WORKS},
};

static enum result try(int (*call)(void), const struct sandbox *needs) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        if (needs && sandbox_enter(needs) != SANDBOX_FILTERED)
            _exit(99);
        _exit(call() == 0 ? 0 : errno == EPERM ? 1 : 2);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return OTHER;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : OTHER;
    return WEXITSTATUS(status) == 0 ? WORKS : WEXITSTATUS(status) == 1 ? REFUSED : OTHER;
}

static int expect(const char *who, const char *what, enum result found, enum result expected) {
    if (found == expected)
        return 0;
    printf("FAIL  %s: %s %s, expected: it %s\n", who, what, words[found], words[expected]);
    return 1;
}

int main(void) {
    static const struct sandbox bob = {0}, alice = {.connects = true}, with_files = {.files = true},
                                with_commands = {.files = true, .commands = true};
    pid_t child = fork();
    int status;
    if (child == 0)
        _exit(sandbox_enter(&bob) == SANDBOX_FILTERED ? 0 : 1);
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        puts("there is no filter of system calls in this build or on this system");
        return 77;
    }
    int failures = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        failures += expect("nobody", cases[i].name, try(cases[i].call, NULL), WORKS);
        failures += expect("bob", cases[i].name, try(cases[i].call, &bob), cases[i].bob);
        failures += expect("alice", cases[i].name, try(cases[i].call, &alice), cases[i].alice);
        failures += expect("with files", cases[i].name, try(cases[i].call, &with_files), cases[i].with_files);
        failures += expect("with commands", cases[i].name, try(cases[i].call, &with_commands), cases[i].with_commands);
    }
    printf("%zu calls, %d wrong\n", sizeof cases / sizeof cases[0], failures);
    return failures != 0;
}
