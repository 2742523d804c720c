#include "eve/page/play.h"

#include "eve/page/join.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS = 15 }; /* of a number */

bool play_ticket(char out[static PLAY_TICKET], const struct web_request *request) {
    int n = web_query(out, PLAY_TICKET, request->query, "ticket");
    bool good = n == PLAY_TICKET - 1 && strspn(out, "0123456789abcdef") == PLAY_TICKET - 1;
    if (!good)
        out[0] = 0;
    return good;
}

static bool read_number(uint64_t *out, const struct web_request *request, const char *name) {
    char text[DIGITS + 1];
    int n = web_query(text, sizeof text, request->query, name);
    if (n <= 0 || strspn(text, "0123456789") != (size_t)n)
        return false;
    *out = strtoull(text, NULL, 10);
    return true;
}

const char *play_read(struct play *out, const struct web_request *request) {
    *out = (struct play){0};
    if (!join_is_ours(request))
        return "that request comes from another site\n";
    if (request->n_body > 0)
        return "an answer has no body\n";
    if (!read_number(&out->round, request, "round"))
        return "round: a number\n";
    if (!read_number(&out->question, request, "question"))
        return "question: a number\n";
    if (!read_number(&out->option, request, "option"))
        return "option: a number\n";
    return NULL;
}
