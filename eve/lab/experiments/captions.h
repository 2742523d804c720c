/* The parts of the experiment `captions`. */
#ifndef PARLEY_EVE_LAB_CAPTIONS_H
#define PARLEY_EVE_LAB_CAPTIONS_H

#include "eve/lab/lab.h"
#include "eve/lab/toys/toy.h"

#define CAPTIONS_CERTAIN 0.9999999 /* of the intervals that decide: a false alarm in 10^7 */

/* What one session of a row found. A learner that was not run has judged none. */
struct captions_found {
    size_t samples, judged, wrong, captioned_wrong; /* Alice's; wrong of who has the fresh caption too */
    bool has_captioned;
    size_t linear_samples, linear_judged, linear_wrong;          /* an efficient learner without captions */
    size_t unbounded_samples, unbounded_judged, unbounded_wrong; /* one without bounds on its time */
    size_t few_wrong;                                            /* the same with as few samples as Alice has */
    bool same;                                                   /* (x, y) under two tasks */
    size_t strangers, strangers_right;                           /* labels by somebody who has only what is published */
    size_t bits, alice_right, eve_right;                         /* of an agreement on top */
    double learn_seconds, unbounded_seconds;
};

/* captions_toys.c, captions_wire.c. -ENOMEM, -EINTR. */
int captions_toy(struct captions_found *out, const struct toy *toy, const struct lab_unit *unit);
int captions_wire(struct captions_found *out, const struct set *set, const struct lab_unit *unit);

/* captions_report.c */
extern const char *const captions_rows[];      /* of all rows, and NULL */
extern const char *const captions_resampled[]; /* "parity", "lwe" */
int captions_report(struct lab_report *report);
extern const char captions_figure[];

#endif
