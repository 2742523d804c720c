/* Runs the units of a plan on threads. */
#ifndef PARLEY_EVE_LAB_RUN_H
#define PARLEY_EVE_LAB_RUN_H

#include "common/shell/term/screen.h"
#include "eve/lab/lab.h"

struct lab_run {
    const struct lab_experiment *experiment;
    const struct lab_plan *plan;
    uint8_t seed[32];
    unsigned shard, n_shards; /* n_shards 0: no shard */
    bool *done;               /* by unit: need not be run (again); set as they finish */
    /* Called with each unit that is done, one at a time; the line is freed afterwards. An error ends the run. */
    int (*keep)(void *context, const json_t *line);
    void *context;
    struct screen *screen;
};

/* SIGINT and SIGTERM end the run: what is finished was kept. 0, -EINTR, the error of a unit or of keep. */
int lab_run_units(struct lab_run *run);

/* Wall seconds that the units which are not done will take. */
double lab_run_estimate(const struct lab_run *run);

/* The number of the signal that interrupted; 0: none. */
int lab_run_signal(void);

#endif
