#include "common/base/prg.h"

#include "common/base/bytes.h"
#include "common/base/chacha.h"

#include <errno.h>
#include <sodium.h>

void prg_derive(uint8_t out[static 32], const char *label, const uint8_t *data, size_t n_data) {
    crypto_generichash_state h;
    crypto_generichash_init(&h, NULL, 0, 32);
    crypto_generichash_update(&h, (const uint8_t *)label, strlen(label));
    crypto_generichash_update(&h, data, n_data);
    crypto_generichash_final(&h, out, 32);
    sodium_memzero(&h, sizeof h);
}

void prg_subkey(uint8_t out[static 32], const uint8_t key[static 32], const char *label, uint64_t index) {
    uint8_t le[8];
    store64_le(le, index);
    crypto_generichash_state h;
    crypto_generichash_init(&h, key, 32, 32);
    crypto_generichash_update(&h, (const uint8_t *)label, strlen(label));
    crypto_generichash_update(&h, le, sizeof le);
    crypto_generichash_final(&h, out, 32);
    sodium_memzero(&h, sizeof h);
}

int prg_seed(uint8_t out[static 32], const char *text) {
    if (!*text)
        return -EINVAL;
    if (bytes_from_hex(out, 32, text) < 0)
        prg_derive(out, "parley seed", (const uint8_t *)text, strlen(text));
    return 0;
}

void prg_expand(uint8_t *out, size_t n, const uint8_t key[static 32], uint64_t offset) {
    static const uint8_t nonce[8] = {0};
    chacha_stream(out, n, key, nonce, offset / 64);
}

void prg_init(struct prg *g, const uint8_t key[static 32], uint64_t nonce) {
    memcpy(g->key, key, 32);
    store64_le(g->nonce, nonce);
    g->next_block = 0;
    g->used = sizeof g->buffer;
}

void prg_deinit(struct prg *g) {
    sodium_memzero(g, sizeof *g);
    g->used = sizeof g->buffer;
}

static void refill(struct prg *g) {
    chacha_stream(g->buffer, sizeof g->buffer, g->key, g->nonce, g->next_block);
    g->next_block += sizeof g->buffer / 64;
    g->used = 0;
}

void prg_read(struct prg *g, uint8_t *out, size_t n) {
    while (n) {
        if (g->used == sizeof g->buffer)
            refill(g);
        size_t piece = sizeof g->buffer - g->used;
        if (piece > n)
            piece = n;
        memcpy(out, g->buffer + g->used, piece);
        g->used += piece;
        out += piece;
        n -= piece;
    }
}

uint32_t prg_u32(struct prg *g) {
    uint8_t b[4];
    prg_read(g, b, 4);
    return load32_le(b);
}

uint64_t prg_u64(struct prg *g) {
    uint8_t b[8];
    prg_read(g, b, 8);
    return load64_le(b);
}

uint32_t prg_below(struct prg *g, uint32_t bound) {
    uint32_t rejected = (uint32_t)-bound % bound; /* 2^32 mod bound */
    uint32_t v;
    do
        v = prg_u32(g);
    while (v < rejected);
    return v % bound;
}
