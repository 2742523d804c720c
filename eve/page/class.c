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

void class_changed(struct pupil *pupil) {
    pupil->changed = ++pupil->class->clock;
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

int class_new(struct class **classp, struct uv_loop_s *loop, const struct class_config *config) {
    char accept[WEBSOCKET_ACCEPT];
    if (websocket_accept(accept, "AAAAAAAAAAAAAAAAAAAAAA==") == -ENOSYS) {
        screen_error(config->screen, "this eve was built without libwslay or libcrypto, which a room needs");
        return STATUS_UNAVAILABLE;
    }
    struct class *class = calloc(1, sizeof *class);
    if (!class)
        return STATUS_INTERNAL;
    class->config = *config;
    class->loop = loop;
    class->closed = true;
    int error = class_open(class);
    if (gethostname(class->hostname, sizeof class->hostname - 1) < 0)
        class->hostname[0] = 0;
    int status = error == -ENOMEM ? STATUS_INTERNAL : error < 0 ? STATUS_IO : STATUS_OK;
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
    bool more = class_tapes_poll(class);
    class_queue_poll(class);
    return class_chat_poll(class) || more;
}

void class_end(struct pupil *pupil, const char *why) {
    if (pupil->state == PUPIL_ENDED_STATE)
        return;
    pupil->leaving = why;
    if (pupil->bridge)
        bridge_close(pupil->bridge, why);
    class_changed(pupil);
}

void class_known(struct pupil *pupil) {
    if (pupil->known || pupil->off)
        return;
    pupil->known = true;
    door_joined(&pupil->class->door, pupil->from, pupil->phone);
    if (pupil->state == PUPIL_ENDED_STATE) /* the capture is read behind what happens */
        door_left(&pupil->class->door, pupil->phone);
}

static bool of_one_address(const struct pupil *a, const struct pupil *b) {
    return memcmp(a->from, b->from, ORIGIN_ID) == 0;
}

static void take_off(struct pupil *pupil) {
    pupil->off = true;
    class_chat_silence(pupil);
    class_queue_leave(pupil);
    class_end(pupil, "the lecturer has taken you out of the room");
    class_changed(pupil);
}

int class_take_off(struct class *class, unsigned number, uint64_t joined) {
    struct pupil *pupil = number >= 1 && number <= class->n_pupils ? class->pupils[number - 1] : NULL;
    if (!pupil || pupil->joined != joined || pupil->off)
        return -ESRCH;
    for (size_t i = 0; i < class->n_pupils; i++) { /* who is in the room without a key is to notice nothing, too */
        struct pupil *other = class->pupils[i];
        if (other->state != PUPIL_ENDED_STATE && !other->leaving && of_one_address(other, pupil))
            class_known(other);
    }
    door_take_off(&class->door, pupil->from, pupil->phone, pupil->came_after);
    take_off(pupil);
    for (size_t i = 0; *pupil->phone && i < class->n_pupils; i++) { /* the same phone, from another tab */
        struct pupil *other = class->pupils[i];
        if (other != pupil && of_one_address(other, pupil) && strcmp(other->phone, pupil->phone) == 0)
            take_off(other);
    }
    return 0;
}

void class_clear_ended(struct class *class) {
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->state != PUPIL_ENDED_STATE || pupil->off)
            continue;
        pupil->off = true;
        class_queue_leave(pupil);
        class_changed(pupil);
    }
}

int class_let_in(struct class *class, unsigned number) {
    class->clock++;
    return door_let_in(&class->door, number);
}

static void empty_door(struct class *class) {
    memset(&class->door, 0, sizeof class->door);
    for (size_t i = 0; i < class->n_pupils; i++)
        class->pupils[i]->known = false;
}

void class_open_door(struct class *class) {
    empty_door(class);
    class->clock++;
}

struct pupil *class_by_session(struct class *class, const char *session) {
    for (size_t i = class->n_pupils; session && *session && i-- > 0;)
        if (strcmp(class->pupils[i]->session, session) == 0)
            return class->pupils[i];
    return NULL;
}

void class_wipe(struct pupil *pupil) {
    if (pupil->class->catching_up == pupil)
        pupil->class->catching_up = NULL;
    attack_free(pupil->attack);
    json_decref(pupil->verdict);
    opened_free(pupil->opened);
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

int class_open(struct class *class) {
    uint8_t random[12];
    if (!class->closed)
        return 0;
    int r = class_tape_new(class);
    if (r < 0)
        return r;
    randombytes_buf(random, sizeof random);
    join_token(class->token, random);
    class->closed = false;
    class->opening++;
    class->clock++;
    empty_door(class);
    return 0;
}

const char *class_capture(const struct class *class) {
    return class->tape->path;
}

void class_free(struct class *class) {
    if (!class)
        return;
    class_queue_free(class);
    for (size_t i = 0; i < class->n_pupils; i++)
        bridge_free(class->pupils[i]->bridge);
    web_free(class->web);
    class_tapes_free(class);
    for (size_t i = 0; i < class->n_pupils; i++) {
        class_wipe(class->pupils[i]);
        free(class->pupils[i]);
    }
    json_decref(class->bobs_words);
    free(class);
}
