/* Of a message with this nonce, block 0 of the stream is Poly1305's key, block 1 hides the tag in its first byte, and
 * the message follows from block 2 on. Authenticated are block 1, the message, zeros, and the lengths of what else is
 * authenticated (nothing) and of both blocks and message. The number of zeros is libsodium's: n mod 16, where one would
 * expect -n mod 16. Then the MAC changes the nonce, and the counter, which is part of it, goes up. */
#include "common/base/secretstream.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

typedef crypto_secretstream_xchacha20poly1305_state state_t;

#ifdef PARLEY_LIBCRYPTO

#include <openssl/evp.h>

enum {
    WORTH_IT = 16384, /* below this many bytes setting libcrypto up costs more than it gains */
    BLOCK = 64,
    MAC = crypto_onetimeauth_poly1305_BYTES,
    COUNTER = 4, /* bytes of the nonce; the MAC goes into the others */
};

/* What libcrypto keeps of one message. Only making it can fail. */
struct engine {
    EVP_CIPHER_CTX *cipher; /* from block 2 on */
    EVP_MAC_CTX *mac;
    uint8_t tag_block[BLOCK]; /* of the stream */
};

static void engine_deinit(struct engine *e) {
    EVP_CIPHER_CTX_free(e->cipher); /* both wipe what they know */
    EVP_MAC_CTX_free(e->mac);
    sodium_memzero(e, sizeof *e);
}

static bool engine_init(struct engine *e, const state_t *state) {
    uint8_t blocks[2 * BLOCK], iv[16];
    store32_le(iv, 2);
    memcpy(iv + 4, state->nonce, 12);
    crypto_stream_chacha20_ietf(blocks, sizeof blocks, state->nonce, state->k);
    memcpy(e->tag_block, blocks + BLOCK, BLOCK);
    EVP_MAC *poly1305 = EVP_MAC_fetch(NULL, "POLY1305", NULL);
    e->mac = poly1305 ? EVP_MAC_CTX_new(poly1305) : NULL;
    EVP_MAC_free(poly1305);
    e->cipher = EVP_CIPHER_CTX_new();
    bool ok = e->mac && e->cipher && EVP_MAC_init(e->mac, blocks, crypto_onetimeauth_poly1305_KEYBYTES, NULL) == 1 &&
              EVP_EncryptInit_ex(e->cipher, EVP_chacha20(), NULL, state->k, iv) == 1;
    sodium_memzero(blocks, sizeof blocks);
    if (!ok)
        engine_deinit(e);
    return ok;
}

static bool add(const struct engine *e, const uint8_t *p, size_t n) {
    return EVP_MAC_update(e->mac, p, n) == 1;
}

/* tag_block as it goes over the wire, and the n encrypted bytes. */
static bool authenticate(const struct engine *e, uint8_t mac[static MAC], const uint8_t *p, size_t n) {
    static const uint8_t zeros[16];
    uint8_t lengths[16] = {0};
    size_t n_mac = 0;
    store64_le(lengths + 8, BLOCK + n);
    return add(e, e->tag_block, BLOCK) && add(e, p, n) && add(e, zeros, n % 16) && add(e, lengths, sizeof lengths) &&
           EVP_MAC_final(e->mac, mac, &n_mac, MAC) == 1 && n_mac == MAC;
}

/* n is far below INT_MAX: message lengths are 32-bit numbers with a limit of 1 MiB. */
static bool crypt(const struct engine *e, uint8_t *out, const uint8_t *in, size_t n) {
    int got = 0;
    return EVP_EncryptUpdate(e->cipher, out, &got, in, (int)n) == 1 && (size_t)got == n;
}

static void go_on(state_t *state, const uint8_t mac[static MAC], uint8_t tag) {
    for (size_t i = COUNTER; i < sizeof state->nonce; i++)
        state->nonce[i] ^= mac[i - COUNTER];
    sodium_increment(state->nonce, COUNTER);
    if ((tag & crypto_secretstream_xchacha20poly1305_TAG_REKEY) || sodium_is_zero(state->nonce, COUNTER))
        crypto_secretstream_xchacha20poly1305_rekey(state);
}

static bool push_long(state_t *state, uint8_t *box, uint8_t first, const uint8_t *rest, size_t n, uint8_t tag) {
    struct engine e;
    if (n < WORTH_IT || !engine_init(&e, state))
        return false;
    uint8_t *c = box + 1, *mac = c + 1 + n;
    box[0] = e.tag_block[0] ^= tag;
    bool ok = crypt(&e, c, &first, 1) && crypt(&e, c + 1, rest, n) && authenticate(&e, mac, c, 1 + n);
    engine_deinit(&e);
    if (ok)
        go_on(state, mac, tag);
    return ok;
}

/* 1: not done, and nothing is changed. */
static int pull_long(state_t *state, uint8_t *plain, uint8_t *tagp, const uint8_t *box, size_t n) {
    struct engine e;
    uint8_t mac[MAC];
    if (n < WORTH_IT || !engine_init(&e, state))
        return 1;
    size_t n_plain = n - SECRETSTREAM_OVERHEAD;
    uint8_t tag = box[0] ^ e.tag_block[0];
    e.tag_block[0] = box[0];
    int r = authenticate(&e, mac, box + 1, n_plain) ? 0 : 1;
    if (r == 0 && crypto_verify_16(mac, box + 1 + n_plain) != 0)
        r = -1;
    if (r == 0 && !crypt(&e, plain, box + 1, n_plain))
        r = -ENOMEM;
    engine_deinit(&e);
    if (r == 0) {
        go_on(state, mac, tag);
        *tagp = tag;
    }
    sodium_memzero(mac, sizeof mac);
    return r;
}

#else

static bool push_long(state_t *state, uint8_t *box, uint8_t first, const uint8_t *rest, size_t n, uint8_t tag) {
    (void)state, (void)box, (void)first, (void)rest, (void)n, (void)tag;
    return false;
}

static int pull_long(state_t *state, uint8_t *plain, uint8_t *tagp, const uint8_t *box, size_t n) {
    (void)state, (void)plain, (void)tagp, (void)box, (void)n;
    return 1;
}

#endif

/* The plaintext is laid out behind the first byte of its box, where secretstream puts the ciphertext: it is sealed in
 * place. */
void secretstream_push(state_t *state, uint8_t *box, uint8_t first, const uint8_t *rest, size_t n, uint8_t tag) {
    if (push_long(state, box, first, rest, n, tag))
        return;
    box[1] = first;
    if (n)
        memcpy(box + 2, rest, n);
    crypto_secretstream_xchacha20poly1305_push(state, box, NULL, box + 1, 1 + n, NULL, 0, tag);
}

int secretstream_pull(state_t *state, uint8_t *plain, uint8_t *tagp, const uint8_t *box, size_t n) {
    int r = pull_long(state, plain, tagp, box, n);
    return r == 1 ? crypto_secretstream_xchacha20poly1305_pull(state, plain, NULL, tagp, box, n, NULL, 0) : r;
}
