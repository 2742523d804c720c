/* The folder of a run: manifest.json, units.jsonl (one line for each unit that is done, as it finishes), and, once all
 * are done, what report and figures make of them. */
#ifndef PARLEY_EVE_LAB_FOLDER_H
#define PARLEY_EVE_LAB_FOLDER_H

#include "eve/lab/lab.h"

struct folder {
    const char *path;
    int fd;                                  /* of units.jsonl, locked; -1 if it was only read */
    json_t *manifest;                        /* of the run that it holds */
    const struct lab_experiment *experiment; /* of that run */
    json_t *units; /* the lines by number, null for those to come: all of them of the experiment's shape */
    size_t n_done;
    char problem[512]; /* why it failed, after an error: file, line and field; no more than a line, escaped */
};

/* Reads one that is there. -ENOENT: there is none; -EBADMSG: it is no such folder, or a line is not what a unit of its
 * experiment looks like; other errors are those of reading. */
int folder_read(struct folder *f, const char *path);

/* For writing: creates it, or goes on with the run that is there if it has the same plan; of another, -EEXIST. The
 * manifest is stolen. -EBUSY: somebody else is at it. */
int folder_open(struct folder *f, const char *path, json_t *manifest);

/* One more line, on the disk when this returns. -EBADMSG: it is of another shape. */
int folder_append(struct folder *f, const json_t *line);

/* Appends the lines of `from` that `into` has not, and its list of runs; both are of the same plan, else -EBADMSG. What
 * failed is in into->problem. */
int folder_merge(struct folder *into, const struct folder *from);

/* Replaces a file in it as a whole. */
int folder_write(struct folder *f, const char *name, const char *text);
int folder_write_json(struct folder *f, const char *name, const json_t *value);

void folder_close(struct folder *f);

#endif
