/* One direction of the conversation. What a message is for is its first plaintext byte; that a direction ended as its
 * sender meant shows by the tag FINAL of libsodium's secretstream, which only the end mark carries. */
#include "proto/sealed.h"

#include "common/base/bytes.h"
#include "common/base/secretstream.h"

#include <errno.h>
#include <string.h>

static uint8_t tag_of(enum sealed_kind kind) {
    return kind == SEALED_END ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                              : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
}

/* What a body of each kind may be. */
static bool is_body(enum sealed_kind kind, const uint8_t *body, size_t n) {
    switch (kind) {
    case SEALED_HELLO:
        return n <= SEALED_NAME_MAX;
    case SEALED_DATA:
        return n >= 1;
    case SEALED_STEP: /* one whole frame */
        return n > FRAME_HEADER && load32_be(body) == n - FRAME_HEADER;
    case SEALED_END:
    case SEALED_SWITCH:
        return n == 0;
    }
    return false;
}

void sealed_sender_init(struct sealed_sender *s, const uint8_t key[static 32],
                        const uint8_t header[static SEALED_HEADER]) {
    memset(s, 0, sizeof *s);
    memcpy(s->header, header, SEALED_HEADER);
    /* init_push draws its own header and then does exactly this */
    crypto_secretstream_xchacha20poly1305_init_pull(&s->state, header, key);
    s->header_due = true;
}

int sealed_push(struct sealed_sender *s, enum sealed_kind kind, const uint8_t *body, size_t n, uint8_t **framep,
                size_t *n_framep) {
    if (s->ended || n > SEALED_BODY_MAX || !is_body(kind, body, n))
        return -EINVAL;
    uint8_t *box;
    int r = message_encode_sealed(s->header_due ? s->header : NULL, 1 + n + SEALED_OVERHEAD, framep, n_framep, &box);
    if (r < 0)
        return r;
    secretstream_push(&s->state, box, (uint8_t)kind, body, n, tag_of(kind));
    s->header_due = false;
    s->ended = kind == SEALED_END;
    return 0;
}

void sealed_receiver_init(struct sealed_receiver *r, const uint8_t key[static 32]) {
    memset(r, 0, sizeof *r);
    memcpy(r->key, key, 32);
}

/* Whether a message may stand here. */
static const char *place(const struct sealed_receiver *r, const struct message *m) {
    if (r->ended)
        return "a message after the end mark";
    if (m->sealed.has_header && r->started)
        return "a stream header in the middle of a stream";
    if (!m->sealed.has_header && !r->started)
        return "a stream without its header";
    return NULL;
}

static int pull(struct sealed_receiver *r, const struct message *m, uint8_t *plain, unsigned char *tagp,
                const char **whyp) {
    if ((*whyp = place(r, m)))
        return -EPROTO;
    if (!r->started) {
        crypto_secretstream_xchacha20poly1305_init_pull(&r->state, m->sealed.header, r->key);
        sodium_memzero(r->key, sizeof r->key);
        r->started = true;
    }
    struct span box = m->sealed.box;
    int verdict = secretstream_pull(&r->state, plain, tagp, box.p, box.n);
    if (verdict != -1)
        return verdict;
    *whyp = "a sealed message that does not verify";
    return -EPROTO;
}

int sealed_pull(struct sealed_receiver *r, const struct message *m, uint8_t *plain, enum sealed_kind *kindp,
                size_t *n_bodyp, const char **whyp) {
    unsigned char tag = 0;
    int e = pull(r, m, plain, &tag, whyp);
    if (e < 0)
        return e;
    size_t n_body = m->sealed.box.n - SEALED_OVERHEAD - 1;
    enum sealed_kind kind = (enum sealed_kind)plain[0];
    if (plain[0] > SEALED_SWITCH)
        *whyp = "a sealed message of an unknown kind";
    else if (tag != tag_of(kind))
        *whyp = "a sealed message with the wrong tag";
    else if (!is_body(kind, plain + 1, n_body))
        *whyp = "a sealed message of a wrong length";
    else {
        r->ended = kind == SEALED_END;
        *kindp = kind;
        *n_bodyp = n_body;
        return 0;
    }
    return -EPROTO;
}
