#include "common/shell/app/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    struct conf *conf;
    struct conf_peer *peer; /* the section, NULL before the first */
    unsigned line;
    char *why;
};

/* A piece of the text. */
struct span {
    const char *at;
    size_t n;
};

/* What is quoted of the file is made printable. -EBADMSG. */
__attribute__((format(printf, 2, 3))) static int bad(const struct place *place, const char *format, ...) {
    char text[CONF_WHY];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *p = text; *p; p++)
        *p = *p >= ' ' && *p < 0x7f ? *p : '?';
    snprintf(place->why, CONF_WHY, "line %u: %.170s", place->line, text);
    return -EBADMSG;
}

static int shown(struct span s) {
    enum { SHOWN = 64 }; /* a public key, and what was meant as a comment behind it */
    return (int)(s.n < SHOWN ? s.n : SHOWN);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static struct span trim(struct span s) {
    while (s.n && is_blank(s.at[0])) {
        s.at++;
        s.n--;
    }
    while (s.n && is_blank(s.at[s.n - 1]))
        s.n--;
    return s;
}

static bool is(struct span s, const char *word) {
    return s.n == strlen(word) && memcmp(s.at, word, s.n) == 0;
}

static bool only_of(struct span s, const char *extra) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(extra, c)))
            return false;
    }
    return true;
}

/* Room for one more in an array that grows at powers of two. NULL: out of memory. */
static void *one_more(void *array, size_t n, size_t size) {
    return n & (n - 1) ? array : realloc(array, (n ? 2 * n : 1) * size);
}

/* [peer NAME] */
static int section(struct place *place, struct span line) {
    struct conf *conf = place->conf;
    struct span inside = {line.at + 1, line.n - 2};
    if (line.n < 2 || line.at[line.n - 1] != ']')
        return bad(place, "a section's head ends with ]");
    inside = trim(inside);
    if (inside.n < 5 || memcmp(inside.at, "peer", 4) != 0 || !is_blank(inside.at[4]))
        return bad(place, "there are no sections but [peer NAME]");
    struct span name = trim((struct span){inside.at + 4, inside.n - 4});
    if (name.n >= CONF_NAME || !only_of(name, "._-"))
        return bad(place, "a peer's name has at most %d letters, digits, dots, underscores and dashes", CONF_NAME - 1);
    for (size_t i = 0; i < conf->n_peers; i++) {
        if (is(name, conf->peers[i].name))
            return bad(place, "there is a peer %s already, in line %u", conf->peers[i].name, conf->peers[i].line);
    }
    if (conf->n_peers == CONF_PEERS_MAX)
        return bad(place, "more than %d peers", CONF_PEERS_MAX);
    struct conf_peer *peers = one_more(conf->peers, conf->n_peers, sizeof *peers);
    if (!peers)
        return -ENOMEM;
    conf->peers = peers;
    place->peer = &peers[conf->n_peers++];
    *place->peer = (struct conf_peer){.line = place->line};
    memcpy(place->peer->name, name.at, name.n);
    return 0;
}

static int set_text(const struct place *place, char **textp, struct span word, struct span value) {
    if (*textp)
        return bad(place, "a second %.*s of this peer", shown(word), word.at);
    *textp = strndup(value.at, value.n);
    return *textp ? 0 : -ENOMEM;
}

/* %s, %p and %% are all that may follow a percent sign in a file's name. */
static int check_file(const struct place *place, const char *file) {
    for (const char *p = strchr(file, '%'); p; p = strchr(p + 2, '%')) {
        if (p[1] != 's' && p[1] != 'p' && p[1] != '%')
            return bad(place, "only %%s, %%p and %%%% may be in a file's name");
    }
    for (const struct conf_peer *other = place->conf->peers; other < place->peer && !strchr(file, '%'); other++) {
        if (other->file && strcmp(other->file, file) == 0)
            return bad(place, "that file is already the one of %s", other->name);
    }
    return 0;
}

static int peer_word(struct place *place, struct span word, struct span value) {
    struct conf_peer *peer = place->peer;
    if (is(word, "file")) {
        int r = set_text(place, &peer->file, word, value);
        return r < 0 ? r : check_file(place, peer->file);
    }
    if (is(word, "hook"))
        return set_text(place, &peer->hook, word, value);
    if (!is(word, "key"))
        return bad(place, "a peer has key, file and hook, and no '%.*s'", shown(word), word.at);
    if (peer->has_key)
        return bad(place, "a second key of this peer");
    if (identity_parse(peer->key, value.at, value.n) < 0)
        return bad(place, "'%.*s' is not a public key, as --new-identity prints it", shown(value), value.at);
    for (const struct conf_peer *other = place->conf->peers; other < peer; other++) {
        if (memcmp(other->key, peer->key, IDENTITY_KEY) == 0)
            return bad(place, "that is already the key of %s", other->name);
    }
    peer->has_key = true;
    return 0;
}

static int option_word(struct place *place, struct span word, struct span value) {
    struct conf *conf = place->conf;
    const struct conf_word *there = conf_find(conf, word.at, word.n);
    if (there)
        return bad(place, "a second %s, after that in line %u", there->word, there->line);
    if (conf->n_words == CONF_WORDS_MAX)
        return bad(place, "more than %d words", CONF_WORDS_MAX);
    struct conf_word *words = one_more(conf->words, conf->n_words, sizeof *words);
    if (!words)
        return -ENOMEM;
    conf->words = words;
    struct conf_word *w = &words[conf->n_words++];
    *w = (struct conf_word){.word = strndup(word.at, word.n), .value = strndup(value.at, value.n), .line = place->line};
    return w->word && w->value ? 0 : -ENOMEM;
}

static int one_line(struct place *place, struct span line) {
    if (line.n > CONF_LINE_MAX)
        return bad(place, "more than %d bytes", CONF_LINE_MAX);
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.at[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return bad(place, "a control character, byte %u%s", c, c == '\r' ? ": lines end with a newline alone" : "");
    }
    line = trim(line);
    if (line.n == 0 || line.at[0] == '#')
        return 0;
    if (line.at[0] == '[')
        return section(place, line);
    const char *equals = memchr(line.at, '=', line.n);
    struct span word = trim((struct span){line.at, equals ? (size_t)(equals - line.at) : line.n});
    if (!equals || word.n == 0)
        return bad(place, "neither WORD = VALUE nor [peer NAME]: '%.*s'", shown(line), line.at);
    struct span value = trim((struct span){equals + 1, (size_t)(line.at + line.n - equals) - 1});
    if (!only_of(word, "-"))
        return bad(place, "'%.*s' is no word", shown(word), word.at);
    if (value.n == 0)
        return bad(place, "%.*s has no value", shown(word), word.at);
    return place->peer ? peer_word(place, word, value) : option_word(place, word, value);
}

static int all_lines(struct place *place, const char *text, size_t n) {
    int r = 0;
    while (n && r == 0) {
        const char *end = memchr(text, '\n', n);
        size_t length = end ? (size_t)(end - text) : n, step = length + (end != NULL);
        place->line++;
        r = one_line(place, (struct span){text, length});
        text += step;
        n -= step;
    }
    for (size_t i = 0; i < place->conf->n_peers && r == 0; i++) {
        const struct conf_peer *peer = &place->conf->peers[i];
        place->line = peer->line;
        if (!peer->has_key)
            r = bad(place, "peer %s has no key", peer->name);
    }
    return r;
}

int conf_parse(struct conf *conf, const char *text, size_t n, char why[static CONF_WHY]) {
    struct place place = {.conf = conf, .why = why};
    *conf = (struct conf){0};
    *why = 0;
    int r = all_lines(&place, text, n);
    if (r < 0)
        conf_deinit(conf);
    return r;
}

/* Who may write to it may have commands run. */
static int check_mode(int fd, char why[static CONF_WHY]) {
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (!(st.st_mode & 022) && (st.st_uid == 0 || st.st_uid == geteuid()))
        return 0;
    snprintf(why, CONF_WHY, "others may write to it, mode %04o, and it has commands in it: chmod go-w, chown root",
             (unsigned)(st.st_mode & 07777));
    return -EPERM;
}

int conf_read(struct conf *conf, const char *path, char why[static CONF_WHY]) {
    *conf = (struct conf){0};
    *why = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    char *text = malloc(CONF_BYTES_MAX + 1);
    int r = text ? check_mode(fd, why) : -ENOMEM;
    size_t n = 0;
    ssize_t got = 0;
    while (r == 0 && n <= CONF_BYTES_MAX && (got = read(fd, text + n, CONF_BYTES_MAX + 1 - n)) > 0)
        n += (size_t)got;
    if (r == 0 && got < 0)
        r = -errno;
    if (r == 0 && n > CONF_BYTES_MAX) {
        snprintf(why, CONF_WHY, "more than %d bytes", CONF_BYTES_MAX);
        r = -EBADMSG;
    }
    if (r == 0)
        r = conf_parse(conf, text, n, why);
    free(text);
    close(fd);
    return r;
}

const struct conf_word *conf_find(const struct conf *conf, const char *word, size_t n) {
    for (size_t i = 0; i < conf->n_words; i++) {
        const struct conf_word *w = &conf->words[i];
        if (w->word && strlen(w->word) == n && memcmp(w->word, word, n) == 0)
            return w;
    }
    return NULL;
}

void conf_deinit(struct conf *conf) {
    for (size_t i = 0; i < conf->n_words; i++) {
        free(conf->words[i].word);
        free(conf->words[i].value);
    }
    for (size_t i = 0; i < conf->n_peers; i++) {
        free(conf->peers[i].file);
        free(conf->peers[i].hook);
    }
    free(conf->words);
    free(conf->peers);
    *conf = (struct conf){0};
}
