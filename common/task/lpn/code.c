/* Repeat-accumulate codes: Divsalar, Jin, McEliece 1998; irregular repeats: Jin, Khandekar, McEliece 2000. Many bits
 * repeated little and few bits repeated much decode at a higher rate than all bits repeated equally. Sixteen lanes
 * instead of one cost nothing (each start is a known state) and let the learner pass along all of them at once. */
#include "common/task/lpn/code.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"

#include <errno.h>
#include <stdlib.h>

int code_new(struct code **codep, const struct params *params) {
    struct code *code = malloc(sizeof *code + params->k * sizeof code->pi[0]);
    if (!code)
        return -ENOMEM;
    code->n = params->n;
    code->k = params->k;
    size_t n_low = params->n / 32 * params->code_share, j = 0;
    for (uint32_t i = 0; i < params->n; i++)
        for (uint32_t r = i < n_low ? params->code_low : params->code_high; r > 0 && j < code->k; r--)
            code->pi[j++] = i;

    uint8_t id[8], key[32];
    store32_le(id, params->n);
    store32_le(id + 4, params->candidate);
    prg_derive(key, "parley/1 code", id, sizeof id);
    struct prg draws;
    prg_init(&draws, key, 0);
    for (size_t i = code->k - 1; i > 0; i--) {
        size_t other = prg_below(&draws, (uint32_t)i + 1);
        uint32_t index = code->pi[i];
        code->pi[i] = code->pi[other];
        code->pi[other] = index;
    }
    *codep = code;
    return 0;
}

void code_free(struct code *code) {
    free(code);
}

void code_encode(const struct code *code, uint8_t *codeword, const uint8_t *s) {
    uint8_t lane[CODE_LANES] = {0};
    memset(codeword, 0, bits_to_bytes(code->k));
    for (size_t j = 0; j < code->k; j++) {
        lane[j % CODE_LANES] ^= (uint8_t)bit_get(s, code->pi[j]);
        bit_xor(codeword, j, lane[j % CODE_LANES]);
    }
    memset(lane, 0, sizeof lane);
}
