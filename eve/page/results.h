/* The laboratory's results, as the page shows them. */
#ifndef PARLEY_EVE_PAGE_RESULTS_H
#define PARLEY_EVE_PAGE_RESULTS_H

#include <jansson.h>

/* lab: the folder, or NULL for where it is beside this eve. The names of the experiments that have a result there. */
json_t *results_list(const char *lab);

/* The JSON of one experiment as a descriptor, which the caller closes; negative: there is none. */
int results_open(const char *lab, const char *name);

/* The figure that has the experiment's name, an SVG, the same way. */
int results_figure(const char *lab, const char *name);

#endif
