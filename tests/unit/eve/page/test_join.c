/* What a phone asks for when it joins: which names may stand on a wall, by which name it knows us, where it comes from.
 */
#include "common/base/name_alike.h"
#include "common/shell/net/origin.h"
#include "eve/page/host.h"
#include "eve/page/join.h"
#include "eve/page/places.h"
#include "tests/lib/unit.h"

#include "common/base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const struct {
    const char *name, *word; /* word: of why not; NULL: it may stand there */
} names[] = {
    {"Ada", NULL},
    {"J\xc3\xbcrgen & S\xc3\xb8n, 100%", NULL},
    {"\xe6\x9d\x8e \xd7\xa2\xd7\x93\xd7\x94 \xd8\xa2\xd8\xaf\xd8\xa7", NULL}, /* Chinese, Hebrew, Arabic */
    {"\xe2\x9d\xa4\xef\xb8\x8f", NULL},                                       /* a heart with its selector of form */
    {"a\xcc\x88\xcc\x81", NULL},                                              /* two marks on a letter */
    {"Bobby", NULL},
    {"Steve", NULL},
    {"B\xc3\xb3"
     "b",
     "take you"},
    {"\xd0\x92\xce\xbf"
     "b",
     "take you"}, /* of Cyrillic and Greek */
    {"B0b", "take you"},
    {"\xf0\x9d\x90\x80"
     "da",
     "shape"}, /* U+1D400, of formulas */
    {"\xef\xbc\xa1"
     "da",
     "shape"},                                         /* U+FF21, wide */
    {"\xca\x99\xe1\xb4\x8f\xca\x99", "shape"},         /* small capitals */
    {"\xe1\xb4\xae\xe1\xb5\x92\xe1\xb5\x87", "shape"}, /* raised */
    {"\xe1\xb8\x82ob", "take you"},                    /* U+1E02 */
    {"Bo\xe1\xb8\x85", "take you"},                    /* U+1E05 */
    {"\xe1\xba\xbcve", "take you"},                    /* U+1EBC */
    {"123456789012345678901234", NULL},
    {"\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6"
     "\x9d\x8e"
     "\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6"
     "\x9d\x8e"
     "\xe6\x9d\x8e",
     NULL}, /* 21 characters, 63 bytes */
    {"", "missing"},
    {" ", "blank"},
    {" Ada", "blank"},
    {"Ada ", "blank"},
    {"A  a", "blank"},
    {"1234567890123456789012345", "too long"},
    {"\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6"
     "\xf0\x9f\x90\xa6"
     "\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6\xf0\x9f\x90\xa6"
     "\xf0\x9f\x90\xa6"
     "\xf0\x9f\x90\xa6",
     "too long"}, /* 17 characters, 68 bytes */
    {"A\xff", "UTF-8"},
    {"\xc0\xaf", "UTF-8"},
    {"\xed\xa0\x80", "UTF-8"},
    {"A\xe2\x82", "UTF-8"},
    {"two\nlines", "cannot be seen"},
    {"\x1b[2J", "cannot be seen"},
    {"\xe2\x80\xae"
     "adA",
     "cannot be seen"},                  /* U+202E, right to left */
    {"A\xe2\x81\xa6", "cannot be seen"}, /* U+2066, isolate */
    {"A\xe2\x80\x8b"
     "da",
     "cannot be seen"}, /* U+200B, no width */
    {"A\xe2\x80\x8d"
     "da",
     "cannot be seen"}, /* U+200D, joiner */
    {"A\xc2\xad"
     "da",
     "cannot be seen"}, /* U+00AD, soft hyphen */
    {"A\xc2\xa0"
     "da",
     "cannot be seen"},                      /* U+00A0, another blank */
    {"\xe3\x85\xa4", "cannot be seen"},      /* U+3164, a filler of Hangul */
    {"\xe2\xa0\x80", "cannot be seen"},      /* U+2800, no dots of Braille */
    {"A\xf3\xa0\x81\x81", "cannot be seen"}, /* U+E0041, a tag */
    {"A\xee\x80\x80", "cannot be seen"},     /* U+E000, for private use */
    {"A\xef\xbf\xbf", "cannot be seen"},     /* U+FFFF, no character */
    {"\xcc\x88", "marks"},
    {"A \xcc\x88", "marks"},
    {"A\xcc\x88\xcc\x88\xcc\x88\xcc\x88", "marks"},
    {"back\\slash", "backslash"},
    {"Bob", "take you"},
    {"bob", "take you"},
    {"B o b:", "take you"},
    {"EVE", "take you"},
    {"[Eve]", "take you"},
};

static void each_name(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n = strlen(names[i].name);
        uint8_t *copy = unit_copy(names[i].name, n);
        const char *wrong = name_wrong((const char *)copy, n);
        free(copy);
        if (!names[i].word != !wrong || (wrong && !strstr(wrong, names[i].word)))
            fail_msg("name %zu, %s: %s", i, names[i].name, wrong ? wrong : "taken");
        if (wrong) /* one line */
            assert_ptr_equal(strchr(wrong, '\n'), wrong + strlen(wrong) - 1);
    }
}

static void names_alike(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool alike;
    } pairs[] = {
        {"Ada", "ada", true},
        {"Ada", "ADA.", true},
        {"Ada", "A d a", true},
        {"Ada",
         "\xd0\x90"
         "da",
         true}, /* Cyrillic */
        {"Ada",
         "\xce\x91"
         "d\xce\xb1",
         true}, /* Greek */
        {"Ada",
         "\xc3\x81"
         "da",
         true},
        {"Ada",
         "A\xcc\x81"
         "da",
         true}, /* the same by a mark */
        {"\xc5\x81"
         "ukasz",
         "Lukasz", true},
        {"Nguy\xe1\xbb\x85n", "nguyen", true},
        {"Nguy\xe1\xbb\x85n", "Nguye\xcc\x82\xcc\x83n", true},
        {"\xe1\xb8\x80\xe1\xb9\xaf\xe1\xba\x93\xe1\xba\xbf\xe1\xbb\xbf", "atzey",
         true}, /* ends and middles of the block */
        {"\xd0\x9c\xd0\xb0\xd0\xba\xd1\x81", "\xd0\xbc\xd0\x90\xd0\xba\xd0\xa1", true}, /* Cyrillic alone, other case */
        {"Al 1", "AI I", true},
        {"L0u", "lOU", true},
        {"!!", "!!", true},
        {"Ada", "Adda", false},
        {"Ada", "Ade", false},
        {"Ada 1", "Ada 2", false},
        {"!!", "??", false},
        {"!!", "a", false},
        {"\xe6\x9d\x8e", "\xe6\x9c\xa8", false},
        {"\xd0\x96", "\xd0\xa8", false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const char *a = pairs[i].a, *b = pairs[i].b;
        if (name_alike(a, strlen(a), b, strlen(b)) != pairs[i].alike ||
            name_alike(b, strlen(b), a, strlen(a)) != pairs[i].alike)
            fail_msg("%s and %s", a, b);
    }
}

/* What is taken is shown as it is by who escapes, whatever the bytes. */
static void any_bytes(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "a", "B", " ", "\xcc\x88", "\xe2\x80\xae", "\xc3", "\xa4", "\xf0\x9f\x90\xa6", "\\", "\xef\xb8\x8f", "0"};
    struct prg g;
    unsigned n_taken = 0;
    unit_random(&g, "names");
    for (unsigned i = 0; i < 20000; i++) {
        char name[200] = "", shown[800];
        for (uint64_t left = prg_below(&g, 12); left > 0; left--)
            strcat(name, pieces[prg_below(&g, sizeof pieces / sizeof pieces[0])]);
        size_t n = strlen(name);
        if (name_wrong(name, n))
            continue;
        n_taken++;
        assert_int_equal(text_escape(shown, sizeof shown, (const uint8_t *)name, n), n);
        assert_string_equal(shown, name);
        assert_true(n > 0 && n <= NAME_BYTES && name[0] != ' ' && name[n - 1] != ' ');
    }
    assert_true(n_taken > 100);
}

static void what_is_asked(void **state) {
    (void)state;
    static const struct {
        const char *query, *word;
    } asked[] = {
        {"token=x&set=n64&name=Ada", NULL},  {"set=n64&name=A %26 B 100%25", NULL}, {"set=n64", "missing"},
        {"set=n64&name=", "missing"},        {"set=n65&name=Ada", "no such set"},   {"name=Ada", "no such set"},
        {"set=n8192&name=Ada", "too large"}, {"set=n64&name=A%26", NULL},
    };
    struct join join;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct web_request request = {.query = asked[i].query, .host = "192.0.2.7:8423", .origin = ""};
        const char *wrong = join_read(&join, &request);
        if (!asked[i].word != !wrong || (wrong && !strstr(wrong, asked[i].word)))
            fail_msg("%s: %s", asked[i].query, wrong ? wrong : "taken");
    }
    assert_string_equal(join.name, "A&");
    struct web_request elsewhere = {
        .query = asked[0].query, .host = "192.0.2.7:8423", .origin = "http://elsewhere.example"};
    assert_non_null(strstr(join_read(&join, &elsewhere), "another site"));
}

/* text: an address of either family. */
static struct sockaddr *address_of(struct sockaddr_storage *out, const char *text) {
    struct sockaddr_in *in = (struct sockaddr_in *)out;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof *out);
    out->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    assert_int_equal(out->ss_family == AF_INET ? inet_pton(AF_INET, text, &in->sin_addr)
                                               : inet_pton(AF_INET6, text, &in6->sin6_addr),
                     1);
    return (struct sockaddr *)out;
}

static void which_host(void **state) {
    (void)state;
    static const struct {
        const char *local, *host;
        bool ours;
    } asked[] = {
        {"192.0.2.7", "192.0.2.7:8423", true},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.7:80", true}, /* a port may be passed on */
        {"::ffff:192.0.2.7", "192.0.2.7:8423", true},
        {"2001:db8::7", "[2001:db8::7]:8423", true},
        {"2001:db8::7", "[2001:0DB8:0::7]", true},
        {"127.0.0.1", "localhost:8423", true},
        {"::1", "LocalHost", true},
        {"::1", "[::1]:8423", true},
        {"192.0.2.7", "desk:8423", true},
        {"192.0.2.7", "Desk.local", true},
        {"192.0.2.7", "192.0.2.8:8423", false},
        {"192.0.2.7", "localhost:8423", false},
        {"192.0.2.7", "192.0.2.7.example.org:8423", false},
        {"192.0.2.7", "desk.example.org", false},
        {"192.0.2.7", "desktop", false},
        {"192.0.2.7", "desk.local.example.org", false},
        {"192.0.2.7", "example.org", false},
        {"192.0.2.7", "", false},
        {"192.0.2.7", ":8423", false},
        {"192.0.2.7", "[192.0.2.7", false},
        {"192.0.2.7", "192.0.2.7:x", false},
        {"192.0.2.7", "192.0.2.7 ", false},
        {"0.0.0.0", "0:8423", false},
        {NULL, "192.0.2.7:8423", false},
        {NULL, "localhost", false},
        {NULL, "desk:8423", true},
    };
    const char *const own[] = {"", "desk", NULL};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct sockaddr_storage local;
        struct sockaddr *at = asked[i].local ? address_of(&local, asked[i].local) : NULL;
        if (host_is_ours(asked[i].host, at, own) != asked[i].ours)
            fail_msg("%s at %s", asked[i].host, asked[i].local ? asked[i].local : "an unknown address");
    }
}

static bool same_origin(const char *a, const char *b) {
    struct sockaddr_storage address;
    uint8_t id[2][ORIGIN_ID];
    origin_id(id[0], address_of(&address, a));
    origin_id(id[1], address_of(&address, b));
    return memcmp(id[0], id[1], ORIGIN_ID) == 0;
}

static void which_origin(void **state) {
    (void)state;
    uint8_t id[ORIGIN_ID], none[ORIGIN_ID] = {0};
    assert_true(same_origin("192.0.2.7", "::ffff:192.0.2.7"));
    assert_false(same_origin("192.0.2.7", "192.0.2.8"));
    assert_true(same_origin("2001:db8:1:2::7", "2001:db8:1:2:aaaa::1"));
    assert_false(same_origin("2001:db8:1:2::7", "2001:db8:1:3::7"));
    origin_id(id, NULL);
    assert_memory_equal(id, none, ORIGIN_ID);
}

/* As many phones as are let in, one after the other from these addresses in turn, until nobody is. */
static size_t fill(uint8_t (*in)[ORIGIN_ID], size_t n, const char *const *addresses, size_t n_addresses) {
    size_t refused = 0;
    for (size_t i = 0; refused < n_addresses; i++) {
        struct sockaddr_storage address;
        uint8_t id[ORIGIN_ID];
        origin_id(id, address_of(&address, addresses[i % n_addresses]));
        if (places_refuse((const uint8_t(*)[ORIGIN_ID])in, n, id, PLACES_PER_ADDRESS))
            refused++;
        else {
            refused = 0;
            assert_true(n < PLACES_ALL);
            memcpy(in[n++], id, ORIGIN_ID);
        }
    }
    return n;
}

/* A device with both families, and with more networks than there are places, leaves some for others. */
static void one_device(void **state) {
    (void)state;
    static uint8_t in[PLACES_ALL][ORIGIN_ID];
    static char text[PLACES_ALL + 2][40];
    static const char *own[PLACES_ALL + 2], *const other[] = {"192.0.2.8"}, *const one[] = {"192.0.2.7"};
    for (unsigned i = 0; i < PLACES_ALL; i++) {
        snprintf(text[i], sizeof text[i], "2001:db8:0:%x::1", i);
        own[i] = text[i];
    }
    own[PLACES_ALL] = "192.0.2.7";
    own[PLACES_ALL + 1] = "::ffff:192.0.2.7"; /* the same once more */
    assert_int_equal(fill(in, 0, one, 1), PLACES_PER_ADDRESS);
    size_t n = fill(in, 0, own, PLACES_ALL + 2);
    assert_int_equal(n, PLACES_PER_ADDRESS + PLACES_IPV6);
    assert_int_equal(fill(in, n, other, 1), PLACES_ALL); /* and they are given away, too */
    assert_non_null(
        strstr(places_refuse((const uint8_t(*)[ORIGIN_ID])in, PLACES_ALL, in[0], PLACES_PER_ADDRESS), "full:"));
    /* told so, one network may have more than half */
    memset(in, 1, sizeof in);
    for (n = 0; !places_refuse((const uint8_t(*)[ORIGIN_ID])in, n, in[0], 100); n++)
        ;
    assert_int_equal(n, 100);
}

/* Against sums that forget nobody: what is remembered is right, and who sends most is always remembered. */
static void bytes_of_origins(void **state) {
    (void)state;
    enum { N = 2 * ORIGINS_MAX };
    static struct origins origins;
    static uint64_t sums[N];
    struct prg g;
    unit_random(&g, "origins");
    for (unsigned i = 0; i < 20000; i++) {
        size_t who = prg_below(&g, 4) ? prg_below(&g, 8) : prg_below(&g, N);
        uint8_t id[ORIGIN_ID] = {1, (uint8_t)who, (uint8_t)(who >> 8)};
        uint64_t n = prg_below(&g, 1000);
        sums[who] += n;
        origins_add(&origins, id, n);
        assert_true(origins_bytes(&origins, id) <= sums[who]);
        if (who < 8 && i < ORIGINS_MAX) /* nobody had to be forgotten so far */
            assert_int_equal(origins_bytes(&origins, id), sums[who]);
    }
    for (size_t who = 0; who < 8; who++)
        assert_int_equal(origins_bytes(&origins, (uint8_t[ORIGIN_ID]){1, (uint8_t)who}), sums[who]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_name),  cmocka_unit_test(any_bytes),    cmocka_unit_test(what_is_asked),
        cmocka_unit_test(which_host), cmocka_unit_test(which_origin), cmocka_unit_test(bytes_of_origins),
        cmocka_unit_test(one_device), cmocka_unit_test(names_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
