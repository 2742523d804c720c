#include "common/shell/host/files.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

uint64_t files_may_be_open(uint64_t n) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return n;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= n)
        return n;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max != RLIM_INFINITY && limit.rlim_max < n ? limit.rlim_max : (rlim_t)n;
    return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? before : limit.rlim_cur;
}

int files_write(int fd, const void *bytes, size_t n) {
    for (const uint8_t *p = bytes; n > 0;) {
        ssize_t written = write(fd, p, n);
        if (written < 0 && errno != EINTR)
            return -errno;
        p += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static bool is_program(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool join(char path[static FILES_PATH], const char *folder, const char *middle, const char *name) {
    int n = snprintf(path, FILES_PATH, "%s/%s%s", folder, middle, name);
    return n > 0 && n < FILES_PATH && is_program(path);
}

static bool find_in(char path[static FILES_PATH], const char *folder, const char *name) {
    char middle[64];
    snprintf(middle, sizeof middle, "%s/", name);
    return join(path, folder, "", name) || join(path, folder, middle, name);
}

/* The folder of the running program. */
static bool own_folder(char folder[static FILES_PATH]) {
#ifdef __APPLE__
    uint32_t size = FILES_PATH;
    if (_NSGetExecutablePath(folder, &size) != 0)
        return false;
#else
    ssize_t n = readlink("/proc/self/exe", folder, FILES_PATH - 1);
    if (n < 0)
        return false;
    folder[n] = 0;
#endif
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    return slash != NULL;
}

int files_find_program(char path[static FILES_PATH], const char *folder, const char *name) {
    char own[FILES_PATH], above[FILES_PATH + 4];
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
    snprintf(path, FILES_PATH, "%s", name);
    return -ENOENT;
}
