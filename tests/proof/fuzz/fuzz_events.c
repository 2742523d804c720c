/* A file of events, as the page follows it: the input is the file, its first byte says where it is cut in two. */
#include "eve/page/schema.h"
#include "eve/page/tail.h"
#include "tests/proof/fuzz/fuzz.h"

#include <jansson.h>
#include <sys/mman.h>
#include <unistd.h>

static char path[32];
static int file = -1;

/* One file in memory for all inputs. */
static void write_file(const uint8_t *data, size_t at, size_t size) {
    if (file < 0) {
        file = memfd_create("events", MFD_CLOEXEC);
        REQUIRE(file >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    REQUIRE(ftruncate(file, (off_t)at) == 0);
    REQUIRE(pwrite(file, data + at, size - at, (off_t)at) == (ssize_t)(size - at));
}

struct seen {
    unsigned long number, n_taken, n_refused, n_private;
    size_t bytes;
};

static bool is_one_of(const char *text, const char *const *words) {
    for (; text && *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

/* What is taken is flat, says who speaks, has no field that decides where it is shown, and can be written again. */
static void check_taken(json_t *object) {
    static const char *const kinds[] = {"listening", "connected", "step",   "learned", "agreed",
                                        "confirmed", "open",      "closed", "error",   NULL};
    static const char *const sides[] = {"alice", "bob", NULL};
    const char *name;
    json_t *value;
    char why[SCHEMA_WHY];
    REQUIRE(is_one_of(json_string_value(json_object_get(object, "event")), kinds));
    REQUIRE(is_one_of(json_string_value(json_object_get(object, "side")), sides));
    REQUIRE(!json_object_get(object, "from") && !json_object_get(object, "id") && !json_object_get(object, "private"));
    json_object_foreach(object, name, value) {
        REQUIRE(!json_is_object(value) && !json_is_array(value) && !json_is_null(value));
        REQUIRE(!json_is_string(value) || json_string_length(value) <= SCHEMA_TEXT);
    }
    char *text = json_dumps(object, JSON_COMPACT);
    REQUIRE(text && strlen(text) <= 8 * TAIL_LINE_MAX);
    json_t *again = schema_read(text, strlen(text), why);
    REQUIRE(again && json_object_size(again) == json_object_size(object));
    json_decref(again);
    free(text);
}

/* A line of --private-events is none of these, and the other way round. */
static bool check_private(const char *text, size_t n, bool taken) {
    char why[SCHEMA_WHY] = "";
    json_t *object = schema_read_private(text, n, why);
    if (!object) {
        REQUIRE(*why && memchr(why, 0, sizeof why));
        return false;
    }
    REQUIRE(!taken && strcmp(json_string_value(json_object_get(object, "event")), "captions") == 0);
    REQUIRE(json_string_length(json_object_get(object, "key")) == 64);
    json_decref(object);
    return true;
}

static void take(void *user, const char *text, size_t n, unsigned long number) {
    struct seen *seen = user;
    char why[SCHEMA_WHY] = "";
    REQUIRE(number == ++seen->number && n <= TAIL_LINE_MAX && !memchr(text, '\n', n));
    fuzz_touch((const uint8_t *)text, n);
    json_t *object = schema_read(text, n, why);
    seen->bytes += n;
    seen->n_private += check_private(text, n, object);
    if (object) {
        seen->n_taken++;
        check_taken(object);
    } else {
        seen->n_refused++;
        REQUIRE(*why && memchr(why, 0, sizeof why));
        for (const char *p = why; *p; p++)
            REQUIRE(*p >= ' ' && *p <= '~');
    }
    json_decref(object);
}

static struct seen follow(const uint8_t *data, size_t cut, size_t size) {
    struct seen seen = {0};
    struct tail *tail;
    write_file(data, 0, cut);
    REQUIRE(tail_new(&tail, path, take, &seen) == 0);
    while (tail_poll(tail))
        ;
    write_file(data, cut, size);
    while (tail_poll(tail))
        ;
    REQUIRE(!tail_poll(tail));
    tail_free(tail);
    return seen;
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct seen whole = follow(data, size, size), cut = follow(data, size ? data[0] % size : 0, size);
    REQUIRE(whole.number == cut.number && whole.bytes == cut.bytes);
    REQUIRE(whole.n_private == cut.n_private);
    REQUIRE(whole.n_taken == cut.n_taken && whole.n_refused == cut.n_refused);
}
