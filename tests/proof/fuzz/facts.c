#include "common/base/bytes.h"
#include "common/task/table/table.h"
#include "tests/proof/fuzz/fuzz.h"

static void check_text(const char *text, size_t size) {
    REQUIRE(memchr(text, 0, size));
}

static void check_direction(const struct observe_direction *d) {
    REQUIRE(d->due <= STEP_OPEN);
    REQUIRE(d->attempt < OBSERVE_ATTEMPTS);
    REQUIRE(d->end == OBSERVE_CUT || d->end == OBSERVE_CLOSED || d->end == OBSERVE_RESET);
    check_text(d->problem, sizeof d->problem);
    REQUIRE(d->stuck == (d->problem[0] != 0));
    check_text(d->gap, sizeof d->gap);
    REQUIRE((d->lost_frames > 0) == (d->gap[0] != 0) && (d->lost_frames || !d->lost_step));
    REQUIRE(!d->sealed_frames || d->due == STEP_OPEN);
    REQUIRE(d->sealed_bytes <= d->bytes);
}

static void check_samples(const struct observe_facts *f) {
    REQUIRE(f->set || (!f->composed && !f->labels && !f->masked));
    if (f->composed && f->has_composed)
        fuzz_touch(f->composed, f->n_composed);
    if (f->labels)
        fuzz_touch(f->labels, set_label_bytes(f->set, f->set->n_labels));
    if (f->masked)
        fuzz_touch(f->masked, set_label_bytes(f->set, set_challenges(f->set)));
}

void fuzz_check_facts(const struct observe_facts *f) {
    uint64_t bytes[2] = {0, 0};
    check_text(f->problem, sizeof f->problem);
    check_text(f->fingerprint, sizeof f->fingerprint);
    check_text(f->session, sizeof f->session);
    REQUIRE(f->session[0] == 0 || strlen(f->session) == OBSERVE_ID - 1);
    REQUIRE(f->n_attempts <= OBSERVE_ATTEMPTS);
    REQUIRE(!f->set || table_set(f->set->name) == f->set);
    REQUIRE(!f->params || &f->params->set == f->set);
    for (int side = 0; side < 2; side++) {
        check_direction(&f->direction[side]);
        REQUIRE(f->n_signature[side] <= SIGNATURE_BYTES);
        REQUIRE(f->n_attempts > f->direction[side].attempt || f->n_attempts == 0);
        bytes[side] = f->direction[side].sealed_bytes;
    }
    for (unsigned attempt = 0; attempt < OBSERVE_ATTEMPTS; attempt++) {
        for (enum step step = STEP_A1; step < STEP_OPEN; step++) {
            const struct observe_step *s = &f->steps[attempt][step];
            REQUIRE(s->frames || (!s->bytes && !s->done));
            REQUIRE(attempt < f->n_attempts || !s->frames);
            bytes[step_speaker(step)] += s->bytes;
        }
    }
    REQUIRE(bytes[SIDE_ALICE] <= f->direction[SIDE_ALICE].bytes && bytes[SIDE_BOB] <= f->direction[SIDE_BOB].bytes);
    check_samples(f);
    REQUIRE(f->complete != (f->problem[0] != 0));
    REQUIRE(!f->complete || (f->set && f->version && f->session[0] && f->fingerprint[0] && f->has_hello &&
                             f->has_welcome && f->has_seed && f->has_composed && f->has_labels && f->learned &&
                             f->has_challenge && f->has_confirm_alice && f->has_confirm_bob && f->has_transcript &&
                             !f->direction[0].lost_step && !f->direction[1].lost_step));
}
