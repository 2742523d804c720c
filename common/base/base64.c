/* libsodium 1.0.18 takes a byte above 127, a negative char, for some character of base64. */
#include "common/base/base64.h"

#include <errno.h>
#include <sodium.h>

int base64_parse32(uint8_t out[static 32], const char *text, size_t n, int variant) {
    size_t n_bytes;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] > 127)
            return -EINVAL;
    if (sodium_base642bin(out, 32, text, n, NULL, &n_bytes, NULL, variant) != 0 || n_bytes != 32)
        return -EINVAL;
    return 0;
}
