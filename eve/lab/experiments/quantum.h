/* What the two files of the experiment `quantum` share. */
#ifndef PARLEY_EVE_LAB_QUANTUM_H
#define PARLEY_EVE_LAB_QUANTUM_H

#include "eve/lab/lab.h"

int quantum_report(struct lab_report *report); /* quantum_report.c */
extern const char quantum_search_figure[], quantum_sets_figure[], quantum_circuit_figure[];

#endif
