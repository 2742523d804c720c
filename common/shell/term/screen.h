/* What a person reads: narration, log lines and errors, on standard error. A terminal gets colours and a progress bar,
 * anything else the same lines without them. */
#ifndef PARLEY_TERM_SCREEN_H
#define PARLEY_TERM_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

enum { SCREEN_COLUMNS = 72 };

enum screen_tone { SCREEN_PLAIN, SCREEN_BOLD, SCREEN_DIM, SCREEN_GOOD, SCREEN_WARN, SCREEN_BAD };

struct screen {
    const char *program; /* "alice" in front of errors */
    bool terminal, colour, quiet, verbose;
    bool bar_shown;
    /* While a prompt is on the terminal, lines go through its owner. */
    void (*above)(void *user, const char *line);
    void *user;
};

void screen_init(struct screen *s, const char *program, bool quiet, bool verbose);

/* One line, without its newline; nothing with -q. */
void screen_line(struct screen *s, enum screen_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, also with -q. */
void screen_always(struct screen *s, enum screen_tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Only with -v. */
void screen_detail(struct screen *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A paragraph of at most 1 KiB, broken at screen_columns; later lines are indented by `indent`. Nothing with -q. */
void screen_wrap(struct screen *s, enum screen_tone tone, int indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same, also with -q. */
void screen_wrap_always(struct screen *s, enum screen_tone tone, int indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* How wide a line may be: that of the terminal, from 20 to SCREEN_COLUMNS. */
int screen_columns(const struct screen *s);
/* "alice: ...", also with -q. */
void screen_error(struct screen *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void screen_warning(struct screen *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A bar that is drawn over itself, at a terminal only; screen_line and the others remove it. */
void screen_bar(struct screen *s, uint64_t done, uint64_t total);
void screen_bar_clear(struct screen *s);

/* 1 kB = 1000 bytes: "123 bytes", "3.9 MB". */
enum { SCREEN_BYTES_TEXT = 32 };
void screen_bytes(char out[static SCREEN_BYTES_TEXT], uint64_t n);

#endif
