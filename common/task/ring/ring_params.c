/* The weights follow HQC and BIKE: as small as the strength allows, and small enough that bit flipping hardly ever
 * fails. How often it does was measured (tests/bench/measure/README.md). */
#include "common/task/ring/ring_params.h"

#include "common/task/ring/ring.h"

#include <string.h>

/* What tests/bench/measure found is below: the upper end of a 95% interval. */
#define BELOW_1E4 (-13.287712379549449)
#define BELOW_1E5 (-16.609640474436812)

#define SET(n_, w_, we_, repeat_, theta64_, p_, masked_, failure_, low_, high_, hide_, toy_, reach_, ...)              \
    {                                                                                                                  \
        .set = {.name = "r" #n_,                                                                                       \
                .task = &ring_task,                                                                                    \
                .modulus = 2,                                                                                          \
                .n_labels = 2 * n_,                                                                                    \
                .n_plain = n_,                                                                                         \
                .expanded = (n_ + 7) / 8,                                                                              \
                .chunk_max = (n_ + 7) / 8,                                                                             \
                .n_chunks = 1,                                                                                         \
                .repeat = repeat_,                                                                                     \
                .least_masked = masked_,                                                                               \
                .risk = (double)we_ / n_,                                                                              \
                .failure_log2 = failure_,                                                                              \
                .failure = FAILURE_MEASURED,                                                                           \
                .hide_log2 = hide_,                                                                                    \
                .hiding = HIDING_ASSUMED,                                                                              \
                .toy = toy_},                                                                                          \
        .n = n_, .w = w_, .w_s = we_, .w_e = we_, .theta64 = theta64_, .p = p_, .low = low_, .high = high_,            \
        .reach = reach_, .steps = {                                                                                    \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }

static const struct ring_params table[] = {
    /* n, w, w_s = w_e, N, theta64, p, least masked noise, failure, strength from, to, of hiding (eve estimate), toy,
     * reach, steps */
    SET(509, 10, 10, 25, 0x05078b50f9763149, 0.28776714092724887, 149, BELOW_1E4, 19, 27, 22, "at once", 6, 24, 139,
        183, 204, 216, 224, 229, 233, 235, 238, 240, 241),
    SET(1019, 15, 17, 23, 0x044556ac576d489a, 0.32793736695522641, 107, BELOW_1E4, 31, 37, 31, "in seconds", 9, 155,
        307, 373, 408, 429, 444, 454, 461, 467, 472, 475, 478),
    SET(1493, 19, 21, 21, 0x0399ce464d28fb07, 0.33792143350929982, 74, BELOW_1E4, 38, 44, 39, "in minutes", 11, 206,
        432, 533, 587, 620, 642, 658, 670, 679, 686, 692, 697),
    SET(2053, 22, 25, 21, 0x031e0d37bd29c5e4, 0.33703300645729495, 59, BELOW_1E4, 44, 50, 44, "in hours", 12, 40, 453,
        661, 764, 823, 862, 888, 908, 923, 934, 944, 951),
    SET(4099, 32, 36, 19, 0x023f94143c34b61d, 0.34336822268872957, 29, BELOW_1E4, 63, 70, 64, NULL, 17, 55, 820, 1253,
        1473, 1601, 1685, 1743, 1786, 1818, 1844, 1865, 1882),
    SET(8219, 46, 51, 17, 0x0196a8e181ba8a9b, 0.34447374226376931, 11, BELOW_1E4, 89, 96, 91, NULL, 24, 78, 1491, 2385,
        2852, 3129, 3310, 3436, 3529, 3600, 3656, 3701, 3739),
    SET(13109, 70, 80, 17, 0x018ff1f07e8b8d18, 0.41230743862263869, 11, BELOW_1E5, 139, 145, 139, NULL, 36, 72, 2113,
        3574, 4366, 4841, 5153, 5372, 5534, 5657, 5755, 5835, 5900),
    SET(17669, 66, 75, 15, 0x01162e9fde278dd4, 0.33978837075190915, 2, BELOW_1E5, 131, 137, 131, NULL, 34, 114, 2900,
        4863, 5921, 6555, 6970, 7262, 7477, 7642, 7772, 7878, 7965),
};

enum { N_SETS = sizeof table / sizeof table[0] };
_Static_assert((int)N_SETS == (int)RING_SETS, "as many as are said");

const struct ring_params *ring_params_at(size_t i) {
    return i < N_SETS ? &table[i] : NULL;
}

const struct ring_params *ring_params_find(const char *name) {
    for (size_t i = 0; i < N_SETS; i++)
        if (strcmp(table[i].set.name, name) == 0)
            return &table[i];
    return NULL;
}
