/* A look at the bytes of a frame before anything is allocated for them: only known fields, each once, of the right wire
 * type, lengths inside. One linear pass. WIRE.md section 3. */
#ifndef PARLEY_PROTO_SCAN_H
#define PARLEY_PROTO_SCAN_H

#include "proto/message.h"

enum { SCAN_TAG_MAX = 5 }; /* the highest field number inside a message */

struct scan_field {
    struct span bytes; /* of a string or bytes field; NULL and 0 if it is absent */
    uint32_t number;   /* of a uint32 or bool field, 0 if it is absent */
};

struct scan {
    enum message_kind kind;
    struct scan_field field[SCAN_TAG_MAX + 1]; /* by field number; 0 is not used */
};

/* Scans the n bytes of a frame's body; the spans of *out point into it. Returns 0, or -EPROTO with *whyp. */
int scan_frame(struct scan *out, const uint8_t *body, size_t n, const char **whyp);

#endif
