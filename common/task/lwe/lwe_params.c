#include "common/task/lwe/lwe_params.h"

#include "common/base/prg.h"
#include "common/task/lwe/lwe.h"
#include "common/task/lwe/rows.h"

#include <stdio.h>

/* Of A2: a chunk is a column block of all composed vectors. */
#define CHUNKS(n)  (((n) + ROWS_BLOCK - 1) / ROWS_BLOCK)
#define LONGEST(n) (2 * (n) * ((n) < ROWS_BLOCK ? (n) : ROWS_BLOCK))

#define SET(n_, m_, eta_, failure_, hide_, risk_, plain_, composed_, masked_, toy_)                                    \
    {                                                                                                                  \
        .set = {.name = "l" #n_,                                                                                       \
                .task = &lwe_task,                                                                                     \
                .modulus = 1 << 16,                                                                                    \
                .n_labels = (m_) + (n_),                                                                               \
                .n_plain = (m_),                                                                                       \
                .expanded = 2 * (m_) * (n_),                                                                           \
                .chunk_max = LONGEST(n_),                                                                              \
                .n_chunks = CHUNKS(n_),                                                                                \
                .repeat = 1,                                                                                           \
                .least_masked = masked_,                                                                               \
                .risk = risk_,                                                                                         \
                .failure_log2 = failure_,                                                                              \
                .failure = FAILURE_BOUND,                                                                              \
                .hide_log2 = hide_,                                                                                    \
                .hiding = HIDING_STATISTICAL,                                                                          \
                .toy = toy_},                                                                                          \
        .n = n_, .m = m_, .eta = eta_, .least_plain = plain_, .least_composed = composed_                              \
    }

static const struct lwe_params table[] = {
    /* n, m, eta; log2 of the bound on failure and of the distance of composed vectors from uniform ones; risk; least
     * noise of plain labels, of composed ones and of masked ones; toy */
    SET(32, 549, 2528, -61.0, -128, 8.6564971282064899e-4, 12212, 250, 11284, "at once"),
    SET(48, 731, 2528, -46.7, -128, 8.6564971282064899e-4, 16829, 508, 11284, "at once"),
    SET(64, 912, 2368, -40.4, -128, 8.3780520189120932e-4, 20794, 771, 10921, "in a second or two"),
    SET(80, 1094, 2016, -40.0, -128, 7.7302486678630352e-4, 23408, 988, 10077, "in seconds"),
    SET(96, 1275, 1728, -40.6, -128, 7.156745634825793e-4, 25587, 1182, 9329, "in half a minute"),
    SET(112, 1456, 1536, -40.3, -128, 6.747383481044407e-4, 27836, 1375, 8795, "in minutes"),
    SET(128, 1637, 1376, -40.4, -128, 6.3862349617751168e-4, 29877, 1554, 8324, "in hours"),
    SET(160, 1999, 1120, -41.2, -128, 5.7615013723127917e-4, 33361, 1871, 7510, "in days"),
    SET(256, 3086, 736, -41.5, -128, 4.6702515861836826e-4, 42792, 2711, 6087, NULL),
    SET(448, 5258, 448, -40.7, -128, 3.6432834401927208e-4, 58232, 4077, 4748, NULL),
    SET(512, 5982, 384, -42.1, -128, 3.3728681861613539e-4, 61627, 4395, 4395, NULL),
    SET(640, 7430, 320, -40.7, -128, 3.0787928665201419e-4, 70385, 5159, 4012, NULL),
    SET(1024, 11773, 192, -43.5, -128, 2.3842017343481486e-4, 87503, 6715, 3106, NULL),
};

enum { N_SETS = sizeof table / sizeof table[0] };
_Static_assert((int)N_SETS == (int)LWE_PARAMS_SETS, "the header says how many");
_Static_assert((int)LWE_PARAMS_N_MAX <= (int)TASK_HYPOTHESIS_MAX, "a hypothesis is a byte for each entry");

const struct lwe_params *lwe_params_at(size_t i) {
    return i < N_SETS ? &table[i] : NULL;
}

void lwe_params_key(uint8_t key[static 32], const struct lwe_params *p, const char *kind,
                    const uint8_t seed[static 32]) {
    char label[48];
    snprintf(label, sizeof label, "parley/2 %s %s", p->set.name, kind);
    prg_derive(key, label, seed, 32);
}
