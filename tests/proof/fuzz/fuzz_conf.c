/* The file of --config. What is accepted, written down again, says the same; what is not gets one plain line that says
 * in which line of the file. */
#include "common/shell/app/conf.h"
#include "tests/proof/fuzz/fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *written_again(const struct conf *conf, size_t *np) {
    char *text = NULL;
    FILE *out = open_memstream(&text, np);
    REQUIRE(out);
    for (size_t i = 0; i < conf->n_words; i++)
        fprintf(out, "%s=%s\n", conf->words[i].word, conf->words[i].value);
    for (size_t i = 0; i < conf->n_peers; i++) {
        const struct conf_peer *peer = &conf->peers[i];
        char key[IDENTITY_TEXT];
        identity_text(key, peer->key, i & 1);
        fprintf(out, "[peer %s]\nkey=%s\n", peer->name, key);
        if (peer->file)
            fprintf(out, "file=%s\n", peer->file);
        if (peer->hook)
            fprintf(out, "hook=%s\n", peer->hook);
    }
    REQUIRE(fclose(out) == 0);
    return text;
}

static bool same_text(const char *a, const char *b) {
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct conf conf, again;
    char why[CONF_WHY];
    int r = conf_parse(&conf, (const char *)data, size, why);
    REQUIRE(r == 0 || r == -EBADMSG);
    REQUIRE(memchr(why, 0, sizeof why));
    REQUIRE((r < 0) == (strncmp(why, "line ", 5) == 0));
    for (const char *p = why; *p; p++)
        REQUIRE(*p >= ' ' && *p < 0x7f);
    if (r < 0) {
        REQUIRE(!conf.words && !conf.peers && !conf.n_words && !conf.n_peers);
        return;
    }
    size_t n;
    char *text = written_again(&conf, &n);
    REQUIRE(conf_parse(&again, text, n, why) == 0);
    REQUIRE(again.n_words == conf.n_words && again.n_peers == conf.n_peers);
    for (size_t i = 0; i < conf.n_words; i++) {
        REQUIRE(same_text(again.words[i].word, conf.words[i].word) &&
                same_text(again.words[i].value, conf.words[i].value));
        REQUIRE(conf_find(&conf, conf.words[i].word, strlen(conf.words[i].word)) == &conf.words[i]);
    }
    for (size_t i = 0; i < conf.n_peers; i++) {
        const struct conf_peer *a = &conf.peers[i], *b = &again.peers[i];
        REQUIRE(same_text(a->name, b->name) && same_text(a->file, b->file) && same_text(a->hook, b->hook));
        REQUIRE(a->has_key && memcmp(a->key, b->key, IDENTITY_KEY) == 0);
        for (size_t k = 0; k < i; k++)
            REQUIRE(strcmp(a->name, conf.peers[k].name) != 0 && memcmp(a->key, conf.peers[k].key, IDENTITY_KEY) != 0);
    }
    free(text);
    conf_deinit(&conf);
    conf_deinit(&again);
}
