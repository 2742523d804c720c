/* Widths are counted from above: a character that may be drawn two columns wide counts as two, so nothing is torn. */
#include "eve/page/lanes_text.h"

#include "common/base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PARAGRAPH = 4096 };

void lanes_safe(char out[static LANES_TEXT], const char *text) {
    text_escape(out, LANES_TEXT, (const uint8_t *)text, strlen(text));
}

void lanes_field(char out[static LANES_TEXT], const json_t *event, const char *name) {
    const char *text = json_string_value(json_object_get(event, name));
    lanes_safe(out, text ? text : "");
}

void lanes_seconds(char out[static LANES_SECONDS], double seconds) {
    if (seconds >= 0 && seconds < 1)
        snprintf(out, LANES_SECONDS, "%.1f ms", 1000 * seconds);
    else if (seconds >= 0 && seconds < 10000)
        snprintf(out, LANES_SECONDS, "%.2f s", seconds);
    else
        snprintf(out, LANES_SECONDS, "%.0e s", seconds);
}

/* Bytes and columns of the character at p. */
static size_t character(const char *p, unsigned *columnsp) {
    uint8_t c = (uint8_t)*p;
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    *columnsp = n < 3 ? 1 : 2;
    return strnlen(p, n);
}

/* How many bytes of the text are its first line: up to the last space that fits, or, of a word too long, what fits. */
static size_t first_line(const char *text, unsigned columns) {
    size_t at = 0, space = 0;
    unsigned used = 0, wide;
    while (text[at]) {
        size_t n = character(text + at, &wide);
        if (text[at] == ' ')
            space = at;
        if (used + wide > columns)
            return space ? space : at;
        used += wide;
        at += n;
    }
    return at;
}

void lanes_say(const struct lanes_out *out, enum screen_tone tone, unsigned indent, const char *format, ...) {
    char text[PARAGRAPH], line[PARAGRAPH + 32];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *p = text;
    unsigned margin = 0;
    do {
        size_t n = first_line(p, out->columns - margin);
        snprintf(line, sizeof line, "%*s%.*s", (int)margin, "", (int)n, p);
        out->line(out->user, tone, line);
        p += n;
        p += *p == ' ';
        margin = indent;
    } while (*p);
}

void lanes_words(const struct lanes_out *out, const char *who, const char *words) {
    char large[LANES_TEXT];
    snprintf(large, sizeof large, "%s", words);
    for (char *p = large; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
    lanes_say(out, SCREEN_PLAIN, 0, "%s", "");
    lanes_say(out, SCREEN_BOLD, 10, "%-9s %s", who, large);
}

void lanes_learned(const struct lanes_out *out, const json_t *learned) {
    const json_t *figures = json_object_get(learned, "figures");
    char what[LANES_TEXT];
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *f = json_array_get(figures, i);
        lanes_field(what, f, "what");
        lanes_say(out, SCREEN_DIM, 6, "      Alice's %s: %.4g, expected %.4g", what,
                  json_number_value(json_object_get(f, "measured")), json_number_value(json_object_get(f, "expected")));
    }
    if (learned && !json_is_true(json_object_get(learned, "accepted")))
        lanes_say(out, SCREEN_WARN, 6, "      Alice has not learned, and asks for other samples.");
}

void lanes_agreed(const struct lanes_out *out, const json_t *agreed) {
    if (json_object_get(agreed, "agreement"))
        lanes_say(out, SCREEN_DIM, 6, "      bits that agree: %.4g, expected %.4g",
                  json_number_value(json_object_get(agreed, "agreement")),
                  json_number_value(json_object_get(agreed, "agreement_expected")));
}

void lanes_heard(const struct lanes_out *out, json_int_t bytes, const json_t *samples) {
    char text[SCREEN_BYTES_TEXT];
    screen_bytes(text, (uint64_t)bytes);
    lanes_say(out, SCREEN_PLAIN, 0, "%s", "");
    if (samples)
        lanes_say(out, SCREEN_PLAIN, 10,
                  "Eve       has heard all %s: %lld plain and %lld composed samples with their labels, and no recipe.",
                  text, (long long)json_integer_value(json_object_get(samples, "plain_samples")),
                  (long long)json_integer_value(json_object_get(samples, "composed_samples")));
    else
        lanes_say(out, SCREEN_PLAIN, 10, "Eve       has heard all %s.", text);
}

void lanes_side(const struct lanes_out *out, const char *name, const char *kind, const json_t *event) {
    char text[LANES_TEXT], bytes[SCREEN_BYTES_TEXT];
    if (strcmp(kind, "sealed") == 0) {
        const char *side = json_string_value(json_object_get(event, "side"));
        bool alice = side && strcmp(side, "alice") == 0;
        lanes_field(text, event, "hex");
        screen_bytes(bytes, (uint64_t)json_integer_value(json_object_get(event, "bytes")));
        lanes_say(out, SCREEN_DIM, 10, "Eve       sees %s of %s's, sealed: %.16s...", bytes, alice ? "Alice" : "Bob",
                  text);
    } else if (strcmp(kind, "error") == 0) {
        lanes_field(text, event, "text");
        lanes_say(out, SCREEN_BAD, 10, "%-9s %s", name, text);
    } else if (strcmp(name, "Eve") == 0) {
        lanes_field(text, event, "reason");
        lanes_say(out, SCREEN_PLAIN, 10, "Eve       sees the end of the connection: %s.", text);
    } else {
        lanes_field(text, event, "reason");
        lanes_say(out, SCREEN_BAD, 10, "%-9s has ended with status %lld: %s", name,
                  (long long)json_integer_value(json_object_get(event, "status")), text);
    }
}

/* What eve read has escaped already, so its backslashes stand twice by now. */
static void once_escaped(char *text) {
    char *to = text;
    for (const char *p = text; *p; p++) {
        *to++ = *p;
        p += p[0] == '\\' && p[1] == '\\';
    }
    *to = 0;
}

static void verdict(const struct lanes_out *out, const json_t *event) {
    const json_t *learners = json_object_get(event, "learners");
    char name[LANES_TEXT], status[LANES_TEXT], seconds[LANES_SECONDS];
    for (size_t i = 0; i < json_array_size(learners); i++) {
        const json_t *learner = json_array_get(learners, i);
        lanes_field(name, learner, "name");
        lanes_field(status, learner, "status");
        lanes_seconds(seconds, json_number_value(json_object_get(learner, "wall_seconds")));
        lanes_say(out, SCREEN_PLAIN, 10, "Eve       her learner %s: %s after %s.", name, status, seconds);
    }
    if (json_is_true(json_object_get(event, "key_recovered")))
        lanes_say(out, SCREEN_BAD, 10, "Eve       has the key.");
    else
        lanes_say(out, SCREEN_GOOD, 10, "Eve       has no key.");
}

void lanes_eve(const struct lanes_out *out, const char *kind, const json_t *event) {
    if (strcmp(kind, "attack") == 0)
        lanes_say(out, SCREEN_PLAIN, 10, "Eve       learns, for at most %.6g s.",
                  json_number_value(json_object_get(event, "budget")));
    else if (strcmp(kind, "verdict") == 0)
        verdict(out, event);
    const json_t *lines = strcmp(kind, "read") == 0 ? json_object_get(event, "lines") : NULL;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        const char *said = json_string_value(json_object_get(line, "text"));
        const char *side = json_string_value(json_object_get(line, "side"));
        char text[PARAGRAPH - 64]; /* what stands before it fits too: nothing is cut within a character */
        text_escape(text, sizeof text, (const uint8_t *)(said ? said : ""), said ? strlen(said) : 0);
        once_escaped(text);
        lanes_say(out, SCREEN_BAD, 10, "Eve       reads %s: %s", side && strcmp(side, "bob") == 0 ? "Bob" : "Alice",
                  text);
    }
}
