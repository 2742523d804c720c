#include "common/shell/app/options_parts.h"
#include "common/shell/host/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *options_program(enum side side) {
    return side == SIDE_ALICE ? "alice" : "bob";
}

/* The file of --config while its words are looked at: an error of one of them names its line. */
static const struct options *reading;

void options_wrong_in(const struct options *o) {
    reading = o;
}

/* "FILE:LINE: " where the text begins with an option that the file has given, else "". */
static void place_of(char *out, size_t capacity, const char *text) {
    *out = 0;
    if (!reading || strncmp(text, "--", 2) != 0)
        return;
    const struct conf_word *word = conf_find(&reading->conf, text + 2, strcspn(text + 2, ": "));
    if (word && word->used)
        snprintf(out, capacity, "%.200s:%u: ", reading->config, word->line);
}

int options_wrong(enum side side, const char *format, ...) {
    char text[1200], place[240];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    place_of(place, sizeof place, text);
    fprintf(stderr, "%s: %s%s (see %s --help)\n", options_program(side), place, text, options_program(side));
    return STATUS_USAGE;
}

int options_no_memory(enum side side) {
    fprintf(stderr, "%s: out of memory\n", options_program(side));
    return STATUS_INTERNAL;
}
