/* A list of what is allowed; anything else fails with EPERM, and what only an attacker would try ends the process. With
 * commands it is a list of what is forbidden instead: a filter is inherited by whatever is run, and nobody can list all
 * that a shell and `wg` need. */
#include "common/shell/host/sandbox.h"

#include "common/shell/host/sandbox_socketcall.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Whatever the options are. Names that an architecture does not have are skipped. */
static const char *const always[] = {
    /* memory */
    "brk", "madvise", "mlock", "mlock2", "mremap", "munlock", "munmap", "membarrier",
    /* threads and signals */
    "exit", "exit_group", "futex", "futex_time64", "get_robust_list", "gettid", "getpid", "restart_syscall", "rseq",
    "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sched_getaffinity",
    "sched_yield", "set_robust_list", "sigaltstack", "sigreturn",
    /* time, and who we are */
    "clock_getres", "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "getcpu",
    "getegid", "geteuid", "getgid", "getppid", "getrandom", "getrlimit", "getrusage", "gettimeofday", "getuid",
    "nanosleep", "sysinfo", "time", "ugetrlimit", "uname", "clock_getres_time64", "getegid32", "geteuid32", "getgid32",
    "getuid32", "rt_sigtimedwait_time64",
    /* descriptors */
    "close", "close_range", "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
    "epoll_wait", "eventfd2", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64", "pselect6", "pselect6_time64", "select",
    "_newselect",
    /* files that are open, and looking at others */
    "_llseek", "access", "faccessat", "faccessat2", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync",
    "fdatasync", "getcwd", "getdents64", "lseek", "lstat", "lstat64", "newfstatat", "pread64", "preadv", "preadv2",
    "pwrite64", "pwritev", "pwritev2", "read", "readlink", "readlinkat", "readv", "stat", "stat64", "statx", "write",
    "writev",
    /* sockets; which, see below */
    "bind", "getpeername", "getsockname", "getsockopt", "recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg",
    "send", "setsockopt", "shutdown"};

/* Who connects may say to whom he sends; a message's address stands in memory and cannot be looked at. */
static const char *const outward[] = {"connect", "sendmmsg", "sendmsg", "sendto", "socketpair"};
static const char *const inward[] = {"accept", "accept4", "listen"};

static const char *const replaces[] = {"rename", "renameat", "renameat2", "unlink", "unlinkat"};

/* Nothing of ours, of libc's or of a name service makes these. */
static const char *const deadly[] = {
    "execve",      "execveat",     "ptrace",     "process_vm_readv", "process_vm_writev",
    "init_module", "finit_module", "kexec_load", "kexec_file_load",  "mount",
    "bpf",         "pivot_root"};

/* What a command that hands a key on has no business with. */
static const char *const forbidden[] = {"ptrace",
                                        "process_vm_readv",
                                        "process_vm_writev",
                                        "process_madvise",
                                        "init_module",
                                        "finit_module",
                                        "delete_module",
                                        "kexec_load",
                                        "kexec_file_load",
                                        "mount",
                                        "umount2",
                                        "pivot_root",
                                        "move_mount",
                                        "mount_setattr",
                                        "open_tree",
                                        "fsopen",
                                        "fsconfig",
                                        "fsmount",
                                        "fspick",
                                        "pidfd_getfd",
                                        "pidfd_send_signal",
                                        "bpf",
                                        "perf_event_open",
                                        "userfaultfd",
                                        "add_key",
                                        "keyctl",
                                        "request_key",
                                        "reboot",
                                        "swapon",
                                        "swapoff",
                                        "settimeofday",
                                        "clock_settime",
                                        "clock_adjtime",
                                        "adjtimex",
                                        "acct",
                                        "quotactl",
                                        "open_by_handle_at",
                                        "name_to_handle_at",
                                        "io_uring_setup",
                                        "io_uring_enter",
                                        "io_uring_register",
                                        "unshare",
                                        "setns"};

static int rules(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n) {
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        if (number != __NR_SCMP_ERROR)
            r = seccomp_rule_add(filter, action, number, 0);
    }
    return r;
}

#define RULES(filter, action, names) rules(filter, action, names, sizeof(names) / sizeof(names)[0])

/* All namespaces. CLONE_NEWTIME is left out: in clone its bit belongs to a signal's number. */
enum {
    NAMESPACES =
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
};

/* One argument, of which these bits have to be so. */
#define BITS(argument, mask, value) SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, (uint64_t)(mask), (uint64_t)(value))

static int rule(scmp_filter_ctx filter, uint32_t action, const char *name, unsigned n,
                const struct scmp_arg_cmp *arguments) {
    int number = seccomp_syscall_resolve_name(name);
    return number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add_array(filter, action, number, n, arguments);
}

/* Allows a call where this argument has these bits. */
static int allow_if(scmp_filter_ctx filter, const char *name, unsigned argument, uint64_t mask, uint64_t value) {
    return rule(filter, SCMP_ACT_ALLOW, name, 1, &BITS(argument, mask, value));
}

/* protocol -1: any. */
static int allow_socket(scmp_filter_ctx filter, int family, int type, int protocol) {
    enum { TYPE = 0xf }; /* beside it stand SOCK_NONBLOCK and SOCK_CLOEXEC */
    const struct scmp_arg_cmp arguments[] = {BITS(0, UINT32_MAX, family), BITS(1, TYPE, type),
                                             BITS(2, UINT32_MAX, protocol)};
    return rule(filter, SCMP_ACT_ALLOW, "socket", protocol < 0 ? 2 : 3, arguments);
}

/* TCP; and for who resolves names UDP, the sockets of name services, and a list of this machine's addresses. */
static int allow_sockets(scmp_filter_ctx filter, bool connects) {
    static const int families[] = {AF_INET, AF_INET6};
    int r = 0;
    for (size_t i = 0; i < sizeof families / sizeof families[0] && r == 0; i++) {
        r = allow_socket(filter, families[i], SOCK_STREAM, 0);
        if (r == 0)
            r = allow_socket(filter, families[i], SOCK_STREAM, IPPROTO_TCP);
        if (r == 0 && connects)
            r = allow_socket(filter, families[i], SOCK_DGRAM, -1);
    }
    if (r == 0 && !connects)
        return RULES(filter, SCMP_ACT_ALLOW, inward);
    if (r == 0)
        r = allow_socket(filter, AF_UNIX, SOCK_STREAM, -1);
    if (r == 0)
        r = allow_socket(filter, AF_UNIX, SOCK_DGRAM, -1);
    if (r == 0)
        r = allow_socket(filter, AF_NETLINK, SOCK_RAW, 0);
    return r == 0 ? RULES(filter, SCMP_ACT_ALLOW, outward) : r;
}

/* libc's send is sendto without an address. With one it would connect (MSG_FASTOPEN). */
static int allow_send(scmp_filter_ctx filter) {
    return allow_if(filter, "sendto", 4, UINT64_MAX, 0);
}

/* libmicrohttpd answers by sendmsg. Its address stands in memory, but a TCP socket that is not connected takes none
 * without MSG_FASTOPEN, and who only listens has no other sockets to send by than those he was started with. */
static int allow_answers(scmp_filter_ctx filter) {
    return allow_if(filter, "sendmsg", 2, MSG_FASTOPEN, 0);
}

/* A descriptor's flags and copies of it. Never its owner (F_SETOWN, F_SETSIG, O_ASYNC): the kernel sends that process
 * any signal, also one that nobody may send by kill. */
static int allow_fcntl(scmp_filter_ctx filter) {
    static const char *const calls[] = {"fcntl", "fcntl64"};
    static const int commands[] = {F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC, F_SETPIPE_SZ};
    int r = 0;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0] && r == 0; i++) {
        const struct scmp_arg_cmp set_flags[] = {BITS(1, UINT32_MAX, F_SETFL), BITS(2, O_ASYNC, 0)};
        r = rule(filter, SCMP_ACT_ALLOW, calls[i], 2, set_flags);
        for (size_t k = 0; k < sizeof commands / sizeof commands[0] && r == 0; k++)
            r = allow_if(filter, calls[i], 1, UINT32_MAX, (uint64_t)commands[k]);
    }
    return r;
}

/* Never TIOCSTI, which types at the terminal of whoever started us. */
static int allow_ioctls(scmp_filter_ctx filter) {
    static const unsigned long requests[] = {TCGETS,   TCSETS,  TCSETSW, TCSETSF,  TIOCGWINSZ, TIOCGPGRP,
                                             FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, TIOCOUTQ,   TIOCGPTN};
    int r = 0;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0] && r == 0; i++)
        r = allow_if(filter, "ioctl", 1, UINT32_MAX, requests[i]);
    return r;
}

static int allow_open(scmp_filter_ctx filter, uint64_t mask, uint64_t flags) {
    int r = allow_if(filter, "open", 1, mask, flags);
    return r == 0 ? allow_if(filter, "openat", 2, mask, flags) : r;
}

/* Names stand in memory, so it is any file that may be read, made anew, or written at its end. */
static int allow_files(scmp_filter_ctx filter, const struct sandbox *needs) {
    int r = allow_open(filter, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
    if (r == 0 && needs->replaces)
        r = allow_open(filter, O_CREAT | O_EXCL | O_TRUNC, O_CREAT | O_EXCL);
    if (r == 0 && needs->replaces)
        r = RULES(filter, SCMP_ACT_ALLOW, replaces);
    if (r == 0 && needs->appends)
        r = allow_open(filter, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_WRONLY | O_CREAT | O_APPEND);
    return r;
}

/* Nothing is writable and executable; executable at all only where a name service may have to be loaded. mmap is
 * allowed where there is no mmap2: beside one it is an older call, whose arguments stand in memory (x86 with 32 bits).
 * On s390x they do so although there is no other, so that only mprotect is looked at. */
static int allow_memory(scmp_filter_ctx filter, bool loads) {
    const char *const calls[] = {seccomp_syscall_resolve_name("mmap2") > 0 ? "mmap2" : "mmap", "mprotect"};
    int r = 0;
#ifdef __s390__
    r = rule(filter, SCMP_ACT_ALLOW, "mmap", 0, NULL);
#endif
    for (size_t i = 0; i < sizeof calls / sizeof calls[0] && r == 0; i++) {
        r = allow_if(filter, calls[i], 2, PROT_EXEC, 0);
        if (r == 0 && loads)
            r = allow_if(filter, calls[i], 2, PROT_WRITE, 0);
    }
    return r;
}

/* Which argument of clone is its flags. */
#ifdef __s390__
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

/* Threads, and no other processes. Where the flags stand in memory (clone3) they cannot be looked at: libc then takes
 * the other. */
static int allow_threads(scmp_filter_ctx filter) {
    int r = allow_if(filter, "clone", CLONE_FLAGS, CLONE_THREAD | NAMESPACES, CLONE_THREAD);
    if (r == 0)
        r = allow_if(filter, "tgkill", 0, UINT32_MAX, (uint32_t)getpid());
    return r == 0 ? rule(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL) : r;
}

/* No families of sockets that few have looked at. Where a command may make them by socketcall, with arguments that
 * stand in memory, it is either all families or none. */
static int forbid_families(scmp_filter_ctx filter, uint32_t no) {
    int r = 0;
    if (sandbox_has_socketcall())
        return 0;
    for (int family = 0; family < AF_NETLINK && r == 0; family++) {
        if (family != AF_UNIX && family != AF_INET && family != AF_INET6)
            r = rule(filter, no, "socket", 1, &BITS(0, UINT32_MAX, family));
    }
    return r == 0 ? rule(filter, no, "socket", 1, &SCMP_A0_32(SCMP_CMP_GT, AF_NETLINK, 0)) : r;
}

/* No namespaces, in which a process is root over much of the kernel, and nothing is typed at our terminal. */
static int forbid_for_commands(scmp_filter_ctx filter) {
    const uint32_t no = SCMP_ACT_ERRNO(EPERM);
    int r = 0;
#ifdef __i386__
    /* Under a kernel with 64 bits its programs may have as many. */
    r = seccomp_arch_add(filter, SCMP_ARCH_X86_64);
#endif
    if (r == 0)
        r = RULES(filter, no, forbidden);
    for (unsigned bit = 0; bit < 32 && r == 0; bit++) {
        if (NAMESPACES & 1u << bit)
            r = rule(filter, no, "clone", 1, &BITS(CLONE_FLAGS, 1u << bit, 1u << bit));
    }
    if (r == 0)
        r = rule(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL);
    if (r == 0)
        r = forbid_families(filter, no);
    if (r == 0)
        r = rule(filter, no, "ioctl", 1, &BITS(1, UINT32_MAX, TIOCSTI));
    return r == 0 ? rule(filter, no, "ioctl", 1, &BITS(1, UINT32_MAX, TIOCLINUX)) : r;
}

static int fill(scmp_filter_ctx filter, const struct sandbox *needs) {
    if (needs->commands)
        return forbid_for_commands(filter);
    int r = RULES(filter, SCMP_ACT_ALLOW, always);
    if (r == 0)
        r = RULES(filter, SCMP_ACT_KILL_PROCESS, deadly);
    if (r == 0)
        r = allow_sockets(filter, needs->connects);
    if (r == 0 && !needs->connects)
        r = allow_send(filter);
    if (r == 0 && needs->answers && !needs->connects)
        r = allow_answers(filter);
    if (r == 0)
        r = allow_fcntl(filter);
    if (r == 0)
        r = allow_ioctls(filter);
    if (r == 0)
        r = allow_files(filter, needs);
    if (r == 0)
        r = allow_memory(filter, needs->connects);
    return r == 0 ? allow_threads(filter) : r;
}

int sandbox_enter(const struct sandbox *needs) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    scmp_filter_ctx filter = seccomp_init(needs->commands ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return -ENOMEM;
    int r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (r == 0)
        r = fill(filter, needs);
    if (r == 0 && !needs->commands)
        r = sandbox_repeat_socketcall();
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    return r < 0 ? r : SANDBOX_FILTERED;
}
