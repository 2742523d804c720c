/* Alice as JavaScript calls her (alice/browser/surface.h), against an honest Bob with a fixed seed: the first byte
 * chooses the set, then operations, a byte each and what belongs to it. Whatever comes, her events and her progress are
 * JSON, the last event is the only "closed", the words are the same as Bob's, and nothing is left behind the end. */
#include "alice/browser/surface.h"
#include "bob/machine.h"
#include "common/task/table/table.h"
#include "tests/proof/fuzz/fuzz.h"

#include <jansson.h>
#include <sodium.h>

enum { OPERATIONS_MAX = 200 };
enum operation { HONEST, CHANGED, LEFT_OUT, BYTES, SAY, BOB_SAYS, TIME, BROKEN, END, BOB_ENDS, ESCAPE, EOF_NOW };

static struct {
    struct session *bob;
    double now;
    bool honest, closed; /* honest: she has got all that Bob has said, and nothing else */
    char words[FINGERPRINT_TEXT];
} play;

static json_t *parse(size_t n) {
    uint8_t *copy = malloc(n);
    REQUIRE(copy);
    memcpy(copy, surface_result(), n);
    json_t *object = json_loadb((const char *)copy, n, JSON_REJECT_DUPLICATES, NULL);
    REQUIRE(json_is_object(object));
    free(copy);
    return object;
}

static void hear_events(void) {
    for (size_t n; (n = surface_event(play.now)) > 0;) {
        json_t *event = parse(n);
        const char *name = json_string_value(json_object_get(event, "event"));
        REQUIRE(name && !play.closed);
        play.closed = strcmp(name, "closed") == 0;
        if (strcmp(name, "confirmed") == 0) {
            REQUIRE(play.honest);
            REQUIRE(strcmp(json_string_value(json_object_get(event, "fingerprint")), play.words) == 0 || !*play.words);
        }
        json_decref(event);
    }
    size_t n = surface_progress();
    if (n)
        json_decref(parse(n));
}

/* What both do by themselves; Bob's bytes stay with him. */
static void rest(void) {
    struct session_event e;
    struct session_chunk chunk;
    struct job *job;
    bool moved;
    do {
        moved = surface_work(play.now) == 1;
        for (size_t n; (n = surface_output(play.now)) > 0; moved = true)
            session_receive(play.bob, surface_result(), n, (uint64_t)play.now);
        for (; (job = session_next_job(play.bob)); moved = true) {
            job->run(job);
            session_job_done(play.bob, job, (uint64_t)play.now);
        }
    } while (moved);
    hear_events();
    for (size_t n; (n = surface_data()) > 0;)
        fuzz_touch(surface_result(), n);
    while (session_next_event(play.bob, &e)) {
        if (e.kind == SESSION_CONFIRMED)
            snprintf(play.words, sizeof play.words, "%s", e.confirmed.fingerprint);
        session_event_wipe(&e);
    }
    while (session_take_data(play.bob, &chunk))
        session_chunk_free(&chunk);
}

static void give(const uint8_t *p, size_t n) {
    for (size_t at = 0; at < n; at += SURFACE_INPUT) {
        size_t more = n - at < SURFACE_INPUT ? n - at : SURFACE_INPUT;
        memcpy(surface_input(), p + at, more);
        surface_receive(more, play.now);
    }
}

static void give_bobs(struct fuzz_input *in, enum operation what) {
    struct session_chunk chunk;
    if (!session_take_output(play.bob, &chunk, (uint64_t)play.now))
        return;
    uint8_t *copy = malloc(chunk.n);
    REQUIRE(copy);
    memcpy(copy, chunk.data, chunk.n);
    if (what == CHANGED)
        copy[fuzz_u16(in) % chunk.n] ^= (uint8_t)fuzz_byte(in);
    play.honest &= what != LEFT_OUT && memcmp(copy, chunk.data, chunk.n) == 0;
    if (what != LEFT_OUT)
        give(copy, chunk.n);
    free(copy);
    session_chunk_free(&chunk);
}

static size_t put_in(struct fuzz_input *in) {
    size_t n = fuzz_u16(in);
    uint8_t *bytes = fuzz_block(in, &n);
    memcpy(surface_input(), bytes, n);
    free(bytes);
    return n;
}

static void operate(struct fuzz_input *in, enum operation what) {
    size_t n;
    switch (what) {
    case HONEST:
    case CHANGED:
    case LEFT_OUT:
        give_bobs(in, what);
        break;
    case BYTES:
        n = put_in(in);
        play.honest &= n == 0;
        surface_receive(n, play.now);
        break;
    case SAY:
        n = put_in(in);
        REQUIRE(surface_send(n) <= n);
        break;
    case BOB_SAYS:
        session_send(play.bob, (const uint8_t *)"hello\n", 6);
        break;
    case TIME:
        play.now += 100.0 * fuzz_byte(in);
        surface_tick(play.now);
        break;
    case BROKEN:
        surface_broken(put_in(in));
        break;
    case END:
        surface_send_end();
        break;
    case BOB_ENDS:
        session_send_end(play.bob);
        break;
    case ESCAPE:
        n = put_in(in);
        REQUIRE(surface_escape(n) <= 4 * n);
        break;
    case EOF_NOW:
        surface_eof(play.now);
        break;
    }
    rest();
}

void fuzz_target(const uint8_t *data, size_t size) {
    static const char *const names[] = {"n64", "r509", "l32"};
    static const uint8_t bobs_seed[32] = {1};
    struct fuzz_input in = {data, size};
    REQUIRE(sodium_init() >= 0);
    const char *name = names[fuzz_byte(&in) % 3];
    const struct set *set = table_set(name);
    const struct session_config config = {.sets = &set, .n_sets = 1, .name = "Bob", .timeout_ms = 30000};
    memset(&play, 0, sizeof play);
    play.honest = true;
    REQUIRE(bob_new(&play.bob, &config, bobs_seed) == 0);
    session_start(play.bob, 0);
    memset(surface_input(), 2, 32);
    memcpy(surface_input() + 32, name, strlen(name));
    memcpy(surface_input() + 32 + strlen(name), "Ada", 3);
    REQUIRE(surface_start(strlen(name), 3, 0) == 0);
    rest();
    for (unsigned i = 0; i < OPERATIONS_MAX && in.n; i++)
        operate(&in, fuzz_byte(&in) % (EOF_NOW + 1));
    REQUIRE(!(surface_wants() & SURFACE_FINISHED) || play.closed);
    surface_free();
    REQUIRE(surface_wants() == SURFACE_FINISHED && surface_event(0) == 0 && surface_output(0) == 0);
    session_free(play.bob);
}
