#include "eve/keyring.h"

#include "common/net/status.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct keyring *k, const char *session, const char *text) {
    uint8_t key[32];
    size_t n;
    if (sodium_base642bin(key, sizeof key, text, strlen(text), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        n != sizeof key)
        return -EINVAL;
    if (k->n == k->capacity) {
        size_t capacity = k->capacity ? 2 * k->capacity : 64;
        void *keys = realloc(k->keys, capacity * sizeof *k->keys);
        if (keys)
            k->keys = keys;
        void *sessions = keys ? realloc(k->sessions, capacity * sizeof *k->sessions) : NULL;
        if (!sessions)
            return -ENOMEM;
        k->sessions = sessions;
        k->capacity = capacity;
    }
    memcpy(k->keys[k->n], key, 32);
    snprintf(k->sessions[k->n++], OBSERVE_ID, "%s", session);
    sodium_memzero(key, sizeof key);
    return 0;
}

int keyring_read(struct keyring *k, const char *key_path, const char *log_path, char error[static CAPTURE_ERROR]) {
    const char *path = log_path ? log_path : key_path;
    char line[256], first[128], second[128];
    int r = 0;
    FILE *file = fopen(path, "re");
    if (!file) {
        snprintf(error, CAPTURE_ERROR, "%.150s: %s", path, strerror(errno));
        return STATUS_IO;
    }
    for (size_t number = 1; r == 0 && fgets(line, sizeof line, file); number++) {
        int n = sscanf(line, "%127s %127s", first, second);
        if (n <= 0)
            continue;
        if (log_path)
            r = n == 2 && strlen(first) == OBSERVE_ID - 1 ? add(k, first, second) : -EINVAL;
        else
            r = n == 1 ? add(k, "", first) : -EINVAL;
        if (r < 0)
            snprintf(error, CAPTURE_ERROR, "%.150s: line %zu is not %s", path, number,
                     log_path ? "a session id and a key" : "a key (32 bytes in base64)");
    }
    fclose(file);
    sodium_memzero(line, sizeof line);
    sodium_memzero(first, sizeof first);
    sodium_memzero(second, sizeof second);
    if (r == 0 && k->n == 0) {
        snprintf(error, CAPTURE_ERROR, "%.150s: no key in it", path);
        r = -EINVAL;
    }
    return r == 0 ? STATUS_OK : r == -ENOMEM ? STATUS_INTERNAL : STATUS_DATA;
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
