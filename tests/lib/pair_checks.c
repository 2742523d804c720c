#include "tests/lib/pair_checks.h"

static void check_same(const struct pair_record *a, const struct pair_record *b, enum side from) {
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        while (i < a->n && a->frames[i].from != from)
            i++;
        while (j < b->n && b->frames[j].from != from)
            j++;
        if (i == a->n || j == b->n)
            break;
        assert_int_equal(a->frames[i].n, b->frames[j].n);
        assert_memory_equal(a->frames[i].bytes, b->frames[j].bytes, a->frames[i].n);
    }
    assert_true(i == a->n && j == b->n);
}

void pair_check_against_plain(struct pair *p, uint64_t seed) {
    struct pair plain;
    pair_init(&plain, p->set->name, seed);
    p->recording = plain.recording = true;
    pair_good_session(&plain);
    pair_good_session(p);
    check_same(&p->record, &plain.record, SIDE_ALICE);
    check_same(&p->record, &plain.record, SIDE_BOB);
    assert_memory_equal(p->side[SIDE_ALICE].keys[0], plain.side[SIDE_ALICE].keys[0], 32);
    pair_deinit(&plain);
}

static const struct session_end *check_refused(const struct pair *p, enum side by, enum step step) {
    const struct session_end *end = session_end(p->side[by].session);
    assert_int_equal(end->outcome, SESSION_PROTOCOL);
    assert_int_equal(end->reason, ABORT_PROTOCOL);
    assert_int_equal(end->step, step);
    assert_false(end->by_peer);
    return end;
}

void pair_check_broken_bob(const char *set, uint64_t seed, enum step step, const char *what, const char *words) {
    struct pair p;
    pair_init(&p, set, seed);
    pair_script(&p);
    const struct session_end *end = check_refused(&p, SIDE_ALICE, step);
    assert_non_null(strstr(end->text, what));
    assert_non_null(strstr(end->text, words));
    assert_int_equal(p.side[SIDE_ALICE].seen[SESSION_ATTEMPT_FAILED], 0);
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
        assert_int_equal(p.side[side].n_keys, 0);
    end = session_end(p.side[SIDE_BOB].session);
    assert_int_equal(end->outcome, SESSION_PROTOCOL);
    assert_true(end->by_peer);
    pair_check_end(&p);
    pair_deinit(&p);
}

void pair_say_instead(struct pair *p, struct pair_frame *f, void *context) {
    static uint8_t bytes[1 << 15];
    struct pair_instead *i = context;
    if (f->offset == 0 || f->bytes[FRAME_HEADER] >> 3 != i->kind || i->seen++ != i->index)
        return;
    assert_true(i->n <= sizeof bytes);
    struct message m = {.kind = i->kind};
    memset(bytes, i->byte, i->n);
    struct span said = {bytes, i->n};
    if (i->kind == MESSAGE_LABELS)
        m.labels.labels = said;
    else if (i->kind == MESSAGE_CHALLENGE)
        m.challenge.masked = said;
    else
        m.samples.vectors = said;
    f->n = 0;
    pair_put_message(p, f->from, &m);
}

void pair_check_bytes_refused(const char *set, uint64_t seed, struct pair_instead instead, enum step step) {
    struct pair p;
    pair_init(&p, set, seed);
    p.hook = pair_say_instead;
    p.context = &instead;
    pair_script(&p);
    assert_true(instead.seen > instead.index);
    check_refused(&p, instead.kind == MESSAGE_SAMPLES ? SIDE_BOB : SIDE_ALICE, step);
    pair_check_end(&p);
    pair_deinit(&p);
}
