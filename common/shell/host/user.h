/* From root to a user without privileges, for good. */
#ifndef PARLEY_HOST_USER_H
#define PARLEY_HOST_USER_H

#include <stdbool.h>

bool user_is_root(void);

/* Becomes the user, with its own group and no other, and checks that there is no way back. Nothing to do for one who
 * is that user already. -ENOENT: there is no such user; -EPERM: not root, or the way back is open. */
int user_become(const char *name);

#endif
