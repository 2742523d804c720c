/* eve read: opens the conversations in a capture with keys that are known: learned, or handed over by somebody. */
#include "eve/cli/commands.h"
#include "eve/cli/printed.h"
#include "eve/key/keyring.h"
#include "eve/key/unseal.h"
#include "eve/wire/capture.h"

#include "common/base/text.h"
#include "common/shell/host/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const who[] = {"Alice", "Bob"};

enum { LINE_MAX_BYTES = 1000 }; /* a longer line comes in several pieces */

/* What has come of a line. */
struct line {
    size_t n;
    uint8_t bytes[LINE_MAX_BYTES];
};

struct reader {
    struct arguments *arguments;
    struct keyring keyring;
    const struct conversation *shown; /* whose line was last */
    int from;                         /* only this side's bytes, -1: both, as lines */
    bool failed;
};

/* One session's. */
struct conversation {
    struct reader *reader;
    struct capture_session *session;
    struct unseal *unseal; /* NULL without a key */
    uint64_t closed;       /* sealed messages, without a key */
    struct line line[2];
};

static void show_line(struct conversation *c, enum side from) {
    struct line *line = &c->line[from];
    char text[4 * LINE_MAX_BYTES + 1];
    if (c->reader->shown != c)
        printf("%s==> session %s <==\n", c->reader->shown ? "\n" : "", c->session->facts->session);
    c->reader->shown = c;
    text_escape(text, sizeof text, line->bytes, line->n);
    line->n = 0;
    printf("%s: %s\n", who[from], text);
}

static void show_bytes(struct conversation *c, enum side from, const uint8_t *p, size_t n) {
    struct line *line = &c->line[from];
    for (size_t i = 0; i < n; i++) {
        if (p[i] != '\n')
            line->bytes[line->n++] = p[i];
        if (p[i] == '\n' || line->n == LINE_MAX_BYTES)
            show_line(c, from);
    }
}

static void show_rest(struct conversation *c, enum side from) {
    if (c->line[from].n)
        show_line(c, from);
}

static void opened(void *user, enum side from, enum sealed_kind kind, const uint8_t *body, size_t n, uint64_t ns) {
    struct conversation *c = user;
    struct reader *reader = c->reader;
    (void)ns;
    if (reader->from >= 0) {
        if (kind == SEALED_DATA && (int)from == reader->from)
            fwrite(body, 1, n, stdout); /* whether that went well is asked at the end */
        return;
    }
    if (kind == SEALED_DATA)
        show_bytes(c, from, body, n);
    else if (kind == SEALED_END)
        show_rest(c, from);
}

static void sealed(void *user, struct capture_session *session, enum side from, const struct message *m, uint64_t ns) {
    struct reader *reader = user;
    struct conversation *c = session->user;
    if (!c) {
        size_t n_keys;
        c = calloc(1, sizeof *c);
        if (!c) {
            reader->failed = true;
            return;
        }
        c->reader = reader;
        c->session = session;
        session->user = c;
        const uint8_t(*keys)[32] = keyring_keys(&reader->keyring, session->facts->session, &n_keys);
        if (!keys || (n_keys && unseal_new(&c->unseal, keys, n_keys, opened, c) < 0))
            reader->failed = true;
    }
    if (c->unseal)
        unseal_message(c->unseal, from, m, ns);
    else
        c->closed++;
}

/* What could not be opened, on standard error. False if some of it was opened and some not. */
static bool report(struct reader *reader, struct capture_session *session, uint64_t *openedp) {
    struct conversation *c = session->user;
    struct screen *screen = &reader->arguments->screen;
    const char *id = session->facts->session[0] ? session->facts->session : "(no id seen)";
    uint64_t n_opened = 0, closed = 0;
    unsigned streams = 0, closed_streams = 0;
    for (int side = 0; c && c->unseal && side < 2; side++) {
        const struct unseal_count *count = unseal_counts(c->unseal, (enum side)side);
        n_opened += count->opened;
        closed += count->closed;
        streams += count->streams;
        closed_streams += count->closed_streams;
        if (session->facts->direction[side].stuck)
            screen_warning(screen, "session %s: %s cannot be followed to the end: %s", id, who[side],
                           session->facts->direction[side].problem);
        else if (session->facts->direction[side].gap[0])
            screen_warning(screen, "session %s: %s: %s", id, who[side], session->facts->direction[side].gap);
    }
    *openedp += n_opened;
    if (!c)
        screen_detail(screen, "session %s: no sealed message in the capture", id);
    else if (!c->unseal)
        screen_line(screen, SCREEN_PLAIN, "session %s: no key for it (%" PRIu64 " sealed messages)", id, c->closed);
    else if (n_opened == 0)
        screen_line(screen, SCREEN_PLAIN, "session %s: the key does not fit (%" PRIu64 " sealed messages)", id, closed);
    else if (closed_streams)
        screen_warning(screen,
                       "session %s was re-keyed, and %u of its %u streams are under keys that are not known: "
                       "%" PRIu64 " messages stay sealed",
                       id, closed_streams, streams, closed);
    else if (closed)
        screen_warning(screen, "session %s: %" PRIu64 " messages do not open: damaged or forged", id, closed);
    return n_opened == 0 || closed == 0;
}

int read_run(struct arguments *a) {
    struct reader reader = {.arguments = a, .from = -1};
    struct capture capture = {0};
    char error[CAPTURE_ERROR];
    uint64_t n_opened = 0;
    if (!a->key == !a->keylog) {
        screen_error(&a->screen, "either --key FILE or --keylog FILE is needed");
        return STATUS_USAGE;
    }
    if (a->from) {
        reader.from = strcmp(a->from, "alice") == 0 ? SIDE_ALICE : strcmp(a->from, "bob") == 0 ? SIDE_BOB : -1;
        if (reader.from < 0) {
            screen_error(&a->screen, "--from is alice or bob");
            return STATUS_USAGE;
        }
    }
    int status = status_of_file(keyring_read(&reader.keyring, a->key, a->keylog, error));
    struct capture_config config = {.session = a->session, .sealed = sealed, .user = &reader};
    if (status == STATUS_OK)
        status = status_of_file(capture_read(&capture, a->file, &config, error));
    if (status != STATUS_OK)
        screen_error(&a->screen, "%s", error);
    bool all = true;
    for (size_t i = 0; i < capture.n_sessions; i++) {
        struct conversation *c = capture.sessions[i]->user;
        for (int side = 0; c && side < 2; side++)
            show_rest(c, (enum side)side);
    }
    status = printed_end(&a->screen, status);
    if (capture.warning[0])
        screen_warning(&a->screen, "%s", capture.warning);
    for (size_t i = 0; i < capture.n_sessions; i++) {
        struct conversation *c = capture.sessions[i]->user;
        all &= report(&reader, capture.sessions[i], &n_opened);
        if (c)
            unseal_free(c->unseal);
        free(c);
    }
    if (status == STATUS_OK && reader.failed)
        status = STATUS_INTERNAL;
    if (status == STATUS_OK && (n_opened == 0 || !all)) {
        if (n_opened == 0)
            screen_error(&a->screen, "%s: no conversation that this key opens", a->file);
        status = STATUS_NEGATIVE;
    }
    capture_deinit(&capture);
    keyring_deinit(&reader.keyring);
    return status;
}
