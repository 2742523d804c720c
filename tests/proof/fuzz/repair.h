/* Mends the lengths in an input after a mutation, so that most inputs get beyond the checks of lengths. */
#ifndef PARLEY_FUZZ_REPAIR_H
#define PARLEY_FUZZ_REPAIR_H

#include <stddef.h>
#include <stdint.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);

/* A body of n bytes: the envelope's length and those of the fields, where they are too long for what encloses them; and
 * where a field has one right length, often that, by adding or removing bytes. Returns the new size. */
size_t repair_body(uint8_t *body, size_t n, size_t n_max, unsigned seed);

/* Frames one after the other: a header whose length does not fit gets one that does. */
void repair_headers(uint8_t *stream, size_t n);

#endif
