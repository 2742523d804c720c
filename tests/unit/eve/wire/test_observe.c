/* The observer on what two machines in one process say to each other. Her facts are theirs: the key that follows from
 * the secret, the transcript, the fingerprint; and she opens what is sealed once she has the key. The secret is not
 * Bob's to tell, so at these sizes she learns it. */
#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/key/derive.h"
#include "eve/key/unseal.h"
#include "eve/learn/learner.h"
#include "eve/learners/learners.h"
#include "eve/wire/observe.h"
#include "tests/lib/pair.h"

#include <math.h>
#include <time.h>

struct watch {
    struct observe *observe;
    struct observe_memory memory;
    struct pair_record sealed; /* Sealed frames, as they were */
    const struct pair_record *record;
};

static void start_watch(struct watch *w, int initiator, bool keep) {
    *w = (struct watch){.memory.left = 64 << 20};
    struct observe_config config = {.keep_samples = keep, .initiator = initiator, .memory = &w->memory};
    assert_int_equal(observe_new(&w->observe, &config), 0);
}

static void stop_watch(struct watch *w) {
    observe_free(w->observe);
    assert_int_equal(w->memory.left, 64 << 20);
}

static struct pair talk(const char *set, uint64_t seed, unsigned fail) {
    struct pair p;
    pair_init(&p, set, seed);
    p.recording = true;
    p.config[SIDE_ALICE].fail_attempts = fail;
    pair_good_session(&p);
    return p;
}

/* All frames in their order; direction 1 - alice is Bob's. */
static void watch_all(struct watch *w, const struct pair_record *r, int alice) {
    for (size_t i = 0; i < r->n; i++)
        observe_bytes(w->observe, r->frames[i].from == SIDE_ALICE ? alice : !alice, r->frames[i].bytes, r->frames[i].n,
                      1000 + i);
    observe_end(w->observe, 0, OBSERVE_CLOSED, 1000 + r->n);
    observe_end(w->observe, 1, OBSERVE_CLOSED, 1000 + r->n);
}

static void check_facts(const struct pair *p, const struct observe_facts *f, unsigned n_attempts) {
    assert_string_equal(f->problem, "");
    assert_true(f->complete);
    assert_int_equal(f->version, 2);
    assert_ptr_equal(&f->params->set, p->set);
    assert_string_equal(f->session, session_id(p->side[SIDE_ALICE].session));
    assert_string_equal(f->fingerprint, p->side[SIDE_ALICE].fingerprint);
    assert_true(f->commitment_holds[SIDE_ALICE] && f->commitment_holds[SIDE_BOB]);
    assert_int_equal(f->n_attempts, n_attempts);
    for (enum step step = STEP_A1; step < STEP_OPEN; step++) {
        const struct observe_step *s = &f->steps[n_attempts - 1][step];
        assert_true(s->done && s->frames > 0 && s->first_ns <= s->last_ns);
        assert_int_equal(s->bytes, p->side[SIDE_ALICE].step_bytes[step]);
    }
    assert_true(f->direction[SIDE_ALICE].sealed_frames > 0 && f->direction[SIDE_BOB].sealed_frames > 0);
}

static void facts_of_every_set(void **state) {
    (void)state;
    static const char *const sets[] = {"n64", "n128", "n256", "n512", "n1024"};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct pair p = talk(sets[i], i, 0);
        for (int initiator = -1; initiator < 2; initiator++) {
            struct watch w;
            start_watch(&w, initiator, true);
            watch_all(&w, &p.record, initiator == 1);
            const struct observe_facts *f = observe_finish(w.observe);
            check_facts(&p, f, 1);
            assert_int_equal(observe_direction_of(w.observe, SIDE_ALICE), initiator == 1);
            assert_true(f->composed && f->labels && f->masked);
            stop_watch(&w);
        }
        pair_deinit(&p);
    }
}

/* Each direction for itself, in any pieces, one wholly after the other: captures are not in order. */
static void directions_out_of_step(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    struct pair p = talk("n64", 3, 1);
    for (int run = 0; run < 20; run++) {
        struct watch w;
        size_t next[2] = {0, 0}, at[2] = {0, 0};
        start_watch(&w, (int)prg_below(&g, 2) - 1, true);
        enum side first = run % 2 ? SIDE_BOB : SIDE_ALICE;
        for (;;) {
            enum side side = run < 4 ? first : (enum side)prg_below(&g, 2);
            while (next[side] < p.record.n && p.record.frames[next[side]].from != side)
                next[side]++;
            if (next[side] == p.record.n) {
                side = pair_other(side);
                while (next[side] < p.record.n && p.record.frames[next[side]].from != side)
                    next[side]++;
                if (next[side] == p.record.n)
                    break;
            }
            const struct pair_record_frame *frame = &p.record.frames[next[side]];
            size_t n = 1 + prg_below(&g, run % 3 ? 700 : 3);
            n = n < frame->n - at[side] ? n : frame->n - at[side];
            observe_bytes(w.observe, side == SIDE_BOB, frame->bytes + at[side], n, 7);
            at[side] += n;
            if (at[side] == frame->n) {
                at[side] = 0;
                next[side]++;
            }
        }
        observe_end(w.observe, 0, OBSERVE_CLOSED, 8);
        observe_end(w.observe, 1, OBSERVE_CLOSED, 8);
        check_facts(&p, observe_finish(w.observe), 2);
        stop_watch(&w);
    }
    pair_deinit(&p);
}

static void attempts_are_one_session(void **state) {
    (void)state;
    struct pair p = talk("n128", 4, 2);
    struct watch w;
    start_watch(&w, 0, true);
    watch_all(&w, &p.record, 0);
    const struct observe_facts *f = observe_finish(w.observe);
    check_facts(&p, f, 3);
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        assert_true(f->steps[attempt][STEP_A3].done);
        assert_int_equal(f->steps[attempt][STEP_B3].frames, 0);
    }
    stop_watch(&w);
    pair_deinit(&p);
}

/* Rows put together from column blocks are what Bob labelled: with the right secret few labels are wrong. */
static double now(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool stop(void *context) {
    return now(NULL) > *(double *)context;
}

struct heard {
    char text[2][256];
    size_t n[2];
    bool ended[2];
};

static void opened(void *user, enum side from, enum sealed_kind kind, const uint8_t *body, size_t n, uint64_t ns) {
    struct heard *h = user;
    (void)ns;
    h->ended[from] |= kind == SEALED_END;
    if (kind == SEALED_DATA && h->n[from] + n < sizeof h->text[from]) {
        memcpy(h->text[from] + h->n[from], body, n);
        h->n[from] += n;
    }
}

static void open_sealed(const struct pair *p, uint8_t key[static 32], struct heard *h, uint64_t *closedp) {
    struct unseal *u;
    bool seen[2] = {false, false};
    *h = (struct heard){.n = {0, 0}};
    assert_int_equal(unseal_new(&u, (const uint8_t(*)[32])(uintptr_t)key, 1, opened, h), 0);
    for (size_t i = 0; i < p->record.n; i++) {
        const struct pair_record_frame *frame = &p->record.frames[i];
        struct message m;
        const char *why;
        if (!seen[frame->from]) { /* the preface */
            seen[frame->from] = true;
            continue;
        }
        assert_int_equal(message_parse(&m, frame->bytes + FRAME_HEADER, frame->n - FRAME_HEADER, &why), 0);
        if (m.kind == MESSAGE_SEALED)
            unseal_message(u, frame->from, &m, 1);
    }
    *closedp = unseal_counts(u, SIDE_ALICE)->closed + unseal_counts(u, SIDE_BOB)->closed;
    unseal_free(u);
}

static void from_the_secret_to_the_chat(void **state) {
    (void)state;
    static const char *const sets[] = {"n64", "n128"};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct pair p = talk(sets[i], 10 + i, i == 0);
        struct watch w;
        start_watch(&w, 0, true);
        watch_all(&w, &p.record, 0);
        const struct observe_facts *f = observe_finish(w.observe);
        uint8_t matrix_key[32], seed[32] = {1};
        double deadline = now(NULL) + 100;
        struct keys keys;
        prg_derive(matrix_key, "parley/1 matrix", f->matrix_seed, 32);
        struct view view = {
            .params = f->params, .matrix_key = matrix_key, .composed = f->composed, .labels = f->labels};
        struct learn_ask ask = {
            .view = &view, .seed = seed, .n_threads = 1, .now = now, .stop = stop, .context = &deadline};
        struct learn_result *result = malloc(sizeof *result);
        assert_int_equal(learn(learners_find("isd"), &ask, result), 0);
        assert_int_equal(result->status, LEARN_SOLVED);
        assert_true(derive_keys(&keys, f, result->hypothesis));
        assert_memory_equal(keys.session, p.side[SIDE_ALICE].keys[0], 32);
        bit_xor(result->hypothesis, 5, 1);
        struct keys others;
        assert_false(derive_keys(&others, f, result->hypothesis));
        free(result);

        struct heard heard;
        uint64_t closed;
        open_sealed(&p, keys.session, &heard, &closed);
        assert_int_equal(closed, 0);
        for (int side = 0; side < 2; side++) {
            assert_true(heard.ended[side] && heard.n[side] > 0);
            assert_int_equal(heard.n[side], p.side[!side].n_data);
            assert_memory_equal(heard.text[side], p.side[!side].data, heard.n[side]);
        }
        keys.session[0] ^= 1;
        open_sealed(&p, keys.session, &heard, &closed);
        assert_true(closed > 0 && heard.n[0] == 0 && heard.n[1] == 0);
        stop_watch(&w);
        pair_deinit(&p);
    }
}

/* Cut off, or with a hole, anywhere: she says so, and what was seen before stays. */
static void incomplete_sessions(void **state) {
    (void)state;
    struct pair p = talk("n64", 5, 0);
    for (size_t cut = 0; cut < p.record.n; cut++) {
        for (int hole = 0; hole < 2; hole++) {
            struct watch w;
            start_watch(&w, 0, true);
            for (size_t i = 0; i < p.record.n; i++) {
                const struct pair_record_frame *frame = &p.record.frames[i];
                if (i < cut || (hole && i > cut))
                    observe_bytes(w.observe, frame->from, frame->bytes, frame->n, 5);
                else if (hole)
                    observe_gap(w.observe, frame->from, frame->n, 5);
            }
            observe_end(w.observe, 0, OBSERVE_CUT, 6);
            observe_end(w.observe, 1, OBSERVE_CUT, 6);
            const struct observe_facts *f = observe_finish(w.observe);
            size_t n_agreement = 0; /* frames up to B4 */
            for (size_t seen = 0; n_agreement < p.record.n && seen < 2 + 8 + 1; n_agreement++)
                seen++;
            if (cut < n_agreement) {
                assert_false(f->complete);
                assert_true(f->problem[0]);
            } else
                assert_true(f->complete);
            if (cut > 4)
                assert_ptr_equal(&f->params->set, p.set);
            if (hole)
                assert_int_equal(f->direction[p.record.frames[cut].from].lost, p.record.frames[cut].n);
            stop_watch(&w);
        }
    }
    pair_deinit(&p);
}

static void same_if_known(bool known, const void *found, const void *expected, size_t n) {
    if (known)
        assert_memory_equal(found, expected, n);
}

/* A hole inside a frame costs that frame: what comes behind it is read, nothing is made up, and the session is complete
 * if the frame belonged to the conversation. */
static void holes_inside_frames(void **state) {
    (void)state;
    for (unsigned fail = 0; fail < 2; fail++) {
        struct pair p = talk(fail ? "n64" : "n256", 8, fail);
        struct watch whole;
        start_watch(&whole, 0, true);
        watch_all(&whole, &p.record, 0);
        const struct observe_facts *all = observe_finish(whole.observe);
        for (size_t cut = 0; cut < p.record.n; cut++) {
            const struct pair_record_frame *lost = &p.record.frames[cut];
            if (lost->offset == 0)
                continue; /* a preface */
            for (int where = 0; where < 4; where++) {
                size_t from = where == 0 ? 4 : where == 1 ? 5 : where == 2 ? 2 + lost->n / 2 : lost->n - 1;
                size_t n = where == 2 ? 1 : where == 3 ? 1 : lost->n - from;
                struct watch w;
                start_watch(&w, 0, true);
                for (size_t i = 0; i < p.record.n; i++) {
                    const struct pair_record_frame *frame = &p.record.frames[i];
                    observe_bytes(w.observe, frame->from, frame->bytes, i == cut ? from : frame->n, 5);
                    if (i != cut)
                        continue;
                    observe_gap(w.observe, frame->from, n, 5);
                    observe_bytes(w.observe, frame->from, frame->bytes + from + n, frame->n - from - n, 5);
                }
                observe_end(w.observe, 0, OBSERVE_CLOSED, 6);
                observe_end(w.observe, 1, OBSERVE_CLOSED, 6);
                const struct observe_facts *f = observe_finish(w.observe);
                const struct observe_direction *d = &f->direction[lost->from];
                bool of_step = lost->bytes[FRAME_HEADER] >> 3 != MESSAGE_SEALED;
                for (int side = 0; side < 2; side++) {
                    assert_string_equal(f->direction[side].problem, "");
                    assert_int_equal(f->direction[side].due, STEP_OPEN);
                    assert_int_equal(f->direction[side].attempt, fail);
                }
                assert_int_equal(d->lost_frames, 1);
                assert_int_equal(d->lost, n);
                assert_int_equal(f->complete, !of_step);
                assert_int_equal(f->problem[0] != 0, of_step);
                unsigned missing = 0;
                for (unsigned attempt = 0; attempt <= fail; attempt++)
                    for (enum step step = STEP_A1; step < STEP_OPEN; step++)
                        if (all->steps[attempt][step].done)
                            missing += !f->steps[attempt][step].done;
                if (lost->bytes[FRAME_HEADER] >> 3 == MESSAGE_SAMPLES && !fail)
                    assert_int_equal(f->has_composed, lost->n < 64); /* it was the seed */
                if (lost->bytes[FRAME_HEADER] >> 3 != MESSAGE_SAMPLES)
                    assert_int_equal(missing, of_step); /* of A2 the last frame tells */
                assert_int_equal(d->sealed_frames, all->direction[lost->from].sealed_frames - !of_step);
                same_if_known(f->has_hello, f->commitment[SIDE_ALICE], all->commitment[SIDE_ALICE], 32);
                same_if_known(f->has_welcome, f->commitment[SIDE_BOB], all->commitment[SIDE_BOB], 32);
                same_if_known(f->has_seed, f->matrix_seed, all->matrix_seed, 32);
                same_if_known(f->has_composed && f->composed, f->composed, all->composed,
                              (size_t)params_of(p.set)->k * (params_of(p.set)->n / 8));
                same_if_known(f->has_labels, f->labels, all->labels, bits_to_bytes(p.set->n_labels));
                same_if_known(f->has_challenge, f->challenge_seed, all->challenge_seed, 32);
                same_if_known(f->has_confirm_alice, f->r[SIDE_ALICE], all->r[SIDE_ALICE], 32);
                same_if_known(f->has_confirm_bob, f->r[SIDE_BOB], all->r[SIDE_BOB], 32);
                same_if_known(f->has_confirm_bob, f->mac[SIDE_BOB], all->mac[SIDE_BOB], 32);
                same_if_known(f->has_transcript, f->t3, all->t3, 32);
                stop_watch(&w);
            }
        }
        stop_watch(&whole);
        pair_deinit(&p);
    }
}

/* Without room for the samples she goes on without them. */
static void little_memory(void **state) {
    (void)state;
    struct pair p = talk("n256", 6, 0);
    struct observe_memory memory = {.left = 50000};
    struct observe_config config = {.keep_samples = true, .initiator = -1, .memory = &memory};
    struct watch w = {0};
    assert_int_equal(observe_new(&w.observe, &config), 0);
    watch_all(&w, &p.record, 0);
    const struct observe_facts *f = observe_finish(w.observe);
    assert_true(memory.exceeded);
    assert_null(f->composed);
    observe_free(w.observe);
    assert_int_equal(memory.left, 50000);
    pair_deinit(&p);
}

static void flips(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, __func__);
    struct pair p = talk("n64", 7, 1);
    for (int run = 0; run < 2000 / PAIR_THIN; run++) {
        struct watch w;
        start_watch(&w, (int)prg_below(&g, 3) - 1, run % 2);
        for (size_t i = 0; i < p.record.n; i++) {
            const struct pair_record_frame *frame = &p.record.frames[i];
            uint8_t *copy = unit_copy(frame->bytes, frame->n);
            if (prg_below(&g, 6) == 0)
                bit_xor(copy, prg_below(&g, frame->n < 40 ? (uint32_t)frame->n * 8 : 320), 1);
            observe_bytes(w.observe, frame->from, copy, frame->n, 5);
            free(copy);
        }
        observe_end(w.observe, 0, OBSERVE_RESET, 6);
        observe_end(w.observe, 1, OBSERVE_RESET, 6);
        observe_finish(w.observe);
        stop_watch(&w);
    }
    pair_deinit(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_every_set),
        cmocka_unit_test(directions_out_of_step),
        cmocka_unit_test(attempts_are_one_session),
        cmocka_unit_test(from_the_secret_to_the_chat),
        cmocka_unit_test(incomplete_sessions),
        cmocka_unit_test(holes_inside_frames),
        cmocka_unit_test(little_memory),
        cmocka_unit_test(flips),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
