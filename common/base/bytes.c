#include "common/base/bytes.h"

#include <errno.h>
#include <sodium.h>

void bytes_xor(uint8_t *dst, const uint8_t *src, size_t n) {
    for (size_t i = 0; i < n; i++)
        dst[i] ^= src[i];
}

void bytes_to_hex(char *out, const uint8_t *bytes, size_t n) {
    sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

int bytes_from_hex(uint8_t *out, size_t n, const char *hex) {
    size_t got = 0;
    const char *end = NULL;
    if (strlen(hex) != 2 * n || sodium_hex2bin(out, n, hex, 2 * n, NULL, &got, &end) != 0 || got != n)
        return -EINVAL;
    return 0;
}
