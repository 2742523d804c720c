/* Texts that need no HTTP: the values of a query, and a plain answer. */
#include "common/shell/net/web.h"

#include <string.h>

/* %25 and %26 are the signs that would end a value (add_argument). */
static int take_value(char *out, size_t size, const char *p, size_t n) {
    size_t used = 0;
    for (const char *end = p + n; p < end && used + 1 < size; p++) {
        bool kept = end - p >= 3 && (strncmp(p, "%25", 3) == 0 || strncmp(p, "%26", 3) == 0);
        out[used++] = (char)(!kept ? *p : p[2] == '5' ? '%' : '&');
        n -= kept ? 2 : 0;
        p += kept ? 2 : 0;
    }
    out[used] = 0;
    return used == n ? (int)used : -1;
}

int web_query(char *out, size_t size, const char *query, const char *name) {
    size_t n_name = strlen(name);
    for (const char *p = query; *p; p += strcspn(p, "&"), p += *p == '&') {
        size_t n = strcspn(p, "&");
        if (n <= n_name || strncmp(p, name, n_name) != 0 || p[n_name] != '=')
            continue;
        return take_value(out, size, p + n_name + 1, n - n_name - 1);
    }
    return -1;
}

void web_answer_text(struct web_answer *answer, unsigned status, const char *text) {
    *answer = (struct web_answer){
        .status = status, .type = "text/plain; charset=utf-8", .body = text, .n_body = strlen(text)};
}
