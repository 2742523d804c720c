/* What a phone asks for when it joins, and when it plays: query, Host and Origin, a zero byte between them. */
#include "eve/page/host.h"
#include "eve/page/join.h"
#include "eve/page/play.h"
#include "tests/proof/fuzz/fuzz.h"

#include "common/base/text.h"
#include "common/task/table/table.h"

#include <netinet/in.h>
#include <strings.h>

static const uint8_t RANDOM[12] = {0, 1, 2, 31, 32, 255, 7, 8, 9, 10, 11, 12};

/* Up to the next zero byte or the end, as a text of its own. free(). */
static char *next_text(struct fuzz_input *in) {
    const uint8_t *end = in->n ? memchr(in->p, 0, in->n) : NULL;
    size_t n = end ? (size_t)(end - in->p) : in->n;
    char *text = malloc(n + 1);
    REQUIRE(text);
    if (n)
        memcpy(text, in->p, n);
    text[n] = 0;
    in->p += n + (end != NULL);
    in->n -= n + (end != NULL);
    return text;
}

/* A number of the query, as it stands there: digits alone, up to the next name. */
static void must_have(const char *query, const char *name, uint64_t value) {
    char text[60];
    snprintf(text, sizeof text, "%s=", name);
    const char *at = strstr(query, text);
    while (at && (at != query && at[-1] != '&'))
        at = strstr(at + 1, text);
    REQUIRE(at);
    at += strlen(text);
    size_t n = strspn(at, "0123456789");
    REQUIRE(n > 0 && (at[n] == 0 || at[n] == '&') && strtoull(at, NULL, 10) == value);
}

static void play(const struct web_request *request) {
    char ticket[PLAY_TICKET];
    struct play play;
    bool has = play_ticket(ticket, request);
    REQUIRE(has ? strlen(ticket) == PLAY_TICKET - 1 && strstr(request->query, ticket) != NULL : ticket[0] == 0);
    const char *wrong = play_read(&play, request);
    if (wrong)
        REQUIRE(strchr(wrong, '\n') == wrong + strlen(wrong) - 1);
    else {
        must_have(request->query, "round", play.round);
        must_have(request->query, "question", play.question);
        must_have(request->query, "option", play.option);
        REQUIRE(!*request->origin || strstr(request->origin, request->host));
    }
}

/* A name that others can give is never ours: what is, is an address, or begins as our own name does. */
static void knows(const char *host) {
    static const char *const names[] = {"desk", NULL};
    struct sockaddr_in at = {.sin_family = AF_INET};
    at.sin_addr.s_addr = htonl(0xc0000207); /* 192.0.2.7 */
    if (host_is_ours(host, (const struct sockaddr *)&at, names))
        REQUIRE(strncasecmp(host, "desk", 4) == 0 || strspn(host, "0123456789abcdefABCDEF.:[]") == strlen(host));
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    char *query = next_text(&in), *host = next_text(&in), *origin = next_text(&in), token[JOIN_TOKEN], shown[200];
    struct web_request request = {.query = query, .host = host, .origin = origin};
    struct join join;
    join_token(token, RANDOM);
    REQUIRE(strlen(token) == JOIN_TOKEN - 1 && strspn(token, "abcdefghijkmnpqrstuvwxyz23456789-") == JOIN_TOKEN - 1);
    REQUIRE(!join_knows(&request, token) || strstr(query, token));
    const char *wrong = join_read(&join, &request);
    if (wrong)
        REQUIRE(strchr(wrong, '\n') == wrong + strlen(wrong) - 1); /* one line */
    else {
        size_t n = strlen(join.name);
        REQUIRE(n > 0 && n <= NAME_BYTES && (strstr(query, join.name) || strchr(query, '%')));
        REQUIRE(!name_wrong(join.name, n));
        REQUIRE(text_escape(shown, sizeof shown, (const uint8_t *)join.name, n) == n && strcmp(shown, join.name) == 0);
        REQUIRE(table_set(join.set->name) == join.set && join_allows(join.set));
        REQUIRE(!*origin || strstr(origin, host));
    }
    play(&request);
    knows(host);
    free(query);
    free(host);
    free(origin);
}
