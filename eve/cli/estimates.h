/* Tables of eve estimate for tasks other than LPN, each in a currency of its own. params: only this set, NULL: all. */
#ifndef PARLEY_EVE_ESTIMATES_H
#define PARLEY_EVE_ESTIMATES_H

#include <jansson.h>
#include <stddef.h>

/* How many sets of LWE that is. */
size_t estimates_lwe_count(const char *params);
void estimates_lwe_print(const char *params);
json_t *estimates_lwe_describe(const char *params);

/* The same of the ring task. */
size_t estimates_ring_count(const char *params);
void estimates_ring_print(const char *params);
json_t *estimates_ring_describe(const char *params);

#endif
