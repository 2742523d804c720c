#include "bob/label.h"

#include "common/base/letters.h"
#include "common/base/name_alike.h"
#include "common/base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SHORT_ID = 6, MARKS_MAX = 3 }; /* marks on one letter: no script of names has more */

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
static const char hex_digits[] = "0123456789abcdefABCDEF";

/* What is left of a name: every run of other characters becomes one dash, none at the ends. */
static void reduce(char out[static LABEL_NAME + 1], const char *name) {
    size_t n = 0, n_name = strlen(name), n_marks = MARKS_MAX; /* a mark needs a letter before it */
    uint32_t code = 0;
    for (size_t i = 0, length; i < n_name; i += length) {
        if (!(length = text_character((const uint8_t *)name + i, n_name - i, &code)))
            code = 0, length = 1;
        bool plain = code && code < 0x80 && strchr(letters, (int)code) && code != '-';
        bool mark = letters_is_mark(code) && n_marks++ < MARKS_MAX;
        if (plain || mark || letters_has(code)) {
            if (n + length > LABEL_NAME)
                break;
            memcpy(out + n, name + i, length);
            n += length;
        } else if (n && n < LABEL_NAME && out[n - 1] != '-')
            out[n++] = '-';
        if (!letters_is_mark(code))
            n_marks = letters_has(code) || plain ? 0 : MARKS_MAX;
    }
    while (n && out[n - 1] == '-')
        n--;
    out[n] = 0;
}

static bool looks_like(const char *name, const char *other) {
    return name_alike(name, strlen(name), other, strlen(other));
}

/* It needs the session id beside it: programs speak to bob under "bob:", his prompt says "all", and what could be the
 * beginning of a session id must be one. */
static bool misleading(const char *name) {
    return looks_like(name, "bob") || looks_like(name, "all") || looks_like(name, "alice") ||
           (strlen(name) >= SHORT_ID && strspn(name, hex_digits) == strlen(name));
}

void label_make(char out[static LABEL_TEXT], const char *name, const char *id, const char *key,
                bool (*taken)(void *user, const char *label), void *user) {
    char own[LABEL_NAME + 1] = "";
    if (key)
        snprintf(own, sizeof own, "%.*s", LABEL_KEY, key);
    else
        reduce(own, name);
    if (*own && (key || !misleading(own))) {
        snprintf(out, LABEL_TEXT, "%s", own);
        if (!taken(user, out))
            return;
    }
    snprintf(out, LABEL_TEXT, "%s%s%.*s", own, *own ? "/" : "", SHORT_ID, id);
    if (taken(user, out))
        snprintf(out, LABEL_TEXT, "%s%s%.16s", own, *own ? "/" : "", id);
}

size_t label_addressee(const char *line, size_t n, size_t *textp) {
    size_t end = 1;
    while (end < n && line[end] && ((line[end] & 0x80) || line[end] == '/' || strchr(letters, line[end])))
        end++;
    bool colon = end < n && line[end] == ':', over = end == n || line[end] == '\n';
    bool blank = end + colon < n && line[end + colon] == ' ';
    *textp = over ? n : end + colon + blank;
    return colon || blank || over ? end - 1 : 0;
}

bool label_is(const char *label, const char *id, const char *addressee, size_t n) {
    return n > 0 && ((n == strlen(label) && memcmp(addressee, label, n) == 0) ||
                     (n == strlen(id) && memcmp(addressee, id, n) == 0));
}
