/* What the fuzz targets share. A target is fuzz_target of one program; reached.c counts and times it for libFuzzer or
 * for replay.c. */
#ifndef PARLEY_FUZZ_H
#define PARLEY_FUZZ_H

#include "eve/wire/observe.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each target's own. */
void fuzz_target(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* This input got no further than a check of a length. At most once for each input. */
void fuzz_ended_at_length(void);

#define REQUIRE(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))

_Noreturn static inline void fuzz_fail(const char *file, int line, const char *text) {
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
    abort();
}

/* The input, from its front on; zeros behind its end. */
struct fuzz_input {
    const uint8_t *p;
    size_t n;
};

static inline unsigned fuzz_byte(struct fuzz_input *in) {
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->p++;
}

static inline unsigned fuzz_u16(struct fuzz_input *in) {
    unsigned high = fuzz_byte(in);
    return high << 8 | fuzz_byte(in);
}

/* Up to n bytes as a block of their own, so that a sanitizer sees both of its ends. free(). */
static inline uint8_t *fuzz_block(struct fuzz_input *in, size_t *np) {
    size_t n = *np < in->n ? *np : in->n;
    uint8_t *p = malloc(n ? n : 1);
    REQUIRE(p);
    if (n)
        memcpy(p, in->p, n);
    in->p += n;
    in->n -= n;
    *np = n;
    return p;
}

/* Reads every byte, so that a sanitizer sees it. */
static inline unsigned fuzz_touch(const uint8_t *p, size_t n) {
    volatile unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = sum + p[i];
    return sum;
}

/* What holds of facts whatever was heard, once they are finished. */
void fuzz_check_facts(const struct observe_facts *f);

#endif
