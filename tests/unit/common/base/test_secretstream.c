/* Against libsodium's own secretstream: boxes, plaintexts, tags and states, on both sides of the length from which on
 * libcrypto does it, and at every remainder modulo a block. */
#include "common/base/secretstream.h"

#include "tests/lib/unit.h"

typedef crypto_secretstream_xchacha20poly1305_state stream;

enum {
    MESSAGE = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
    REKEY = crypto_secretstream_xchacha20poly1305_TAG_REKEY,
    FINAL = crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    COUNTER = 4, /* first bytes of the nonce */
};

static const size_t lengths[] = {0, 1, 15, 16, 63, 64, 65, 1000, 16383, 16384, 65535, 65536, 100000, (1 << 20) - 82};
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

static void start(struct prg *g, stream *s) {
    uint8_t key[32], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    prg_read(g, key, sizeof key);
    prg_read(g, header, sizeof header);
    assert_int_equal(crypto_secretstream_xchacha20poly1305_init_pull(s, header, key), 0);
}

static void assert_same(const stream *a, const stream *b) {
    assert_memory_equal(a->k, b->k, sizeof a->k);
    assert_memory_equal(a->nonce, b->nonce, sizeof a->nonce);
}

/* One message of 1 + n bytes from both, opened by both and in place. All four states go on alike. */
static void exchange(struct prg *g, stream ours[static 2], stream theirs[static 2], size_t n, uint8_t tag) {
    size_t n_box = 1 + n + SECRETSTREAM_OVERHEAD;
    uint8_t *plain = malloc(1 + n), *box = malloc(n_box), *their_box = malloc(n_box), *opened = malloc(1 + n);
    uint8_t got = 99;
    assert_true(plain && box && their_box && opened);
    prg_read(g, plain, 1 + n);
    uint8_t *rest = unit_copy(plain + 1, n); /* so that a sanitizer sees its end */
    secretstream_push(&ours[0], box, plain[0], rest, n, tag);
    crypto_secretstream_xchacha20poly1305_push(&theirs[0], their_box, NULL, plain, 1 + n, NULL, 0, tag);
    assert_memory_equal(box, their_box, n_box);
    assert_same(&ours[0], &theirs[0]);
    assert_int_equal(crypto_secretstream_xchacha20poly1305_pull(&theirs[1], opened, NULL, &got, box, n_box, NULL, 0),
                     0);
    for (int in_place = 0; in_place < 2; in_place++) {
        stream before = ours[1], after = before;
        uint8_t *to = in_place ? box + 1 : opened;
        memset(opened, 0, 1 + n);
        got = 99;
        assert_int_equal(secretstream_pull(&after, to, &got, box, n_box), 0);
        assert_int_equal(got, tag);
        assert_memory_equal(to, plain, 1 + n);
        assert_same(&after, &theirs[1]);
        if (in_place)
            ours[1] = after;
    }
    free(plain);
    free(box);
    free(their_box);
    free(opened);
    free(rest);
}

static void equals_libsodium(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    static const uint8_t tags[] = {MESSAGE, REKEY, MESSAGE, FINAL, MESSAGE};
    stream ours[2], theirs[2];
    start(&g, &ours[0]);
    ours[1] = theirs[0] = theirs[1] = ours[0];
    for (size_t i = 0; i < N_LENGTHS; i++)
        for (size_t t = 0; t < sizeof tags; t++)
            exchange(&g, ours, theirs, lengths[i], tags[t]);
    for (size_t n = 20000; n < 20000 + 130; n++)
        exchange(&g, ours, theirs, n, MESSAGE);
}

/* The counter is up: the key changes by itself. */
static void counters_end_alike(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    static const size_t both[] = {100, 70000};
    for (size_t i = 0; i < 2; i++) {
        stream ours[2], theirs[2];
        start(&g, &ours[0]);
        memset(ours[0].nonce, 0xff, COUNTER);
        ours[0].nonce[0] = 0xfe;
        ours[1] = theirs[0] = theirs[1] = ours[0];
        for (int message = 0; message < 4; message++)
            exchange(&g, ours, theirs, both[i], MESSAGE);
        assert_int_equal(ours[0].nonce[0], 3); /* a new key sets it to 1 */
    }
}

/* Any bit, at every kind of place: refused, and the next box that is right still opens. */
static void refuses_what_was_changed(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    for (size_t i = 0; i < N_LENGTHS; i++) {
        size_t n_box = 1 + lengths[i] + SECRETSTREAM_OVERHEAD;
        uint8_t *box = malloc(n_box), *plain = malloc(1 + lengths[i]), *rest = calloc(1, lengths[i] + 1), tag;
        stream s, before;
        assert_true(box && plain && rest);
        start(&g, &s);
        before = s;
        secretstream_push(&s, box, 1, rest, lengths[i], MESSAGE);
        s = before;
        const size_t places[] = {0, 1, n_box / 2, n_box - 17, n_box - 16, n_box - 1, prg_below(&g, (uint32_t)n_box)};
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
            box[places[p]] ^= 1 << p;
            assert_int_equal(secretstream_pull(&s, plain, &tag, box, n_box), -1);
            assert_same(&s, &before);
            box[places[p]] ^= 1 << p;
        }
        assert_int_equal(secretstream_pull(&s, plain, &tag, box, n_box - 1), -1);
        assert_int_equal(secretstream_pull(&s, plain, &tag, box, 16), -1);
        assert_int_equal(secretstream_pull(&s, plain, &tag, box, n_box), 0);
        free(box);
        free(plain);
        free(rest);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_libsodium),
        cmocka_unit_test(counters_end_alike),
        cmocka_unit_test(refuses_what_was_changed),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
