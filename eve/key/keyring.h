/* Session keys from a file: one key (--key), or those of a key log by session (--keylog). */
#ifndef PARLEY_EVE_KEYRING_H
#define PARLEY_EVE_KEYRING_H

#include "eve/wire/capture.h"

struct keyring {
    uint8_t (*keys)[32];
    char (*sessions)[OBSERVE_ID]; /* "": for any session */
    size_t n, capacity;
    uint8_t (*found)[32]; /* the last answer of keyring_keys */
};

/* One of the paths is NULL. 0, or one line in error and -ENOMEM, -EBADMSG for what is in the file, or the errno
 * of a file that cannot be read. */
int keyring_read(struct keyring *k, const char *key_path, const char *log_path, char error[static CAPTURE_ERROR]);
/* The keys for a session, in the order of the log; valid until the next call. NULL: out of memory. */
const uint8_t (*keyring_keys(struct keyring *k, const char *session, size_t *n_keysp))[32];
void keyring_deinit(struct keyring *k);

#endif
