/* Those who join: what a phone may ask for, and who is let in. */
#include "common/shell/net/websocket.h"
#include "common/task/table/table.h"
#include "eve/page/assets.h"
#include "eve/page/class_parts.h"
#include "eve/page/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const ENDS[] = {
    [BRIDGE_LEFT] = "has left",
    [BRIDGE_LOST] = "the connection broke",
    [BRIDGE_SILENT] = "sleeps or is away",
    [BRIDGE_WRONG] = "sent what is no message",
    [BRIDGE_TOO_MUCH] = "sent more than is allowed",
    [BRIDGE_FAR_TOO_MUCH] = "Bob sent more than is passed on",
    [BRIDGE_TOO_LONG] = "its time is over",
    [BRIDGE_FAR] = "Bob has ended it",
    [BRIDGE_UNREACHABLE] = "Bob cannot be reached",
    [BRIDGE_NO_FILES] = "eve may open no more files",
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
                                   .ops = &class_recording,
                                   .user = pupil,
                                   .over = over,
                                   .owner = pupil};
    int r = bridge_new(&pupil->bridge, class->loop, socket, &config);
    if (r < 0)
        end_pupil(pupil, r == -ENOMEM                   ? "out of memory"
                         : r == -EMFILE || r == -ENFILE ? ENDS[BRIDGE_NO_FILES]
                                                        : strerror(-r));
    else if (class->closed || class->opening != pupil->opening) /* between asking and this */
        bridge_close(pupil->bridge, "the lecturer has closed the room");
}

/* One who left before there was a key: when all places are given away, his goes to who comes next, so that nobody fills
 * the room by joining over and over. from: only of this origin; NULL: of any. */
static struct pupil *find_gone(const struct class *class, const uint8_t *from) {
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->state == PUPIL_ENDED_STATE && !pupil->complete &&
            (!from || memcmp(pupil->from, from, ORIGIN_ID) == 0))
            return pupil;
    }
    return NULL;
}

/* What one address may have of `all`: the same part of all that there is. */
static uint64_t share(const struct class *class, uint64_t all) {
    return all * class->config.per_address / CLASS_AT_ONCE;
}

static const char *no_share(const struct class *class, const uint8_t from[static ORIGIN_ID], size_t *n_joinedp) {
    size_t n_now = 0;
    *n_joinedp = 0;
    for (size_t i = 0; i < class->n_pupils; i++) {
        const struct pupil *pupil = class->pupils[i];
        bool is_from = memcmp(pupil->from, from, ORIGIN_ID) == 0;
        n_now += is_from && pupil->state != PUPIL_ENDED_STATE;
        *n_joinedp += is_from;
    }
    if (n_now >= class->config.per_address)
        return "the room is full for your address: as many phones as one address may have are in it\n";
    if (origins_bytes(&class->origins, from) >= share(class, class->config.capture_max))
        return "the room is full for your address: it has sent and got all that one address may\n";
    return NULL;
}

/* Whose place a phone of this origin gets: NULL, and *placep, or why there is none. */
static const char *find_place(struct class *class, const uint8_t from[static ORIGIN_ID], struct pupil **placep) {
    size_t n_joined;
    const char *full = no_share(class, from, &n_joined);
    *placep = NULL;
    if (class->n_now >= CLASS_AT_ONCE)
        return "the room is full: as many phones as it takes are in it\n";
    if (class->full)
        return "the room is full: the capture has all the bytes that it may have\n";
    if (full)
        return full;
    if (n_joined >= share(class, CLASS_JOINS) && !(*placep = find_gone(class, from)))
        return "the room is full for your address: nobody can join from it any more\n";
    if (!*placep && class->n_pupils >= CLASS_JOINS && !(*placep = find_gone(class, NULL)))
        return "the room is full: nobody can join any more\n";
    return NULL;
}

/* Bob's word on it would come late, and be no word for a pupil. */
static bool is_offered(const struct class *class, const struct set *set) {
    for (size_t i = 0; i < class->config.n_sets; i++)
        if (class->config.sets[i] == set)
            return true;
    return class->config.n_sets == 0;
}

static const char *read_join(const struct class *class, struct join *join, const struct web_request *request) {
    const char *wrong = join_read(join, request);
    return wrong || is_offered(class, join->set) ? wrong : "set: Bob does not offer it\n";
}

static void answer_join(struct class *class, const struct web_request *request, struct web_answer *a) {
    static char accept[WEBSOCKET_ACCEPT]; /* valid during the call */
    struct join join;
    struct pupil *place;
    uint8_t from[ORIGIN_ID];
    origin_id(from, request->peer);
    const char *wrong = read_join(class, &join, request), *full = find_place(class, from, &place);
    if (wrong || websocket_accept(accept, request->websocket) < 0) {
        web_answer_text(a, 400, wrong ? wrong : "this is for a WebSocket\n");
        return;
    }
    bool is_new = !place;
    if (full || (is_new && !(place = calloc(1, sizeof *place)))) {
        web_answer_text(a, 503, full ? full : "out of memory\n");
        return;
    }
    if (is_new)
        class->pupils[class->n_pupils++] = place;
    unsigned number = is_new ? (unsigned)class->n_pupils : place->number;
    *place =
        (struct pupil){.class = class, .join = join, .upgrading = true, .number = number, .opening = class->opening};
    memcpy(place->from, from, ORIGIN_ID);
    play_ticket(place->ticket, request);
    class->n_now++;
    class_changed(place);
    *a = (struct web_answer){.status = 101, .kind = WEB_SOCKET, .body = accept, .upgraded = upgraded, .user = place};
}

/* What a phone has to know before it joins; with a name and a set, whether it may. */
static void answer_room(struct class *class, const struct web_request *request, struct web_answer *a) {
    struct join join;
    bool joins = strstr(request->query, "&name=");
    struct pupil *place;
    uint8_t from[ORIGIN_ID];
    origin_id(from, request->peer);
    const char *full = find_place(class, from, &place), *wrong = joins ? read_join(class, &join, request) : NULL;
    if (full || wrong) { /* of a WebSocket that is refused, a browser tells no reason */
        web_answer_text(a, full ? 503 : 400, full ? full : wrong);
        return;
    }
    json_t *sets = json_array();
    const struct set *set;
    char bob[ADDRESS_TEXT + 256];
    for (size_t i = 0; (set = table_at(i)); i++)
        if (join_allows(set) && is_offered(class, set))
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

void class_answer(void *user, const struct web_request *request, struct web_answer *a) {
    struct class *class = user;
    const char *const names[] = {class->config.listen.host, class->hostname, NULL};
    const struct asset *asset = request->post ? NULL : phone_asset(request->path);
    bool play = strcmp(request->path, "/play") == 0;
    bool alice = strcmp(request->path, "/alice") == 0, room = strcmp(request->path, "/room") == 0;
    if (!host_is_ours(request->host, request->local, names))
        web_answer_text(a, 403, "this room is not known under that name: use the address on the projector\n");
    else if (asset)
        *a = (struct web_answer){.status = 200,
                                 .type = asset->type,
                                 .encoding = asset->encoding,
                                 .body = asset->bytes,
                                 .n_body = asset->n,
                                 .lasting = true};
    else if ((request->post && !play) || (!alice && !room && !play))
        web_answer_text(a, 404, "nothing is here\n");
    else if (class->closed && !play) /* a phone that plays is told of it by its session */
        web_answer_text(a, 410, "the lecturer has closed the room\n");
    else if (!join_knows(request, class->token))
        web_answer_text(a, 403, "the room's token is missing or wrong: use the code on the projector\n");
    else if (play)
        class_answer_play(class, request, a);
    else if (room)
        answer_room(class, request, a);
    else
        answer_join(class, request, a);
}
