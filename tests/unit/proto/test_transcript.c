#include "proto/transcript.h"
#include "tests/lib/unit.h"

enum { FRAMES_MAX = 40 };

struct frame {
    enum side from;
    size_t n;
    uint8_t bytes[600];
};

static void hash(uint8_t out[static 32], const uint8_t *p, size_t n) {
    assert_int_equal(crypto_generichash(out, 32, p, n, NULL, 0), 0);
}

/* hA or hB from the list of all frames: the concatenation of section 7, literally. */
static void naive_direction(uint8_t out[static 32], enum side side, const uint8_t first[static 32],
                            const struct frame *frames, size_t n_frames) {
    uint8_t digests[32 * (1 + FRAMES_MAX)];
    size_t n = 1;
    memcpy(digests, first, 32);
    for (size_t i = 0; i < n_frames; i++)
        if (frames[i].from == side)
            hash(digests + 32 * n++, frames[i].bytes, frames[i].n);
    hash(out, digests, 32 * n);
}

static void naive_hash(uint8_t out[static 32], uint8_t first[2][32], const struct frame *frames, size_t n_frames) {
    uint8_t text[19 + 64];
    memcpy(text, "parley/1 transcript", 19);
    naive_direction(text + 19, SIDE_ALICE, first[SIDE_ALICE], frames, n_frames);
    naive_direction(text + 51, SIDE_BOB, first[SIDE_BOB], frames, n_frames);
    hash(out, text, sizeof text);
}

/* After every frame of a random list, all three hashes; asking for them changes nothing. */
static void against_a_list_of_frames(void **state) {
    (void)state;
    static struct frame frames[FRAMES_MAX];
    struct prg g;
    unit_random(&g, __func__);
    for (int run = 0; run < 50; run++) {
        uint8_t first[2][32];
        prg_read(&g, first[0], 64);
        struct transcript t;
        transcript_init(&t, first[SIDE_ALICE], first[SIDE_BOB]);
        for (size_t i = 0; i <= FRAMES_MAX; i++) {
            uint8_t got[32], expected[32];
            for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
                transcript_direction(&t, (enum side)side, got);
                naive_direction(expected, (enum side)side, first[side], frames, i);
                assert_memory_equal(got, expected, 32);
            }
            transcript_hash(&t, got);
            naive_hash(expected, first, frames, i);
            assert_memory_equal(got, expected, 32);
            if (i == FRAMES_MAX)
                break;
            frames[i].from = prg_below(&g, 2) ? SIDE_BOB : SIDE_ALICE;
            frames[i].n = prg_below(&g, sizeof frames[i].bytes + 1);
            prg_read(&g, frames[i].bytes, frames[i].n);
            uint8_t digest[32];
            transcript_digest(digest, frames[i].bytes, frames[i].n);
            transcript_add(&t, frames[i].from, digest);
        }
    }
}

static void any_change_changes_it(void **state) {
    (void)state;
    static const uint8_t first[32] = {1}, a[32] = {2}, b[32] = {3};
    static const struct {
        enum side side_a, side_b;
        const uint8_t *one, *two;
    } cases[] = {
        {SIDE_ALICE, SIDE_ALICE, a, b}, {SIDE_ALICE, SIDE_ALICE, b, a}, {SIDE_ALICE, SIDE_BOB, a, b},
        {SIDE_BOB, SIDE_ALICE, a, b},   {SIDE_BOB, SIDE_BOB, a, b},     {SIDE_ALICE, SIDE_ALICE, a, a},
    };
    enum { N = sizeof cases / sizeof cases[0] };
    uint8_t t3[N][32];
    for (size_t i = 0; i < N; i++) {
        struct transcript t;
        transcript_init(&t, first, first);
        transcript_add(&t, cases[i].side_a, cases[i].one);
        transcript_add(&t, cases[i].side_b, cases[i].two);
        transcript_hash(&t, t3[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(t3[i], t3[j], 32);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_a_list_of_frames),
        cmocka_unit_test(any_change_changes_it),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
