/* Files that hold session keys. */
#ifndef PARLEY_NET_KEYFILE_H
#define PARLEY_NET_KEYFILE_H

#include <stddef.h>
#include <stdint.h>

enum { KEYFILE_TEXT = 45 }; /* base64 of 32 bytes and a NUL */

void keyfile_text(char out[static KEYFILE_TEXT], const uint8_t key[static 32]);

/* Puts the key, base64 and a newline, mode 0600, in the place of path at once: whoever reads path sees the old key or
 * the new one, whole, also after a crash. Negative errno. */
int keyfile_write(const char *path, const uint8_t key[static 32]);

/* Whether the user that this process runs as may put files where the pattern says. 0, negative errno; 0 too where that
 * depends on the session or the peer. */
int keyfile_check(const char *pattern);

/* pattern with %s replaced by the session, %p by the peer's identity and %% by %. malloc'ed, NULL when out of memory.
 */
char *keyfile_path(const char *pattern, const char *session, const char *identity);

/* --keylog: appends "SESSION KEY\n" to a file of mode 0600. Negative errno. */
int keyfile_log(const char *path, const char *session, const uint8_t key[static 32]);

#endif
