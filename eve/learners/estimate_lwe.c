#include "eve/learners/estimate_lwe.h"

#include <math.h>

void estimate_lwe_task(struct usvp_task *task, const struct lwe_params *p, size_t samples) {
    *task = (struct usvp_task){
        .n = p->n, .samples = (unsigned)samples, .modulus_log2 = 16, .error = sqrt(p->eta / 2.0), .secret = 1};
}

void estimate_lwe_set(struct estimate_lwe *e, const struct lwe_params *p) {
    struct usvp_task task;
    estimate_lwe_task(&task, p, p->set.n_labels);
    e->sigma = task.error;
    usvp_estimate(&e->primal, &task);
    e->classical = usvp_core_classical(e->primal.beta);
    e->quantum = usvp_core_quantum(e->primal.beta);
    e->flatters = e->primal.beta < USVP_FLATTERS;
}

unsigned estimate_lwe_recipe(const struct lwe_params *p) {
    double length = log2(LWE_PARAMS_DISTANCE / 2.0 / sqrt(p->eta / 2.0));
    double most = length * length / (4 * 16.0 * p->n); /* of log2 delta */
    unsigned beta = 2;
    while (log2(usvp_delta(beta)) > most)
        beta++;
    return beta;
}
