#include "eve/cli/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

enum { NOBODY = 65534 };

/* The number in an environment variable, or otherwise. */
static unsigned number_of(const char *name, unsigned otherwise) {
    const char *text = getenv(name);
    char *end;
    if (!text || !*text || strspn(text, "0123456789") != strlen(text))
        return otherwise;
    unsigned long number = strtoul(text, &end, 10);
    return number && number < NOBODY ? (unsigned)number : otherwise;
}

FILE *privilege_create(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return NULL;
    struct stat status;
    /* the file stays the user's; a failure only leaves it root's */
    if (geteuid() == 0 && getenv("SUDO_UID") && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_uid == 0 && fchown(fd, number_of("SUDO_UID", 0), number_of("SUDO_GID", 0)) < 0)
        errno = 0;
    return fdopen(fd, "w");
}

#ifdef __linux__
static int drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return (int)syscall(SYS_capset, &header, data);
}
#else
static int drop_capabilities(void) {
    return 0;
}
#endif

int privilege_drop(void) {
    if (geteuid() == 0) {
        unsigned user = number_of("SUDO_UID", NOBODY), group = number_of("SUDO_GID", NOBODY);
        if (setgroups(0, NULL) < 0 || setgid(group) < 0 || setuid(user) < 0)
            return -1;
    } else if (setgid(getgid()) < 0 || setuid(getuid()) < 0)
        return -1;
    if (drop_capabilities() < 0)
        return -1;
    if (setuid(0) == 0 || geteuid() == 0) { /* it must not be possible to go back */
        errno = EPERM;
        return -1;
    }
    return 0;
}
