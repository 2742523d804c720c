#include "eve/page/join.h"

#include "common/base/text.h"
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

/* A browser says which page asks. Ours was read from here. */
static bool is_our_origin(const struct web_request *request) {
    const char *origin = request->origin;
    return !*origin || (strncmp(origin, "http://", 7) == 0 && strcmp(origin + 7, request->host) == 0);
}

static bool is_good_name(const char *name, size_t n) {
    char shown[4 * JOIN_NAME_MAX + 1];
    if (n == 0 || name[0] == ' ' || name[n - 1] == ' ')
        return false;
    return text_escape(shown, sizeof shown, (const uint8_t *)name, n) == n && memcmp(shown, name, n) == 0;
}

const char *join_read(struct join *out, const struct web_request *request) {
    char set[SET_NAME_MAX + 1];
    *out = (struct join){.set = NULL};
    if (!is_our_origin(request))
        return "that request comes from another site\n";
    int n = web_query(out->name, sizeof out->name, request->query, "name");
    if (n < 0 || !is_good_name(out->name, (size_t)n))
        return "name: 1 to 40 bytes of letters, digits, signs and blanks, none of these at an end\n";
    if (web_query(set, sizeof set, request->query, "set") < 0 || !(out->set = table_set(set)))
        return "set: there is no such set\n";
    if (!join_allows(out->set))
        return "set: it is too large for a phone\n";
    return NULL;
}
