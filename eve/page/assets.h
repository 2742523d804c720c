/* The page's files, embedded when Parley is built. */
#ifndef PARLEY_EVE_PAGE_ASSETS_H
#define PARLEY_EVE_PAGE_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path, *type; /* "/app.js"; "/" is index.html. NULL behind the last */
    const char *encoding;    /* "gzip", or NULL where they lie as they are */
    const unsigned char *bytes;
    size_t n;
};

extern const struct asset assets[];

#endif
