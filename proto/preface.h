/* The first bytes of either direction (WIRE.md, section 3): a name, and the version of the protocol, high byte first.
 */
#ifndef PARLEY_PROTO_PREFACE_H
#define PARLEY_PROTO_PREFACE_H

#include <stdint.h>

enum {
    PREFACE_NAME = 6, /* bytes of the name, the same in all versions */
    PREFACE_BYTES = 8,
    PREFACE_VERSION = 2,
};

static const uint8_t preface[PREFACE_BYTES] = {
    'P', 'A', 'R', 'L', 'E', 'Y', PREFACE_VERSION >> 8, PREFACE_VERSION & 255};

#endif
