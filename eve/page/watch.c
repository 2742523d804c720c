/* Facts are compared with what has been told already; the order of the events is that of the steps. Times are those of
 * the capture, so that a capture tells the same story whenever it is read. */
#include "eve/page/watch.h"

#include "eve/learn/view.h"
#include "eve/wire/capture.h"
#include "eve/wire/growing.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PICTURE_ROWS = 40, /* of each kind */
    PICTURE_COLUMNS = 128,
    SEALED_SHOWN = 48,        /* bytes of a sealed message */
    WATCH_MEMORY = 128 << 20, /* for the samples of sessions under way */
};

/* What has been told of a session. */
struct told {
    unsigned done[OBSERVE_ATTEMPTS]; /* bits by step */
    bool connected, picture, confirmed, complete, closed;
    bool sealed_new;
    unsigned n_sealed;
};

struct watch {
    char *path;
    int source;
    struct growing *growing;
    struct capture capture;
    const struct watch_ops *ops;
    void *user;
    uint64_t first_ns;
    char error[CAPTURE_ERROR];
    bool whole, told_unkept;
};

static double since(const struct watch *w, uint64_t ns) {
    return ns > w->first_ns ? (double)(ns - w->first_ns) / 1e9 : 0;
}

static void set(json_t *object, const char *name, json_t *value) {
    json_object_set_new(object, name, value);
}

static json_t *integer(uint64_t value) {
    return json_integer((json_int_t)value);
}

static json_t *begin(struct watch *w, const struct capture_session *session, const char *event, uint64_t ns) {
    json_t *object = json_object();
    if (!w->first_ns)
        w->first_ns = session->facts->first_ns;
    set(object, "event", json_string(event));
    set(object, "from", json_string("wire"));
    set(object, "source", json_integer(w->source));
    set(object, "time", json_real(since(w, ns)));
    set(object, "clock", integer(ns / 1000));
    if (session->facts->session[0])
        set(object, "session", json_string(session->facts->session));
    return object;
}

static void tell(struct watch *w, json_t *object) {
    w->ops->event(w->user, object);
}

static void tell_note(struct watch *w, const char *text) {
    tell(w, json_pack("{s:s, s:s, s:i, s:s}", "event", "note", "from", "page", "source", w->source, "text", text));
}

/* ---- pictures */

static json_t *base64(const uint8_t *bytes, size_t n) {
    char *text = malloc(sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL));
    json_t *value =
        text ? json_string(sodium_bin2base64(text, sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL), bytes,
                                             n, sodium_base64_VARIANT_ORIGINAL))
             : NULL;
    free(text);
    return value;
}

/* What is shown of samples: the first columns of some rows. An entry is a bit, each row from a new byte, or where
 * samples are numbers, one in 256 steps. */
struct picture {
    const struct view *view;
    size_t rows, columns;
    bool numbers;
};

static void picture_of(struct picture *p, const struct view *view) {
    size_t plain = view_plain(view), composed = view_labels(view) - plain, rows = plain < composed ? plain : composed;
    p->view = view;
    p->numbers = view_numbers(view);
    p->rows = rows < PICTURE_ROWS ? rows : PICTURE_ROWS;
    p->columns = p->numbers ? view->kind->numbers(view) : view_columns(view);
    if (p->columns > PICTURE_COLUMNS)
        p->columns = PICTURE_COLUMNS;
}

/* A number below the modulus, in 256 steps. */
static uint8_t shade(const struct picture *p, uint16_t number) {
    return (uint8_t)((uint32_t)number * 256 / p->view->set->modulus);
}

/* Rows first ... first + p->rows - 1. NULL without memory. */
static json_t *entries(const struct picture *p, size_t first) {
    uint8_t bytes[PICTURE_ROWS * PICTURE_COLUMNS];
    size_t width = p->numbers ? p->columns : p->columns / 8;
    uint16_t *numbers = malloc(p->numbers ? 2 * p->view->kind->numbers(p->view) : 1);
    uint8_t *row = malloc(p->numbers ? 1 : view_row_bytes(p->view));
    if (!numbers || !row) {
        free(numbers);
        free(row);
        return NULL;
    }
    for (size_t i = 0; i < p->rows; i++) {
        if (p->numbers) {
            p->view->kind->number_row(p->view, first + i, numbers);
            for (size_t j = 0; j < width; j++)
                bytes[i * width + j] = shade(p, numbers[j]);
        } else {
            view_row(p->view, first + i, row);
            memcpy(bytes + i * width, row, width);
        }
    }
    free(numbers);
    free(row);
    return base64(bytes, p->rows * width);
}

static json_t *labels(const struct picture *p, size_t first) {
    uint8_t bytes[PICTURE_ROWS] = {0};
    for (size_t i = 0; i < p->rows; i++)
        if (p->numbers)
            bytes[i] = shade(p, p->view->kind->number_label(p->view, first + i));
        else
            bytes[i / 8] |= (uint8_t)(view_label(p->view, first + i) << i % 8);
    return base64(bytes, p->numbers ? p->rows : bits_to_bytes(p->rows));
}

static void tell_picture(struct watch *w, const struct capture_session *session) {
    const struct observe_facts *f = session->facts;
    uint8_t key[32];
    struct view view;
    struct picture p;
    if (!view_of(&view, key, f))
        return; /* of this task there is no view */
    picture_of(&p, &view);
    if (p.columns == 0)
        return; /* its samples are neither rows of bits nor of numbers */
    size_t m = view_plain(&view);
    json_t *object = begin(w, session, "samples", f->steps[f->n_attempts - 1][STEP_B2].last_ns);
    set(object, "plain_samples", integer(m));
    set(object, "composed_samples", integer(view_labels(&view) - m));
    set(object, "rows", integer(p.rows));
    set(object, "columns", integer(p.columns));
    set(object, "entry_bits", json_integer(p.numbers ? 8 : 1));
    set(object, "plain", entries(&p, 0));
    set(object, "composed", entries(&p, m));
    set(object, "plain_labels", labels(&p, 0));
    set(object, "composed_labels", labels(&p, m));
    tell(w, object);
}

/* ---- one session */

/* What the task says of itself, for a page that has no words of its own for it. */
static json_t *words(const struct task_words *w) {
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "A2", w->a2, "B2", w->b2, "A3", w->a3, "B3",
                     w->b3, "picture", w->picture, "caption", w->caption, "label", w->label, "cancelled", w->cancelled,
                     "left", w->left, "read_off", w->read_off);
}

/* What the programs say of a set: its numbers, what it rests on, and how soon an eavesdropper has a key of a toy. */
static void set_about(json_t *object, const struct set *s) {
    char numbers[100];
    s->task->describe(s, numbers, sizeof numbers);
    set(object, "numbers", json_string(numbers));
    set(object, "rests_on", json_string(s->task->assumption));
    set(object, "risk", json_real(s->risk));
    if (s->toy)
        set(object, "toy", json_string(s->toy));
}

static void tell_connected(struct watch *w, struct capture_session *session) {
    const struct observe_facts *f = session->facts;
    const struct params *p = f->params;
    char alice[PACKET_ADDRESS_TEXT], bob[PACKET_ADDRESS_TEXT];
    capture_addresses(session);
    packet_address_text(alice, &session->address[SIDE_ALICE]);
    packet_address_text(bob, &session->address[SIDE_BOB]);
    json_t *object = begin(w, session, "connected", f->first_ns);
    set(object, "peer", json_string(alice));
    set(object, "address", json_string(bob));
    set(object, "params", json_string(f->set->name));
    set(object, "task", json_string(f->set->task->name));
    set(object, "experimental", json_boolean(f->set->task->experimental));
    set(object, "words", words(f->set->task->words));
    if (p) {
        set(object, "n", integer(p->n));
        set(object, "theta", json_real(p->theta));
    }
    set_about(object, f->set);
    set(object, "authenticated", json_boolean(f->has_identity[SIDE_ALICE] || f->has_identity[SIDE_BOB]));
    tell(w, object);
}

static void tell_step(struct watch *w, const struct capture_session *session, unsigned attempt, enum step step) {
    const struct observe_step *s = &session->facts->steps[attempt][step];
    json_t *object = begin(w, session, "step", s->last_ns);
    set(object, "step", json_string(step_name(step)));
    set(object, "attempt", json_integer((json_int_t)attempt + 1));
    set(object, "bytes", integer(s->bytes));
    set(object, "frames", integer(s->frames));
    set(object, "seconds", json_real(s->last_ns > s->first_ns ? (double)(s->last_ns - s->first_ns) / 1e9 : 0));
    tell(w, object);
}

static void tell_confirmed(struct watch *w, const struct capture_session *session) {
    const struct observe_facts *f = session->facts;
    json_t *object = begin(w, session, "confirmed", f->steps[f->n_attempts - 1][STEP_B4].last_ns);
    set(object, "fingerprint", json_string(f->fingerprint)); /* it follows from what passed in clear */
    tell(w, object);
}

static void tell_closed(struct watch *w, const struct capture_session *session) {
    static const char *const ends[] = {"cut", "closed", "reset"};
    const struct observe_facts *f = session->facts;
    json_t *object = begin(w, session, "closed", f->last_ns);
    set(object, "complete", json_boolean(f->complete));
    set(object, "reason", json_string(f->complete ? ends[f->direction[SIDE_ALICE].end] : f->problem));
    set(object, "bytes", integer(f->direction[0].bytes + f->direction[1].bytes));
    set(object, "sealed_bytes", integer(f->direction[0].sealed_bytes + f->direction[1].sealed_bytes));
    tell(w, object);
}

static bool steps_done(const struct observe_facts *f) {
    return f->n_attempts && f->steps[f->n_attempts - 1][STEP_B4].done;
}

static void look(struct watch *w, struct capture_session *session) {
    const struct observe_facts *f = session->facts;
    struct told *told = session->user;
    if (!f || !f->set || (!told && !(told = session->user = calloc(1, sizeof *told))))
        return;
    bool ended = f->direction[0].ended && f->direction[1].ended;
    if (!told->connected && (f->session[0] || ended)) { /* it may end before it has an id */
        told->connected = true;
        tell_connected(w, session);
    }
    for (unsigned attempt = 0; attempt < f->n_attempts; attempt++)
        for (enum step step = STEP_A1; told->connected && step < STEP_OPEN; step++) {
            if (!f->steps[attempt][step].done || told->done[attempt] >> step & 1)
                continue;
            told->done[attempt] |= 1u << step;
            tell_step(w, session, attempt, step);
            if (step == STEP_B2 && !told->picture && f->has_seed && f->has_composed && f->composed && f->has_labels &&
                f->labels) {
                told->picture = true;
                tell_picture(w, session);
                observe_drop_samples(session->observe); /* learners read the file */
            }
        }
    if (!told->confirmed && steps_done(f) && f->fingerprint[0]) {
        told->confirmed = true;
        tell_confirmed(w, session);
    }
    if (!told->complete && steps_done(f)) {
        told->complete = true;
        w->ops->complete(w->user, f->session, f->set->name);
    }
    if ((told->sealed_new || ended) && told->complete && !told->closed) {
        told->sealed_new = false;
        w->ops->sealed(w->user, f->session, told->n_sealed);
    }
    if (ended && told->connected && !told->closed) {
        told->closed = true;
        tell_closed(w, session);
    }
}

static void sealed(void *user, struct capture_session *session, enum side from, const struct message *m, uint64_t ns) {
    struct watch *w = user;
    look(w, session); /* the steps before it first */
    struct told *told = session->user;
    if (!told)
        return;
    if (w->ops->message)
        w->ops->message(w->user, session->facts->session, from, m, ns);
    told->sealed_new = true;
    if (told->n_sealed == WATCH_SEALED_MAX)
        tell_note(w, "the sealed messages of this session are too many to be shown one by one");
    if (told->n_sealed++ >= WATCH_SEALED_MAX)
        return;
    char hex[2 * SEALED_SHOWN + 1];
    size_t n = m->sealed.box.n < SEALED_SHOWN ? m->sealed.box.n : SEALED_SHOWN;
    sodium_bin2hex(hex, sizeof hex, m->sealed.box.p, n);
    json_t *object = begin(w, session, "sealed", ns);
    set(object, "side", json_string(from == SIDE_ALICE ? "alice" : "bob"));
    set(object, "bytes", integer(m->sealed.box.n));
    set(object, "hex", json_string(hex));
    tell(w, object);
}

static int packet(void *user, int link, uint64_t ns, const uint8_t *bytes, size_t n) {
    struct watch *w = user;
    return capture_packet(&w->capture, link, ns, bytes, n);
}

/* Sessions that are over have been told of, and are forgotten. */
static void look_at_all(struct watch *w) {
    size_t i = 0;
    while (i < w->capture.n_sessions) {
        struct capture_session *session = w->capture.sessions[i];
        look(w, session);
        if (session->open_directions == 0) {
            free(session->user);
            capture_forget(&w->capture, i);
        } else
            i++;
    }
    if (w->capture.memory.exceeded && !w->told_unkept) {
        w->told_unkept = true;
        tell_note(w, "sessions are left out, or their samples: too many are under way at once");
    }
}

int watch_new(struct watch **watchp, const char *path, int source, const struct watch_ops *ops, void *user) {
    struct watch *w = calloc(1, sizeof *w);
    if (!w)
        return -ENOMEM;
    w->source = source;
    w->ops = ops;
    w->user = user;
    struct capture_config config = {.keep_samples = true, .memory = WATCH_MEMORY, .sealed = sealed, .user = w};
    if (!(w->path = strdup(path)) || growing_new(&w->growing, path) < 0 || capture_begin(&w->capture, &config) < 0) {
        watch_free(w);
        return -ENOMEM;
    }
    *watchp = w;
    return 0;
}

/* A file that is whole, in any form that libpcap reads. */
static int read_whole(struct watch *w) {
    struct capture_config config = w->capture.config;
    capture_deinit(&w->capture);
    w->whole = true;
    return capture_read(&w->capture, w->path, &config, w->error);
}

bool watch_poll(struct watch *w) {
    if (w->error[0] || w->whole)
        return false;
    int n = growing_read(w->growing, packet, w);
    if (n == -EINVAL && w->capture.packets == 0)
        n = read_whole(w) == 0;
    else if (n < 0)
        snprintf(w->error, sizeof w->error, "%.200s: %s", w->path, n == -EINVAL ? "damaged" : strerror(-n));
    if (n > 0)
        look_at_all(w);
    return n > 0;
}

uint64_t watch_packets(const struct watch *w) {
    return w->capture.packets;
}

const char *watch_error(const struct watch *w) {
    return w->error;
}

void watch_free(struct watch *w) {
    if (!w)
        return;
    for (size_t i = 0; i < w->capture.n_sessions; i++)
        free(w->capture.sessions[i]->user);
    capture_deinit(&w->capture);
    growing_free(w->growing);
    free(w->path);
    free(w);
}
