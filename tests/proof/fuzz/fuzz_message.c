/* The body of one frame, checked and taken apart. What is accepted must stand inside the body, keep the promises of
 * message.h, and be the same message once it has been encoded and parsed again. */
#include "proto/message.h"
#include "tests/proof/fuzz/fuzz.h"

#include <errno.h>

static const uint8_t *body;
static size_t n_body;

static void inside(struct span s) {
    REQUIRE(!s.n || (s.p >= body && s.n <= n_body && s.p - body <= (ptrdiff_t)(n_body - s.n)));
    fuzz_touch(s.p, s.n);
}

static void same_span(struct span a, struct span b) {
    REQUIRE(a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0));
}

#define SAME(a, b) REQUIRE(memcmp(&(a), &(b), sizeof(a)) == 0)

static void check_params(const char *name) {
    size_t n = strnlen(name, SET_NAME_MAX + 1);
    REQUIRE(n > 0 && n <= SET_NAME_MAX);
}

static void check_signature(struct span s) {
    inside(s);
    REQUIRE(s.n == 0 || s.n == SIGNATURE_BYTES);
}

static void check_message(const struct message *m) {
    switch (m->kind) {
    case MESSAGE_HELLO:
        check_params(m->hello.params);
        break;
    case MESSAGE_WELCOME:
        check_params(m->welcome.params);
        break;
    case MESSAGE_SAMPLES:
        inside(m->samples.vectors);
        REQUIRE(m->samples.has_seed == (m->samples.vectors.n == 0));
        REQUIRE(!m->samples.has_seed || m->samples.index == 0);
        break;
    case MESSAGE_LABELS:
        inside(m->labels.labels);
        REQUIRE(m->labels.labels.n > 0);
        break;
    case MESSAGE_LEARNED:
        break;
    case MESSAGE_CHALLENGE:
        inside(m->challenge.masked);
        REQUIRE(m->challenge.masked.n > 0 && !(m->challenge.hash[HASH_BYTES - 1] & 0x80));
        break;
    case MESSAGE_CONFIRM_ALICE:
        check_signature(m->confirm_alice.signature);
        break;
    case MESSAGE_CONFIRM_BOB:
        check_signature(m->confirm_bob.signature);
        break;
    case MESSAGE_SEALED:
        inside(m->sealed.box);
        REQUIRE(m->sealed.box.n > SEALED_OVERHEAD);
        break;
    case MESSAGE_ABORT:
        break;
    default:
        fuzz_fail(__FILE__, __LINE__, "the kind exists");
    }
}

static void same(const struct message *a, const struct message *b) {
    REQUIRE(a->kind == b->kind);
    switch (a->kind) {
    case MESSAGE_HELLO:
        REQUIRE(strcmp(a->hello.params, b->hello.params) == 0 && a->hello.has_identity == b->hello.has_identity);
        SAME(a->hello.nonce, b->hello.nonce);
        SAME(a->hello.identity, b->hello.identity);
        SAME(a->hello.commitment, b->hello.commitment);
        break;
    case MESSAGE_WELCOME:
        REQUIRE(strcmp(a->welcome.params, b->welcome.params) == 0);
        REQUIRE(a->welcome.has_identity == b->welcome.has_identity);
        SAME(a->welcome.nonce, b->welcome.nonce);
        SAME(a->welcome.session, b->welcome.session);
        SAME(a->welcome.identity, b->welcome.identity);
        break;
    case MESSAGE_SAMPLES:
        REQUIRE(a->samples.has_seed == b->samples.has_seed && a->samples.index == b->samples.index);
        SAME(a->samples.seed, b->samples.seed);
        same_span(a->samples.vectors, b->samples.vectors);
        break;
    case MESSAGE_LABELS:
        same_span(a->labels.labels, b->labels.labels);
        break;
    case MESSAGE_LEARNED:
        REQUIRE(a->learned.learned == b->learned.learned);
        break;
    case MESSAGE_CHALLENGE:
        SAME(a->challenge.seed, b->challenge.seed);
        SAME(a->challenge.hash, b->challenge.hash);
        same_span(a->challenge.masked, b->challenge.masked);
        break;
    case MESSAGE_CONFIRM_ALICE:
        SAME(a->confirm_alice.r, b->confirm_alice.r);
        SAME(a->confirm_alice.mac, b->confirm_alice.mac);
        same_span(a->confirm_alice.signature, b->confirm_alice.signature);
        break;
    case MESSAGE_CONFIRM_BOB:
        SAME(a->confirm_bob.r, b->confirm_bob.r);
        SAME(a->confirm_bob.mac, b->confirm_bob.mac);
        same_span(a->confirm_bob.signature, b->confirm_bob.signature);
        break;
    case MESSAGE_SEALED:
        REQUIRE(a->sealed.has_header == b->sealed.has_header);
        SAME(a->sealed.header, b->sealed.header);
        same_span(a->sealed.box, b->sealed.box);
        break;
    case MESSAGE_ABORT:
        REQUIRE(a->abort.reason == b->abort.reason);
        break;
    }
}

static void check_again(const struct message *m) {
    struct message again;
    uint8_t *frame;
    size_t n;
    const char *why = NULL;
    REQUIRE(message_encode(m, &frame, &n) == 0);
    REQUIRE(n - FRAME_HEADER <= n_body + 64); /* ours is the short form; only envelope and empty fields may differ */
    REQUIRE(message_parse(&again, frame + FRAME_HEADER, n - FRAME_HEADER, &why) == 0);
    same(m, &again);
    free(frame);
}

/* A number of bytes was not what it should be; anything else is about what the bytes say. */
static bool about_length(const char *why) {
    static const char *const texts[] = {"longer than", "too long", "bytes", "in the middle", "a wrong length", "empty"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strstr(why, texts[i]))
            return true;
    return false;
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    struct message m;
    const char *why = NULL;
    uint8_t *block = fuzz_block(&in, &size);
    body = block;
    n_body = size;
    int r = message_parse(&m, body, n_body, &why);
    if (r == 0) {
        check_message(&m);
        check_again(&m);
    } else {
        REQUIRE(r == -EPROTO && why && *why);
        if (about_length(why))
            fuzz_ended_at_length();
    }
    free(block);
}
