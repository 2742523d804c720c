/* A list of what is allowed; anything else fails with EPERM, and what only an attacker would try ends the process. With
 * commands it is a list of what is forbidden instead: a filter is inherited by whatever is run, and nobody can list all
 * that a shell and `wg` need. */
#include "common/net/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>

/* Whatever the options are. Names that an architecture does not have are skipped. */
static const char *const always[] = {
    /* memory */
    "brk", "madvise", "mlock", "mlock2", "mremap", "munlock", "munmap", "membarrier",
    /* threads and signals */
    "exit", "exit_group", "futex", "futex_time64", "get_robust_list", "gettid", "getpid", "restart_syscall", "rseq",
    "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sched_getaffinity",
    "sched_yield", "set_robust_list", "sigaltstack", "sigreturn", "tgkill",
    /* time, and who we are */
    "clock_getres", "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "getcpu",
    "getegid", "geteuid", "getgid", "getppid", "getrandom", "getrlimit", "getrusage", "gettimeofday", "getuid",
    "nanosleep", "sysinfo", "time", "ugetrlimit", "uname",
    /* descriptors */
    "close", "close_range", "dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
    "epoll_wait", "eventfd2", "fcntl", "fcntl64", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64", "pselect6",
    "pselect6_time64", "select", "_newselect",
    /* files that are open, and looking at others */
    "_llseek", "access", "faccessat", "faccessat2", "fstat", "fstat64", "fstatat64", "fstatfs", "fsync", "fdatasync",
    "getcwd", "getdents64", "lseek", "lstat", "lstat64", "newfstatat", "pread64", "preadv", "preadv2", "pwrite64",
    "pwritev", "pwritev2", "read", "readlink", "readlinkat", "readv", "stat", "stat64", "statx", "write", "writev",
    /* sockets; which, see below */
    "accept", "accept4", "bind", "getpeername", "getsockname", "getsockopt", "listen", "recv", "recvfrom", "recvmmsg",
    "recvmsg", "send", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown"};

static const char *const creates[] = {"rename", "renameat", "renameat2", "unlink", "unlinkat", "ftruncate"};

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
                                        "open_tree",
                                        "fsopen",
                                        "fsmount",
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

/* Allows a call where this argument has these bits. */
static int allow_if(scmp_filter_ctx filter, const char *name, unsigned argument, uint64_t mask, uint64_t value) {
    int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR)
        return 0;
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, mask, value));
}

static int allow_sockets(scmp_filter_ctx filter, bool connects) {
    static const char *const outward[] = {"connect", "socketpair"};
    static const uint64_t out[] = {AF_UNIX, AF_NETLINK}; /* name services; which addresses this machine has */
    int r = allow_if(filter, "socket", 0, UINT32_MAX, AF_INET);
    if (r == 0)
        r = allow_if(filter, "socket", 0, UINT32_MAX, AF_INET6);
    for (size_t i = 0; connects && i < sizeof out / sizeof out[0] && r == 0; i++)
        r = allow_if(filter, "socket", 0, UINT32_MAX, out[i]);
    if (r == 0 && connects)
        r = RULES(filter, SCMP_ACT_ALLOW, outward);
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

static int allow_files(scmp_filter_ctx filter, bool files) {
    uint64_t mask = files ? 0 : O_CREAT | O_TRUNC;
    int r = allow_if(filter, "open", 1, mask, 0);
    if (r == 0)
        r = allow_if(filter, "openat", 2, mask, 0);
    return r == 0 && files ? RULES(filter, SCMP_ACT_ALLOW, creates) : r;
}

/* Nothing is writable and executable; executable at all only where a name service may have to be loaded. */
static int allow_memory(scmp_filter_ctx filter, bool loads) {
    static const char *const calls[] = {"mmap", "mmap2", "mprotect"};
    int r = 0;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0] && r == 0; i++) {
        r = allow_if(filter, calls[i], 2, PROT_EXEC, 0);
        if (r == 0 && loads)
            r = allow_if(filter, calls[i], 2, PROT_WRITE, 0);
    }
    return r;
}

/* Threads, and no other processes. Where the flags stand in memory (clone3) they cannot be looked at: libc then takes
 * the other. */
static int allow_threads(scmp_filter_ctx filter) {
    int clone3 = seccomp_syscall_resolve_name("clone3");
    int r = allow_if(filter, "clone", 0, CLONE_THREAD, CLONE_THREAD);
    if (r == 0 && clone3 != __NR_SCMP_ERROR)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), clone3, 0);
    return r;
}

static int fill(scmp_filter_ctx filter, const struct sandbox *needs) {
    if (needs->commands)
        return RULES(filter, SCMP_ACT_ERRNO(EPERM), forbidden);
    int r = RULES(filter, SCMP_ACT_ALLOW, always);
    if (r == 0)
        r = RULES(filter, SCMP_ACT_KILL_PROCESS, deadly);
    if (r == 0)
        r = allow_sockets(filter, needs->connects);
    if (r == 0)
        r = allow_ioctls(filter);
    if (r == 0)
        r = allow_files(filter, needs->files);
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
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    return r < 0 ? r : SANDBOX_FILTERED;
}
