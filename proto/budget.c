/* The second line behind the scan: whatever protobuf-c makes of a frame, its memory stays proportional to the bytes
 * received. Zeroed, because the unpacker of protobuf-c 1.4 reads its list of unknown fields uninitialised when an
 * allocation in the middle of a message fails. */
#include "proto/budget.h"

#include <stdlib.h>

static void *budget_alloc(void *data, size_t n) {
    struct budget *b = (struct budget *)data;
    if (n > b->left) {
        b->exceeded = true;
        return NULL;
    }
    b->left -= n;
    return calloc(1, n ? n : 1);
}

static void budget_free(void *data, void *p) {
    (void)data;
    free(p);
}

void budget_init(struct budget *b, size_t n) {
    *b = (struct budget){.allocator = {budget_alloc, budget_free, b}, .left = 8 * n + 64 * 1024};
}
