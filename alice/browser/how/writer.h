/* Writes JSON into memory that grows. What cannot be allocated shows as an empty text. */
#ifndef PARLEY_ALICE_BROWSER_HOW_WRITER_H
#define PARLEY_ALICE_BROWSER_HOW_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer {
    char *text; /* NUL at its end; NULL before anything is written */
    size_t n, capacity;
    bool failed;
};

/* Begins anew, keeping the memory. */
void writer_reset(struct writer *w);
void writer_deinit(struct writer *w);

/* Between these two lie the fields of an object, or the items of a list. name: NULL within a list, and for the
 * outermost object. */
void writer_open(struct writer *w, const char *name, char bracket);
void writer_close(struct writer *w, char bracket);

/* Of numbers that are not finite nothing is written. Text is plain ASCII. */
void writer_integer(struct writer *w, const char *name, int64_t value);
void writer_real(struct writer *w, const char *name, double value);
void writer_bool(struct writer *w, const char *name, bool value);
void writer_text(struct writer *w, const char *name, const char *value);
/* As lower-case hex digits. */
void writer_hex(struct writer *w, const char *name, const uint8_t *bytes, size_t n);

#endif
