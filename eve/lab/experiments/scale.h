/* What scale.c measures and scale_report.c makes of it; scale_programs.c runs the programs.
 *
 * Units are of four kinds. "idle": a bob whom nobody visits. "cost": one session, at "n". "session": the same of
 * another task, at "set". "crowd": so many "sessions" at "n", so many "alices" at once. */
#ifndef PARLEY_EVE_LAB_SCALE_H
#define PARLEY_EVE_LAB_SCALE_H

#include "common/shell/host/files.h"
#include "eve/lab/lab.h"
#include "eve/lab/process.h"

enum scale_kind { SCALE_IDLE, SCALE_COST, SCALE_CROWD, SCALE_SESSION };
extern const char *const scale_kinds[];

int scale_report(struct lab_report *report);
extern const char scale_cost_figure[], scale_crowd_figure[]; /* gnuplot */

/* ---- scale_programs.c */

extern const double scale_patience; /* seconds for anything to happen */

/* A folder for events, the programs' paths, and a bob. */
struct scale_stage {
    char folder[64], bob_events[80], alice_events[80];
    char alice_path[FILES_PATH], bob_path[FILES_PATH];
    char address[80]; /* where bob listens */
    struct process bob;
};

/* A bob for this set, listening. -ENOENT: there are no programs. -EPROTO: he does not come up. */
int scale_open(struct scale_stage *s, const struct lab_unit *unit, const char *set, unsigned alices, bool once);
/* Ends bob and removes the folder. */
void scale_close(struct scale_stage *s);
/* events: whether hers are wanted; then she waits for the end of her input. Negative errno. */
int scale_start_alice(const struct scale_stage *s, struct process *alice, const char *set, bool events);
/* As process_wait. */
int scale_stop_bob(struct scale_stage *s, struct process_usage *usage);

/* The lines of an events file that are complete; an array, the caller's. */
json_t *scale_events(const char *path);
/* The first of that name, or NULL; and how many there are. */
const json_t *scale_event(const json_t *events, const char *name);
size_t scale_events_count(const json_t *events, const char *name);
/* Waits until the file has the event: 1 and all events, the caller's; 0 if the process ended or patience did; -EINTR.
 */
int scale_await(const char *path, const char *name, struct process *process, json_t **eventsp);

#endif
