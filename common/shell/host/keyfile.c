#include "common/shell/host/keyfile.h"

#include "common/shell/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void keyfile_text(char out[static KEYFILE_TEXT], const uint8_t key[static 32]) {
    sodium_bin2base64(out, KEYFILE_TEXT, key, 32, sodium_base64_VARIANT_ORIGINAL);
}

/* A rename is on the disk only when its folder is. Some file systems cannot do this, which is no failure of ours. */
static void sync_folder(const char *path) {
    char *folder = strdup(path);
    if (!folder)
        return;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    int fd = open(slash ? folder : ".", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

int keyfile_write(const char *path, const uint8_t key[static 32]) {
    char text[KEYFILE_TEXT];
    size_t n = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(n);
    if (!temporary)
        return -ENOMEM;
    snprintf(temporary, n, "%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        int error = errno;
        free(temporary);
        return -error;
    }
    keyfile_text(text, key);
    text[KEYFILE_TEXT - 1] = '\n';
    int r = files_write(fd, text, KEYFILE_TEXT);
    sodium_memzero(text, sizeof text);
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    if (close(fd) < 0 && r == 0)
        r = -errno;
    if (r == 0 && rename(temporary, path) < 0)
        r = -errno;
    if (r < 0)
        unlink(temporary);
    else
        sync_folder(path);
    free(temporary);
    return r;
}

int keyfile_replace(const char *path, const uint8_t key[static 32]) {
    int r = keyfile_write(path, key);
    if (r < 0 && unlink(path) == 0) { /* which makes room on a full disk */
        r = keyfile_write(path, key);
        if (r < 0)
            sync_folder(path); /* the old key is not to come back after a crash */
    }
    return r;
}

/* Up to which byte of a pattern its path is known: to the first %s, and to the first %p of an unknown peer. */
static size_t known_part(const char *pattern, bool peer_known) {
    const char *p = strchr(pattern, '%');
    while (p && p[1] != 's' && (p[1] != 'p' || peer_known))
        p = strchr(p + 1 + (p[1] != 0), '%');
    return p ? (size_t)(p - pattern) : strlen(pattern);
}

int keyfile_check(const char *pattern, const char *identity) {
    struct stat st;
    size_t n_known = known_part(pattern, identity != NULL);
    char *known = strndup(pattern, n_known), *path = known ? keyfile_path(known, "", identity ? identity : "") : NULL;
    bool whole = !pattern[n_known];
    int r = !path ? -ENOMEM : whole && !*path ? -ENOENT : 0;
    if (r == 0 && whole && (path[strlen(path) - 1] == '/' || (stat(path, &st) == 0 && S_ISDIR(st.st_mode))))
        r = -EISDIR;
    if (r == 0) {
        char *slash = strrchr(path, '/');
        if (slash)
            slash[slash == path] = 0;
        const char *folder = slash ? path : ".";
        if (stat(folder, &st) < 0)
            r = -errno;
        else if (!S_ISDIR(st.st_mode))
            r = -ENOTDIR;
        else if (!strchr(pattern + n_known, '/') && access(folder, W_OK | X_OK) < 0)
            r = -errno;
    }
    free(known);
    free(path);
    return r;
}

bool keyfile_names_session(const char *pattern) {
    for (const char *p = strchr(pattern, '%'); p; p = strchr(p + 1 + (p[1] != 0), '%')) {
        if (p[1] == 's')
            return true;
    }
    return false;
}

char *keyfile_path(const char *pattern, const char *session, const char *identity) {
    char *path = malloc(2 + strlen(pattern) * (strlen(session) + strlen(identity) + 1) + 1);
    if (!path)
        return NULL;
    memcpy(path, "./", 2);
    char *out = path + 2;
    for (const char *p = pattern; *p; p++) {
        if (p[0] == '%' && (p[1] == 's' || p[1] == 'p')) {
            out = stpcpy(out, p[1] == 's' ? session : identity);
            p++;
        } else {
            *out++ = *p;
            p += p[0] == '%' && p[1] == '%';
        }
    }
    *out = 0;
    if (path[2] != '-')
        memmove(path, path + 2, (size_t)(out - path) - 1);
    return path;
}

bool keyfile_others_may_read(const struct stat *st) {
    return st->st_mode & (st->st_uid == geteuid() ? 077 : 007);
}

int keyfile_log_open(const char *path) {
    struct stat st;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int r = fstat(fd, &st) < 0 ? -errno : !S_ISCHR(st.st_mode) && keyfile_others_may_read(&st) ? -KEYFILE_EXPOSED : 0;
    if (r < 0)
        close(fd);
    return r < 0 ? r : fd;
}

const char *keyfile_log_strerror(int error) {
    return error == KEYFILE_EXPOSED ? "others may read it (chmod 600, or name another file)" : strerror(error);
}

int keyfile_log(const char *path, const char *session, const uint8_t key[static 32]) {
    char line[KEYFILE_TEXT + 64], text[KEYFILE_TEXT];
    int fd = keyfile_log_open(path);
    if (fd < 0)
        return fd;
    keyfile_text(text, key);
    int n = snprintf(line, sizeof line, "%s %s\n", session, text);
    int r = files_write(fd, line, (size_t)n);
    sodium_memzero(line, sizeof line);
    sodium_memzero(text, sizeof text);
    if (close(fd) < 0 && r == 0)
        r = -errno;
    return r;
}
