/* Cuts a byte stream into frames. One frame is held at a time; its length is checked against the caller's limit before
 * anything is allocated for it. */
#ifndef PARLEY_PROTO_FRAME_H
#define PARLEY_PROTO_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_reader {
    uint8_t header[4];
    size_t n_header; /* header bytes read */
    uint8_t *frame;  /* owned: header and body so far */
    size_t length;   /* of the whole frame */
    size_t capacity; /* of the memory: it grows as bytes come, so that a header alone costs little */
    size_t filled;
};

void frame_reader_init(struct frame_reader *r);
void frame_reader_deinit(struct frame_reader *r);

/* Whether nothing of a frame has come. */
static inline bool frame_reader_idle(const struct frame_reader *r) {
    return !r->frame && r->n_header == 0;
}

/* Takes bytes from *pp, *np (advancing both) until one frame is complete. body_max: longest body allowed for the frame
 * that is due. Returns 1 and hands over *framep (header and body, free()) when one is complete, 0 when all bytes are
 * taken, -EPROTO for length 0, -EMSGSIZE for a length above body_max, -ENOMEM. */
int frame_reader_feed(struct frame_reader *r, const uint8_t **pp, size_t *np, size_t body_max, uint8_t **framep,
                      size_t *n_framep);

#endif
