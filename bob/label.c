#include "bob/label.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SHORT_ID = 6 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
static const char hex_digits[] = "0123456789abcdefABCDEF";

/* What is left of a name: every run of other bytes becomes one dash, none at the ends. */
static void reduce(char out[static LABEL_NAME + 1], const char *name) {
    size_t n = 0;
    for (; *name && n < LABEL_NAME; name++) {
        if (strchr(letters, *name) && *name != '-')
            out[n++] = *name;
        else if (n && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n && out[n - 1] == '-')
        n--;
    out[n] = 0;
}

/* It needs the session id beside it: programs speak to bob under "bob:", his prompt says "all", and what could be the
 * beginning of a session id must be one. */
static bool misleading(const char *name) {
    return strcasecmp(name, "bob") == 0 || strcasecmp(name, "all") == 0 || strcasecmp(name, "alice") == 0 ||
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
    while (end < n && line[end] && (line[end] == '/' || strchr(letters, line[end])))
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
