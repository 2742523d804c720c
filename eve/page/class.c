#include "eve/page/class.h"

#include "common/shell/host/status.h"
#include "common/shell/net/websocket.h"
#include "common/task/table/table.h"
#include "eve/page/assets.h"
#include "eve/page/class_parts.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void bytes(void *user, void *connection, int direction, const uint8_t *p, size_t n) {
    struct pupil *pupil = user;
    pupil->class->n_recorded += n;
    record_bytes(connection, direction, p, n);
    check(pupil->class);
}

static void ended(void *user, void *connection, int direction) {
    (void)user;
    record_end(connection, direction);
}

static void reset(void *user, void *connection, int direction) {
    (void)user;
    record_reset(connection, direction);
}

static void closed(void *user, void *connection) {
    (void)user;
    record_release(connection);
}

/* ---- joining */

static const char *const ENDS[] = {
    [BRIDGE_LEFT] = "has left",
    [BRIDGE_LOST] = "the connection broke",
    [BRIDGE_SILENT] = "sleeps or is away",
    [BRIDGE_WRONG] = "sent what is no message",
    [BRIDGE_TOO_MUCH] = "sent more than is allowed",
    [BRIDGE_TOO_LONG] = "its time is over",
    [BRIDGE_FAR] = "Bob has ended it",
    [BRIDGE_UNREACHABLE] = "Bob cannot be reached",
    [BRIDGE_CLOSED] = "the room was closed",
};

static void end_pupil(struct pupil *pupil, const char *why) {
    pupil->state = PUPIL_ENDED_STATE;
    snprintf(pupil->ended, sizeof pupil->ended, "%s", why);
    pupil->class->n_now--;
    game_leave(pupil->class->config.game, pupil->number - 1);
    class_changed(pupil);
}

static void over(void *owner, enum bridge_end how) {
    struct pupil *pupil = owner;
    for (int d = 0; d < 2; d++)
        pupil->bytes[d] = bridge_bytes(pupil->bridge, d);
    pupil->bridge = NULL;
    end_pupil(pupil, ENDS[how]);
}

static void upgraded(void *user, const struct web_socket *socket) {
    static const struct relay_ops ops = {buffer, opened, bytes, ended, reset, closed};
    struct pupil *pupil = user;
    struct class *class = pupil->class;
    pupil->upgrading = false;
    if (!socket) {
        end_pupil(pupil, ENDS[BRIDGE_LOST]);
        return;
    }
    struct bridge_config config = {.to = class->config.to,
                                   .bytes_max = CLASS_BYTES_MAX,
                                   .ms_max = 1000 * (uint64_t)CLASS_SECONDS_MAX,
                                   .ops = &ops,
                                   .user = pupil,
                                   .over = over,
                                   .owner = pupil};
    if (bridge_new(&pupil->bridge, class->loop, socket, &config) < 0)
        end_pupil(pupil, "out of memory");
    else if (class->closed) /* between asking and this */
        bridge_close(pupil->bridge, "the lecturer has closed the room");
}

static void answer_text(struct web_answer *a, unsigned status, const char *text) {
    *a = (struct web_answer){
        .status = status, .type = "text/plain; charset=utf-8", .body = text, .n_body = strlen(text)};
}

/* One who left before there was a key: when all places are given away, his goes to who comes next, so that nobody fills
 * the room by joining over and over. */
static struct pupil *find_gone(const struct class *class) {
    for (size_t i = 0; i < class->n_pupils; i++)
        if (class->pupils[i]->state == PUPIL_ENDED_STATE && !class->pupils[i]->complete)
            return class->pupils[i];
    return NULL;
}

static const char *is_full(struct class *class) {
    if (class->n_now >= CLASS_AT_ONCE)
        return "the room is full: as many phones as it takes are in it\n";
    if (class->n_pupils >= CLASS_JOINS && !find_gone(class))
        return "the room is full: nobody can join any more\n";
    if (class->n_recorded >= CLASS_CAPTURE_MAX)
        return "the room is full: the capture has all the bytes that it may have\n";
    return NULL;
}

static void answer_join(struct class *class, const struct web_request *request, struct web_answer *a) {
    static char accept[WEBSOCKET_ACCEPT]; /* valid during the call */
    struct join join;
    const char *wrong = join_read(&join, request), *full = is_full(class);
    if (wrong || websocket_accept(accept, request->websocket) < 0) {
        answer_text(a, 400, wrong ? wrong : "this is for a WebSocket\n");
        return;
    }
    bool more = class->n_pupils < CLASS_JOINS;
    struct pupil *pupil = full ? NULL : more ? calloc(1, sizeof *pupil) : find_gone(class);
    if (!pupil) {
        answer_text(a, 503, full ? full : "out of memory\n");
        return;
    }
    if (more)
        class->pupils[class->n_pupils++] = pupil;
    unsigned number = more ? (unsigned)class->n_pupils : pupil->number;
    *pupil = (struct pupil){.class = class, .join = join, .upgrading = true, .number = number};
    play_ticket(pupil->ticket, request);
    class->n_now++;
    class_changed(pupil);
    *a = (struct web_answer){.status = 101, .kind = WEB_SOCKET, .body = accept, .upgraded = upgraded, .user = pupil};
}

/* What a phone has to know before it joins; with a name and a set, whether it may. */
static void answer_room(struct class *class, const struct web_request *request, struct web_answer *a) {
    struct join join;
    bool joins = strstr(request->query, "&name=");
    const char *full = is_full(class), *wrong = joins ? join_read(&join, request) : NULL;
    if (full || wrong) { /* of a WebSocket that is refused, a browser tells no reason */
        answer_text(a, full ? 503 : 400, full ? full : wrong);
        return;
    }
    json_t *sets = json_array();
    const struct set *set;
    char bob[ADDRESS_TEXT + 256];
    for (size_t i = 0; (set = table_at(i)); i++)
        if (join_allows(set))
            json_array_append_new(sets, json_pack("{s:s, s:s, s:b, s:s*}", "name", set->name, "task", set->task->name,
                                                  "experimental", set->task->experimental, "toy", set->toy));
    address_name(bob, &class->config.to);
    json_t *object =
        json_pack("{s:i, s:s, s:s, s:o}", "schema", 1, "version", PARLEY_VERSION, "bob", bob, "sets", sets);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (text)
        *a = (struct web_answer){.status = 200, .type = "application/json", .owned = text, .n_body = strlen(text)};
}

/* A phone sees these files, and nothing else of the page. */
static const struct asset *phone_asset(const char *path) {
    static const char *const names[] = {"/join.html",        "/join.css",          "/join.js",      "/start.js",
                                        "/alice.js",         "/session.js",        "/machine.js",   "/alice.wasm",
                                        "/alice-plain.wasm", "/alice-missing.txt", "/join-play.js", "/join-play.css",
                                        "/dom.js",           "/hand.js",           "/units.js",     "/tiles.js"};
    if (strcmp(path, "/") == 0)
        path = names[0];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (const struct asset *asset = assets; strcmp(path, names[i]) == 0 && asset->path; asset++)
            if (strcmp(asset->path, path) == 0)
                return asset;
    return NULL;
}

static void answer(void *user, const struct web_request *request, struct web_answer *a) {
    struct class *class = user;
    const struct asset *asset = request->post ? NULL : phone_asset(request->path);
    bool alice = strcmp(request->path, "/alice") == 0, room = strcmp(request->path, "/room") == 0;
    bool play = strcmp(request->path, "/play") == 0;
    if (asset)
        *a = (struct web_answer){.status = 200,
                                 .type = asset->type,
                                 .encoding = asset->encoding,
                                 .body = asset->bytes,
                                 .n_body = asset->n,
                                 .lasting = true};
    else if ((request->post && !play) || (!alice && !room && !play))
        answer_text(a, 404, "nothing is here\n");
    else if (class->closed && !play) /* a phone that plays is told of it by its session */
        answer_text(a, 410, "the lecturer has closed the room\n");
    else if (!join_knows(request, class->token))
        answer_text(a, 403, "the room's token is missing or wrong: use the code on the projector\n");
    else if (play)
        class_answer_play(class, request, a);
    else if (room)
        answer_room(class, request, a);
    else
        answer_join(class, request, a);
}

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
    uint8_t random[12];
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
    randombytes_buf(random, sizeof random);
    join_token(class->token, random);
    int status = open_capture(class);
    if (status == STATUS_OK && class_watch_new(class) < 0)
        status = STATUS_INTERNAL;
    struct web_config web = {
        .listen = config->listen, .answer = answer, .next = no_events, .user = class, .sockets = true};
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

void class_close(struct class *class) {
    class->closed = true;
    class->clock++;
    for (size_t i = 0; i < class->n_pupils; i++)
        if (class->pupils[i]->bridge)
            bridge_close(class->pupils[i]->bridge, "the lecturer has closed the room");
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
        json_decref(class->pupils[i]->verdict);
        json_decref(class->pupils[i]->chat);
        free(class->pupils[i]);
    }
    free(class->capture);
    free(class);
}
