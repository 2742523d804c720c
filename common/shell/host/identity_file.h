/* The file of an identity: one line, "parley-identity-1 SEED PUBLIC", both parts 32 bytes in base64. The public key is
 * there so that it can be read again, and so that a damaged file is noticed. */
#ifndef PARLEY_HOST_IDENTITY_FILE_H
#define PARLEY_HOST_IDENTITY_FILE_H

#include "common/base/identity.h"

#include <stddef.h>

enum { IDENTITY_WHY = 160 };

/* A fresh identity in a new file of mode 0600; what is there already stays. Negative errno. */
int identity_file_new(const char *path, uint8_t public_key[static IDENTITY_KEY]);

/* Negative: -errno of the file; -EPERM with why = others may read it; -EBADMSG with why = what is wrong where. */
int identity_file_read(const char *path, struct identity *identity, char why[static IDENTITY_WHY]);

/* What identity_file_read does with the n bytes of the file. 0, or -EBADMSG with why. */
int identity_file_parse(const char *line, size_t n, struct identity *identity, char why[static IDENTITY_WHY]);

#endif
