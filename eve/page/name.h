/* A name that somebody has chosen for all to see. Pure: it is decided in this one place what may stand on a wall. */
#ifndef PARLEY_EVE_PAGE_NAME_H
#define PARLEY_EVE_PAGE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NAME_CHARACTERS = 24, /* of Unicode */
    NAME_BYTES = 64,      /* of UTF-8: as many as Alice tells Bob (proto/sealed.h) */
};

/* NULL: n bytes at p are valid UTF-8 without any character that cannot be seen or that turns the order of letters
 * around, and nobody reads them as Bob or Eve. Otherwise why not: one line for a person, with its end. */
const char *name_wrong(const char *p, size_t n);

#endif
