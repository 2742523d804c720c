/* Figures, drawn by gnuplot from the data files beside them. */
#ifndef PARLEY_EVE_LAB_PLOT_H
#define PARLEY_EVE_LAB_PLOT_H

#include "eve/lab/folder.h"
#include "eve/lab/lab.h"

/* Writes NAME.gp and lets gnuplot make NAME.svg and NAME.png of it. values: what the script may use. -ENOENT: no
 * gnuplot here, only the script was written; -EINVAL: gnuplot does not like it. */
int plot_figure(struct folder *folder, const struct lab_figure *figure, const json_t *values);

#endif
