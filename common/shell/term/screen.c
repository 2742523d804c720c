#include "common/shell/term/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE = 1024, BAR_CELLS = 50 };

void screen_init(struct screen *s, const char *program, bool quiet, bool verbose) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    *s = (struct screen){.program = program, .quiet = quiet, .verbose = verbose};
    s->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    s->colour = s->terminal && !(no_color && *no_color);
}

static void put(struct screen *s, enum screen_tone tone, const char *text) {
    static const char *const on[] = {"", "\033[1m", "\033[2m", "\033[1;32m", "\033[1;33m", "\033[1;31m"};
    char line[LINE + 32];
    bool coloured = s->colour && tone != SCREEN_PLAIN;
    snprintf(line, sizeof line, "%s%.*s%s", coloured ? on[tone] : "", LINE, text, coloured ? "\033[0m" : "");
    screen_bar_clear(s);
    if (s->above)
        s->above(s->user, line);
    else
        fprintf(stderr, "%s\n", line);
}

void screen_line(struct screen *s, enum screen_tone tone, const char *format, ...) {
    char text[LINE];
    if (s->quiet)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(s, tone, text);
}

void screen_always(struct screen *s, enum screen_tone tone, const char *format, ...) {
    char text[LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(s, tone, text);
}

void screen_detail(struct screen *s, const char *format, ...) {
    char text[LINE];
    if (!s->verbose)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(s, SCREEN_DIM, text);
}

int screen_columns(const struct screen *s) {
    enum { LEAST = 20 };
    struct winsize size;
    if (!s->terminal || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_col > SCREEN_COLUMNS)
        return SCREEN_COLUMNS;
    return size.ws_col < LEAST ? LEAST : size.ws_col;
}

/* Breaks at spaces; the text is our own, or escaped, so a byte is close enough to a column. */
static void put_wrapped(struct screen *s, enum screen_tone tone, int indent, const char *text) {
    int margin = 0, columns = screen_columns(s);
    while (*text) {
        size_t room = (size_t)(columns - margin), n = strlen(text);
        if (n > room) {
            n = room;
            while (n > 0 && text[n] != ' ')
                n--;
            if (n == 0 || strspn(text, " ") >= n)
                n = room;
        }
        char line[LINE];
        snprintf(line, sizeof line, "%*s%.*s", margin, "", (int)n, text);
        put(s, tone, line);
        text += n;
        text += strspn(text, " ");
        margin = indent;
    }
}

void screen_wrap(struct screen *s, enum screen_tone tone, int indent, const char *format, ...) {
    char text[LINE];
    if (s->quiet)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_wrapped(s, tone, indent, text);
}

void screen_wrap_always(struct screen *s, enum screen_tone tone, int indent, const char *format, ...) {
    char text[LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_wrapped(s, tone, indent, text);
}

void screen_error(struct screen *s, const char *format, ...) {
    char text[LINE], line[LINE + 64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(line, sizeof line, "%s: %s", s->program, text);
    put(s, SCREEN_BAD, line);
}

void screen_warning(struct screen *s, const char *format, ...) {
    char text[LINE], line[LINE + 64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(line, sizeof line, "%s: warning: %s", s->program, text);
    put(s, SCREEN_WARN, line);
}

void screen_bar(struct screen *s, uint64_t done, uint64_t total) {
    if (!s->terminal || s->quiet || s->above || total == 0)
        return;
    if (done > total)
        done = total;
    int room = screen_columns(s) - 12; /* beside "    [" and "] 100%", and one to spare */
    size_t all = room < BAR_CELLS ? (size_t)room : BAR_CELLS;
    char bar[BAR_CELLS + 1];
    memset(bar, '.', all);
    memset(bar, '#', (size_t)(done * all / total));
    bar[all] = 0;
    fprintf(stderr, "\r    [%s] %3u%%", bar, (unsigned)(done * 100 / total));
    fflush(stderr);
    s->bar_shown = true;
}

void screen_bar_clear(struct screen *s) {
    if (s->bar_shown)
        fputs("\r\033[K", stderr);
    s->bar_shown = false;
}

void screen_bytes(char out[static SCREEN_BYTES_TEXT], uint64_t n) {
    if (n < 10000)
        snprintf(out, SCREEN_BYTES_TEXT, "%u bytes", (unsigned)n);
    else if (n < 1000000)
        snprintf(out, SCREEN_BYTES_TEXT, "%.1f kB", (double)n / 1e3);
    else if (n < 1000000000)
        snprintf(out, SCREEN_BYTES_TEXT, "%.1f MB", (double)n / 1e6);
    else
        snprintf(out, SCREEN_BYTES_TEXT, "%.2f GB", (double)n / 1e9);
}
