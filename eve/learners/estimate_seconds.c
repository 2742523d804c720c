#include "eve/learners/estimate_seconds.h"

#include "common/task/lpn/params.h"
#include "common/task/lwe/lwe_params.h"
#include "common/task/ring/ring_params.h"
#include "eve/learners/estimate.h"
#include "eve/learners/estimate_lwe.h"

#include <math.h>

enum { RATE_LOG2 = 35 }; /* bit operations a second */

static double of_lpn(const struct set *set) {
    size_t n;
    const struct params *table = params_table(&n);
    struct estimate e;
    for (size_t i = 0; i < n; i++)
        if (&table[i].set == set) {
            estimate_set(&e, &table[i]);
            return exp2(e.strength - RATE_LOG2);
        }
    return INFINITY;
}

/* The upper end of the range, which is for the search that eve learn makes. */
static double of_ring(const struct set *set) {
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++)
        if (&p->set == set)
            return exp2((double)p->high - RATE_LOG2);
    return INFINITY;
}

static double of_lwe(const struct set *set) {
    const struct lwe_params *p;
    struct estimate_lwe e;
    for (size_t i = 0; (p = lwe_params_at(i)); i++)
        if (&p->set == set) {
            estimate_lwe_set(&e, p);
            return exp2(e.classical);
        }
    return INFINITY;
}

double estimate_seconds(const struct set *set) {
    return fmin(of_lpn(set), fmin(of_ring(set), of_lwe(set)));
}
