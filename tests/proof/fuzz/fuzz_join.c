/* What a phone asks for when it joins: query, Host and Origin, a zero byte between them. */
#include "eve/page/join.h"
#include "tests/proof/fuzz/fuzz.h"

#include "common/base/text.h"
#include "common/task/table/table.h"

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
        REQUIRE(n > 0 && n <= JOIN_NAME_MAX && strstr(query, join.name));
        REQUIRE(text_escape(shown, sizeof shown, (const uint8_t *)join.name, n) == n && strcmp(shown, join.name) == 0);
        REQUIRE(table_set(join.set->name) == join.set && join_allows(join.set));
        REQUIRE(!*origin || strstr(origin, host));
    }
    free(query);
    free(host);
    free(origin);
}
