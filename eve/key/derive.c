#include "eve/key/derive.h"

#include "common/agree/distill.h"
#include "common/agree/toeplitz.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

bool derive_confirms(const struct observe_facts *f, const struct keys *k) {
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
    uint8_t d[64], y[32];
    sodium_memzero(out, sizeof *out);
    if (!f->complete || !f->masked)
        return false;
    const struct set *set = f->set;
    size_t n = set_label_bytes(set, set_challenges(set));
    uint8_t *results = malloc(n);
    if (!results)
        return false;
    memcpy(results, f->masked, n);
    for (size_t part = 0; part < set->task->alice->predict_parts(set); part++)
        set->task->alice->predict(results, set, s, f->challenge_seed, part);
    distill_unmask(d, results, set);
    free(results);
    toeplitz_hash(y, d, f->hash);
    keys_derive(out, y, NULL, f->t3);
    bool good = derive_confirms(f, out);
    if (!good)
        sodium_memzero(out, sizeof *out);
    return good;
}
