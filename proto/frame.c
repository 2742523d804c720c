/* The length is believed only as far as the caller's limit for the frame that is due, so a peer makes us hold no more
 * than it could legitimately send now. A reader that has refused a header keeps it and goes on refusing. */
#include "proto/frame.h"

#include "common/base/bytes.h"
#include "proto/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

void frame_reader_init(struct frame_reader *r) {
    *r = (struct frame_reader){0};
}

void frame_reader_deinit(struct frame_reader *r) {
    free(r->frame);
    frame_reader_init(r);
}

/* Moves up to want bytes of the input to out. */
static size_t take(uint8_t *out, size_t want, const uint8_t **pp, size_t *np) {
    size_t n = *np < want ? *np : want;
    if (n) {
        memcpy(out, *pp, n);
        *pp += n;
        *np -= n;
    }
    return n;
}

static int begin_frame(struct frame_reader *r, size_t body_max) {
    size_t n_body = load32_be(r->header);
    if (n_body == 0)
        return -EPROTO;
    if (n_body > body_max)
        return -EMSGSIZE;
    r->length = FRAME_HEADER + n_body;
    r->capacity = r->length < FIRST_CAPACITY ? r->length : FIRST_CAPACITY;
    r->frame = (uint8_t *)malloc(r->capacity);
    if (!r->frame)
        return -ENOMEM;
    memcpy(r->frame, r->header, FRAME_HEADER);
    r->filled = FRAME_HEADER;
    return 0;
}

/* Room for n more bytes of the frame. */
static int grow(struct frame_reader *r, size_t n) {
    size_t need = r->filled + n;
    if (need <= r->capacity)
        return 0;
    size_t capacity = need > 2 * r->capacity ? need : 2 * r->capacity;
    if (capacity > r->length)
        capacity = r->length;
    uint8_t *larger = (uint8_t *)realloc(r->frame, capacity);
    if (!larger)
        return -ENOMEM;
    r->frame = larger;
    r->capacity = capacity;
    return 0;
}

int frame_reader_feed(struct frame_reader *r, const uint8_t **pp, size_t *np, size_t body_max, uint8_t **framep,
                      size_t *n_framep) {
    if (!r->frame) {
        r->n_header += take(r->header + r->n_header, FRAME_HEADER - r->n_header, pp, np);
        if (r->n_header < FRAME_HEADER)
            return 0;
        int begun = begin_frame(r, body_max);
        if (begun)
            return begun;
    }
    size_t missing = r->length - r->filled;
    int e = grow(r, missing < *np ? missing : *np);
    if (e)
        return e;
    r->filled += take(r->frame + r->filled, r->length - r->filled, pp, np);
    if (r->filled < r->length)
        return 0;
    *framep = r->frame;
    *n_framep = r->length;
    frame_reader_init(r);
    return 1;
}
