/* Work that takes long, cut into slices of at most about 5 ms. A pure machine hands out jobs; whoever drives it runs
 * them on any thread, several of one machine at once if it hands out several, and gives each back from the machine's
 * own thread. A job touches only what no other outstanding job and no call of the machine touches. */
#ifndef PARLEY_BASE_JOB_H
#define PARLEY_BASE_JOB_H

struct job {
    void (*run)(struct job *job);
};

#endif
