/* Files of this process. */
#ifndef PARLEY_HOST_FILES_H
#define PARLEY_HOST_FILES_H

#include <stdint.h>

/* Makes room for n open files. Returns how many there may be. */
uint64_t files_may_be_open(uint64_t n);

#endif
