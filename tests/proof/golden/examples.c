/* Prints the golden examples of WIRE.md, section 9, as the code computes them. tests/proof/golden/examples.py compares.
 */
#include "common/agree/distill.h"
#include "common/agree/keys.h"
#include "common/agree/toeplitz.h"
#include "common/base/bytes.h"
#include "common/base/identity.h"
#include "common/base/prg.h"
#include "common/task/lpn/code.h"
#include "common/task/lpn/matrix.h"
#include "common/task/lwe/lwe_params.h"
#include "common/task/lwe/rows.h"
#include "common/task/ring/blocks.h"
#include "proto/fingerprint.h"
#include "proto/message.h"
#include "proto/transcript.h"

#include <stdio.h>
#include <stdlib.h>

static void line(const char *name, const uint8_t *bytes, size_t n) {
    printf("    %-34s ", name);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && i % 32 == 0)
            printf("\n    %-34s ", "");
        printf("%02x", bytes[i]);
    }
    printf("\n");
}

/* n bytes that count up from first */
static void count_up(uint8_t *out, size_t n, unsigned first) {
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(first + i);
}

/* n bytes without a pattern */
static void scramble(uint8_t *out, size_t n, unsigned seed) {
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245 + 12345;
        out[i] = (uint8_t)(seed >> 16);
    }
}

static void rows(void) {
    uint8_t seed[32], key[32], row[128];
    count_up(seed, 32, 0);
    prg_derive(key, "parley/1 matrix", seed, 32);
    line("seed", seed, 32);
    line("H(\"parley/1 matrix\" || seed)", key, 32);
    const struct params *p = params_find("n64");
    matrix_expand(row, key, p->m, p->n, 0, 0, 1);
    line("n64: a_0", row, 8);
    matrix_expand(row, key, p->m, p->n, 0, 64, 1);
    line("n64: a_64", row, 8);
    p = params_find("n1024");
    matrix_expand(row, key, p->m, p->n, 0, 64, 1);
    matrix_expand(row + 64, key, p->m, p->n, 1, 64, 1);
    line("n1024: a_64", row, 128);
    prg_derive(key, "parley/1 challenge", seed, 32);
    p = params_find("n64");
    matrix_expand(row, key, params_challenges(p), p->n, 0, 0, 1);
    line("n64: x*_0 of the same seed", row, 8);
}

/* The product is of the string with ones at 0, 3 and n - 1. */
static void rings(void) {
    const struct ring_params *p = ring_params_find("r509");
    uint8_t seed[32], bytes[2 * 64] = {0};
    uint64_t h[POLY_WORDS], x[POLY_WORDS], a[POLY_WORDS] = {0};
    count_up(seed, 32, 0);
    blocks_h(h, p, seed);
    poly_xor_into(bytes, 0, h, p->n);
    line("r509: h", bytes, 64);
    a[0] = 1 | 1 << 3;
    a[(p->n - 1) / 64] |= (uint64_t)1 << (p->n - 1) % 64;
    poly_mul(h, h, a, p->n);
    memset(bytes, 0, sizeof bytes);
    poly_xor_into(bytes, 0, h, p->n);
    line("r509: h (1 + X^3 + X^508)", bytes, 64);
    blocks_challenge(x, p, seed, 1);
    memset(bytes, 0, sizeof bytes);
    poly_xor_into(bytes, 0, x, p->n);
    line("r509: x*_1 of the same seed", bytes, 64);
}

static void lattices(void) {
    uint8_t seed[32], key[32], row[2 * 96];
    const struct lwe_params *p = lwe_params_at(4);
    count_up(seed, 32, 0);
    lwe_params_key(key, p, "matrix", seed);
    line("H(\"parley/2 l96 matrix\" || seed)", key, 32);
    rows_expand(row, key, p->m, p->n, 0, 2, 1);
    rows_expand(row + 128, key, p->m, p->n, 1, 2, 1);
    line("l96: a_2", row, 192);
    lwe_params_key(key, p, "challenge", seed);
    rows_expand(row, key, set_challenges(&p->set), p->n, 0, 0, 1);
    rows_expand(row + 128, key, set_challenges(&p->set), p->n, 1, 0, 1);
    line("l96: x*_0 of the same seed", row, 192);
}

static void codes(void) {
    static const char *const names[] = {"n64", "n384", "n1024", "n8192"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct code *code;
        if (code_new(&code, params_find(names[i])) < 0)
            exit(1);
        printf("    %s: pi[0] ... pi[9]%*s", names[i], (int)(17 - strlen(names[i])), "");
        for (size_t j = 0; j < 10; j++)
            printf(" %u", (unsigned)code->pi[j]);
        printf("\n    %s: pi[k-1]%*s %u\n", names[i], (int)(25 - strlen(names[i])), "",
               (unsigned)code->pi[code->k - 1]);
        code_free(code);
    }
}

static void keys(void) {
    uint8_t d[64], t[96], y[32], t3[32], r_alice[32], r_bob[32], mac_alice[32], mac_bob[32], commitment[2][32];
    uint8_t bits[FINGERPRINT_BYTES];
    char words[FINGERPRINT_TEXT];
    uint8_t seed[32], sig_alice[64], sig_bob[64], signed_alice[32], signed_bob[32];
    struct identity alice, bob;
    struct keys k, next;
    count_up(seed, 32, 0x80);
    scramble(d, 64, 1);
    scramble(t, 96, 2);
    t[95] &= 0x7f;
    toeplitz_hash(y, d, t);
    count_up(t3, 32, 0x20);
    count_up(r_alice, 32, 0x40);
    count_up(r_bob, 32, 0xc0);
    keys_derive(&k, y, NULL, t3);
    keys_derive(&next, y, k.session, t3);
    keys_commit_alice(commitment[0], r_alice);
    keys_commit_bob(commitment[1], r_bob);
    struct keys_confirmation c = {.t3 = t3, .r_alice = r_alice, .r_bob = r_bob, .mac_alice = mac_alice};
    keys_mac_alice(mac_alice, &k, &c);
    keys_mac_bob(mac_bob, &k, &c);
    identity_from_seed(&alice, seed);
    count_up(seed, 32, 0xa0);
    identity_from_seed(&bob, seed);
    identity_sign(sig_alice, &alice, "parley/1 sign alice", t3);
    identity_sign(sig_bob, &bob, "parley/1 sign bob", t3);
    c.sig_alice = sig_alice;
    c.sig_bob = sig_bob;
    c.n_sig_alice = c.n_sig_bob = 64;
    c.mac_alice = signed_alice;
    keys_mac_alice(signed_alice, &k, &c);
    keys_mac_bob(signed_bob, &k, &c);
    keys_fingerprint(bits, t3, r_alice, r_bob);
    fingerprint_text(words, bits);
    line("d", d, 64);
    line("t (hash)", t, 96);
    line("y", y, 32);
    line("T3", t3, 32);
    line("K", k.session, 32);
    line("K_confirmA", k.confirm_alice, 32);
    line("K_confirmB", k.confirm_bob, 32);
    line("K_streamAB", k.stream_ab, 32);
    line("K_streamBA", k.stream_ba, 32);
    line("r_A", r_alice, 32);
    line("r_B", r_bob, 32);
    line("commitment of A1", commitment[0], 32);
    line("commitment of B1", commitment[1], 32);
    line("macA", mac_alice, 32);
    line("macB", mac_bob, 32);
    line("f_0 ... f_4", bits, FINGERPRINT_BYTES);
    printf("    %-34s %s\n", "fingerprint", words);
    line("Alice, public key; seed 80 81 ... 9f", alice.public_key, 32);
    line("Bob, public key; seed a0 a1 ... bf", bob.public_key, 32);
    line("sigA", sig_alice, 64);
    line("sigB", sig_bob, 64);
    line("macA with sigA", signed_alice, 32);
    line("macB with both", signed_bob, 32);
    line("K_new of the same y, K_old = K", next.session, 32);
}

static void frames(void) {
    static const uint8_t preface[8] = {'P', 'A', 'R', 'L', 'E', 'Y', 0, 2};
    uint8_t digest[32], t3[32], *frame;
    size_t n;
    struct message hello = {.kind = MESSAGE_HELLO, .hello.params = "n64"};
    struct message learned = {.kind = MESSAGE_LEARNED, .learned.learned = true};
    struct transcript t;
    count_up(hello.hello.nonce, 32, 0);
    count_up(hello.hello.commitment, 32, 0x60);
    transcript_digest(digest, preface, 8);
    line("H(preface)", digest, 32);
    transcript_init(&t, digest, digest);
    if (message_encode(&hello, &frame, &n) < 0)
        exit(1);
    line("a Hello frame", frame, n);
    transcript_digest(digest, frame, n);
    line("its digest", digest, 32);
    transcript_add(&t, SIDE_ALICE, digest);
    free(frame);
    if (message_encode(&learned, &frame, &n) < 0)
        exit(1);
    line("a Learned frame", frame, n);
    transcript_digest(digest, frame, n);
    transcript_add(&t, SIDE_ALICE, digest);
    free(frame);
    transcript_direction(&t, SIDE_ALICE, digest);
    line("hA of preface, Hello, Learned", digest, 32);
    transcript_hash(&t, t3);
    line("T3 of that and hB of a preface", t3, 32);
}

int main(void) {
    if (sodium_init() < 0)
        return 1;
    printf("Expansion of LPN (section 5.1):\n\n");
    rows();
    printf("\nThe code of LPN (section 5.1):\n\n");
    codes();
    printf("\nRing (section 5.2), of the same seed:\n\n");
    rings();
    printf("\nLWE (section 5.3), of the same seed:\n\n");
    lattices();
    printf("\nHash, keys, confirmation, fingerprint (sections 6 and 7):\n\n");
    keys();
    printf("\nFrames and transcript (sections 3 and 7):\n\n");
    frames();
    return 0;
}
