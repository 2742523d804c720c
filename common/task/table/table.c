#include "common/task/table/table.h"

#include "common/task/lpn/lpn.h"
#include "common/task/lwe/lwe.h"
#include "common/task/ring/ring.h"

#include <string.h>

static const struct task *const tasks[] = {&lpn_task, &ring_task, &lwe_task};

const struct task *table_task(size_t i) {
    return i < sizeof tasks / sizeof tasks[0] ? tasks[i] : NULL;
}

const struct set *table_at(size_t i) {
    const struct set *set;
    for (size_t t = 0; t < sizeof tasks / sizeof tasks[0]; t++)
        for (size_t j = 0; (set = tasks[t]->set(j)); j++)
            if (i-- == 0)
                return set;
    return NULL;
}

const struct set *table_set(const char *name) {
    const struct set *set;
    for (size_t i = 0; (set = table_at(i)); i++)
        if (strcmp(set->name, name) == 0)
            return set;
    return NULL;
}
