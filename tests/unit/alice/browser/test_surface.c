/* What JavaScript may call of Alice (alice/browser/surface.h), called from C: so sanitizers see what in a browser is
 * one block of memory. Bob is his machine, in this process; each event is held against the schema that the page has of
 * alice's own, and parsed by a parser that is not ours. */
#include "alice/browser/surface.h"
#include "bob/machine.h"
#include "common/task/table/table.h"
#include "eve/page/schema.h"
#include "tests/lib/unit.h"

#include <errno.h>
#include <jansson.h>

/* Both sides, and what they have told. */
struct talk {
    struct session *bob;
    const struct set *set;
    double now;
    char words[2][200]; /* of the fingerprint: Alice's, Bob's */
    char events[4000];  /* names of hers, a blank between them */
    char closed[400];   /* the reason */
    char heard[2][400]; /* in the chat: by Alice, by Bob */
    size_t piece;       /* bytes that go in at a time */
};

/* A copy of what the last call has put out, of exactly its length. */
static uint8_t *result(size_t n) {
    return unit_copy(surface_result(), n);
}

static size_t put_in(const void *p, size_t n) {
    memcpy(surface_input(), p, n);
    return n;
}

static int start(const char *set, const char *name, uint8_t seed) {
    uint8_t bytes[32 + 200];
    memset(bytes, seed, 32);
    size_t n_set = strlen(set), n_name = strlen(name);
    memcpy(bytes + 32, set, n_set);
    memcpy(bytes + 32 + n_set, name, n_name);
    put_in(bytes, 32 + n_set + n_name);
    int r = surface_start(n_set, n_name, 5);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(surface_input()[i], 0); /* the seed is wiped */
    return r;
}

/* The documented fields, and no others; "name" and "peer_end" are the browser's own. */
static void check_event(struct talk *t, const uint8_t *text, size_t n) {
    char why[SCHEMA_WHY];
    json_error_t error;
    json_t *event = json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, &error);
    if (!event)
        fail_msg("%s: %.*s", error.text, (int)n, (const char *)text);
    const char *name = json_string_value(json_object_get(event, "event"));
    assert_non_null(name);
    snprintf(t->events + strlen(t->events), sizeof t->events - strlen(t->events), "%s ", name);
    if (strcmp(name, "confirmed") == 0)
        snprintf(t->words[0], sizeof t->words[0], "%s", json_string_value(json_object_get(event, "fingerprint")));
    if (strcmp(name, "closed") == 0)
        snprintf(t->closed, sizeof t->closed, "%s", json_string_value(json_object_get(event, "reason")));
    if (strcmp(name, "name") != 0 && strcmp(name, "peer_end") != 0) {
        json_object_set_new(event, "clock", json_integer(1)); /* session.js gives it */
        char *line = json_dumps(event, JSON_COMPACT);
        json_t *known = schema_read(line, strlen(line), why);
        if (!known)
            fail_msg("%s: %s", why, line);
        size_t more = json_object_size(event) - json_object_size(known);
        if (more) /* figures of tasks whose names the schema does not list: the list of figures has them, too */
            assert_true(more % 2 == 0 && more <= 2 * json_array_size(json_object_get(event, "figures")));
        json_decref(known);
        free(line);
    }
    json_decref(event);
}

static void check_progress(void) {
    size_t n = surface_progress();
    json_t *object = n ? json_loadb((const char *)surface_result(), n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    assert_true(n == 0 || (json_is_string(json_object_get(object, "sentence")) && json_object_size(object) == 4));
    json_decref(object);
}

static void keep(char *out, size_t size, const uint8_t *p, size_t n) {
    snprintf(out + strlen(out), size - strlen(out), "%.*s", (int)n, (const char *)p);
}

static bool pass_alice(struct talk *t) {
    bool moved = false;
    for (size_t n; (n = surface_event(t->now)) > 0; moved = true) {
        uint8_t *text = result(n);
        check_event(t, text, n);
        free(text);
    }
    for (size_t n; (n = surface_data()) > 0; moved = true)
        keep(t->heard[0], sizeof t->heard[0], surface_result(), n);
    for (size_t n; (n = surface_output(t->now)) > 0; moved = true) {
        uint8_t *bytes = result(n);
        if (t->bob)
            session_receive(t->bob, bytes, n, (uint64_t)t->now);
        free(bytes);
    }
    check_progress();
    return surface_work(t->now) == 1 || moved;
}

static void give(struct talk *t, const uint8_t *p, size_t n) {
    for (size_t at = 0; at < n; at += t->piece) {
        size_t more = n - at < t->piece ? n - at : t->piece;
        surface_receive(put_in(p + at, more), t->now);
    }
}

static bool pass_bob(struct talk *t) {
    struct session_event e;
    struct session_chunk chunk;
    struct job *job;
    bool moved = false;
    for (; session_next_event(t->bob, &e); moved = true) {
        if (e.kind == SESSION_CONFIRMED)
            snprintf(t->words[1], sizeof t->words[1], "%s", e.confirmed.fingerprint);
        session_event_wipe(&e);
    }
    for (; session_take_output(t->bob, &chunk, (uint64_t)t->now); moved = true) {
        give(t, chunk.data, chunk.n);
        session_chunk_free(&chunk);
    }
    for (; session_take_data(t->bob, &chunk); moved = true) {
        keep(t->heard[1], sizeof t->heard[1], chunk.data, chunk.n);
        session_chunk_free(&chunk);
    }
    for (; (job = session_next_job(t->bob)); moved = true) {
        job->run(job);
        session_job_done(t->bob, job, (uint64_t)t->now);
    }
    return moved;
}

static void run(struct talk *t) {
    while (pass_alice(t) || (t->bob && pass_bob(t)))
        t->now += 1;
}

static void begin(struct talk *t, const char *set, size_t piece) {
    *t = (struct talk){.now = 5, .piece = piece, .set = table_set(set)};
    uint8_t seed[32] = {7};
    const struct session_config config = {.sets = &t->set, .n_sets = 1, .name = "Bob", .timeout_ms = 30000};
    assert_int_equal(bob_new(&t->bob, &config, seed), 0);
    session_start(t->bob, 5);
    assert_int_equal(start(set, "Ada", 3), 0);
}

static void end(struct talk *t) {
    session_free(t->bob);
    surface_free();
    surface_free();
    assert_int_equal(surface_wants(), SURFACE_FINISHED);
    assert_int_equal(surface_output(0) + surface_event(0) + surface_data() + surface_progress(), 0);
    for (size_t i = 0; i < SURFACE_INPUT; i++)
        assert_int_equal(surface_input()[i], 0);
}

static void whole_session(const char *set, size_t piece) {
    struct talk t;
    begin(&t, set, piece);
    assert_int_equal(start(set, "Twice", 4), -EINVAL);
    run(&t);
    assert_string_equal(t.words[0], t.words[1]);
    assert_int_not_equal(strlen(t.words[0]), 0);
    assert_int_equal(surface_send(put_in("hello bob\n", 10)), 10);
    assert_int_equal(surface_input()[0], 0);
    assert_int_equal(session_send(t.bob, (const uint8_t *)"hello alice\n", 12), 12);
    run(&t);
    surface_send_end();
    session_send_end(t.bob);
    run(&t);
    assert_string_equal(t.heard[0], "hello alice\n");
    assert_string_equal(t.heard[1], "hello bob\n");
    assert_string_equal(t.closed, "done");
    assert_int_equal(surface_wants() & SURFACE_FINISHED, SURFACE_FINISHED);
    static const char *const told[] = {"step", "learned", "agreed", "confirmed", "name", "open", "peer_end", "closed"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        assert_non_null(strstr(t.events, told[i]));
    end(&t);
}

static void each_task(void **state) {
    (void)state;
    static const char *const sets[] = {"n64", "r509", "l32"};
    for (size_t i = 0; i < 3; i++) {
        whole_session(sets[i], SURFACE_INPUT);
        whole_session(sets[i], 977);
    }
}

static void what_is_refused(void **state) {
    (void)state;
    char long_name[66];
    memset(long_name, 'a', 65);
    long_name[65] = 0;
    assert_int_equal(start("n65", "Ada", 1), -EINVAL);
    assert_int_equal(start("", "Ada", 1), -EINVAL);
    assert_int_equal(start("n64n64n64n64n64n64", "Ada", 1), -EINVAL);
    assert_int_equal(start("n64", long_name, 1), -EINVAL);
    surface_receive(10, 0); /* nothing has begun */
    surface_eof(0);
    surface_broken(10);
    surface_tick(1e9);
    assert_int_equal(surface_send(10), 0);
    surface_free();
}

/* Each ends the session with one event, and nothing moves behind it. */
static void what_goes_wrong(void **state) {
    (void)state;
    static const char broken[] = "the \"cable\" \\ broke\n\x1b[2J\xff";
    for (int how = 0; how < 4; how++) {
        struct talk t;
        begin(&t, "n64", SURFACE_INPUT);
        if (how > 0) { /* not from the first byte */
            pass_alice(&t);
            pass_bob(&t);
        }
        session_free(t.bob);
        t.bob = NULL;
        if (how == 0) {
            memset(surface_input(), 0xa5, SURFACE_INPUT);
            surface_receive(SURFACE_INPUT, t.now);
        } else if (how == 1)
            surface_eof(t.now);
        else if (how == 2)
            surface_broken(put_in(broken, sizeof broken - 1));
        else {
            assert_true(surface_deadline() < 1e6);
            surface_tick(surface_deadline());
        }
        run(&t);
        assert_int_equal(surface_wants() & SURFACE_FINISHED, SURFACE_FINISHED);
        assert_int_not_equal(strlen(t.closed), 0);
        assert_ptr_equal(strstr(t.events, "closed") + strlen("closed "), t.events + strlen(t.events));
        assert_string_not_equal(t.closed, "done");
        end(&t);
    }
}

static void escapes(void **state) {
    (void)state;
    size_t n = surface_escape(put_in("a\n\x1b\xe2\x80\xae"
                                     "b",
                                     7));
    uint8_t *text = result(n);
    assert_int_equal(n, strlen("a\\x0a\\x1b\\xe2\\x80\\xae"
                               "b"));
    assert_memory_equal(text,
                        "a\\x0a\\x1b\\xe2\\x80\\xae"
                        "b",
                        n);
    free(text);
    memset(surface_input(), 0xff, SURFACE_INPUT); /* four bytes for one: more than fits is left out */
    assert_true(surface_escape(SURFACE_INPUT) <= SURFACE_INPUT);
    assert_int_equal(surface_escape(SURFACE_INPUT + 1), 0);
    surface_free();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(what_goes_wrong),
        cmocka_unit_test(escapes),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
