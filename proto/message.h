/* The messages of parley.proto as C values, checked. Everything after this trusts its types: lengths are as declared,
 * "none" is told from a key, unused bits are zero where the message alone tells how many there are.
 *
 * Kinds are named by step. See WIRE.md, sections 3 and 4. */
#ifndef PARLEY_PROTO_MESSAGE_H
#define PARLEY_PROTO_MESSAGE_H

#include "common/task/task.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum message_kind { /* the numbers are the tags of the oneof in parley.proto */
                    MESSAGE_HELLO = 1,
                    MESSAGE_WELCOME,
                    MESSAGE_SAMPLES,
                    MESSAGE_LABELS,
                    MESSAGE_LEARNED,
                    MESSAGE_CHALLENGE,
                    MESSAGE_CONFIRM_ALICE,
                    MESSAGE_CONFIRM_BOB,
                    MESSAGE_SEALED,
                    MESSAGE_ABORT,
};

enum {
    FRAME_HEADER = 4,
    FRAME_BODY_MAX = (1 << 20) - FRAME_HEADER,
    SEALED_HEADER = 24,
    SEALED_OVERHEAD = 17,
    SESSION_ID = 8,
    HASH_BYTES = 96,
    SIGNATURE_BYTES = 64,
};

/* A view of bytes that somebody else owns. */
struct span {
    const uint8_t *p;
    size_t n;
};

struct message {
    enum message_kind kind;
    union {
        struct {
            char params[SET_NAME_MAX + 1];
            uint8_t nonce[32];
            bool has_identity;
            uint8_t identity[32]; /* zero without */
            uint8_t commitment[32];
        } hello;
        struct {
            char params[SET_NAME_MAX + 1];
            uint8_t nonce[32];
            uint8_t session[SESSION_ID];
            bool has_identity;
            uint8_t identity[32];
            uint8_t commitment[32];
        } welcome;
        struct {
            bool has_seed; /* then no vectors and index 0 */
            uint8_t seed[32];
            uint32_t index;
            struct span vectors;
        } samples;
        struct {
            struct span labels;
        } labels;
        struct {
            bool learned;
        } learned;
        struct {
            uint8_t seed[32];
            struct span masked;
            uint8_t hash[HASH_BYTES]; /* last bit zero, checked */
        } challenge;
        struct {
            uint8_t r[32];
            struct span signature; /* 0 or SIGNATURE_BYTES */
            uint8_t mac[32];
        } confirm_alice;
        struct {
            struct span signature;
            uint8_t mac[32];
            uint8_t r[32];
        } confirm_bob;
        struct {
            bool has_header;
            uint8_t header[SEALED_HEADER];
            struct span box; /* at least SEALED_OVERHEAD + 1 */
        } sealed;
        struct {
            uint32_t reason;
        } abort;
    };
};

/* Parses the n bytes of a frame's body (without the length header) by the rules of WIRE.md section 3. The spans of *out
 * point into body. Returns 0, -ENOMEM, or -EPROTO with *whyp set to a static text for the local user ("a field twice").
 */
int message_parse(struct message *out, const uint8_t *body, size_t n, const char **whyp);

/* Encodes a whole frame, header included, into a new buffer *framep of *n_framep bytes that the caller frees with
 * free(). Returns 0, -ENOMEM, or -EMSGSIZE for a message that does not fit in a frame. */
int message_encode(const struct message *m, uint8_t **framep, size_t *n_framep);

/* Lays out a Samples frame around n bytes of vectors that are not written yet: *vectorsp points to where they go,
 * inside *framep. So a chunk is written once. -ENOMEM, -EMSGSIZE. */
int message_encode_samples(uint32_t index, size_t n, uint8_t **framep, size_t *n_framep, uint8_t **vectorsp);

/* The same for a Sealed frame: a conversation is sealed in place and not copied once more. header: SEALED_HEADER bytes,
 * or NULL. -ENOMEM, -EMSGSIZE. */
int message_encode_sealed(const uint8_t *header, size_t n_box, uint8_t **framep, size_t *n_framep, uint8_t **boxp);

/* "A2 Samples" and so on, for logs. */
const char *message_name(enum message_kind kind);

/* Reasons of Abort (WIRE.md section 8). */
enum abort_reason {
    ABORT_PROTOCOL = 1,
    ABORT_PARAMS,
    ABORT_BUSY,
    ABORT_TIMEOUT,
    ABORT_SHUTDOWN,
    ABORT_NOT_CONFIRMED,
    ABORT_AUTHENTICATION,
    ABORT_ATTEMPTS,
    ABORT_INTERNAL,
};

/* A plain text for a reason; for an unknown one NULL. */
const char *abort_text(uint32_t reason);

#endif
