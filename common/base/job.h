/* Work that takes long, cut into slices of at most about 5 ms. A pure machine hands out jobs; whoever drives it runs
 * them on any thread, several of one machine at once if it hands out several, and gives each back from the machine's
 * own thread. A job touches only what no other outstanding job and no call of the machine touches. */
#ifndef PARLEY_BASE_JOB_H
#define PARLEY_BASE_JOB_H

#include <stddef.h>

struct job {
    void (*run)(struct job *job);
    unsigned micros; /* about how long it takes, at least 1; 0: not known, and taken to be long. To wake another thread
                        takes some tens of microseconds too, so a short job is better run where it is asked for */
};

/* What processors of today do in a microsecond, about. */
enum {
    JOB_STREAM = 2000, /* bytes of ChaCha20 that are expanded, and what is done with them at once */
    JOB_COPY = 4000,   /* bytes copied, or labelled */
    JOB_HASH = 600,    /* bytes hashed */
    JOB_EDGES = 200,   /* accesses here and there */
    JOB_NEAR = 800,    /* the same within what is near, many at once */
};

static inline unsigned job_micros(size_t n, size_t in_a_microsecond) {
    return (unsigned)(n / in_a_microsecond) + 1;
}

#endif
