#include "eve/page/hidden.h"

#include <sodium.h>
#include <string.h>

static void make_key(uint8_t key[static HIDDEN_KEY], enum hidden_what what, const void *p, size_t n) {
    crypto_generichash_state state;
    const uint8_t kind = (uint8_t)what;
    crypto_generichash_init(&state, NULL, 0, HIDDEN_KEY);
    crypto_generichash_update(&state, &kind, 1);
    crypto_generichash_update(&state, p, n);
    crypto_generichash_final(&state, key, HIDDEN_KEY);
}

bool hidden_has(const struct hidden *h, enum hidden_what what, const void *p, size_t n) {
    uint8_t key[HIDDEN_KEY];
    if (h->n == 0)
        return false;
    make_key(key, what, p, n);
    for (size_t i = 0; i < h->n; i++)
        if (memcmp(h->keys[i], key, HIDDEN_KEY) == 0)
            return true;
    return false;
}

void hidden_add(struct hidden *h, enum hidden_what what, const void *p, size_t n) {
    if (hidden_has(h, what, p, n))
        return;
    make_key(h->keys[h->next], what, p, n);
    h->next = (h->next + 1) % HIDDEN_MAX;
    if (h->n < HIDDEN_MAX)
        h->n++;
}
