#include "eve/key/derive.h"

#include "common/agree/distill.h"
#include "common/agree/toeplitz.h"
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "common/task/lpn/matrix.h"

#include <sodium.h>
#include <stdlib.h>

static bool confirms(const struct observe_facts *f, const struct keys *k) {
    uint8_t mac[32];
    const struct keys_confirmation c = {.t3 = f->t3,
                                        .r_alice = f->r[SIDE_ALICE],
                                        .r_bob = f->r[SIDE_BOB],
                                        .sig_alice = f->signature[SIDE_ALICE],
                                        .n_sig_alice = f->n_signature[SIDE_ALICE],
                                        .mac_alice = f->mac[SIDE_ALICE],
                                        .sig_bob = f->signature[SIDE_BOB],
                                        .n_sig_bob = f->n_signature[SIDE_BOB]};
    keys_mac_alice(mac, k, &c);
    if (!keys_equal(mac, f->mac[SIDE_ALICE]))
        return false;
    keys_mac_bob(mac, k, &c);
    return keys_equal(mac, f->mac[SIDE_BOB]);
}

bool derive_keys(struct keys *out, const struct observe_facts *f, const uint8_t *s) {
    uint8_t key[32], d[64], y[32];
    size_t n_challenges;
    sodium_memzero(out, sizeof *out);
    if (!f->complete || !f->masked)
        return false;
    n_challenges = params_challenges(f->params);
    uint8_t *results = malloc(bits_to_bytes(n_challenges));
    if (!results)
        return false;
    memcpy(results, f->masked, bits_to_bytes(n_challenges));
    prg_derive(key, "parley/1 challenge", f->challenge_seed, 32);
    matrix_label(results, key, n_challenges, f->params->n, 0, n_challenges, s);
    distill_majority(d, results, &f->params->set);
    free(results);
    toeplitz_hash(y, d, f->hash);
    keys_derive(out, y, NULL, f->t3);
    bool good = confirms(f, out);
    if (!good)
        sodium_memzero(out, sizeof *out);
    return good;
}
