#include "eve/cli/estimates.h"

#include "eve/learners/estimate_lwe.h"

#include <stdio.h>
#include <string.h>

/* Set i or a later one that is wanted; NULL behind the last. */
static const struct lwe_params *wanted(const char *params, size_t *ip) {
    const struct lwe_params *p;
    while ((p = lwe_params_at((*ip)++)) != NULL)
        if (!params || strcmp(params, p->set.name) == 0)
            return p;
    return NULL;
}

size_t estimates_lwe_count(const char *params) {
    size_t n = 0;
    for (size_t i = 0; wanted(params, &i);)
        n++;
    return n;
}

json_t *estimates_lwe_describe(const char *params) {
    json_t *sets = json_array();
    const struct lwe_params *p;
    for (size_t i = 0; (p = wanted(params, &i)) != NULL;) {
        struct estimate_lwe e;
        estimate_lwe_set(&e, p);
        json_array_append_new(sets, json_pack("{s:s, s:i, s:f, s:i, s:i, s:i, s:i, s:i, s:f, s:f, s:b}", "params",
                                              p->set.name, "n", (int)p->n, "sigma", e.sigma, "plain", (int)p->m,
                                              "composed", (int)p->n, "samples_used", (int)e.primal.samples, "dimension",
                                              (int)e.primal.dimension, "block_size", (int)e.primal.beta,
                                              "core_svp_log2", e.classical, "core_svp_quantum_log2", e.quantum,
                                              "flatters_attacker", e.flatters));
    }
    return sets;
}

void estimates_lwe_print(const char *params) {
    const struct lwe_params *p;
    bool flattered = false, weighty = false;
    printf(
        "LWE with a small secret, experimental: the block size with which lattice reduction finds the secret, by the\n"
        "condition of Alkim, Ducas, Poeppelmann, Schwabe 2016, with the fewest samples that reach it; log2 of its "
        "cost\n"
        "by core-SVP, 0.292 and, quantum, 0.265 times the block size. Not the currency of another table.\n\n");
    printf("%-6s %6s %8s %10s %11s %11s %10s  %s\n", "set", "sigma", "samples", "dimension", "block size", "classical",
           "quantum", "a toy that falls");
    for (size_t i = 0; (p = wanted(params, &i)) != NULL;) {
        struct estimate_lwe e;
        char block[16];
        estimate_lwe_set(&e, p);
        flattered |= e.flatters;
        weighty |= !p->set.toy;
        snprintf(block, sizeof block, "%u%s", e.primal.beta, e.flatters ? "*" : "");
        printf("%-6s %6.1f %8u %10u %11s", p->set.name, e.sigma, e.primal.samples, e.primal.dimension, block);
        if (e.flatters)
            printf(" %11s %10s", "-", "-");
        else
            printf(" %11.1f %10.1f", e.classical, e.quantum);
        printf("  %s\n", p->set.toy ? p->set.toy : "-");
    }
    if (flattered)
        printf(
            "* So small that the formula flatters the attacker, and core-SVP says nothing: at l96 blocks of 30 to 38 "
            "were needed.\n");
    if (weighty)
        printf("Dual-hybrid attacks gain some 3 bits at such sizes: at l640 count on 2^135. That is carried over from "
               "what is "
               "published for Kyber-512, not computed.\n");
}
