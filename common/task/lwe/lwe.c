#include "common/task/lwe/lwe.h"

#include "common/task/lwe/lwe_params.h"
#include "common/task/lwe/rows.h"

#include <math.h>
#include <stdio.h>

static const struct set *set(size_t i) {
    const struct lwe_params *p = lwe_params_at(i);
    return p ? &p->set : NULL;
}

static size_t chunk_bytes(const struct set *set, uint32_t index) {
    size_t n = lwe_params_of(set)->n;
    return index < set->n_chunks ? 2 * n * rows_width(n, index) : 0;
}

/* Mean of |CBD(eta)|, to within a thousandth. */
static double label_noise(const struct set *set) {
    return sqrt(lwe_params_of(set)->eta / acos(-1));
}

static void describe(const struct set *set, char *text, size_t size) {
    const struct lwe_params *p = lwe_params_of(set);
    snprintf(text, size, "n = %u, q = 2^16, sigma = %.1f", (unsigned)p->n, sqrt(p->eta / 2.0));
}

/* log2 of the core-SVP cost of the primal attack, 0.292 and 0.265 of the block size that the estimate of Alkim, Ducas,
 * Poeppelmann and Schwabe (2016) asks for. Below about 40 bits it says nothing, and smaller sets are toys. */
struct cost {
    unsigned classical, quantum;
};

static struct cost attack_cost(const struct lwe_params *p) {
    if (p->n <= 256)
        return (struct cost){45, 41};
    if (p->n <= 448)
        return (struct cost){91, 82};
    if (p->n <= 512)
        return (struct cost){106, 96};
    if (p->n <= 640)
        return (struct cost){138, 125};
    return (struct cost){234, 213};
}

static void secrecy(const struct set *set, char *text, size_t size) {
    const struct lwe_params *p = lwe_params_of(set);
    struct cost cost = attack_cost(p);
    snprintf(text, size,
             "Who only listens has the same vectors and labels, but not the recipes. To learn the secret without them "
             "is LWE with a small secret, n = %u: by estimate core-SVP 2^%u%s, 2^%u for quantum computers. That it is "
             "hard is assumed, not proven; no worst-case hardness is claimed.",
             (unsigned)p->n, cost.classical,
             p->n == 640 ? " (2^135 with dual-hybrid attacks, carried over, not computed)" : "", cost.quantum);
}

const struct task lwe_task = {.name = "lwe",
                              .assumption = "LWE with a small secret",
                              .experimental = true,
                              .words = &lwe_words,
                              .alice = &lwe_alice,
                              .bob = &lwe_bob,
                              .set = set,
                              .chunk_bytes = chunk_bytes,
                              .label_noise = label_noise,
                              .describe = describe,
                              .secrecy = secrecy};
