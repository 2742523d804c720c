/* A few out of many, each choice as likely as any other. */
#ifndef PARLEY_BASE_SAMPLE_H
#define PARLEY_BASE_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

/* chosen = `size` numbers out of 0 ... n - 1, ascending, uniform among all subsets of that size: a function of the key
 * alone. size <= n < 2^32; marks: scratch of n bits, all 0. Branches and addresses depend on what is chosen: whoever
 * shares the caches may learn the choice. */
void sample_draw(uint32_t *chosen, size_t size, size_t n, const uint8_t key[static 32], uint8_t *marks);

#endif
