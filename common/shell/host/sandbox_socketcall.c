/* socketcall takes the number of a call and the address of its arguments, and a filter sees no memory. So a filter of
 * its own, whose SIGSYS goes before what another allows, has us read them and make the call itself: sandbox_linux.c's
 * filter then decides as everywhere. Who has taken over the process may do without us, but not without that filter. */
#include "common/shell/host/sandbox_socketcall.h"

#include <errno.h>
#include <seccomp.h>

#if defined __i386__ || defined __s390__

#include <linux/net.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* The registers of a system call: its first two arguments, and where its result is expected. */
#ifdef __i386__
enum { FIRST = REG_EBX, SECOND = REG_ECX, RESULT = REG_EAX };
#else
enum { FIRST = 2, SECOND = 3, RESULT = 2 };
#endif

/* The kernel's SYS_SECCOMP, in a header that clashes with libc's: why there is a SIGSYS. */
enum { BY_FILTER = 1 };

/* Whose arguments sandbox_linux.c looks at. */
static const int trapped[] = {SYS_SOCKET, SYS_SENDTO, SYS_SENDMSG};

static long repeat(unsigned long call, const unsigned long *a) {
    switch (call) {
    case SYS_SOCKET:
        return syscall(SYS_socket, a[0], a[1], a[2]);
    case SYS_SENDTO:
        return syscall(SYS_sendto, a[0], a[1], a[2], a[3], a[4], a[5]);
    case SYS_SENDMSG:
        return syscall(SYS_sendmsg, a[0], a[1], a[2]);
    default:
        errno = EPERM;
        return -1;
    }
}

static void trap(int number, siginfo_t *info, void *context) {
    if (info->si_code != BY_FILTER || info->si_syscall != SYS_socketcall) { /* somebody has sent it */
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    ucontext_t *registers = context;
    int before = errno;
    long r = repeat((unsigned long)registers->uc_mcontext.gregs[FIRST],
                    (const unsigned long *)registers->uc_mcontext.gregs[SECOND]);
    registers->uc_mcontext.gregs[RESULT] = r < 0 ? -errno : r;
    errno = before;
}

bool sandbox_has_socketcall(void) {
    return true;
}

int sandbox_repeat_socketcall(void) {
    struct sigaction action = {.sa_sigaction = trap, .sa_flags = SA_SIGINFO};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return -ENOMEM;
    int r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t i = 0; i < sizeof trapped / sizeof trapped[0] && r == 0; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_TRAP, SYS_socketcall, 1,
                             SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)trapped[i], 0));
    if (r == 0 && sigaction(SIGSYS, &action, NULL) < 0)
        r = -errno;
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    return r;
}

#else

/* Others have the number too (powerpc), but no libc that uses it: nobody is to make sockets by it. */
bool sandbox_has_socketcall(void) {
    return seccomp_syscall_resolve_name("socketcall") > 0;
}

int sandbox_repeat_socketcall(void) {
    int number = seccomp_syscall_resolve_name("socketcall");
    if (number <= 0)
        return 0;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return -ENOMEM;
    int r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0);
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    return r;
}

#endif
