#include "common/base/chacha.h"

#include "common/base/bytes.h"

#include <sodium.h>

static void with_sodium(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8],
                        uint64_t block) {
    memset(out, 0, n);
    crypto_stream_chacha20_xor_ic(out, out, n, nonce, block, key);
}

#ifdef PARLEY_LIBCRYPTO

#include <openssl/evp.h>

enum {
    WORTH_IT = 4096, /* below this many bytes setting libcrypto up, a microsecond, costs more than it gains */
    ZEROS = 64 * 1024,
};

static const uint8_t zeros[ZEROS];

/* EVP_chacha20's IV is the 64-bit counter and the nonce. */
static int with_libcrypto(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8],
                          uint64_t block) {
    uint8_t iv[16];
    store64_le(iv, block);
    memcpy(iv + 8, nonce, 8);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int ok = context && EVP_EncryptInit_ex(context, EVP_chacha20(), NULL, key, iv) == 1;
    for (size_t done = 0; ok && done < n;) {
        int now = n - done < ZEROS ? (int)(n - done) : ZEROS, got = 0;
        ok = EVP_EncryptUpdate(context, out + done, &got, zeros, now) == 1 && got == now;
        done += (size_t)now;
    }
    EVP_CIPHER_CTX_free(context); /* wipes the key */
    return ok;
}

void chacha_stream(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8],
                   uint64_t block) {
    if (n < WORTH_IT || !with_libcrypto(out, n, key, nonce, block))
        with_sodium(out, n, key, nonce, block);
}

void chacha_prepare(void) {
    static const uint8_t key[32], nonce[8];
    uint8_t out[64];
    (void)with_libcrypto(out, sizeof out, key, nonce, 0);
}

#else

void chacha_prepare(void) {}

void chacha_stream(uint8_t *out, size_t n, const uint8_t key[static 32], const uint8_t nonce[static 8],
                   uint64_t block) {
    with_sodium(out, n, key, nonce, block);
}

#endif
