#include "common/shell/host/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/types.h>
#include <unistd.h>

bool user_is_root(void) {
    return geteuid() == 0;
}

/* Somebody with privileges is who they were a moment ago: every way back is tried. */
static bool can_come_back(uid_t uid, gid_t gid) {
    if (geteuid() != uid || getuid() != uid || getegid() != gid || getgid() != gid)
        return true;
    if (uid != 0 && (setuid(0) == 0 || seteuid(0) == 0 || setreuid(0, 0) == 0))
        return true;
    if (gid != 0 && uid != 0 && (setgid(0) == 0 || setegid(0) == 0 || setgroups(0, NULL) == 0))
        return true;
    return false;
}

int user_become(const char *name) {
    errno = 0;
    const struct passwd *user = getpwnam(name);
    if (!user)
        return errno && errno != EPERM && errno != ESRCH ? -errno : -ENOENT;
    uid_t uid = user->pw_uid;
    gid_t gid = user->pw_gid;
    if (geteuid() != 0)
        return geteuid() == uid ? 0 : -EPERM;
    if (setgroups(0, NULL) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
        return -errno;
    return can_come_back(uid, gid) ? -EPERM : 0;
}
