#include "alice/browser/how/writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void writer_reset(struct writer *w) {
    w->n = 0;
    w->failed = false;
    if (w->text)
        w->text[0] = 0;
}

void writer_deinit(struct writer *w) {
    free(w->text);
    *w = (struct writer){0};
}

/* Room for n characters and a NUL. */
static bool reserve(struct writer *w, size_t n) {
    if (w->failed)
        return false;
    if (w->n + n + 1 > w->capacity) {
        size_t capacity = 2 * (w->n + n + 1);
        char *text = realloc(w->text, capacity);
        if (!text) {
            writer_reset(w);
            w->failed = true;
            return false;
        }
        w->text = text;
        w->capacity = capacity;
    }
    return true;
}

static void put(struct writer *w, const char *text) {
    size_t n = strlen(text);
    if (!reserve(w, n))
        return;
    memcpy(w->text + w->n, text, n + 1);
    w->n += n;
}

/* A comma before all but the first of an object or list, and the name. */
static void put_name(struct writer *w, const char *name) {
    if (w->n && w->text[w->n - 1] != '{' && w->text[w->n - 1] != '[')
        put(w, ",");
    if (!name)
        return;
    put(w, "\"");
    put(w, name);
    put(w, "\":");
}

void writer_open(struct writer *w, const char *name, char bracket) {
    put_name(w, name);
    put(w, bracket == '{' ? "{" : "[");
}

void writer_close(struct writer *w, char bracket) {
    put(w, bracket == '}' ? "}" : "]");
}

void writer_integer(struct writer *w, const char *name, int64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    put_name(w, name);
    put(w, text);
}

void writer_real(struct writer *w, const char *name, double value) {
    char text[32];
    if (!isfinite(value)) /* JSON has no others */
        return;
    snprintf(text, sizeof text, "%.6g", value);
    put_name(w, name);
    put(w, text);
}

void writer_bool(struct writer *w, const char *name, bool value) {
    put_name(w, name);
    put(w, value ? "true" : "false");
}

void writer_text(struct writer *w, const char *name, const char *value) {
    put_name(w, name);
    put(w, "\"");
    put(w, value);
    put(w, "\"");
}

void writer_hex(struct writer *w, const char *name, const uint8_t *bytes, size_t n) {
    static const char digits[] = "0123456789abcdef";
    put_name(w, name);
    put(w, "\"");
    if (!reserve(w, 2 * n))
        return;
    for (size_t i = 0; i < n; i++) {
        w->text[w->n++] = digits[bytes[i] >> 4];
        w->text[w->n++] = digits[bytes[i] & 15];
    }
    w->text[w->n] = 0;
    put(w, "\"");
}
