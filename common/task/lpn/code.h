/* The public linear code of a parameter set: an irregular repeat-accumulate code of rate 1/q.
 *
 * A sequence pi of k indices into 0 .. n-1, in which every index occurs a few times, is cut into 16 interleaved lanes;
 * each lane is the running sum of the secret bits that it names:
 *
 *     c_j = s[pi_j]              for j < 16
 *     c_j = c_(j-16) + s[pi_j]   for j >= 16
 *
 * so row j of the generator matrix is u_j = u_(j-16) + unit(pi_j). WIRE.md states how pi is drawn. */
#ifndef PARLEY_BIMODAL_CODE_H
#define PARLEY_BIMODAL_CODE_H

#include "common/task/lpn/params.h"

#include <stddef.h>
#include <stdint.h>

enum { CODE_LANES = 16 };

struct code {
    size_t n; /* secret bits */
    size_t k; /* codeword bits */
    uint32_t pi[];
};

/* The code of a set: public, the same on both sides, never written to after this. -ENOMEM. */
int code_new(struct code **codep, const struct params *params);
void code_free(struct code *code); /* NULL is fine */

/* codeword = the k codeword bits of the n bits of s, both packed. Neither is wiped here. */
void code_encode(const struct code *code, uint8_t *codeword, const uint8_t *s);

#endif
