#include "common/base/guarded.h"

#include <sodium.h>

#ifdef __linux__

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* In the first page that may be written to: how many bytes of such pages there are, zeros, the block. */
enum { HEADER = sizeof(size_t) };

void *guarded_new(size_t n) {
    size_t page = getauxval(AT_PAGESZ);
    if (n > SIZE_MAX / 2)
        return NULL;
    size_t open = (HEADER + n + page - 1) / page * page;
    uint8_t *all = mmap(NULL, open + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    uint8_t *first = all + page;
    if (mprotect(first, open, PROT_READ | PROT_WRITE) < 0) {
        munmap(all, open + 2 * page);
        return NULL;
    }
    (void)mlock(first, open); /* as many as ulimit -l allows */
    (void)madvise(first, open, MADV_DONTDUMP);
    memcpy(first, &open, sizeof open);
    return first + open - n;
}

void guarded_free(void *p) {
    size_t page = getauxval(AT_PAGESZ), open;
    if (!p)
        return;
    uint8_t *first = (uint8_t *)p - ((uintptr_t)p - HEADER) % page - HEADER;
    memcpy(&open, first, sizeof open);
    if (!sodium_is_zero(first + HEADER, (size_t)((uint8_t *)p - first) - HEADER))
        sodium_misuse();
    sodium_memzero(first, open);
    munmap(first - page, open + 2 * page); /* unlocks */
}

#else

#include <string.h>

void *guarded_new(size_t n) {
    void *p = sodium_malloc(n);
    if (p)
        memset(p, 0, n);
    return p;
}

void guarded_free(void *p) {
    sodium_free(p); /* wipes */
}

#endif
