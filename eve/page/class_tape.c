/* What passes, recorded as by eve tap: on one tape for each opening of the room. */
#include "common/shell/host/files.h"
#include "eve/page/class_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    CONTROL_BYTES = 256 << 10, /* of the capture, kept for the beginnings and ends of connections */
    TAPES_MAX = 1000,
};

static uint8_t *buffer(void *user, size_t *np) {
    const struct pupil *pupil = user;
    *np = RECORD_READ;
    return record_buffer(pupil->tape->record);
}

/* Bytes that nobody has of it yet. */
static uint64_t left_of(const struct tape *tape) {
    uint64_t used = (tape->record ? record_size(tape->record) : 0) + CONTROL_BYTES;
    return used < tape->max ? tape->max - used : 0;
}

bool class_tape_may(const struct tape *tape, const uint8_t from[static ORIGIN_ID]) {
    unsigned per_address = tape->class->config.per_address;
    return shares_may(&tape->shares, from, left_of(tape), per_address,
                      per_address > PLACES_IPV6 ? per_address : PLACES_IPV6, PLACES_ALL);
}

/* What the file has more than before is its address's: headers too, of which a phone that sends byte by byte makes much
 * more than it sends. */
static void account(struct pupil *pupil, uint64_t before) {
    shares_add(&pupil->tape->shares, pupil->from, record_size(pupil->tape->record) - before);
}

static void *opened(void *user, const struct sockaddr *alice, const struct sockaddr *bob) {
    struct pupil *pupil = user;
    uint64_t before = record_size(pupil->tape->record);
    address_text(pupil->peer, alice);
    pupil->state = PUPIL_AGREEING;
    class_changed(pupil);
    void *connection = record_open(pupil->tape->record, alice, bob);
    account(pupil, before);
    return connection;
}

/* A disk that is full is no reason to disturb those who talk; who joined now would have a tile of which nothing is
 * known. */
static void check(struct tape *tape) {
    int error = record_error(tape->record);
    if (!error || tape->told_error)
        return;
    screen_error(tape->class->config.screen,
                 "%s: %s; nothing more is recorded, and nobody joins any more until the "
                 "room is closed and opened again",
                 tape->path, strerror(-error));
    tape->told_error = tape->full = true;
    tape->class->clock++;
}

/* Behind the first bytes that are left out, nothing is recorded, ends neither: none would look like that of a whole
 * session. */
static bool has_place(struct tape *tape, size_t n) {
    if (tape->full || n <= left_of(tape))
        return !tape->full;
    tape->full = true;
    tape->class->clock++;
    screen_error(tape->class->config.screen,
                 "%s has the bytes that it may have (%s): nothing more is recorded, nobody joins any more until the "
                 "room is closed and opened again",
                 tape->path, tape->max < tape->class->config.capture_max ? "--captures-max" : "--capture-max");
    return false;
}

static bool is_recorded(const struct pupil *pupil) {
    return !pupil->tape->full && !pupil->unrecorded;
}

static void bytes(void *user, void *connection, int direction, const uint8_t *p, size_t n) {
    struct pupil *pupil = user;
    uint64_t before = record_size(pupil->tape->record);
    if (!pupil->unrecorded && left_of(pupil->tape) > 0 && !class_tape_may(pupil->tape, pupil->from)) {
        pupil->unrecorded = true;
        class_changed(pupil);
    }
    if (is_recorded(pupil) && has_place(pupil->tape, n))
        record_bytes(connection, direction, p, n);
    account(pupil, before);
    check(pupil->tape);
}

static void ended(void *user, void *connection, int direction) {
    struct pupil *pupil = user;
    uint64_t before = record_size(pupil->tape->record);
    if (is_recorded(pupil))
        record_end(connection, direction);
    account(pupil, before);
}

static void reset(void *user, void *connection, int direction) {
    struct pupil *pupil = user;
    uint64_t before = record_size(pupil->tape->record);
    if (is_recorded(pupil))
        record_reset(connection, direction);
    account(pupil, before);
}

static void closed(void *user, void *connection) {
    (void)user;
    record_release(connection);
}

const struct relay_ops class_recording = {buffer, opened, bytes, ended, reset, closed};

/* ---- life */

static void free_tape(struct tape *tape) {
    if (!tape)
        return;
    watch_free(tape->watch);
    int error = tape->record ? record_close(tape->record) : 0;
    if (error && !tape->told_error)
        screen_error(tape->class->config.screen, "%s: %s", tape->path, strerror(-error));
    free(tape->path);
    free(tape);
}

/* The file of the room's first opening is the one that was asked for, and is written over; those of later ones have a
 * number before its ending, and no file is written over that is there. */
static FILE *create(char path[static FILES_PATH], const char *first, bool again) {
    size_t n = strlen(first), end = n > 5 && strcmp(first + n - 5, ".pcap") == 0 ? n - 5 : n;
    FILE *file = NULL;
    snprintf(path, FILES_PATH, "%s", first);
    if (!again)
        return fopen(path, "wbe");
    for (unsigned i = 2; i <= TAPES_MAX && !file; i++) {
        snprintf(path, FILES_PATH, "%.*s-%u%s", (int)end, first, i, first + end);
        if (!(file = fopen(path, "wbxe")) && errno != EEXIST)
            return NULL;
    }
    return file;
}

static uint64_t size_of(const struct tape *tape) {
    struct stat info;
    if (tape->record)
        return record_size(tape->record);
    return stat(tape->path, &info) == 0 ? (uint64_t)info.st_size : 0;
}

uint64_t class_captured(const struct class *class) {
    uint64_t n = 0;
    for (const struct tape *tape = class->tape; tape; tape = tape->older)
        n += size_of(tape);
    return n;
}

/* The first that is still there, since it counts: of those that are over, if the newest is. */
static const char *oldest(const struct class *class) {
    const char *path = class->tape->path;
    for (const struct tape *tape = class->tape; tape; tape = tape->older)
        path = size_of(tape) > 0 ? tape->path : path;
    return path;
}

static uint64_t whole_mib(uint64_t n) {
    return (n + (1 << 20) - 1) >> 20;
}

/* What one more may have, unless that is nothing. */
static int next_max(const struct class *class, uint64_t *maxp) {
    const struct class_config *c = &class->config;
    uint64_t captured = class_captured(class), left = captured < c->captures_max ? c->captures_max - captured : 0;
    *maxp = left < c->capture_max ? left : c->capture_max;
    if (!class->tape || *maxp >= 2 * CONTROL_BYTES)
        return 0;
    screen_error(c->screen,
                 "the room cannot be opened again: its captures have %" PRIu64 " of the %" PRIu64 " MiB that they may "
                 "have together: remove some of them (%s is one), or start eve with a larger --captures-max",
                 whole_mib(captured), c->captures_max >> 20, oldest(class));
    return -EDQUOT;
}

int class_tape_new(struct class *class) {
    char path[FILES_PATH];
    uint64_t max;
    int refused = next_max(class, &max);
    if (refused < 0)
        return refused;
    struct tape *tape = calloc(1, sizeof *tape);
    const char *first = class->config.capture; /* the caller's, and not for long */
    for (const struct tape *older = class->tape; older; older = older->older)
        first = older->path;
    FILE *file = tape ? create(path, first, class->tape) : NULL;
    int r = file ? 0 : tape ? -errno : -ENOMEM;
    if (tape) {
        tape->class = class;
        tape->max = max;
    }
    if (r == 0 && !(tape->path = strdup(path)))
        r = -ENOMEM, fclose(file);
    else if (r == 0 && (r = record_new(&tape->record, file)) == 0)
        r = class_watch_new(tape);
    if (r < 0) {
        screen_error(class->config.screen, "%s: %s", tape && tape->path ? tape->path : first, strerror(-r));
        free_tape(tape);
        return r;
    }
    tape->older = class->tape;
    class->tape = tape;
    return 0;
}

/* Nobody records on it any more, and all of it has been read. */
static void finish(struct tape *tape) {
    int error = tape->record ? record_close(tape->record) : 0;
    if (error && !tape->told_error)
        screen_error(tape->class->config.screen, "%s: %s", tape->path, strerror(-error));
    tape->told_error |= error != 0;
    tape->record = NULL;
}

bool class_tapes_poll(struct class *class) {
    bool more = false;
    for (struct tape *tape = class->tape; tape; tape = tape->older) {
        bool over = (tape != class->tape || class->closed) && tape->n_pupils == 0;
        if (over && tape->record)
            finish(tape);
        bool read = tape->watch && watch_poll(tape->watch);
        if (tape->watch)
            tape->n_packets = watch_packets(tape->watch);
        if (over && !read && tape->watch) {
            watch_free(tape->watch);
            tape->watch = NULL;
        }
        more |= read;
    }
    return more;
}

void class_tapes_free(struct class *class) {
    for (struct tape *older; class->tape; class->tape = older) {
        older = class->tape->older;
        free_tape(class->tape);
    }
}
