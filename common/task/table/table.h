/* The tasks that the wire knows: a row each. */
#ifndef PARLEY_TASK_TABLE_H
#define PARLEY_TASK_TABLE_H

#include "common/task/task.h"

/* Task i, and set i of all tasks together, in the order of the table; NULL from the first i on that there is none. */
const struct task *table_task(size_t i);
const struct set *table_at(size_t i);

/* The set of this name, or NULL. */
const struct set *table_set(const char *name);

#endif
