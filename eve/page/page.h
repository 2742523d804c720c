/* eve serve, the classroom page, and eve show, the same in a terminal. What happens comes from files that grow:
 * captures, and the events of alice and bob. */
#ifndef PARLEY_EVE_PAGE_PAGE_H
#define PARLEY_EVE_PAGE_PAGE_H

#include "common/shell/net/address.h"
#include "common/shell/term/screen.h"
#include "common/task/task.h"

#include <stddef.h>

struct page_config {
    struct address listen;
    const char *const *sources; /* tap:..., sniff:IF, a capture, a file of events */
    size_t n_sources;
    const char *lab; /* folder of the laboratory's results; NULL: where they are installed */
    double budget;   /* for Eve's learners on a session, seconds */
    unsigned threads;
    double (*expected)(const struct set *set); /* of a room: as class.h has it */
    bool has_room;                             /* phones join a class, at `join`, and talk to the bob at `room` */
    struct address room, join;
    const struct set *sets[SETS_MAX]; /* that this bob offers; none: unknown */
    size_t n_sets;
    unsigned per_address;  /* phones at once from one address */
    uint64_t capture_max;  /* bytes of the room's capture */
    uint64_t captures_max; /* of all that it has written, as often as it was opened */
    const char *write;     /* the capture of the room; NULL: one that is removed with the page */
    bool terminal;         /* nothing is served: standard output tells what happens */
    bool once;             /* in a terminal: ends with the first session */
    struct screen *screen;
};

/* Until SIGINT or SIGTERM: the exit status. */
int page_run(const struct page_config *config);

#endif
