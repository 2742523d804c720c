/* A challenge: a recorded session whose secrets nobody is said to have, and claims to have found them. The one place
 * that decides what is a challenge, and whether a claim holds: by the session's own key confirmation (A4 and B4), so
 * that nobody need be asked. */
#ifndef PARLEY_EVE_CHALLENGE_H
#define PARLEY_EVE_CHALLENGE_H

#include "eve/key/derive.h"
#include "eve/wire/capture.h"

enum {
    CHALLENGE_ERROR = CAPTURE_ERROR,
    CHALLENGE_LINE = 2 * TASK_HYPOTHESIS_MAX + 128, /* of challenge_line */
};

struct challenge {
    struct capture capture;
    const struct observe_facts *facts; /* of its only session */
};

/* Reads a capture file. A challenge has one session and no other connection, A1 ... B4 of it whole and kept, both
 * numbers opening their commitments, both signatures, if any, in their place, and no damage anywhere. 0, or one line in
 * error and -ENOMEM, -EBADMSG for what is in the file, or the errno of one that cannot be read. challenge_deinit in any
 * case. */
int challenge_read(struct challenge *c, const char *path, char error[static CHALLENGE_ERROR]);
void challenge_deinit(struct challenge *c);

/* Whether this is the session key, 32 bytes. */
bool challenge_key(const struct challenge *c, const uint8_t key[static 32]);

/* Whether this text, hex as eve learn --json writes it, is Bob's secret; *keys are then the session's, wiped otherwise.
 * -EINVAL with one line in error: not the text of a secret of this set. 0: it is none, or not this one's; 1: it is. */
int challenge_secret(const struct challenge *c, const char *hex, struct keys *keys, char error[static CHALLENGE_ERROR]);

/* The line to publish: "parley-challenge-1 SET SESSION KEY", and behind it the secret in hex if it is not NULL. */
void challenge_line(const struct challenge *c, const uint8_t key[static 32], const char *secret,
                    char line[static CHALLENGE_LINE]);

#endif
