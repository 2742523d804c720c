/* Files that hold session keys. */
#ifndef PARLEY_HOST_KEYFILE_H
#define PARLEY_HOST_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stat;

enum {
    KEYFILE_TEXT = 45,      /* base64 of 32 bytes and a NUL */
    KEYFILE_EXPOSED = 4095, /* beside errno: others may read the file */
};

void keyfile_text(char out[static KEYFILE_TEXT], const uint8_t key[static 32]);

/* Puts the key, base64 and a newline, mode 0600, in the place of path at once: whoever reads path sees the old key or
 * the new one, whole, also after a crash. Negative errno. */
int keyfile_write(const char *path, const uint8_t key[static 32]);

/* The same for a key that is to go in any case: where it cannot be replaced, on a full disk, it is removed first, and
 * stays away if there is no room for the new one even then. Negative errno: the new one is not there. */
int keyfile_replace(const char *path, const uint8_t key[static 32]);

/* Whether this process may put files where the pattern says: the folder is there, it may be written to, and the name is
 * not a folder's. identity: a peer's, for %p, or NULL where it is not known; what depends on it or on the session is
 * not looked at. 0 or negative errno. */
int keyfile_check(const char *pattern, const char *identity);

/* Whether the pattern has %s. */
bool keyfile_names_session(const char *pattern);

/* pattern with %s replaced by the session, %p by the peer's identity and %% by %. A path that would begin with a dash,
 * which a command takes for an option, gets "./" in front. malloc'ed, NULL when out of memory. */
char *keyfile_path(const char *pattern, const char *session, const char *identity);

/* As ssh has it: whether anybody but the owner may do something with the file if that is us; with a file of somebody
 * else's, anybody outside its group. */
bool keyfile_others_may_read(const struct stat *st);

/* --keylog: opens the file to append to it, and makes it with mode 0600. A file that others may read is refused, but a
 * device is not. A descriptor, or negative errno with -KEYFILE_EXPOSED for that; keyfile_log_strerror has the words. */
int keyfile_log_open(const char *path);
const char *keyfile_log_strerror(int error);

/* Appends "SESSION KEY\n". Negative errno, as keyfile_log_open. */
int keyfile_log(const char *path, const char *session, const uint8_t key[static 32]);

#endif
