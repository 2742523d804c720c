/* Experiments of `eve lab`. An experiment is a row of the table in experiments.c: it cuts its work into units, runs one
 * unit, and reports on all of them. Threads, files, resuming, shards, tables, figures and exit status are not its
 * business.
 *
 *     plan     which units there are, and how long each will take
 *     run      one unit: parameters and a seed in, one JSON object out. The same in, the same out, times aside:
 *              whatever is a time has "seconds" in its name
 *     report   all units in, tables, claims and figures out
 *
 * A unit's line may come from anywhere: `shapes` says what it must look like, folder.c checks it where it is read and
 * where it is written, and `report` may rely on it.
 *
 * Callbacks return 0 or a negative errno. */
#ifndef PARLEY_EVE_LAB_LAB_H
#define PARLEY_EVE_LAB_LAB_H

#include "common/task/lpn/params.h"
#include "common/task/table/table.h"
#include "eve/lab/shape.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lab_size {
    LAB_CHECK, /* 20 s: what the tests run */
    LAB_QUICK, /* below a minute: for a class */
    LAB_FULL,
};

/* Something made wrong on purpose, to see that the experiment notices (--fault). Bits: a claim has a set of those that
 * violate it. */
enum lab_fault {
    LAB_NO_FAULT = 0,
    LAB_FAULT_LEARNER = 1, /* a learner is broken */
    LAB_FAULT_THETA = 2,   /* labels are noisier than n^(-1/2) */
    LAB_FAULT_QUIET = 4,   /* they have no noise */
    LAB_FAULT_EVE = 8,     /* Eve's learners find nothing at toys, or say so falsely, and all where they should not */
    LAB_FAULT_CLOCK = 16,  /* quick things are measured as slow and slow ones as quick, the more so the larger n */
    LAB_FAULT_CHECK = 32,  /* a check between two ways to the same is broken */
    LAB_FAULT_FORMULA = 64 /* a formula is wrong */
};

/* Claims that have this phrase in their text, in the words of the source, and the faults that violate each of them. A
 * claim of an experiment has the phrase of one row. */
struct lab_break {
    const char *phrase;
    unsigned faults;
};

enum {
    LAB_SETS_MAX = 64,             /* of --sets */
    LAB_N_MAX = PARAMS_N_MAX / 32, /* how many n there are, hence how many a folder can have */
};

/* ---- plan */

struct lab_plan {
    enum lab_size size;
    enum lab_fault fault;
    double budget;      /* --budget, seconds; 0: not given */
    unsigned n_threads; /* of the run; units must not depend on it */
    struct params sets[LAB_SETS_MAX];
    size_t n_sets;                          /* those of --sets that are of LPN, of any n */
    const struct set *others[LAB_SETS_MAX]; /* and of the other tasks. None of either: not given, see lab_sets */
    size_t n_others;
    const char *programs; /* --programs: the folder of alice and bob; NULL: not given */
    json_t *parameters;   /* what the experiment wants the manifest to say; an object. "memory_bytes", of a unit: the
                             user is told before it starts */
    /* for the framework */
    json_t *units;
    double *seconds;
    size_t n_units;
};

/* If --sets was not given: these, as in "n64,n128", "64,96", "r1019,l64", or "ring" for all sets of a task. -EINVAL. */
int lab_sets(struct lab_plan *plan, const char *names);

/* One more unit, of about so many processor seconds. parameters: an object, stolen; "n" is what lab_params reads, "set"
 * what lab_set does. -ENOMEM. */
int lab_unit(struct lab_plan *plan, double seconds, json_t *parameters);

/* ---- run */

struct lab_unit {
    size_t number;
    const json_t *parameters;
    uint8_t seed[32];   /* from the run's seed, the experiment and the number */
    unsigned n_threads; /* that it may use: 1 unless the experiment is `alone` */
    enum lab_fault fault;
    const char *programs;
};

/* The set of the unit's "n". -EINVAL. */
int lab_params(const json_t *parameters, struct params *out);
/* The set that the unit's "set" names; NULL if there is none. */
const struct set *lab_set(const json_t *parameters);

/* These seconds; under LAB_FAULT_CLOCK times exp(log_factor). */
double lab_clocked(const struct lab_unit *unit, double seconds, double log_factor);

/* True once the run has been interrupted: a unit that takes longer than a second asks now and then, and returns -EINTR.
 */
bool lab_interrupted(void);

double lab_now(void);            /* wall seconds */
double lab_thread_seconds(void); /* processor seconds of this thread */

/* ---- report */

/* How a cell of the printed table looks. */
enum lab_cell {
    LAB_HIDDEN, /* only in the data file */
    LAB_TEXT,
    LAB_INTEGER,
    LAB_FIXED,    /* `digits` after the point */
    LAB_SHORT,    /* `digits` significant ones, exponent where needed */
    LAB_DURATION, /* seconds as a span of time */
};

struct lab_column {
    const char *key, *heading;
    enum lab_cell cell;
    int digits;
};

struct lab_report {
    enum lab_size size;
    enum lab_fault fault;
    const json_t *parameters; /* of the manifest */
    const json_t *units; /* by number: {"unit", "parameters", "seconds", "wall_seconds", "result"}. All of them, or,
                            of a run that was not finished, some: then a claim must not hold for want of data */
    /* for the framework */
    bool complete;
    const struct lab_break *breaks;
    json_t *done, *claims, *tables, *values, *notes;
};

/* A table: printed in the order of making, kept as NAME.tsv and in the JSON. columns must stay. -ENOMEM. */
int lab_table(struct lab_report *report, const char *name, const struct lab_column *columns, size_t n_columns);
/* A row of it: an object, stolen; what is absent or null is printed as "-". */
int lab_row(struct lab_report *report, const char *table, json_t *row);

#define LAB_CERTAIN        0.9999999 /* of the exact intervals that decide: a false alarm in 10^7 */
#define LAB_RISK_TOLERANCE 0.1       /* a risk is seen to be the task's once its interval is within a tenth of it */

/* What the experiment says of the world, and whether it holds. value, low, high: NAN where there is none. */
__attribute__((format(printf, 6, 7))) int lab_claim(struct lab_report *report, bool holds, double value, double low,
                                                    double high, const char *format, ...);

/* The same of what was seen to be so (1), not to be so (-1), or cannot be told from the sample (0): not contradicted.
 */
__attribute__((format(printf, 6, 7))) int lab_claim_seen(struct lab_report *report, int seen, double value, double low,
                                                         double high, const char *format, ...);

/* The claim that something happens with probability at most `bound`, of which x in n were seen. Violated if the exact
 * interval of 1 - 10^-7 lies above the bound; holds if the exact one-sided 95% upper bound is not above it; else the
 * sample does not decide it, which is "not contradicted", with that upper bound. Without a sample: violated. */
__attribute__((format(printf, 5, 6))) int lab_claim_at_most(struct lab_report *report, double bound, size_t x, size_t n,
                                                            const char *format, ...);

/* The claim that what has the 95% interval low ... high lies between least and most: holds if all of the interval
 * does, violated if none of it, else not contradicted. */
__attribute__((format(printf, 7, 8))) int lab_claim_between(struct lab_report *report, double least, double most,
                                                            double value, double low, double high, const char *format,
                                                            ...);

/* The claim that what has the interval low ... high is `expected`, give or take `tolerance`: violated if `expected`
 * lies outside the interval; holds if all of the interval is within the tolerance; else the sample is too small to
 * tell, which is "not contradicted". */
__attribute__((format(printf, 7, 8))) int lab_claim_is(struct lab_report *report, double expected, double tolerance,
                                                       double value, double low, double high, const char *format, ...);

/* A figure's worth: in the JSON under "values", and defined for the gnuplot scripts. NAN: null, and NaN there. */
int lab_value(struct lab_report *report, const char *name, double value);

/* The same of a fitted line, of logarithms: NAME_a (not its logarithm) and NAME_b, and what its band takes, NAME_n,
 * _mean, _squares, _half, _least and _most, which plot.c's functions fit, low, high and inside read. */
struct statistics_line;
int lab_line(struct lab_report *report, const char *name, const struct statistics_line *line);

/* A line under the tables. */
__attribute__((format(printf, 2, 3))) int lab_note(struct lab_report *report, const char *format, ...);

/* Sorts out units: the next one after *cursorp (start at 0) whose parameter `key` is this integer; NULL at the end. */
const json_t *lab_next(const struct lab_report *report, const char *key, json_int_t value, size_t *cursorp);

/* The same for those whose "set" is this one. */
const json_t *lab_next_of(const struct lab_report *report, const struct set *set, size_t *cursorp);
/* Whether there are units of LPN (or none at all), and of this other task: they have tables of their own. */
bool lab_has_lpn(const struct lab_report *report);
bool lab_has_task(const struct lab_report *report, const struct task *task);

/* Shorter ways to what units hold. 0 for what is absent or no number. */
double lab_number(const json_t *object, const char *key);
size_t lab_count(const json_t *object, const char *key);
json_t *lab_real(double value); /* null for NAN and infinity */

/* ---- the table of experiments */

struct lab_figure {
    const char *name;   /* of its files */
    const char *table;  /* it is drawn if this table is there */
    const char *script; /* gnuplot: title, axes, plot; reads the tables as 'NAME.tsv', tab-separated, columns by name.
                           Lines 1 ... 8 differ in dash, marker and lightness */
};

/* A kind of unit: those that have the parameter `key`, with this word if one is given; without key: all. */
struct lab_shape {
    const char *key, *word;
    const struct shape *parameters, *result;
};

struct lab_experiment {
    const char *name, *summary;
    bool alone;                     /* units run one after the other, each with all threads */
    const struct lab_shape *shapes; /* the first one that fits; ended by one without result */
    int (*plan)(struct lab_plan *plan);
    int (*run)(const struct lab_unit *unit, json_t *result); /* fills result; borrowed */
    int (*report)(struct lab_report *report);
    const struct lab_break *breaks; /* of each claim; ended by one without phrase */
    struct lab_figure figures[6];
};

/* All of them; lab_find gives NULL for another name. */
const struct lab_experiment *const *lab_experiments(size_t *n_experimentsp);
const struct lab_experiment *lab_find(const char *name);

#endif
