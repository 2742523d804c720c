#include "eve/page/opened.h"

#include "common/base/secret.h"
#include "eve/key/unseal.h"
#include "eve/wire/capture.h"
#include "eve/wire/growing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { THERE = -ECANCELED }; /* of what a packet's operation returns, none of growing.h's errors */

/* What has come of a line. What is longer than SAID_LINE is left out: the rest of a line of somebody's that Bob passes
 * on would look like one of his own. */
struct coming {
    size_t n;
    uint64_t n_all;
    bool cut;
    uint8_t bytes[SAID_LINE];
};

struct opened {
    struct growing *growing; /* until it has caught up */
    struct capture capture;
    char session[20];
    struct unseal *unseal;
    struct coming coming[2];
    struct said lines[OPENED_LINES]; /* first, first + 1, ... */
    size_t first, n_lines;
    uint64_t n_packets, until, n_said, forgotten[2];
    bool follows;
    int error;
    void (*line)(void *user, struct said *line);
    void *user;
};

static void end_line(struct opened *o, enum side from, uint64_t ns) {
    struct coming *coming = &o->coming[from];
    struct said *line = &o->lines[(o->first + o->n_lines) % OPENED_LINES];
    if (o->n_lines == OPENED_LINES) {
        o->first = (o->first + 1) % OPENED_LINES;
        o->forgotten[line->side] += line->n_bytes + 1;
    } else
        o->n_lines++;
    said_read(line, from, coming->bytes, coming->n, coming->cut);
    line->number = ++o->n_said;
    line->ns = ns;
    line->n_bytes = coming->n_all;
    coming->n = 0;
    coming->n_all = 0;
    coming->cut = false;
    o->line(o->user, line);
}

static void opened(void *user, enum side from, enum sealed_kind kind, const uint8_t *body, size_t n, uint64_t ns) {
    struct opened *o = user;
    struct coming *coming = &o->coming[from];
    for (size_t i = 0; kind == SEALED_DATA && i < n; i++) {
        if (body[i] == '\n') {
            end_line(o, from, ns);
            continue;
        }
        coming->n_all++;
        if (coming->n < SAID_LINE)
            coming->bytes[coming->n++] = body[i];
        else
            coming->cut = true;
    }
    if (kind == SEALED_END && coming->n)
        end_line(o, from, ns);
}

static void sealed(void *user, struct capture_session *session, enum side from, const struct message *m, uint64_t ns) {
    struct opened *o = user;
    if (strcmp(session->facts->session, o->session) == 0)
        unseal_message(o->unseal, from, m, ns);
}

int opened_new(struct opened **openedp, const char *capture, const char *session, const uint8_t key[static 32],
               void (*line)(void *user, struct said *line), void *user) {
    struct opened *o = calloc(1, sizeof *o);
    SECRET32 uint8_t keys[1][32];
    if (!o)
        return -ENOMEM;
    memcpy(keys[0], key, sizeof keys[0]);
    o->line = line;
    o->user = user;
    size_t n = strlen(session);
    memcpy(o->session, session, n < sizeof o->session ? n : sizeof o->session - 1);
    struct capture_config config = {.session = o->session, .sealed = sealed, .user = o};
    if (growing_new(&o->growing, capture) < 0 || capture_begin(&o->capture, &config) < 0 ||
        unseal_new(&o->unseal, (const uint8_t(*)[32])keys, 1, opened, o) < 0) {
        opened_free(o);
        return -ENOMEM;
    }
    *openedp = o;
    return 0;
}

static int packet(void *user, int link, uint64_t ns, const uint8_t *bytes, size_t n) {
    struct opened *o = user;
    if (o->n_packets == o->until)
        return THERE;
    o->n_packets++;
    return capture_packet(&o->capture, link, ns, bytes, n);
}

/* Of other sessions nothing is kept, nor of its own once its messages have been opened. */
static void forget(struct opened *o) {
    for (size_t i = 0; i < o->capture.n_sessions;)
        if (o->capture.sessions[i]->open_directions == 0)
            capture_forget(&o->capture, i);
        else
            i++;
}

static void stop_reading(struct opened *o) {
    growing_free(o->growing);
    o->growing = NULL;
    capture_deinit(&o->capture);
}

int opened_catch_up(struct opened *o, uint64_t n_packets) {
    if (o->follows || o->error)
        return o->follows ? 1 : o->error;
    o->until = n_packets;
    int r = o->n_packets < n_packets ? growing_read(o->growing, packet, o) : 0;
    if (r < 0 && r != THERE)
        o->error = r;
    else if (o->n_packets == n_packets)
        o->follows = true;
    else
        forget(o);
    if (o->error || o->follows)
        stop_reading(o);
    return o->error ? o->error : o->follows;
}

bool opened_follows(const struct opened *o) {
    return o->follows;
}

void opened_message(struct opened *o, enum side from, const struct message *m, uint64_t ns) {
    if (o->follows)
        unseal_message(o->unseal, from, m, ns);
}

size_t opened_n_lines(const struct opened *o) {
    return o->n_lines;
}

struct said *opened_line(struct opened *o, size_t i) {
    return &o->lines[(o->first + i) % OPENED_LINES];
}

uint64_t opened_forgotten(const struct opened *o, enum side side) {
    return o->forgotten[side];
}

const char *opened_session(const struct opened *o) {
    return o->session;
}

void opened_free(struct opened *o) {
    if (!o)
        return;
    if (o->growing)
        stop_reading(o);
    unseal_free(o->unseal);
    free(o);
}
