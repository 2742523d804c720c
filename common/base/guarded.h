/* Memory between two pages that nobody may touch. What libsodium's sodium_malloc does, with half of its memory: a page
 * of its own for the block's size, and so 8 KiB for each session, is what an idle chat mostly was. */
#ifndef PARLEY_BASE_GUARDED_H
#define PARLEY_BASE_GUARDED_H

#include <stddef.h>

/* n zeroed bytes that end where the second guard begins, locked and left out of core dumps as far as the system lets
 * us; aligned as n is. NULL: out of memory. */
void *guarded_new(size_t n);

/* Wipes. If something in front of the block has been written to, sodium_misuse. NULL is fine. */
void guarded_free(void *p);

#endif
