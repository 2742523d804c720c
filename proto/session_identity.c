/* Who the peer is: what A1, B1, A4 and B4 say of identities. WIRE.md section 7.
 *
 * A wrong identity ends the session at A1 or B1, before any sample or label, and never falls back to none: an attacker
 * who strips or swaps identities would ask for just that. */
#include "proto/session_private.h"

#include "common/base/bytes.h"

#include <stdio.h>

static const char *peer_name(const struct session *s) {
    return s->side == SIDE_ALICE ? "Bob" : "Alice";
}

static const char *label_of(enum side side) {
    return side == SIDE_ALICE ? "parley/1 sign alice" : "parley/1 sign bob";
}

static bool is_pinned(const struct session *s, const uint8_t identity[static IDENTITY_KEY]) {
    for (size_t i = 0; i < s->config.n_peers; i++) {
        if (memcmp(s->config.peers[i], identity, IDENTITY_KEY) == 0)
            return true;
    }
    return false;
}

bool session_own_identity(const struct session *s, uint8_t out[static IDENTITY_KEY]) {
    if (!s->config.identity || s->stage == STAGE_REKEYING)
        return false;
    memcpy(out, s->config.identity->public_key, IDENTITY_KEY);
    return true;
}

/* Why we do not talk to this one, NULL if we do. */
static const char *objection(const struct session *s, bool has, const uint8_t identity[static IDENTITY_KEY]) {
    const struct session_config *c = &s->config;
    if (s->peer != PEER_UNKNOWN &&
        ((s->peer >= PEER_NAMED) != has || (has && memcmp(s->peer_identity, identity, IDENTITY_KEY) != 0)))
        return "which is not the one of the attempt before";
    if (has && c->identity && memcmp(c->identity->public_key, identity, IDENTITY_KEY) == 0)
        return "which is our own";
    if (has && c->n_peers && !is_pinned(s, identity))
        return "which is not pinned here (--peer)";
    if (!has && c->n_peers)
        return "and only pinned ones are accepted here (--peer)";
    if (!has && c->named)
        return "and the key file is to be named after it";
    return NULL;
}

bool session_meet(struct session *s, bool has, const uint8_t identity[static IDENTITY_KEY]) {
    char text[IDENTITY_TEXT];
    if (s->stage == STAGE_REKEYING) {
        if (has)
            session_violation(s, "an identity in a re-keying");
        return !has;
    }
    const char *why = objection(s, has, identity);
    if (why && has) {
        identity_text(text, identity, false);
        session_fail(s, SESSION_NOT_CONFIRMED, ABORT_AUTHENTICATION, "%s presents the identity %s, %s", peer_name(s),
                     text, why);
    } else if (why) {
        session_fail(s, SESSION_NOT_CONFIRMED, ABORT_AUTHENTICATION, "%s presents no identity, %s", peer_name(s), why);
    }
    s->peer = has ? PEER_NAMED : PEER_NAMELESS;
    memcpy(s->peer_identity, identity, IDENTITY_KEY);
    return !why;
}

size_t session_sign(const struct session *s, uint8_t out[static IDENTITY_SIGNATURE], const uint8_t t3[static 32]) {
    if (!s->config.identity || s->stage == STAGE_REKEYING)
        return 0;
    identity_sign(out, s->config.identity, label_of(s->side), t3);
    return IDENTITY_SIGNATURE;
}

bool session_signed(const struct session *s, struct span signature, const uint8_t t3[static 32]) {
    if (s->peer < PEER_NAMED || s->stage == STAGE_REKEYING)
        return signature.n == 0;
    const char *label = label_of(s->side == SIDE_ALICE ? SIDE_BOB : SIDE_ALICE);
    return signature.n == IDENTITY_SIGNATURE && identity_verify(signature.p, s->peer_identity, label, t3);
}

void session_not_signed(struct session *s) {
    if (s->peer >= PEER_NAMED && s->stage != STAGE_REKEYING)
        session_fail(s, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED,
                     "%s's signature does not verify: whoever sent it does not hold the key of the identity, or "
                     "something was changed on the way",
                     peer_name(s));
    else
        session_fail(s, SESSION_NOT_CONFIRMED, ABORT_NOT_CONFIRMED,
                     "%s's confirmation does not verify: a signature without an identity", peer_name(s));
}

const uint8_t *session_peer_identity(const struct session *s) {
    return s->peer == PEER_PROVEN ? s->peer_identity : NULL;
}

bool session_peer_pinned(const struct session *s) {
    return s->peer == PEER_PROVEN && is_pinned(s, s->peer_identity);
}
