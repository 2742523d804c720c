/* What a user would pick instead: processor microseconds of both sides together for one key, and bytes on the wire. A
 * line for each, "NAME MICROSECONDS BYTES"; 0 microseconds where no library of this machine has it, and then the bytes
 * are those that are published: ML-KEM-768, FIPS 203, table 3; HQC-128, as its submission of April 2023 has it. */
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#ifdef HAVE_LIBCRYPTO
#include <openssl/evp.h>
#endif

enum { TIMES = 1000 };

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double x25519(void) {
    unsigned char secret[2][32], public[2][32], shared[2][32];
    double begun = now_us();
    for (int i = 0; i < TIMES; i++) {
        for (int side = 0; side < 2; side++) {
            randombytes_buf(secret[side], 32);
            crypto_scalarmult_base(public[side], secret[side]);
        }
        for (int side = 0; side < 2; side++)
            if (crypto_scalarmult(shared[side], secret[side], public[!side]) != 0)
                return 0;
    }
    return (now_us() - begun) / TIMES;
}

/* A KEM of OpenSSL, from 3.5 on: keys, encapsulation, decapsulation. 0 where it has none of this name. */
static double kem(const char *name) {
#ifdef HAVE_LIBCRYPTO
    double begun = now_us();
    for (int i = 0; i < TIMES; i++) {
        unsigned char sealed[2048], shared[64];
        size_t n_sealed = sizeof sealed, n_shared = sizeof shared;
        EVP_PKEY *key = NULL;
        EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, name, NULL), *use = NULL;
        bool good = make && EVP_PKEY_keygen_init(make) > 0 && EVP_PKEY_generate(make, &key) > 0 &&
                    (use = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)) && EVP_PKEY_encapsulate_init(use, NULL) > 0 &&
                    EVP_PKEY_encapsulate(use, sealed, &n_sealed, shared, &n_shared) > 0 &&
                    EVP_PKEY_decapsulate_init(use, NULL) > 0 &&
                    EVP_PKEY_decapsulate(use, shared, &n_shared, sealed, n_sealed) > 0;
        EVP_PKEY_CTX_free(use);
        EVP_PKEY_CTX_free(make);
        EVP_PKEY_free(key);
        if (!good)
            return 0;
    }
    return (now_us() - begun) / TIMES;
#else
    (void)name;
    return 0;
#endif
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    printf("X25519 %.1f %d\n", x25519(), 2 * 32);
    printf("ML-KEM-768 %.1f %d\n", kem("ML-KEM-768"), 1184 + 1088);
    printf("HQC-128 %.1f %d\n", 0.0, 2249 + 4433);
    return 0;
}
