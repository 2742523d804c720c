/* The sentences and blocks of eve show, each from an event, broken so that none is longer than a line. Pure. */
#ifndef PARLEY_EVE_PAGE_LANES_TEXT_H
#define PARLEY_EVE_PAGE_LANES_TEXT_H

#include "common/shell/term/screen.h"

#include <jansson.h>

enum { LANES_TEXT = 520, LANES_SECONDS = 16 };

struct lanes_out {
    unsigned columns;
    void (*line)(void *user, enum screen_tone tone, const char *text);
    void *user;
};

/* Text that may come from anybody, made safe for a terminal, and cut where out is full. */
void lanes_safe(char out[static LANES_TEXT], const char *text);
/* The same of a field of an event; "" where there is no such text, or no event. */
void lanes_field(char out[static LANES_TEXT], const json_t *event, const char *name);
/* "0.3 ms", "1.21 s": at most 9 characters. */
void lanes_seconds(char out[static LANES_SECONDS], double seconds);

/* A paragraph of at most 4 KiB, of safe text, in lines of at most out->columns; later ones are indented. */
void lanes_say(const struct lanes_out *out, enum screen_tone tone, unsigned indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The words to compare, large: in capitals, with room around them. words is safe. */
void lanes_words(const struct lanes_out *out, const char *who, const char *words);
/* Under A3: what Alice's learner measured, beside what was expected. NULL: nothing. */
void lanes_learned(const struct lanes_out *out, const json_t *learned);
/* Under B4: how well the bits agreed. NULL: nothing. */
void lanes_agreed(const struct lanes_out *out, const json_t *agreed);
/* Eve's part of a handshake: so many bytes, and the samples of the event. samples may be NULL. */
void lanes_heard(const struct lanes_out *out, json_int_t bytes, const json_t *samples);
/* sealed, closed, error of Alice, Bob or the wire (name "Eve"). */
void lanes_side(const struct lanes_out *out, const char *name, const char *kind, const json_t *event);
/* attack, verdict, read. */
void lanes_eve(const struct lanes_out *out, const char *kind, const json_t *event);

#endif
