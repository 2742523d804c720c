#include "common/base/name_alike.h"

#include "common/base/letters.h"
#include "common/base/text.h"

#include <stdint.h>
#include <string.h>

struct skeleton {
    uint32_t code[NAME_ALIKE_MAX];
    size_t n;
};

/* 0: it does not count. */
static uint32_t reduced(uint32_t c) {
    c = letters_plain(c);
    if (c == '0')
        return 'o';
    if (c == '1' || c == 'i' || c == '|')
        return 'l';
    bool counts = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return counts && !letters_is_mark(c) ? c : 0;
}

static void reduce(struct skeleton *out, const char *p, size_t n) {
    uint32_t code = 0, kept;
    out->n = 0;
    for (size_t i = 0, length; i < n && out->n < NAME_ALIKE_MAX; i += length) {
        if (!(length = text_character((const uint8_t *)p + i, n - i, &code)))
            return;
        if ((kept = reduced(code)))
            out->code[out->n++] = kept;
    }
}

/* Of names that are signs alone nothing is left, and they are told apart byte by byte. */
bool name_alike(const char *a, size_t n_a, const char *b, size_t n_b) {
    struct skeleton x, y;
    reduce(&x, a, n_a);
    reduce(&y, b, n_b);
    if (x.n == 0 && y.n == 0)
        return n_a == n_b && memcmp(a, b, n_a) == 0;
    return x.n == y.n && memcmp(x.code, y.code, x.n * sizeof x.code[0]) == 0;
}
