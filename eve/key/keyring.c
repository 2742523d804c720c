#include "eve/key/keyring.h"

#include "common/base/base64.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By hand, since realloc would leave keys behind. */
static int grow(struct keyring *k) {
    size_t capacity = k->capacity ? 2 * k->capacity : 64;
    void *keys = malloc(capacity * sizeof *k->keys);
    void *sessions = keys ? realloc(k->sessions, capacity * sizeof *k->sessions) : NULL;
    if (!sessions) {
        free(keys);
        return -ENOMEM;
    }
    if (k->keys) {
        memcpy(keys, k->keys, k->n * sizeof *k->keys);
        sodium_memzero(k->keys, k->n * sizeof *k->keys);
    }
    free(k->keys);
    k->keys = keys;
    k->sessions = sessions;
    k->capacity = capacity;
    return 0;
}

static int add(struct keyring *k, const char *session, const char *text) {
    int r = k->n == k->capacity ? grow(k) : 0;
    if (r < 0)
        return r;
    if (base64_parse32(k->keys[k->n], text, strlen(text), sodium_base64_VARIANT_ORIGINAL) < 0)
        return -EINVAL;
    snprintf(k->sessions[k->n++], OBSERVE_ID, "%s", session);
    return 0;
}

static bool is_session(const char *text) {
    return strlen(text) == OBSERVE_ID - 1 && strspn(text, "0123456789abcdef") == OBSERVE_ID - 1;
}

/* -EINVAL: this is no line of such a file. */
static int take_line(struct keyring *k, const char *line, bool log) {
    char first[128], second[128], more[2];
    int n = sscanf(line, "%127s %127s %1s", first, second, more), r = -EINVAL;
    if (n <= 0)
        r = 0;
    else if (log && n == 2 && is_session(first))
        r = add(k, first, second);
    else if (!log && n == 1)
        r = add(k, "", first);
    sodium_memzero(first, sizeof first);
    sodium_memzero(second, sizeof second);
    return r;
}

int keyring_read(struct keyring *k, const char *key_path, const char *log_path, char error[static CAPTURE_ERROR]) {
    const char *path = log_path ? log_path : key_path;
    char line[256];
    size_t number = 0;
    int r = 0, failed = 0;
    FILE *file = fopen(path, "re");
    if (!file) {
        snprintf(error, CAPTURE_ERROR, "%.150s: %s", path, strerror(errno));
        return -errno;
    }
    while (r == 0 && fgets(line, sizeof line, file)) {
        number++;
        r = strchr(line, '\n') || feof(file) ? take_line(k, line, log_path) : -EINVAL; /* too long, or with a NUL */
    }
    if (r == 0 && ferror(file))
        failed = errno;
    fclose(file);
    sodium_memzero(line, sizeof line);
    if (failed) {
        snprintf(error, CAPTURE_ERROR, "%.150s: %s", path, strerror(failed));
        return -failed;
    }
    if (r == -ENOMEM) {
        snprintf(error, CAPTURE_ERROR, "out of memory");
        return -ENOMEM;
    }
    if (r < 0)
        snprintf(error, CAPTURE_ERROR, "%.150s: line %zu is not %s", path, number,
                 log_path ? "a session id and a key" : "a key (32 bytes in base64)");
    else if (k->n == 0)
        snprintf(error, CAPTURE_ERROR, "%.150s: no key in it", path);
    return r == 0 && k->n ? 0 : -EBADMSG;
}

const uint8_t (*keyring_keys(struct keyring *k, const char *session, size_t *n_keysp))[32] {
    *n_keysp = 0;
    free(k->found);
    k->found = malloc((k->n ? k->n : 1) * sizeof *k->found);
    for (size_t i = 0; k->found && i < k->n; i++)
        if (!k->sessions[i][0] || strcmp(k->sessions[i], session) == 0)
            memcpy(k->found[(*n_keysp)++], k->keys[i], 32);
    return (const uint8_t(*)[32])k->found;
}

void keyring_deinit(struct keyring *k) {
    if (k->keys)
        sodium_memzero(k->keys, k->n * sizeof *k->keys);
    if (k->found)
        sodium_memzero(k->found, k->n * sizeof *k->found);
    free(k->keys);
    free(k->sessions);
    free(k->found);
    *k = (struct keyring){0};
}
