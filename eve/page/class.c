#include "eve/page/class.h"

#include "common/shell/host/status.h"
#include "common/shell/net/websocket.h"
#include "eve/page/class_parts.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONTROL_BYTES = 256 << 10 }; /* of the capture, kept for the beginnings and ends of connections */

void class_changed(struct pupil *pupil) {
    pupil->changed = ++pupil->class->clock;
}

/* ---- what passes, recorded as by eve tap */

static uint8_t *buffer(void *user, size_t *np) {
    const struct pupil *pupil = user;
    *np = RECORD_READ;
    return record_buffer(pupil->class->record);
}

static void *opened(void *user, const struct sockaddr *alice, const struct sockaddr *bob) {
    struct pupil *pupil = user;
    address_text(pupil->peer, alice);
    pupil->state = PUPIL_AGREEING;
    class_changed(pupil);
    return record_open(pupil->class->record, alice, bob);
}

/* A disk that is full is no reason to disturb those who talk. */
static void check(struct class *class) {
    int error = record_error(class->record);
    if (error && !class->told_error)
        screen_error(class->config.screen, "%s: %s; the room goes on", class->capture, strerror(-error));
    class->told_error |= error != 0;
}

/* Behind the first bytes that are left out, nothing is recorded, ends neither: none would look like that of a whole
 * session. */
static bool has_place(struct class *class, size_t n) {
    if (class->full || record_size(class->record) + n + CONTROL_BYTES <= class->config.capture_max)
        return !class->full;
    class->full = true;
    class->clock++;
    screen_error(class->config.screen,
                 "%s has the bytes that it may have (--capture-max): nothing more is recorded, nobody joins any more",
                 class->capture);
    return false;
}

static void bytes(void *user, void *connection, int direction, const uint8_t *p, size_t n) {
    struct pupil *pupil = user;
    origins_add(&pupil->class->origins, pupil->from, n);
    if (has_place(pupil->class, n))
        record_bytes(connection, direction, p, n);
    check(pupil->class);
}

static void ended(void *user, void *connection, int direction) {
    const struct pupil *pupil = user;
    if (!pupil->class->full)
        record_end(connection, direction);
}

static void reset(void *user, void *connection, int direction) {
    const struct pupil *pupil = user;
    if (!pupil->class->full)
        record_reset(connection, direction);
}

static void closed(void *user, void *connection) {
    (void)user;
    record_release(connection);
}

const struct relay_ops class_recording = {buffer, opened, bytes, ended, reset, closed};

static const char *no_events(void *user, uint64_t *numberp) {
    (void)user;
    (void)numberp;
    return NULL;
}

/* ---- life */

static int cannot_listen(const struct class_config *c, int error) {
    char name[ADDRESS_TEXT + 256];
    address_name(name, &c->listen);
    screen_error(c->screen, "phones cannot join at %s: %s", name,
                 error == -ENOSYS          ? "this eve was built without libmicrohttpd"
                 : error == -EADDRNOTAVAIL ? "this machine does not have that address"
                 : error == -ENOENT        ? "no address is known for that name"
                                           : strerror(-error));
    return error == -EACCES ? STATUS_PERMISSION : STATUS_UNAVAILABLE;
}

static int open_capture(struct class *class) {
    struct screen *screen = class->config.screen;
    FILE *file = fopen(class->capture, "wbe");
    if (!file) {
        screen_error(screen, "%s: %s", class->capture, strerror(errno));
        return STATUS_IO;
    }
    int error = record_new(&class->record, file);
    if (error)
        screen_error(screen, "%s: %s", class->capture, strerror(-error));
    return error == -ENOMEM ? STATUS_INTERNAL : error ? STATUS_IO : STATUS_OK;
}

int class_new(struct class **classp, struct uv_loop_s *loop, const struct class_config *config) {
    char accept[WEBSOCKET_ACCEPT];
    if (websocket_accept(accept, "AAAAAAAAAAAAAAAAAAAAAA==") == -ENOSYS) {
        screen_error(config->screen, "this eve was built without libwslay or libcrypto, which a room needs");
        return STATUS_UNAVAILABLE;
    }
    struct class *class = calloc(1, sizeof *class);
    if (!class || !(class->capture = strdup(config->capture))) {
        free(class);
        return STATUS_INTERNAL;
    }
    class->config = *config;
    class->loop = loop;
    class->closed = true;
    class_open(class);
    if (gethostname(class->hostname, sizeof class->hostname - 1) < 0)
        class->hostname[0] = 0;
    int status = open_capture(class);
    if (status == STATUS_OK && class_watch_new(class) < 0)
        status = STATUS_INTERNAL;
    struct web_config web = {
        .listen = config->listen, .answer = class_answer, .next = no_events, .user = class, .sockets = true};
    int r = status == STATUS_OK ? web_new(&class->web, loop, &web) : 0;
    if (r < 0)
        status = cannot_listen(config, r);
    if (status != STATUS_OK)
        class_free(class);
    else
        *classp = class;
    return status;
}

bool class_poll(struct class *class) {
    bool more = watch_poll(class->watch);
    class_queue_poll(class);
    return more;
}

void class_end(struct pupil *pupil, const char *why) {
    if (pupil->state == PUPIL_ENDED_STATE)
        return;
    pupil->leaving = why;
    if (pupil->bridge)
        bridge_close(pupil->bridge, why);
    class_changed(pupil);
}

int class_take_off(struct class *class, unsigned number, uint64_t joined) {
    struct pupil *pupil = number >= 1 && number <= class->n_pupils ? class->pupils[number - 1] : NULL;
    if (!pupil || pupil->joined != joined || pupil->off)
        return -ESRCH;
    pupil->off = true;
    class_queue_leave(pupil);
    class_end(pupil, "the lecturer has taken you out of the room");
    class_changed(pupil);
    return 0;
}

void class_wipe(struct pupil *pupil) {
    attack_free(pupil->attack);
    json_decref(pupil->verdict);
    json_decref(pupil->chat);
    *pupil = (struct pupil){.class = pupil->class, .number = pupil->number};
}

size_t class_places(const struct class *class, uint8_t (*from)[ORIGIN_ID]) {
    size_t n = 0;
    for (size_t i = 0; i < class->n_pupils; i++) {
        const struct pupil *pupil = class->pupils[i];
        if (pupil->state == PUPIL_ENDED_STATE || pupil->leaving)
            continue;
        if (from)
            memcpy(from[n], pupil->from, ORIGIN_ID);
        n++;
    }
    return n;
}

void class_close(struct class *class) {
    class->closed = true;
    class->clock++;
    for (size_t i = 0; i < class->n_pupils; i++)
        class_end(class->pupils[i], "the lecturer has closed the room");
}

void class_open(struct class *class) {
    uint8_t random[12];
    if (!class->closed)
        return;
    randombytes_buf(random, sizeof random);
    join_token(class->token, random);
    class->closed = false;
    class->opening++;
    class->clock++;
    memset(&class->origins, 0, sizeof class->origins);
}

void class_free(struct class *class) {
    if (!class)
        return;
    class_queue_free(class);
    for (size_t i = 0; i < class->n_pupils; i++)
        bridge_free(class->pupils[i]->bridge);
    web_free(class->web);
    watch_free(class->watch);
    int error = class->record ? record_close(class->record) : 0;
    if (error && !class->told_error)
        screen_error(class->config.screen, "%s: %s", class->capture, strerror(-error));
    for (size_t i = 0; i < class->n_pupils; i++) {
        class_wipe(class->pupils[i]);
        free(class->pupils[i]);
    }
    json_decref(class->bobs_words);
    free(class->capture);
    free(class);
}
