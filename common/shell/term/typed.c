#include "common/shell/term/typed.h"

#include "common/base/secret.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { FIRST = 256 };

int typed_add(struct typed *typed, const char *text, size_t n, size_t most) {
    size_t capacity = typed->capacity ? typed->capacity : FIRST;
    if (n > most || typed->n > most - n)
        return -ENOBUFS;
    while (capacity < typed->n + n)
        capacity *= 2;
    if (capacity > typed->capacity) { /* not realloc, which leaves a copy behind */
        uint8_t *more = secret_new(capacity);
        if (!more)
            return -ENOMEM;
        if (typed->n)
            memcpy(more, typed->bytes, typed->n);
        secret_free(typed->bytes);
        typed->bytes = more;
        typed->capacity = capacity;
    }
    memcpy(typed->bytes + typed->n, text, n);
    typed->n += n;
    return 0;
}

void typed_feed(struct typed *typed, struct session *session) {
    size_t taken = typed->n ? session_send(session, typed->bytes, typed->n) : 0;
    if (taken == 0)
        return;
    memmove(typed->bytes, typed->bytes + taken, typed->n - taken);
    sodium_memzero(typed->bytes + typed->n - taken, taken);
    typed->n -= taken;
    if (typed->n == 0)
        typed_deinit(typed); /* most sessions have nothing to take most of the time */
}

void typed_deinit(struct typed *typed) {
    secret_free(typed->bytes);
    *typed = (struct typed){0};
}
