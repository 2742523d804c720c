/* PATTERN newline SESSION newline IDENTITY, as of --key-out: the path is what a naive twin says, and no option. */
#include "common/shell/host/keyfile.h"
#include "tests/proof/fuzz/fuzz.h"

/* One text up to a newline or the end, as a block of its own. */
static char *take(struct fuzz_input *in) {
    const uint8_t *newline = in->n ? memchr(in->p, '\n', in->n) : NULL;
    size_t n = newline ? (size_t)(newline - in->p) : in->n;
    char *text = calloc(n + 1, 1);
    REQUIRE(text);
    for (size_t i = 0; i < n; i++)
        text[i] = in->p[i] ? (char)in->p[i] : '0';
    in->p += n + (newline != NULL);
    in->n -= n + (newline != NULL);
    return text;
}

static bool matches(const char *pattern, const char *session, const char *identity, const char *path) {
    for (; *pattern; pattern++) {
        if (*pattern != '%' || !pattern[1] || !strchr("sp%", pattern[1])) {
            if (*path++ != *pattern)
                return false;
            continue;
        }
        const char *piece = *++pattern == 's' ? session : *pattern == 'p' ? identity : "%";
        if (strncmp(path, piece, strlen(piece)) != 0)
            return false;
        path += strlen(piece);
    }
    return !*path;
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    char *pattern = take(&in), *session = take(&in), *identity = take(&in);
    char *path = keyfile_path(pattern, session, identity);
    REQUIRE(path);
    REQUIRE(path[0] != '-');
    REQUIRE(matches(pattern, session, identity, path) ||
            (strncmp(path, "./-", 3) == 0 && matches(pattern, session, identity, path + 2)));
    free(path);
    free(pattern);
    free(session);
    free(identity);
}
