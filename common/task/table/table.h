/* The tasks that the wire knows: a row each. */
#ifndef PARLEY_TASK_TABLE_H
#define PARLEY_TASK_TABLE_H

#include "common/task/task.h"

/* The set of this name, or NULL. */
const struct set *table_set(const char *name);

#endif
