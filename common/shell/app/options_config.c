#include "common/shell/app/options_parts.h"
#include "common/shell/host/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct poptOption *options_find(const struct poptOption *table, const char *name, size_t n) {
    const struct poptOption *found = NULL;
    for (; !found && (table->longName || table->arg); table++) {
        if (table->argInfo == POPT_ARG_INCLUDE_TABLE)
            found = options_find(table->arg, name, n);
        else if (table->longName && strlen(table->longName) == n && strncmp(table->longName, name, n) == 0)
            found = table;
    }
    return found;
}

static bool is_for_the_command_line(const char *word) {
    static const char *const names[] = {"config", "help", "version", "new-identity", "status"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(word, names[i]) == 0)
            return true;
    }
    return false;
}

/* The word's value, unless the command line has said something else. OPTIONS_GO_ON, or a status. */
static int take_word(const struct options *o, enum side side, const struct poptOption *table, struct conf_word *word) {
    const struct poptOption *option = options_find(table, word->word, strlen(word->word));
    const char *name = options_program(side);
    if (!option || is_for_the_command_line(word->word)) {
        fprintf(stderr, "%s: %s:%u: there is no word '%.40s' for %s\n", name, o->config, word->line, word->word, name);
        return STATUS_DATA;
    }
    if ((option->argInfo & POPT_ARG_MASK) == POPT_ARG_STRING) {
        char **text = option->arg;
        if (*text)
            return OPTIONS_GO_ON;
        word->used = true;
        *text = strdup(word->value);
        return *text ? OPTIONS_GO_ON : options_no_memory(side);
    }
    bool yes = strcmp(word->value, "yes") == 0;
    if (!yes && strcmp(word->value, "no") != 0) {
        fprintf(stderr, "%s: %s:%u: %s is yes or no, not '%.40s'\n", name, o->config, word->line, word->word,
                word->value);
        return STATUS_DATA;
    }
    word->used = !*(int *)option->arg;
    *(int *)option->arg |= yes;
    return OPTIONS_GO_ON;
}

int options_config(struct options *o, enum side side, const struct poptOption *table) {
    char why[CONF_WHY];
    int status = OPTIONS_GO_ON, r = conf_read(&o->conf, o->config, why);
    if (r < 0) {
        fprintf(stderr, "%s: --config %s: %s\n", options_program(side), o->config, *why ? why : strerror(-r));
        return r == -EBADMSG                 ? STATUS_DATA
               : r == -EPERM || r == -EACCES ? STATUS_PERMISSION
               : r == -ENOMEM                ? STATUS_INTERNAL
                                             : STATUS_IO;
    }
    for (size_t i = 0; i < o->conf.n_words && status == OPTIONS_GO_ON; i++)
        status = take_word(o, side, table, &o->conf.words[i]);
    return status;
}

/* The first word that a has and b has not, or otherwise. */
static const char *difference(const struct conf *a, const struct conf *b) {
    for (size_t i = 0; i < a->n_words; i++) {
        const struct conf_word *word = conf_find(b, a->words[i].word, strlen(a->words[i].word));
        if (!word || strcmp(word->value, a->words[i].value) != 0)
            return a->words[i].word;
    }
    return NULL;
}

int options_read_again(const struct options *o, struct roster **rosterp, char changed[static CONF_WHY],
                       char why[static CONF_WHY]) {
    struct conf conf;
    *changed = 0;
    int r = conf_read(&conf, o->config, why);
    if (r < 0) {
        if (!*why)
            snprintf(why, CONF_WHY, "%s", strerror(-r));
        return r;
    }
    const char *word = difference(&conf, &o->conf);
    if (!word)
        word = difference(&o->conf, &conf);
    snprintf(changed, CONF_WHY, "%.100s", word ? word : "");
    for (size_t i = 0; i < conf.n_peers && r == 0; i++) {
        const struct conf_peer *peer = &conf.peers[i];
        if (peer->hook && !peer->file && !o->key_out) {
            snprintf(why, CONF_WHY, "line %u: peer %s has a hook and no file", peer->line, peer->name);
            r = -EBADMSG;
        }
    }
    if (r == 0)
        r = roster_new(rosterp, (const uint8_t(*)[IDENTITY_KEY])o->pinned, o->n_pinned, &conf);
    const char *problem = r == 0 && (*rosterp)->n > 1 ? options_shared_file(o, (*rosterp)->n) : NULL;
    if (r == -ENOMEM)
        snprintf(why, CONF_WHY, "out of memory");
    if (problem) {
        snprintf(why, CONF_WHY, "%s", problem);
        r = -EBADMSG;
    }
    conf_deinit(&conf);
    return r;
}
