/* A configuration file: the words of the command line without their dashes, and a section for each peer.
 *
 *     # a comment is a line of its own
 *     params = n2048,r13109
 *     lifetime = 300
 *
 *     [peer ann]
 *     key = PUBKEY
 *     file = /run/parley/ann
 *     hook = wg set wg0 peer WGKEY preshared-key "$PARLEY_KEY_FILE"
 *
 * A value is what stands between the equals sign and the end of the line, without the blanks around it: nothing in it
 * is quoted, expanded or a comment, since it may be a command. That is why this is not one of Debian's parsers: libinih
 * cuts a value at " ;" and a line at 200 bytes, libconfuse expands ${...}, GLib's key files would bring GLib. */
#ifndef PARLEY_APP_CONF_H
#define PARLEY_APP_CONF_H

#include "common/base/identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONF_WHY = 200,
    CONF_NAME = 41,           /* of a peer, with its NUL */
    CONF_BYTES_MAX = 1 << 20, /* of a file */
    CONF_LINE_MAX = 4096,     /* bytes */
    CONF_PEERS_MAX = 4096,
    CONF_WORDS_MAX = 100,
};

/* One line outside of the sections. */
struct conf_word {
    char *word, *value;
    unsigned line;
    bool used; /* the command line does not say otherwise */
};

struct conf_peer {
    char name[CONF_NAME]; /* letters, digits and ._- */
    uint8_t key[IDENTITY_KEY];
    bool has_key;
    char *file, *hook; /* NULL: as --key-out and --on-key say */
    unsigned line;     /* of its section's head */
};

struct conf {
    struct conf_word *words;
    size_t n_words;
    struct conf_peer *peers;
    size_t n_peers;
};

/* What a file says. Names, keys and files of peers differ; words may be any, but each comes once. 0; -ENOMEM, or
 * -EBADMSG with why in one plain line that begins "line N: ". *conf is empty then. */
int conf_parse(struct conf *conf, const char *text, size_t n, char why[static CONF_WHY]);

/* The same of the file at path. One that others than root and its owner may write to is refused, since it has commands
 * in it: -EPERM. Other negative errnos, with why empty. */
int conf_read(struct conf *conf, const char *path, char why[static CONF_WHY]);

/* The word of this name, or NULL. */
const struct conf_word *conf_find(const struct conf *conf, const char *word, size_t n);

/* Idempotent. */
void conf_deinit(struct conf *conf);

#endif
