/* What Alice's learner believes, number by number, and proposes: the same on every processor, with every compiler, at
 * every width of vectors, or two builds of Parley would fail at different sessions.
 *
 *     golden_learner FILE            compares FILE with what the learner does now
 *     golden_learner --write FILE    writes it, after a change of the learner that is meant
 *
 * A session is that of tests/bench/measure/failures.c, of secret 0. With the noise of the set the learner succeeds at
 * once; with more of it, it passes many times, guesses, and proposes what is wrong. The digest is of the beliefs after
 * each step: floats, as bits, which any other rounding would change. */
#include "common/base/bytes.h"
#include "common/base/noise.h"
#include "common/base/prg.h"
#include "common/task/lpn/learner_state.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CANDIDATES = 3 };

struct session {
    const char *set;
    unsigned noise; /* in tenths of the set's */
};

static const struct session sessions[] = {{"n64", 10},  {"n64", 13},  {"n128", 12}, {"n256", 10},
                                          {"n256", 12}, {"n512", 12}, {"n1024", 10}};

static void *need(void *p) {
    if (!p) {
        fprintf(stderr, "golden_learner: out of memory\n");
        exit(71);
    }
    return p;
}

/* For each recipe its own error and the plain errors that it names. */
static uint8_t *noisy(const struct params *params, const struct recipes *recipes, const uint8_t key[static 32],
                      uint64_t theta64) {
    uint8_t noise_key[32];
    uint8_t *plain = need(calloc(1, bits_to_bytes(params->m))), *v = need(calloc(1, bits_to_bytes(params->k)));
    prg_subkey(noise_key, key, "plain errors", 0);
    noise_add(plain, params->m, noise_key, theta64);
    prg_subkey(noise_key, key, "own errors", 0);
    noise_add(v, params->k, noise_key, theta64);
    for (size_t j = 0; j < params->k; j++)
        for (size_t t = 0; t < params->w; t++)
            bit_xor(v, j, bit_get(plain, recipes_index(recipes, j, t)));
    free(plain);
    return v;
}

static void digest_floats(crypto_generichash_state *hash, const float *values, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        uint8_t bytes[4];
        memcpy(&bits, values + i, 4);
        for (int b = 0; b < 4; b++)
            bytes[b] = (uint8_t)(bits >> 8 * b); /* whatever the order of bytes here */
        crypto_generichash_update(hash, bytes, 4);
    }
}

static void put_hex(FILE *f, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%02x", p[i]);
}

static void put_session(FILE *f, const struct session *session) {
    const struct params *params = params_find(session->set);
    uint8_t key[32] = {7}, recipe_key[32], digest[16];
    struct code *code = NULL;
    struct recipes *recipes = NULL;
    struct learner *learner = NULL;
    prg_subkey(recipe_key, key, "recipes", 0);
    if (code_new(&code, params) == 0 && recipes_new(&recipes, params, recipe_key) == 0) {
        recipes_run_all(recipes);
        if (learner_new(&learner, params, code, recipes) < 0)
            learner = NULL;
    }
    need(learner);
    uint8_t *v = noisy(params, recipes, key, params->theta64 / 10 * session->noise);
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, sizeof digest);
    fprintf(f, "%s, noise times %u.%u\n", session->set, session->noise / 10, session->noise % 10);
    learner_start(learner, v);
    for (int i = 0; i < MOST_CANDIDATES; i++) {
        while (learner_status(learner) == LEARNER_WORK) {
            learner_turn(learner);
            digest_floats(&hash, learner->to_s, learner->n_places);
            digest_floats(&hash, learner->odds, 2 * learner->m);
        }
        fprintf(f, "    after %zu passes, %zu rounds: ", learner_iterations(learner), learner_rounds(learner));
        if (learner_status(learner) == LEARNER_EXHAUSTED) {
            fprintf(f, "nothing\n");
            break;
        }
        put_hex(f, learner_candidate(learner), bits_to_bytes(params->n));
        fprintf(f, ", %zu of v differ\n", learner->errors);
        if (sodium_is_zero(learner_candidate(learner), bits_to_bytes(params->n)))
            break;
        learner_reject(learner);
    }
    crypto_generichash_final(&hash, digest, sizeof digest);
    fprintf(f, "    beliefs ");
    put_hex(f, digest, sizeof digest);
    fprintf(f, "\n");
    free(v);
    learner_free(learner);
    recipes_free(recipes);
    code_free(code);
}

int main(int argc, char **argv) {
    int write = argc == 3 && strcmp(argv[1], "--write") == 0;
    if (sodium_init() < 0 || (argc != 2 && !write)) {
        fprintf(stderr, "usage: golden_learner [--write] FILE\n");
        return 64;
    }
    const char *path = argv[argc - 1];
    FILE *now = write ? fopen(path, "w") : tmpfile(), *before = write ? NULL : fopen(path, "r");
    if (!now || (!write && !before)) {
        perror(path);
        return 1;
    }
    for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++)
        put_session(now, &sessions[i]);
    int differ = ferror(now);
    if (before) {
        char is[512], was[512];
        rewind(now);
        while (!differ) {
            char *a = fgets(is, sizeof is, now), *b = fgets(was, sizeof was, before);
            if (!a || !b) {
                differ = a || b;
                break;
            }
            differ = strcmp(is, was) != 0;
            if (differ)
                printf("FAIL %s has %s     but now it is %s", path, was, is);
        }
        if (differ)
            printf("FAIL the learner does not do what it did; if that is meant: golden_learner --write %s\n", path);
        fclose(before);
    }
    return fclose(now) != 0 || differ;
}
