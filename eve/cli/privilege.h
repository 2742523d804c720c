/* Giving up the privilege to capture, once it has served. */
#ifndef PARLEY_EVE_PRIVILEGE_H
#define PARLEY_EVE_PRIVILEGE_H

#include <stdio.h>

/* Creates path for writing, as the user who called sudo where it was called. NULL with errno. */
FILE *privilege_create(const char *path);

/* For good: root becomes the user who called sudo, or nobody; capabilities are emptied; no program run later gets any
 * back. -1 with errno. */
int privilege_drop(void);

#endif
