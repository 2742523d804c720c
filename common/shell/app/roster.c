#include "common/shell/app/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int copy_text(char **textp, const char *text) {
    *textp = text ? strdup(text) : NULL;
    return text && !*textp ? -ENOMEM : 0;
}

static int add_section(struct roster *roster, const struct conf_peer *section) {
    struct roster_peer *peer = &roster->peers[roster->n];
    memcpy(roster->keys[roster->n++], section->key, IDENTITY_KEY);
    memcpy(peer->name, section->name, sizeof peer->name);
    int r = copy_text(&peer->file, section->file);
    return r < 0 ? r : copy_text(&peer->hook, section->hook);
}

int roster_new(struct roster **rosterp, const uint8_t (*keys)[IDENTITY_KEY], size_t n, const struct conf *conf) {
    struct roster *roster = calloc(1, sizeof *roster);
    size_t most = n + (conf ? conf->n_peers : 0) + 1;
    int r = 0;
    if (!roster)
        return -ENOMEM;
    roster->n_users = 1;
    roster->keys = calloc(most, sizeof *roster->keys);
    roster->peers = calloc(most, sizeof *roster->peers);
    if (!roster->keys || !roster->peers)
        r = -ENOMEM;
    for (size_t i = 0; conf && i < conf->n_peers && r == 0; i++)
        r = add_section(roster, &conf->peers[i]);
    for (size_t i = 0; i < n && r == 0; i++) {
        if (!roster_find(roster, keys[i]))
            memcpy(roster->keys[roster->n++], keys[i], IDENTITY_KEY);
    }
    if (r < 0)
        roster_release(roster);
    else
        *rosterp = roster;
    return r;
}

struct roster *roster_share(struct roster *roster) {
    roster->n_users++;
    return roster;
}

void roster_release(struct roster *roster) {
    if (!roster || --roster->n_users > 0)
        return;
    for (size_t i = 0; roster->peers && i < roster->n; i++) {
        free(roster->peers[i].file);
        free(roster->peers[i].hook);
    }
    free(roster->keys);
    free(roster->peers);
    free(roster);
}

const struct roster_peer *roster_find(const struct roster *roster, const uint8_t *key) {
    for (size_t i = 0; key && i < roster->n; i++) {
        if (memcmp(roster->keys[i], key, IDENTITY_KEY) == 0)
            return &roster->peers[i];
    }
    return NULL;
}

bool roster_has_files(const struct roster *roster) {
    for (size_t i = 0; i < roster->n; i++) {
        if (roster->peers[i].file)
            return true;
    }
    return false;
}

bool roster_has_hooks(const struct roster *roster) {
    for (size_t i = 0; i < roster->n; i++) {
        if (roster->peers[i].hook)
            return true;
    }
    return false;
}
