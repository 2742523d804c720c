/* Those who join: what a phone may ask for, and who is let in. */
#include "common/base/name_alike.h"
#include "common/shell/net/timer.h"
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
    [BRIDGE_CLOSED] = "the lecturer has ended it",
};

/* Both sides may close behind the end marks, and the one that is quicker did not begin: who says first that all has
 * been said ends it. */
const char *class_said_end(const struct pupil *pupil) {
    enum bridge_end how = pupil->how;
    if (pupil->state != PUPIL_ENDED_STATE || pupil->ended[0])
        return pupil->ended;
    if ((how == BRIDGE_FAR || how == BRIDGE_LEFT) && pupil->first_end != END_NONE)
        how = pupil->first_end == END_PHONE ? BRIDGE_LEFT : BRIDGE_FAR;
    return ENDS[how];
}

static void end_pupil(struct pupil *pupil, const char *why) {
    pupil->state = PUPIL_ENDED_STATE;
    pupil->tape->n_pupils--;
    if (pupil->known)
        door_left(&pupil->class->door, pupil->phone);
    snprintf(pupil->ended, sizeof pupil->ended, "%s", why);
    game_leave(pupil->class->config.game, pupil->number - 1);
    class_changed(pupil);
    pupil->gone = pupil->changed;
}

static void over(void *owner, enum bridge_end how) {
    struct pupil *pupil = owner;
    for (int d = 0; d < 2; d++)
        pupil->bytes[d] = bridge_bytes(pupil->bridge, d);
    pupil->bridge = NULL;
    pupil->how = how;
    end_pupil(pupil, "");
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
    else if (pupil->leaving || class->closed || class->opening != pupil->opening) /* between asking and this */
        bridge_close(pupil->bridge, pupil->leaving ? pupil->leaving : "the lecturer has closed the room");
}

/* Whose tile goes first: who was taken off, then who left without a key, then who left with one; of these the oldest.
 */
static bool goes_before(const struct pupil *a, const struct pupil *b) {
    if (a->off != b->off)
        return a->off;
    return a->complete != b->complete ? b->complete : a->gone < b->gone;
}

/* The tile of one who has ended, for another; nobody's that Eve's learners are at. from: only of this origin; NULL: of
 * any. */
static struct pupil *find_ended(const struct class *class, const uint8_t *from) {
    struct pupil *found = NULL;
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->state != PUPIL_ENDED_STATE || pupil == class->learning ||
            (from && memcmp(pupil->from, from, ORIGIN_ID) != 0))
            continue;
        if (!found || goes_before(pupil, found))
            found = pupil;
    }
    return found;
}

/* What one address may have of `all`: the same part of all that there is. */
static uint64_t share(const struct class *class, uint64_t all) {
    uint64_t part = all * class->config.per_address / CLASS_AT_ONCE;
    return part ? part : 1;
}

static size_t tiles_of(const struct class *class, const uint8_t from[static ORIGIN_ID]) {
    size_t n = 0;
    for (size_t i = 0; i < class->n_pupils; i++)
        n += memcmp(class->pupils[i]->from, from, ORIGIN_ID) == 0;
    return n;
}

/* NULL, or why there is no place for a phone of this origin. */
static const char *no_place(const struct class *class, const uint8_t from[static ORIGIN_ID]) {
    uint8_t in[CLASS_TILES][ORIGIN_ID];
    const char *full =
        places_refuse((const uint8_t(*)[ORIGIN_ID])in, class_places(class, in), from, class->config.per_address);
    if (full)
        return full;
    if (class->tape->full)
        return "the room is full: the capture has all the bytes that it may have; the lecturer can close the room and "
               "open it again\n";
    if (!class_tape_may(class->tape, from))
        return "the room is full for your address: it has sent and got all that one address may\n";
    return NULL;
}

/* Its tile: a new one, or of one who has ended, wiped. NULL: out of memory. */
static struct pupil *new_tile(struct class *class, const uint8_t from[static ORIGIN_ID]) {
    struct pupil *pupil = NULL;
    if (tiles_of(class, from) >= share(class, CLASS_TILES))
        pupil = find_ended(class, from);
    if (!pupil && class->n_pupils == CLASS_TILES)
        pupil = find_ended(class, NULL);
    if (!pupil && (class->n_pupils == CLASS_TILES || !(pupil = calloc(1, sizeof *pupil))))
        return NULL;
    if (!pupil->number) {
        class->pupils[class->n_pupils++] = pupil;
        pupil->number = (unsigned)class->n_pupils;
        pupil->class = class;
    }
    game_pass_on(class->config.game, pupil->number - 1);
    class_wipe(pupil);
    return pupil;
}

/* Bob's word on it would come late, and be no word for a pupil. */
static bool is_offered(const struct class *class, const struct set *set) {
    for (size_t i = 0; i < class->config.n_sets; i++)
        if (class->config.sets[i] == set)
            return true;
    return class->config.n_sets == 0;
}

/* By somebody who is in the room now; who has left needs it no more. NULL: by nobody. */
static const struct pupil *who_has(const struct class *class, const char *name) {
    for (size_t i = 0; i < class->n_pupils; i++) {
        const struct pupil *pupil = class->pupils[i];
        const char *other = pupil->join.name;
        if (pupil->state != PUPIL_ENDED_STATE && !pupil->leaving &&
            name_alike(name, strlen(name), other, strlen(other)))
            return pupil;
    }
    return NULL;
}

/* The phone's own number, from its browser; "": it has none. */
static void read_phone(char out[static DOOR_PHONE], const struct web_request *request) {
    int n = web_query(out, DOOR_PHONE, request->query, "phone");
    if (n != DOOR_PHONE - 1 || strspn(out, "0123456789abcdef") != DOOR_PHONE - 1)
        out[0] = 0;
}

/* A phone whose connection has broken without a word is in the room until it has been silent for long enough, and
 * may come again before. */
static const char *name_is_taken(const struct pupil *by, const struct web_request *request) {
    char phone[DOOR_PHONE];
    read_phone(phone, request);
    return *phone && strcmp(by->phone, phone) == 0
               ? "name: this phone is still here under that name: try again in a quarter of a minute, or take another\n"
               : "name: somebody here has that name, or one that looks like it: take another\n";
}

static const char *read_join(const struct class *class, struct join *join, const struct web_request *request) {
    const char *wrong = join_read(join, request);
    if (!wrong && !is_offered(class, join->set))
        return "set: Bob does not offer it\n";
    const struct pupil *by = wrong ? NULL : who_has(class, join->name);
    return by ? name_is_taken(by, request) : wrong;
}

/* A phone of its address was taken off the wall, and this one has to be let in. */
static void answer_waits(struct web_answer *a) {
    web_answer_text(a, 423, "a phone of your address was taken off the wall: the lecturer has to let you in\n");
}

/* Of a number that the lecturer has let in, one session at a time: she let in one phone. The newest stays, since a
 * phone that comes again may be quicker than the end of its connection. */
static void end_older(struct class *class, const uint8_t from[static ORIGIN_ID], const char *phone) {
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (strcmp(pupil->phone, phone) == 0 && memcmp(pupil->from, from, ORIGIN_ID) == 0 && !pupil->leaving)
            class_end(pupil, "this phone has joined again");
    }
}

static void answer_join(struct class *class, const struct web_request *request, struct web_answer *a) {
    static char accept[WEBSOCKET_ACCEPT]; /* valid during the call */
    struct join join;
    struct pupil *pupil;
    uint8_t from[ORIGIN_ID];
    origin_id(from, request->peer);
    char phone[DOOR_PHONE];
    read_phone(phone, request);
    const char *wrong = read_join(class, &join, request), *full = no_place(class, from);
    if (wrong || websocket_accept(accept, request->websocket) < 0) {
        web_answer_text(a, 400, wrong ? wrong : "this is for a WebSocket\n");
        return;
    }
    if (!door_admits(&class->door, from, phone)) {
        answer_waits(a);
        return;
    }
    if (full || !(pupil = new_tile(class, from))) {
        web_answer_text(a, 503, full ? full : "out of memory\n");
        return;
    }
    if (door_was_let_in(&class->door, from, phone))
        end_older(class, from, phone);
    pupil->join = join;
    pupil->upgrading = true;
    pupil->opening = class->opening;
    pupil->joined = ++class->n_joined;
    memcpy(pupil->from, from, ORIGIN_ID);
    play_ticket(pupil->ticket, request);
    memcpy(pupil->phone, phone, sizeof phone);
    pupil->came_after = door_guards(&class->door, from);
    pupil->tape = class->tape;
    class->tape->n_pupils++;
    class_changed(pupil);
    *a = (struct web_answer){.status = 101, .kind = WEB_SOCKET, .body = accept, .upgraded = upgraded, .user = pupil};
}

/* What a phone has to know before it joins; with a name and a set, whether it may. */
static void answer_room(struct class *class, const struct web_request *request, struct web_answer *a) {
    struct join join;
    bool joins = strstr(request->query, "&name=");
    uint8_t from[ORIGIN_ID];
    origin_id(from, request->peer);
    const char *full = no_place(class, from), *wrong = joins ? read_join(class, &join, request) : NULL;
    if (full || wrong) { /* of a WebSocket that is refused, a browser tells no reason */
        web_answer_text(a, full ? 503 : 400, full ? full : wrong);
        return;
    }
    char phone[DOOR_PHONE];
    read_phone(phone, request);
    if (joins && !door_admits(&class->door, from, phone)) {
        door_ask(&class->door, from, (unsigned)share(class, DOOR_WAITING_MAX), phone, join.name, timer_now());
        answer_waits(a);
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
    static const char *const names[] = {"/join.html",        "/join.css",          "/join.js",       "/start.js",
                                        "/alice.js",         "/session.js",        "/machine.js",    "/alice.wasm",
                                        "/alice-plain.wasm", "/alice-missing.txt", "/join-play.js",  "/join-play.css",
                                        "/dom.js",           "/hand.js",           "/units.js",      "/tiles.js",
                                        "/tongue.js",        "/de-shared.json",    "/de-phone.json", "/fr-shared.json",
                                        "/fr-phone.json"};
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
