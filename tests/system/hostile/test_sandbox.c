/* What the sandbox refuses, each in a process of its own; and the same call without it, which must go well: otherwise
 * the refusal would prove nothing. */
#include "common/shell/host/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __i386__ || defined __s390__
#define HAS_SOCKETCALL
#include <linux/net.h>
#endif

enum result { WORKS, REFUSED, KILLED, OTHER };

static const char *const words[] = {"works", "is refused", "ends the process", "does something else"};

static struct sockaddr_in server, unbound = {.sin_family = AF_INET}; /* one that listens */
static int udp;                                                      /* a socket that was open before */
static char existing[] = "/tmp/parley-sandbox-XXXXXX";

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

static int open_existing(int flags) {
    int fd = open(existing, flags, 0600);
    return fd < 0 ? -1 : close(fd);
}

static int read_file(void) {
    return open_existing(O_RDONLY);
}

static int write_file(void) {
    return open_existing(O_WRONLY);
}

static int write_and_read_file(void) {
    return open_existing(O_RDWR);
}

static int append_to_file(void) {
    return open_existing(O_WRONLY | O_APPEND);
}

static int append_to_log(void) {
    return open_existing(O_WRONLY | O_CREAT | O_APPEND);
}

static int empty_file(void) {
    return open_existing(O_WRONLY | O_TRUNC);
}

static int empty_log(void) {
    return open_existing(O_WRONLY | O_CREAT | O_APPEND | O_TRUNC);
}

static int nameless_file(void) {
    int fd = open("/tmp", O_WRONLY | O_TMPFILE, 0600);
    return fd < 0 ? -1 : close(fd);
}

static int cut_file(void) {
    return truncate(existing, 0);
}

static int rename_file(void) {
    return rename(existing, existing);
}

/* A kernel that does not know it refuses it, too, but otherwise. */
static int make_socket(int family, int type, int protocol) {
    int fd = socket(family, type, protocol);
    return fd >= 0 ? close(fd) : errno == EPERM ? -1 : 0;
}

static int local_socket(void) {
    return make_socket(AF_UNIX, SOCK_STREAM, 0);
}

static int udp_socket(void) {
    return make_socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0) | make_socket(AF_INET, SOCK_DGRAM, 0);
}

static int other_transport(void) {
    return make_socket(AF_INET, SOCK_STREAM, 262); /* multipath TCP */
}

static int cipher_socket(void) {
    return make_socket(AF_ALG, SOCK_SEQPACKET, 0);
}

static int amateur_socket(void) {
    return make_socket(AF_AX25, SOCK_DGRAM, 0);
}

static int routing_socket(void) {
    return make_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
}

#ifdef HAS_SOCKETCALL
/* libc makes its sockets by this call, at whose arguments no filter can look: with commands any family is allowed. */
#define FAMILIES WORKS

/* Where they stand is an argument, and must not be taken for one of socket's. */
static int cipher_by_socketcall(void) {
    _Alignas(16) uint8_t memory[32];
    const unsigned long arguments[3] = {AF_ALG, SOCK_SEQPACKET, 0};
    for (unsigned at = 0; at < 16; at++) {
        memcpy(memory + at, arguments, sizeof arguments);
        long fd = syscall(SYS_socketcall, SYS_SOCKET, memory + at, SOCK_STREAM, 0, 0, 0);
        if (fd >= 0 || errno != EPERM)
            return 0;
    }
    return -1;
}
#else
#define FAMILIES REFUSED
#endif

static int audit_socket(void) {
    return make_socket(AF_NETLINK, SOCK_RAW, 9);
}

static int connect_out(void) {
    return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&server, sizeof server);
}

static int connect_by_sendto(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&server, sizeof server) == 1 ? 0 : -1;
}

static int connect_by_sendmsg(void) {
    struct iovec bytes = {"x", 1};
    struct msghdr message = {.msg_name = &server, .msg_namelen = sizeof server, .msg_iov = &bytes, .msg_iovlen = 1};
    return sendmsg(socket(AF_INET, SOCK_STREAM, 0), &message, MSG_FASTOPEN) == 1 ? 0 : -1;
}

static int connect_by_sendmmsg(void) {
    struct iovec bytes = {"x", 1};
    struct mmsghdr message = {
        .msg_hdr = {.msg_name = &server, .msg_namelen = sizeof server, .msg_iov = &bytes, .msg_iovlen = 1}};
    return sendmmsg(socket(AF_INET, SOCK_STREAM, 0), &message, 1, MSG_FASTOPEN) == 1 ? 0 : -1;
}

static int send_udp(void) {
    return sendto(udp, "x", 1, 0, (struct sockaddr *)&server, sizeof server) == 1 ? 0 : -1;
}

/* Without the filter: "this is no such ring", and with it: refused before anybody looks. */
static int use_ring(void) {
    return syscall(SYS_io_uring_setup, 0, NULL) < 0 && errno != EPERM ? 0 : -1;
}

static int enter_ring(void) {
    return syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0) < 0 && errno != EPERM ? 0 : -1;
}

static int type_at_terminal(void) {
    return ioctl(open("/dev/null", O_RDONLY), TIOCSTI, "x") < 0 && errno == ENOTTY ? 0 : -1;
}

static int clone_namespace(void) {
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);
    if (child == 0)
        _exit(0);
    return child < 0 ? -1 : waitpid(child, NULL, 0) == child ? 0 : -1;
}

/* struct clone_args in its first size. Without clone3 its caller has to take clone. */
static int clone3_namespace(void) {
    uint64_t arguments[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
    pid_t child = (pid_t)syscall(SYS_clone3, arguments, sizeof arguments);
    if (child == 0)
        _exit(0);
    if (child < 0 && errno == ENOSYS)
        errno = EPERM;
    return child < 0 ? -1 : waitpid(child, NULL, 0) == child ? 0 : -1;
}

static int leave_namespaces(void) {
    return unshare(CLONE_NEWUSER);
}

static int enter_namespace(void) {
    return syscall(SYS_setns, -1, CLONE_NEWUSER) < 0 && errno == EBADF ? 0 : -1;
}

static int signal_other(void) {
    return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static int new_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0);
}

/* The kernel then signals whoever owns it. */
static int own_socket(void) {
    return fcntl(new_socket(), F_SETOWN, getppid());
}

static int own_socket_as(void) {
    const struct f_owner_ex owner = {F_OWNER_PID, getppid()};
    return fcntl(new_socket(), F_SETOWN_EX, &owner);
}

static int own_socket_by_ioctl(void) {
    pid_t owner = getppid();
    return ioctl(new_socket(), FIOSETOWN, &owner);
}

static int choose_signal(void) {
    return fcntl(new_socket(), F_SETSIG, SIGKILL);
}

static int be_signalled(void) {
    return fcntl(new_socket(), F_SETFL, O_NONBLOCK | O_ASYNC);
}

static int change_flags(void) {
    int copy = fcntl(new_socket(), F_DUPFD_CLOEXEC, 3), flags = fcntl(copy, F_GETFL);
    return copy < 0 || flags < 0 || fcntl(copy, F_SETFD, 0) < 0 ? -1 : fcntl(copy, F_SETFL, flags | O_NONBLOCK);
}

/* Looked at by the filter, and else refused since there is no such descriptor. */
static int take_descriptor(void) {
    return syscall(SYS_pidfd_getfd, -1, 0, 0) < 0 && errno == EBADF ? 0 : -1;
}

static int signal_by_descriptor(void) {
    return syscall(SYS_pidfd_send_signal, -1, SIGKILL, NULL, 0) < 0 && errno == EBADF ? 0 : -1;
}

static int change_mount(void) {
    return syscall(SYS_mount_setattr, -1, "", 0, NULL, 0) < 0 && errno != EPERM && errno != ENOSYS ? 0 : -1;
}

static int signal_self(void) {
    return (int)syscall(SYS_tgkill, getpid(), getpid(), 0);
}

static int executable_memory(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static int writable_code(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

#ifdef __i386__
/* The oldest mmap, whose arguments stand in memory. */
static int writable_code_of_old(void) {
    const unsigned long arguments[6] = {0,    4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                                        -1UL, 0};
    return syscall(SYS_mmap, arguments, 0, 0, 0, 0, 0) == -1 ? -1 : 0;
}
#endif

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
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP);
    return fd < 0 ? -1 : listen(fd, 5);
}

static const struct {
    const char *name;
    int (*call)(void);
    enum result bob, alice, with_key_out, with_keylog, with_commands;
    bool rare; /* a machine may refuse it to everybody */
} cases[] = {
    {"running a program", run_program, KILLED, KILLED, KILLED, KILLED, WORKS, false},
    {"making a process", make_process, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"being traced", be_traced, KILLED, KILLED, KILLED, KILLED, REFUSED, true},
    {"reading a process's memory", read_memory, KILLED, KILLED, KILLED, KILLED, REFUSED, true},
    {"reading a file", read_file, WORKS, WORKS, WORKS, WORKS, WORKS, false},
    {"making a file", make_file, REFUSED, REFUSED, WORKS, REFUSED, WORKS, false},
    {"making a file without a name", nameless_file, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, true},
    {"writing to a file", write_file, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"writing to a file that is read", write_and_read_file, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"appending to a file", append_to_file, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"appending to a log", append_to_log, REFUSED, REFUSED, REFUSED, WORKS, WORKS, false},
    {"emptying a file", empty_file, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"emptying a log", empty_log, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"cutting a file", cut_file, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"renaming a file", rename_file, REFUSED, REFUSED, WORKS, REFUSED, WORKS, false},
    {"a local socket", local_socket, REFUSED, WORKS, REFUSED, REFUSED, WORKS, false},
    {"a UDP socket", udp_socket, REFUSED, WORKS, REFUSED, REFUSED, WORKS, false},
    {"multipath TCP", other_transport, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"a cipher's socket", cipher_socket, REFUSED, REFUSED, REFUSED, REFUSED, FAMILIES, false},
#ifdef HAS_SOCKETCALL
    {"a cipher's socket by socketcall", cipher_by_socketcall, REFUSED, REFUSED, REFUSED, REFUSED, FAMILIES, false},
#endif
    {"a radio amateur's socket", amateur_socket, REFUSED, REFUSED, REFUSED, REFUSED, FAMILIES, false},
    {"a routing socket", routing_socket, REFUSED, WORKS, REFUSED, REFUSED, WORKS, false},
    {"an audit socket", audit_socket, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"connecting", connect_out, REFUSED, WORKS, REFUSED, REFUSED, WORKS, false},
    {"connecting by sendto", connect_by_sendto, REFUSED, WORKS, REFUSED, REFUSED, WORKS, true},
    {"connecting by sendmsg", connect_by_sendmsg, REFUSED, WORKS, REFUSED, REFUSED, WORKS, true},
    {"connecting by sendmmsg", connect_by_sendmmsg, REFUSED, WORKS, REFUSED, REFUSED, WORKS, true},
    {"sending UDP", send_udp, REFUSED, WORKS, REFUSED, REFUSED, WORKS, false},
    {"making an io_uring", use_ring, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"entering an io_uring", enter_ring, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"typing at a terminal", type_at_terminal, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, false},
    {"executable memory", executable_memory, REFUSED, WORKS, REFUSED, REFUSED, WORKS, false},
    {"writable executable memory", writable_code, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
#ifdef __i386__
    {"writable code by an older call", writable_code_of_old, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
#endif
    {"another priority", change_priority, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"a user namespace by clone", clone_namespace, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"a user namespace by clone3", clone3_namespace, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"a user namespace by unshare", leave_namespaces, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"entering a namespace", enter_namespace, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, false},
    {"signalling another process", signal_other, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"a socket's owner", own_socket, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"a socket's owner of a kind", own_socket_as, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"a socket's owner by ioctl", own_socket_by_ioctl, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"the signal of a socket", choose_signal, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"a socket that signals", be_signalled, REFUSED, REFUSED, REFUSED, REFUSED, WORKS, false},
    {"the flags of a descriptor", change_flags, WORKS, WORKS, WORKS, WORKS, WORKS, false},
    {"taking a process's descriptor", take_descriptor, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"signalling by a descriptor", signal_by_descriptor, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"changing a mount", change_mount, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, true},
    {"signalling itself", signal_self, WORKS, WORKS, WORKS, WORKS, WORKS, false},
    {"making a thread", make_thread, WORKS, WORKS, WORKS, WORKS, WORKS, false},
    {"listening again", listen_again, WORKS, REFUSED, WORKS, WORKS, WORKS, false},
};

static enum result try(int (*call)(void), const struct sandbox *needs) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        if (needs && sandbox_enter(needs) != SANDBOX_FILTERED)
            _exit(99);
        errno = 0;
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

/* A server that is never asked to accept: its backlog does. */
static int prepare(void) {
    socklen_t n = sizeof server;
    int fd = socket(AF_INET, SOCK_STREAM, 0), file = mkstemp(existing);
    unbound.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || udp < 0 || file < 0 || close(file) < 0 || bind(fd, (struct sockaddr *)&unbound, sizeof unbound) < 0 ||
        listen(fd, 1000) < 0)
        return -1;
    return getsockname(fd, (struct sockaddr *)&server, &n);
}

int main(void) {
    static const struct sandbox bob = {0}, alice = {.connects = true}, key_out = {.replaces = true},
                                keylog = {.appends = true}, commands = {.replaces = true, .commands = true};
    pid_t child = fork();
    int status;
    if (child == 0)
        _exit(sandbox_enter(&bob) == SANDBOX_FILTERED ? 0 : 1);
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        puts("there is no filter of system calls in this build or on this system");
        return 77;
    }
    if (prepare() < 0) {
        perror("a server, or a file in /tmp");
        return 1;
    }
    int failures = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum result alone = try(cases[i].call, NULL);
        if (cases[i].rare && alone != WORKS) {
            printf("%s cannot be tried here\n", cases[i].name);
            continue;
        }
        failures += expect("nobody", cases[i].name, alone, WORKS);
        failures += expect("bob", cases[i].name, try(cases[i].call, &bob), cases[i].bob);
        failures += expect("alice", cases[i].name, try(cases[i].call, &alice), cases[i].alice);
        failures += expect("with --key-out", cases[i].name, try(cases[i].call, &key_out), cases[i].with_key_out);
        failures += expect("with --keylog", cases[i].name, try(cases[i].call, &keylog), cases[i].with_keylog);
        failures += expect("with --on-key", cases[i].name, try(cases[i].call, &commands), cases[i].with_commands);
    }
    unlink(existing);
    printf("%zu calls, %d wrong\n", sizeof cases / sizeof cases[0], failures);
    return failures != 0;
}
