/* A line of a conversation as the wall has it: who said it, and what is the same line elsewhere. Pure. */
#ifndef PARLEY_EVE_PAGE_SAID_H
#define PARLEY_EVE_PAGE_SAID_H

#include "proto/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SAID_LINE = 1200, /* bytes that are looked at: more than Bob passes on (bob/conference.h) */
    SAID_TEXT = 200,  /* bytes that are shown */
    SAID_FROM = 100,
    SAID_SESSION = 20,
    SAID_KEY = 16,
};

struct said {
    uint64_t number; /* of those of its session, from 1 */
    uint64_t ns;     /* when it was captured */
    enum side side;
    bool cut;             /* there is more than is shown */
    uint64_t n_bytes;     /* of all of it, without its newline */
    char from[SAID_FROM]; /* of whom Bob says that he has it, the label that she has there; "" */
    char text[SAID_TEXT + 1];
    /* The same for a line that she says and for what Bob passes on of it, whoever repeats it. Only what is seen counts:
     * no blank of any kind, no mark, nothing that leaves no ink (common/base/letters.h). Of letters that people take
     * for each other there is one (letters_plain), and sharp s is ss. Not so: letters of formulas and in circles, 0
     * for o, other signs between the letters, capitals of other scripts than Latin, Greek and Cyrillic and of rare
     * letters of these (U+0180 to U+024F among them), and a letter with its mark beside the same in two characters
     * where it is one of these, or of few of Greek and Cyrillic. */
    uint8_t key[SAID_KEY];
    /* eve/page/speaker.h sets these */
    char session[SAID_SESSION]; /* of who says it; "": Bob himself, or nobody knows */
    uint64_t called_us;         /* since when Bob called her so; 0: that is not known */
    bool hidden;
};

/* The line of n bytes, without its newline; cut: it had more. A line of Bob's that begins with "(from LABEL) " is one
 * that he passes on. */
void said_read(struct said *out, enum side side, const uint8_t *p, size_t n, bool cut);

#endif
