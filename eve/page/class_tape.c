/* What passes, recorded as by eve tap: on one tape for each opening of the room. */
#include "common/shell/host/files.h"
#include "eve/page/class_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONTROL_BYTES = 256 << 10, /* of the capture, kept for the beginnings and ends of connections */
    TAPES_MAX = 1000,
};

static uint8_t *buffer(void *user, size_t *np) {
    const struct pupil *pupil = user;
    *np = RECORD_READ;
    return record_buffer(pupil->tape->record);
}

static void *opened(void *user, const struct sockaddr *alice, const struct sockaddr *bob) {
    struct pupil *pupil = user;
    address_text(pupil->peer, alice);
    pupil->state = PUPIL_AGREEING;
    class_changed(pupil);
    return record_open(pupil->tape->record, alice, bob);
}

/* A disk that is full is no reason to disturb those who talk. */
static void check(struct tape *tape) {
    int error = record_error(tape->record);
    if (error && !tape->told_error)
        screen_error(tape->class->config.screen, "%s: %s; the room goes on", tape->path, strerror(-error));
    tape->told_error |= error != 0;
}

/* Behind the first bytes that are left out, nothing is recorded, ends neither: none would look like that of a whole
 * session. */
static bool has_place(struct tape *tape, size_t n) {
    if (tape->full || record_size(tape->record) + n + CONTROL_BYTES <= tape->class->config.capture_max)
        return !tape->full;
    tape->full = true;
    tape->class->clock++;
    screen_error(tape->class->config.screen,
                 "%s has the bytes that it may have (--capture-max): nothing more is recorded, nobody joins any more "
                 "until the room is closed and opened again",
                 tape->path);
    return false;
}

static void bytes(void *user, void *connection, int direction, const uint8_t *p, size_t n) {
    struct pupil *pupil = user;
    origins_add(&pupil->class->origins, pupil->from, n);
    if (has_place(pupil->tape, n))
        record_bytes(connection, direction, p, n);
    check(pupil->tape);
}

static void ended(void *user, void *connection, int direction) {
    const struct pupil *pupil = user;
    if (!pupil->tape->full)
        record_end(connection, direction);
}

static void reset(void *user, void *connection, int direction) {
    const struct pupil *pupil = user;
    if (!pupil->tape->full)
        record_reset(connection, direction);
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

int class_tape_new(struct class *class) {
    char path[FILES_PATH];
    struct tape *tape = calloc(1, sizeof *tape);
    const char *first = class->config.capture; /* the caller's, and not for long */
    for (const struct tape *older = class->tape; older; older = older->older)
        first = older->path;
    FILE *file = tape ? create(path, first, class->tape) : NULL;
    int r = file ? 0 : tape ? -errno : -ENOMEM;
    if (tape)
        tape->class = class;
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
        bool over = tape != class->tape && tape->n_pupils == 0;
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
