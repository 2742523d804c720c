/* For tests of the learner alone. */
#ifndef PARLEY_BIMODAL_LEARNER_INTERNAL_H
#define PARLEY_BIMODAL_LEARNER_INTERNAL_H

#include "common/task/lpn/learner.h"
#include "common/task/lpn/learner_kernels.h"

/* Instead of the widest that this processor has. */
void learner_set_kernels(struct learner *learner, const struct learner_kernels *kernels);

#endif
