#include "common/base/secret.h"

#include "common/base/guarded.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The size stands in front of the block, in a header of one alignment unit. */
#define HEADER 64

void *secret_new(size_t n) {
    if (n > SIZE_MAX - 2 * HEADER)
        return NULL;
    size_t whole = (HEADER + n + HEADER - 1) / HEADER * HEADER;
    void *block = NULL;
    if (posix_memalign(&block, HEADER, whole) != 0)
        return NULL;
    memset(block, 0, whole);
    memcpy(block, &n, sizeof n);
    return (uint8_t *)block + HEADER;
}

void secret_free(void *p) {
    if (!p)
        return;
    uint8_t *block = (uint8_t *)p - HEADER;
    size_t n;
    memcpy(&n, block, sizeof n);
    sodium_memzero(p, n);
    free(block);
}

void *secret_new_guarded(size_t n) {
    return guarded_new(n);
}

void secret_free_guarded(void *p) {
    guarded_free(p);
}

void secret_wipe32(void *p) {
    sodium_memzero(p, 32);
}
