#include "eve/page/join.h"

#include "common/task/table/table.h"

#include <sodium.h>
#include <string.h>

/* Letters and digits that nobody mistakes for each other when they have to be typed. */
void join_token(char out[static JOIN_TOKEN], const uint8_t random[static 12]) {
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    _Static_assert(sizeof letters == 33, "five bits a letter");
    size_t n = 0;
    for (size_t i = 0; i < 12; i++) {
        if (i && i % 4 == 0)
            out[n++] = '-';
        out[n++] = letters[random[i] % 32];
    }
    out[n] = 0;
}

bool join_knows(const struct web_request *request, const char token[static JOIN_TOKEN]) {
    char found[JOIN_TOKEN];
    return web_query(found, sizeof found, request->query, "token") == JOIN_TOKEN - 1 &&
           sodium_memcmp(found, token, JOIN_TOKEN - 1) == 0;
}

bool join_allows(const struct set *set) {
    return (uint64_t)set->n_chunks * set->chunk_max <= JOIN_COMPOSED_MAX;
}

bool join_is_ours(const struct web_request *request) {
    const char *origin = request->origin;
    return !*origin || (strncmp(origin, "http://", 7) == 0 && strcmp(origin + 7, request->host) == 0);
}

const char *join_read(struct join *out, const struct web_request *request) {
    char set[SET_NAME_MAX + 1];
    *out = (struct join){.set = NULL};
    if (!join_is_ours(request))
        return "that request comes from another site\n";
    char name[16 * NAME_BYTES]; /* what is somewhat too long is told so */
    int n = web_query(name, sizeof name, request->query, "name");
    const char *wrong = n < 0 ? "name: it is missing, or far too long\n" : name_wrong(name, (size_t)n);
    if (wrong)
        return wrong;
    memcpy(out->name, name, (size_t)n + 1);
    if (web_query(set, sizeof set, request->query, "set") < 0 || !(out->set = table_set(set)))
        return "set: there is no such set\n";
    if (!join_allows(out->set))
        return "set: it is too large for a phone\n";
    return NULL;
}
