/* The page's parts without a browser: who may change it, what it remembers, captures that grow. */
#include "eve/page/control.h"
#include "eve/page/hub.h"
#include "eve/page/match.h"
#include "eve/page/schema.h"
#include "eve/page/tail.h"
#include "eve/wire/growing.h"

#include "common/base/prg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const uint8_t RANDOM[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
#define TOKEN "0102030405060708090a0b0c0d0e0f10"

static const char *asks(bool is_open, bool loopback, bool post, const char *host, const char *origin, const char *token,
                        const char *query) {
    struct control control;
    struct web_request request = {.post = post,
                                  .path = "/",
                                  .query = query,
                                  .host = host,
                                  .origin = origin,
                                  .token = token,
                                  .last_event_id = "",
                                  .body = ""};
    control_init(&control, loopback ? "127.0.0.1:8422" : "192.0.2.7:8422", loopback, RANDOM);
    return control_refuses(&control, &request, is_open);
}

static const char *refuses(bool loopback, bool post, const char *host, const char *origin, const char *token,
                           const char *query) {
    return asks(false, loopback, post, host, origin, token, query);
}

static void test_control(void **state) {
    static const char own[] = "127.0.0.1:8422", site[] = "http://127.0.0.1:8422";
    (void)state;
    /* on loopback everybody there may look, under our own names */
    assert_null(refuses(true, false, own, "", "", ""));
    assert_null(refuses(true, false, "localhost:8422", "", "", ""));
    static const char *const foreign[] = {"",
                                          "127.0.0.1",
                                          "127.0.0.1:8423",
                                          "evil.example:8422",
                                          "localhost:84220",
                                          "localhost.evil:8422",
                                          "127.0.0.1:8422.evil"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        assert_non_null(refuses(true, false, foreign[i], "", "", ""));
    /* a change: token, origin and host */
    assert_null(refuses(true, true, own, site, TOKEN, ""));
    assert_null(refuses(true, true, "localhost:8422", "http://localhost:8422", TOKEN, ""));
    static const char *const origins[] = {"",
                                          "null",
                                          "https://127.0.0.1:8422",
                                          "http://127.0.0.1:8423",
                                          "http://evil.example",
                                          "http://127.0.0.1:8422.evil.example",
                                          "127.0.0.1:8422"};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        assert_non_null(refuses(true, true, own, origins[i], TOKEN, ""));
    static const char *const tokens[] = {"", "0", TOKEN "0", "0102030405060708090a0b0c0d0e0f11",
                                         "0102030405060708090A0B0C0D0E0F10"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++)
        assert_non_null(refuses(true, true, own, site, tokens[i], ""));
    assert_non_null(refuses(true, true, own, site, "", "viewer=" TOKEN));
    assert_non_null(refuses(true, true, "evil.example:8422", site, TOKEN, ""));
    /* elsewhere: looking needs the token, changing is impossible */
    assert_non_null(refuses(false, false, "192.0.2.7:8422", "", "", ""));
    assert_null(refuses(false, false, "192.0.2.7:8422", "", "", "viewer=" TOKEN));
    assert_null(refuses(false, false, "192.0.2.7:8422", "", TOKEN, ""));
    assert_non_null(refuses(false, false, "192.0.2.7:8422", "", "", "viewer=" TOKEN "0"));
    assert_non_null(refuses(false, true, "192.0.2.7:8422", "http://192.0.2.7:8422", TOKEN, "viewer=" TOKEN));
    /* style sheets and scripts are for everybody, but not under a foreign name */
    assert_null(asks(true, false, false, "192.0.2.7:8422", "", "", ""));
    assert_null(asks(true, true, false, own, "", "", ""));
    assert_non_null(asks(true, true, false, "evil.example:8422", "", "", ""));
    assert_non_null(asks(true, false, true, "192.0.2.7:8422", "http://192.0.2.7:8422", TOKEN, ""));
}

/* Where nobody may change anything, who gives the lecture may say where it is, and no more. */
static void test_control_lead(void **state) {
    static const uint8_t random[16] = {0xaa, 1};
    static const char lead[] = "aa010000000000000000000000000000", host[] = "192.0.2.7:8422";
    struct control control;
    struct web_request request = {.post = true, .path = "/moment", .query = "", .host = host, .token = lead};
    (void)state;
    control_init(&control, host, false, RANDOM);
    request.origin = "http://192.0.2.7:8422";
    assert_non_null(control_refuses(&control, &request, false)); /* nobody leads yet */
    request.token = "";
    assert_non_null(control_refuses(&control, &request, false));
    control_let_lead(&control, random);
    assert_non_null(control_refuses(&control, &request, false));
    request.token = TOKEN; /* the viewers' */
    assert_non_null(control_refuses(&control, &request, false));
    request.token = lead;
    assert_null(control_refuses(&control, &request, false));
    request.origin = "http://evil.example";
    assert_non_null(control_refuses(&control, &request, false));
    request.origin = "http://192.0.2.7:8422";
    static const char *const others[] = {"/scenario", "/eve", "/sources", "/class", "/", "/moment/"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        request.path = others[i];
        assert_non_null(control_refuses(&control, &request, false));
    }
}

/* A browser leaves out the port that HTTP has without saying. */
static void test_control_port_80(void **state) {
    static const char *const names[] = {"127.0.0.1:80", "[::1]:80"};
    static const char *const good[] = {"127.0.0.1", "[::1]"};
    static const char *const foreign[] = {"",         ":80",       "127.0.0.1:8",  "127.0.0.1:800", "127.0.0.1.evil",
                                          "127.0.0.", "[::1]evil", "localhost:81", "localhostevil", "evil.example"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct control control;
        struct web_request request = {.post = true, .path = "/", .query = "", .host = names[i], .token = TOKEN};
        char origin[64];
        control_init(&control, names[i], true, RANDOM);
        request.origin = origin;
        snprintf(origin, sizeof origin, "http://%s", good[i]);
        assert_null(control_refuses(&control, &request, false));
        request.host = good[i];
        assert_null(control_refuses(&control, &request, false));
        request.host = "localhost";
        assert_null(control_refuses(&control, &request, false));
        for (size_t j = 0; j < sizeof foreign / sizeof foreign[0]; j++) {
            request.host = foreign[j];
            assert_non_null(control_refuses(&control, &request, false));
        }
    }
    assert_non_null(refuses(true, false, "localhost", "", "", "")); /* of another port it says so */
}

/* The naive twin of web_query: cuts the whole query to pieces first. */
static int query_naively(char *out, size_t size, const char *query, const char *name) {
    char copy[64], *rest = copy, *piece;
    snprintf(copy, sizeof copy, "%s", query);
    while ((piece = strsep(&rest, "&"))) {
        char *equals = strchr(piece, '=');
        if (!equals || (size_t)(equals - piece) != strlen(name) || strncmp(piece, name, strlen(name)) != 0)
            continue;
        for (char *kept = equals + 1; (kept = strchr(kept, '%')); kept++) /* %26 is &, %25 is % */
            if (strncmp(kept, "%26", 3) == 0 || strncmp(kept, "%25", 3) == 0) {
                *kept = kept[2] == '6' ? '&' : '%';
                memmove(kept + 1, kept + 3, strlen(kept + 3) + 1);
            }
        if (strlen(equals + 1) >= size)
            return -1;
        strcpy(out, equals + 1);
        return (int)strlen(out);
    }
    return -1;
}

static void test_query(void **state) {
    static const char *const pieces[] = {"a", "b", "=", "&", "x", "%", "%26", "%25", "2"};
    struct prg prg;
    uint8_t seed[32] = "page: queries";
    (void)state;
    prg_init(&prg, seed, 0);
    for (int round = 0; round < 200000; round++) {
        char query[64] = "", name[3] = "", found[2][6] = {"", ""};
        for (size_t n = prg_below(&prg, 20); n > 0; n--)
            strcat(query, pieces[prg_below(&prg, round % 2 ? 9 : 5)]);
        for (size_t i = 0, k = 1 + prg_below(&prg, 2); i < k; i++)
            name[i] = "abx"[prg_below(&prg, 3)];
        size_t size = 1 + prg_below(&prg, sizeof found[0]);
        int a = web_query(found[0], size, query, name), b = query_naively(found[1], size, query, name);
        if (a != b || (a >= 0 && strcmp(found[0], found[1]) != 0))
            fail_msg("round %d: '%s' in '%s', room %zu: %d '%s' and %d '%s'", round, name, query, size, a, found[0], b,
                     found[1]);
    }
}

static void count(void *user) {
    ++*(unsigned *)user;
}

static void test_hub(void **state) {
    struct hub *hub;
    unsigned told = 0;
    uint64_t number = 0;
    (void)state;
    assert_int_equal(hub_new(&hub, count, &told), 0);
    assert_null(hub_next(hub, &number));
    for (int i = 0; i < 1000; i++)
        hub_add(hub, json_pack("{s:s, s:i}", "event", "note", "i", i));
    assert_int_equal(told, 1000);
    for (int i = 0; i < 1000; i++) {
        const char *text = hub_next(hub, &number);
        assert_non_null(text);
        json_t *object = json_loads(text, 0, NULL);
        assert_int_equal(json_integer_value(json_object_get(object, "i")), i);
        assert_int_equal(json_integer_value(json_object_get(object, "id")), i + 1);
        assert_int_equal(json_integer_value(json_object_get(object, "schema")), 1);
        assert_true(json_integer_value(json_object_get(object, "clock")) > 0);
        assert_int_equal(number, i + 1);
        json_decref(object);
    }
    assert_null(hub_next(hub, &number));
    size_t bytes = hub_bytes(hub);
    json_t *object = hub_get(hub, 500); /* it says something else */
    json_object_set_new(object, "i", json_string("other"));
    hub_put(hub, 500, object);
    assert_int_equal(hub_bytes(hub), bytes + strlen("\"other\"") - strlen("499"));
    number = 499;
    assert_non_null(strstr(hub_next(hub, &number), "\"i\":\"other\""));
    assert_non_null(strstr(hub_next(hub, &number), "\"i\":500"));
    assert_null(hub_get(hub, 0));
    assert_null(hub_get(hub, 1001));
    hub_put(hub, 1001, json_object());
    assert_int_equal(hub_last(hub), 1000);
    hub_clear(hub); /* a reader who was in the middle begins with the new show */
    number = 500;
    assert_non_null(strstr(hub_next(hub, &number), "\"begin\""));
    assert_int_equal(number, 1001);
    number = 1u << 30; /* a number of an earlier server */
    assert_non_null(hub_next(hub, &number));
    assert_int_equal(hub_first(hub), 1001);
    assert_int_equal(hub_last(hub), 1001);
    hub_free(hub);
}

/* Too much to be kept: what is old goes, and who asks for it is told. */
static void test_hub_forgets(void **state) {
    struct hub *hub;
    unsigned told = 0;
    uint64_t number = 0, before = 0;
    char *text = malloc((1 << 20) + 1);
    (void)state;
    memset(text, 'x', 1 << 20);
    text[1 << 20] = 0;
    assert_int_equal(hub_new(&hub, count, &told), 0);
    for (int i = 0; i < 3 * (HUB_BYTES_MAX >> 20); i++)
        hub_add(hub, json_pack("{s:s}", "text", text));
    const char *first = hub_next(hub, &number);
    assert_non_null(strstr(first, "\"lost\""));
    assert_true(number > 0);
    while (hub_next(hub, &number)) {
        assert_int_equal(number, before ? before + 1 : number);
        before = number;
    }
    assert_int_equal(number, hub_last(hub));
    hub_free(hub);
    free(text);
}

/* ---- captures that grow */

struct packets {
    unsigned n;
    size_t bytes;
    uint64_t ns;
    int link;
};

static int take(void *user, int link, uint64_t ns, const uint8_t *bytes, size_t n) {
    struct packets *packets = user;
    packets->n++;
    packets->bytes += n;
    packets->ns += ns;
    packets->link = link;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(bytes[i], (uint8_t)(packets->n * 7 + i));
    return 0;
}

static void put32(uint8_t *p, uint32_t v, bool swapped) {
    v = swapped ? __builtin_bswap32(v) : v;
    memcpy(p, &v, 4);
}

static size_t make_capture(uint8_t *out, bool swapped, bool nano, unsigned n_packets) {
    memset(out, 0, 24);
    put32(out, nano ? 0xa1b23c4d : 0xa1b2c3d4, swapped);
    put32(out + 20, 1, swapped);
    size_t at = 24;
    for (unsigned i = 1; i <= n_packets; i++) {
        uint32_t n = i * 13 % 97;
        put32(out + at, 100 + i, swapped);
        put32(out + at + 4, 5, swapped);
        put32(out + at + 8, n, swapped);
        put32(out + at + 12, n, swapped);
        for (uint32_t j = 0; j < n; j++)
            out[at + 16 + j] = (uint8_t)(i * 7 + j);
        at += 16 + n;
    }
    return at;
}

static void grow(bool swapped, bool nano, size_t step) {
    enum { N = 30 };
    uint8_t bytes[24 + N * (16 + 97)];
    size_t n = make_capture(bytes, swapped, nano, N);
    struct packets packets = {0};
    struct growing *g;
    char path[] = "/tmp/parley-growing-XXXXXX";
    int fd = mkstemp(path), total = 0;
    assert_true(fd >= 0);
    assert_int_equal(growing_new(&g, path), 0);
    for (size_t at = 0; at < n; at += step) {
        size_t now = n - at < step ? n - at : step;
        assert_int_equal(write(fd, bytes + at, now), now);
        int r = growing_read(g, take, &packets);
        assert_true(r >= 0);
        total += r;
    }
    assert_int_equal(total, N);
    assert_int_equal(packets.n, N);
    assert_int_equal(packets.link, 1);
    assert_true(packets.ns == (uint64_t)N * 5 * (nano ? 1 : 1000) + (uint64_t)1000000000 * (100 * N + N * (N + 1) / 2));
    growing_free(g);
    close(fd);
    unlink(path);
}

static void test_growing(void **state) {
    (void)state;
    for (int form = 0; form < 4; form++)
        for (size_t step = 1; step < 200; step = step * 3 + 1)
            grow(form & 1, form & 2, step);
}

static void test_no_capture(void **state) {
    uint8_t bytes[4096];
    char path[] = "/tmp/parley-growing-XXXXXX";
    struct packets packets = {0};
    struct growing *g;
    int fd = mkstemp(path);
    (void)state;
    size_t n = make_capture(bytes, false, false, 2);
    put32(bytes + 24 + 8, 0x7fffffff, false); /* a packet longer than any */
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(growing_new(&g, path), 0);
    assert_true(growing_read(g, take, &packets) < 0);
    growing_free(g);
    assert_int_equal(pwrite(fd, "no capture at all, but long enough for a header", 47, 0), 47);
    assert_int_equal(growing_new(&g, path), 0);
    assert_true(growing_read(g, take, &packets) < 0);
    growing_free(g);
    unlink(path);
    assert_int_equal(growing_new(&g, path), 0); /* not there yet */
    assert_int_equal(growing_read(g, take, &packets), 0);
    growing_free(g);
    close(fd);
    assert_int_equal(packets.n, 0);
}

/* ---- files of events */

#define ALL  "\"schema\":1,\"side\":\"alice\",\"time\":0.5,\"clock\":1795630204008866"
#define STEP "\"event\":\"step\",\"step\":\"A1\",\"bytes\":85,\"seconds\":4e-6,\"attempt\":1,\"rekey\":false"

#define LEARNED                                                                                                        \
    "{" ALL                                                                                                            \
    ",\"event\":\"learned\",\"params\":\"n64\",\"attempt\":1,\"accepted\":true,\"iterations\":15,\"disagreements\":3," \
    "\"plain_labels\":2048"
#define TWO "{\"what\":\"a\",\"measured\":1,\"expected\":1},{\"what\":\"b\",\"measured\":1,\"expected\":1}"

static json_t *schema(const char *line) {
    char why[SCHEMA_WHY] = "";
    json_t *object = schema_read(line, strlen(line), why);
    if (!object && !*why)
        fail_msg("no reason: %s", line);
    return object;
}

/* What alice's --private-events say is nothing for the page. */
static void test_schema_private(void **state) {
    (void)state;
#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    static const char line[] = "{" ALL ",\"event\":\"captions\",\"session\":\"2518367893274ea3\",\"params\":\"n64\","
                               "\"attempt\":1,\"key\":\"" KEY "\"}";
    static const char step[] = "{" ALL "," STEP "}";
    char why[SCHEMA_WHY];
    json_t *object = schema_read_private(line, strlen(line), why);
    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "key")), KEY);
    json_decref(object);
    assert_null(schema(line));
    assert_null(schema_read_private(step, strlen(step), why));
    assert_null(schema_read_private(line, strlen(line) - 3, why));
}

static void test_schema_accepts(void **state) {
    static const char *const lines[] = {
        "{" ALL ",\"event\":\"listening\",\"address\":\"127.0.0.1:1\"}",
        "{" ALL ",\"event\":\"connected\",\"peer\":\"[::1]:2\"}",
        "{" ALL "," STEP ",\"session\":\"2518367893274ea3\"}",
        "{" ALL ",\"event\":\"learned\",\"params\":\"n64\",\"attempt\":1,\"accepted\":true,\"symbol_error\":0.3,"
        "\"symbol_error_expected\":1,\"iterations\":15,\"disagreements\":305,\"plain_labels\":2048,"
        "\"disagreement\":0.1,\"disagreement_expected\":0.1}",
        "{" ALL ",\"event\":\"learned\",\"params\":\"l64\",\"attempt\":1,\"accepted\":true,"
        "\"figures\":[{\"what\":\"noise of a plain label\",\"measured\":10.5,\"expected\":10.1}],"
        "\"iterations\":1,\"disagreements\":0,\"plain_labels\":512}",
        "{" ALL ",\"event\":\"agreed\",\"challenges\":512,\"repeat\":1,\"distillate\":512,\"agreement_expected\":1,"
        "\"noise\":9.8,\"noise_expected\":10.1}",
        "{" ALL ",\"event\":\"agreed\",\"challenges\":1,\"repeat\":75,\"distillate\":512,\"failure_log2\":-40.3,"
        "\"agreement_expected\":0.8}",
        "{" ALL ",\"event\":\"confirmed\",\"params\":\"n64\",\"fingerprint\":\"a b c d\",\"bytes\":1,\"seconds\":1}",
        "{" ALL ",\"event\":\"open\"}",
        "{" ALL ",\"event\":\"closed\",\"step\":\"open\",\"status\":0,\"reason\":\"d\u00f6ne\",\"by_peer\":true,"
        "\"bytes\":1,\"seconds\":1}",
        "{" ALL ",\"event\":\"error\",\"text\":\"<b>no markup here</b>\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        json_t *all = json_loads(lines[i], 0, NULL), *kept = schema(lines[i]);
        if (!json_equal(all, kept))
            fail_msg("not taken as it is: %s", lines[i]);
        json_decref(all);
        json_decref(kept);
    }
    json_t *kept = schema("{" ALL "," STEP ",\"from\":\"wire\",\"private\":false,\"id\":7,\"key\":[1]}");
    assert_int_equal(json_object_size(kept), 10);
    json_decref(kept);
}

static void test_schema_refuses(void **state) {
    static const char *const lines[] = {
        "",
        "[]",
        "{",
        "{}",
        "{" ALL "}",
        "{" ALL "," STEP ",\"bytes\":86}",
        "{" ALL ",\"event\":\"verdict\",\"key_recovered\":true}",
        "{" ALL ",\"event\":\"result\",\"tables\":{\"cells\":[{\"n\":\"<meta>\"}]}}",
        "{" ALL ",\"event\":\"chat\",\"text\":\"x\"}",
        "{" ALL ",\"event\":[\"step\"]}",
        "{" ALL "," STEP ",\"session\":\"<b>\"}",
        "{" ALL "," STEP ",\"session\":\"2518367893274EA3\"}",
        "{" ALL "," STEP ",\"peer\":{\"html\":1}}",
        "{" ALL "," STEP ",\"peer\":\"\u202e\"}",
        "{" ALL ",\"event\":\"step\",\"step\":\"A1\",\"bytes\":85,\"seconds\":4e-6}",
        "{" ALL ",\"event\":\"step\",\"step\":\"A1\",\"bytes\":-1,\"seconds\":4e-6,\"attempt\":1}",
        "{" ALL ",\"event\":\"step\",\"step\":\"A1\",\"bytes\":8.5,\"seconds\":4e-6,\"attempt\":1}",
        "{" ALL ",\"event\":\"step\",\"step\":\"A1\",\"bytes\":\"85\",\"seconds\":4e-6,\"attempt\":1}",
        "{" ALL ",\"event\":\"step\",\"step\":\"A1\",\"bytes\":9007199254740993,\"seconds\":1,\"attempt\":1}",
        LEARNED ",\"figures\":{}}",
        LEARNED ",\"figures\":[[]]}",
        LEARNED ",\"figures\":[{\"what\":\"a\",\"measured\":1}]}",
        LEARNED ",\"figures\":[{\"what\":\"a\",\"measured\":1,\"expected\":\"1\"}]}",
        LEARNED ",\"figures\":[{\"what\":\"\u202e\",\"measured\":1,\"expected\":1}]}",
        LEARNED ",\"figures\":[{\"what\":\"a\",\"measured\":1,\"expected\":1,\"html\":\"<b>\"}]}",
        LEARNED ",\"figures\":[" TWO "," TWO "," TWO "," TWO "," TWO "]}",
        "{" ALL ",\"event\":\"step\",\"step\":null,\"bytes\":85,\"seconds\":4e-6,\"attempt\":1}",
        "{" ALL ",\"event\":\"open\",\"rekey\":1}",
        "{\"schema\":2,\"side\":\"bob\",\"time\":0,\"clock\":0,\"event\":\"open\"}",
        "{\"schema\":1,\"side\":\"eve\",\"time\":0,\"clock\":0,\"event\":\"open\"}",
        "{\"schema\":1,\"side\":\"lab\",\"time\":0,\"clock\":0,\"event\":\"open\"}",
        "{\"schema\":1,\"time\":0,\"clock\":0,\"event\":\"open\"}",
        "{\"schema\":1,\"side\":\"bob\",\"time\":\"0\",\"clock\":0,\"event\":\"open\"}",
        "{\"schema\":1,\"side\":\"bob\",\"time\":0,\"event\":\"open\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (schema(lines[i]))
            fail_msg("taken: %s", lines[i]);
}

struct lines {
    unsigned long n, sum;
    size_t last;
};

static void take_line(void *user, const char *text, size_t n, unsigned long number) {
    struct lines *lines = user;
    assert_null(memchr(text, '\n', n));
    assert_int_equal(number, ++lines->n);
    lines->sum += n;
    lines->last = n;
}

/* Lines of all lengths around the limit, written in pieces: what is too long is cut off once, and the next line whole.
 */
static void test_tail(void **state) {
    static const size_t lengths[] = {0, 1, 100, TAIL_LINE_MAX - 1, TAIL_LINE_MAX, TAIL_LINE_MAX + 1, 3 * TAIL_LINE_MAX,
                                     5};
    char path[] = "/tmp/parley-tail-XXXXXX", *text = malloc(3 * TAIL_LINE_MAX + 1);
    struct lines lines = {0};
    struct tail *tail;
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0 && text);
    assert_int_equal(tail_new(&tail, path, take_line, &lines), 0);
    assert_false(tail_poll(tail));
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t n = lengths[i], first = n / 4;
        memset(text, 'x', n);
        text[n] = '\n';
        assert_int_equal(write(fd, text, first), first);
        tail_poll(tail);
        assert_int_equal(lines.n, i);
        assert_int_equal(write(fd, text + first, n + 1 - first), n + 1 - first);
        assert_true(tail_poll(tail));
        assert_int_equal(lines.n, i + 1);
        assert_int_equal(lines.last, n < TAIL_LINE_MAX ? n : TAIL_LINE_MAX);
    }
    tail_free(tail);
    close(fd);
    unlink(path);
    free(text);
}

/* A long file is read in many polls: others have their turn between. */
static void test_tail_in_turns(void **state) {
    char path[] = "/tmp/parley-tail-XXXXXX", line[128];
    struct lines lines = {0};
    struct tail *tail;
    int fd = mkstemp(path);
    unsigned polls = 0;
    enum { N = 4 * TAIL_POLL_BYTES / sizeof line };
    (void)state;
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < N; i++)
        assert_int_equal(write(fd, line, sizeof line), sizeof line);
    assert_int_equal(tail_new(&tail, path, take_line, &lines), 0);
    while (tail_poll(tail))
        polls++;
    assert_int_equal(lines.n, N);
    assert_in_range(polls, 3, 4);
    tail_free(tail);
    close(fd);
    unlink(path);
}

/* ---- which events are of the sessions that are shown */

#define X "00000000000000aa"
#define Y "00000000000000bb"

static void note_shown(void *user, json_t *object) {
    char *text = user;
    strcat(text, json_string_value(json_object_get(object, "event")));
    json_decref(object);
}

static void tell_match(struct match *match, unsigned source, const char *name, const char *session) {
    match_event(match, source,
                session ? json_pack("{s:s, s:s}", "event", name, "session", session)
                        : json_pack("{s:s}", "event", name));
}

static void test_match(void **state) {
    char shown[64] = "";
    struct match *match;
    size_t n;
    (void)state;
    assert_int_equal(match_new(&match, note_shown, shown), 0);
    tell_match(match, 0, "a", NULL); /* before any session: shown */
    tell_match(match, 0, "b", X);    /* waits, and what comes behind it too */
    tell_match(match, 0, "c", NULL);
    tell_match(match, 1, "d", Y);
    assert_string_equal(shown, "a");
    for (int i = 0; i < MATCH_PATIENCE; i++) {
        assert_null(match_stranger(match, 0));
        match_poll(match);
    }
    assert_string_equal(match_stranger(match, 0), X);
    assert_string_equal(match_stranger(match, 1), Y);
    match_session(match, X);
    assert_string_equal(shown, "abc");
    assert_string_equal(match_newest(match, &n), X);
    assert_int_equal(n, 1);
    assert_null(match_stranger(match, 0));
    assert_string_equal(match_stranger(match, 1), Y);
    tell_match(match, 0, "e", Y); /* another session of a file that has matched: left out, and no stranger */
    tell_match(match, 0, "f", X);
    for (int i = 0; i < 2 * MATCH_PATIENCE; i++)
        match_poll(match);
    assert_string_equal(shown, "abcf");
    assert_null(match_stranger(match, 0));
    for (int i = 0; i < 2 * MATCH_WAITING; i++) /* no more is kept than that */
        tell_match(match, 2, "", Y);
    tell_match(match, 2, "g", Y);
    match_session(match, Y);
    match_session(match, Y);
    assert_string_equal(shown, "abcfedg");
    assert_string_equal(match_newest(match, &n), Y);
    assert_int_equal(n, 2);
    match_free(match);
}

static void count_shown(void *user, json_t *object) {
    ++*(size_t *)user;
    json_decref(object);
}

/* What waits is bounded in bytes, and the sessions that are known in number: the oldest go. */
static void test_match_bounds(void **state) {
    char text[SCHEMA_TEXT], id[20];
    struct match *match;
    size_t shown = 0, n;
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    assert_int_equal(match_new(&match, count_shown, &shown), 0);
    for (int i = 0; i < MATCH_WAITING; i++)
        match_event(match, 3, json_pack("{s:s, s:s, s:s}", "event", "error", "session", X, "text", text));
    match_session(match, X);
    assert_in_range(shown, MATCH_BYTES / SCHEMA_TEXT / 2, MATCH_BYTES / SCHEMA_TEXT);
    for (int i = 0; i < MATCH_SESSIONS; i++) {
        snprintf(id, sizeof id, "%016x", 0x1000 + i);
        match_session(match, id);
    }
    assert_string_equal(match_newest(match, &n), id);
    assert_int_equal(n, MATCH_SESSIONS + 1);
    shown = 0;
    tell_match(match, 3, "a", X);
    assert_int_equal(shown, 0); /* forgotten */
    tell_match(match, 4, "a", id);
    assert_int_equal(shown, 1);
    match_session(match, X); /* and there again */
    assert_int_equal(shown, 2);
    match_free(match);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_control),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_hub),
        cmocka_unit_test(test_hub_forgets),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_no_capture),
        cmocka_unit_test(test_schema_private),
        cmocka_unit_test(test_schema_accepts),
        cmocka_unit_test(test_schema_refuses),
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_match_bounds),
        cmocka_unit_test(test_tail_in_turns),
        cmocka_unit_test(test_control_lead),
        cmocka_unit_test(test_control_port_80),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
