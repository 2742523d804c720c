/* Fresh pictures of a session, for people to bet on: what Bob says of each, and what Alice predicts. The session is a
 * real one of n256 in this process, without the wire: Alice has made her pictures, Bob has labelled them, and she has
 * learned from the labels, by the code that she always learns with. All follows from a 32-byte seed. */
#ifndef PARLEY_EVE_GAME_PICTURES_H
#define PARLEY_EVE_GAME_PICTURES_H

#include <stdint.h>

enum {
    PICTURES_N = 256,       /* bits: 16 x 16 */
    PICTURES_FRESH = 100,   /* fresh ones to bet on */
    PICTURES_KNOWN = 4,     /* of the session, with their labels: what everybody has seen */
    PICTURES_JUDGED = 10000 /* more fresh ones, on which Alice is judged */
};

struct picture {
    uint8_t bits[PICTURES_N / 8];
    unsigned label; /* Bob's, noise included */
    unsigned alice; /* her prediction; of a known one its label */
};

struct pictures {
    struct picture fresh[PICTURES_FRESH], known[PICTURES_KNOWN];
    double theta;
    uint32_t n_labelled; /* pictures that have passed with labels */
    unsigned judged_right;
};

/* About a millisecond of work. -ENOMEM; -EAGAIN: Alice has not learned, with eight sessions: this does not happen. */
int pictures_make(struct pictures *out, const uint8_t seed[static 32]);

#endif
