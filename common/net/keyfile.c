#include "common/net/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void keyfile_text(char out[static KEYFILE_TEXT], const uint8_t key[static 32]) {
    sodium_bin2base64(out, KEYFILE_TEXT, key, 32, sodium_base64_VARIANT_ORIGINAL);
}

static int write_all(int fd, const char *text, size_t n) {
    while (n > 0) {
        ssize_t written = write(fd, text, n);
        if (written < 0 && errno != EINTR)
            return -errno;
        if (written > 0) {
            text += written;
            n -= (size_t)written;
        }
    }
    return 0;
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
    int r = write_all(fd, text, KEYFILE_TEXT);
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

int keyfile_check(const char *pattern) {
    char *folder = keyfile_path(pattern, "", "");
    const char *last = strrchr(pattern, '/');
    bool varies = last && (memmem(pattern, (size_t)(last - pattern), "%s", 2) ||
                           memmem(pattern, (size_t)(last - pattern), "%p", 2)); /* the folder itself */
    if (!folder || varies) {
        free(folder);
        return 0;
    }
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    int r = access(slash ? folder : ".", W_OK | X_OK) < 0 ? -errno : 0;
    free(folder);
    return r;
}

char *keyfile_path(const char *pattern, const char *session, const char *identity) {
    char *path = malloc(strlen(pattern) * (strlen(session) + strlen(identity) + 1) + 1), *out = path;
    if (!path)
        return NULL;
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
    return path;
}

int keyfile_log(const char *path, const char *session, const uint8_t key[static 32]) {
    char line[KEYFILE_TEXT + 64], text[KEYFILE_TEXT];
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    keyfile_text(text, key);
    int n = snprintf(line, sizeof line, "%s %s\n", session, text);
    int r = write_all(fd, line, (size_t)n);
    sodium_memzero(line, sizeof line);
    sodium_memzero(text, sizeof text);
    if (close(fd) < 0 && r == 0)
        r = -errno;
    return r;
}
