#include "eve/wire/observe_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void observe_drop_samples(struct observe *o) {
    struct observe_facts *f = &o->facts;
    free(f->composed);
    free(f->labels);
    free(f->masked);
    f->composed = f->labels = f->masked = NULL;
    observe_give_back(o, &o->reserved);
}

int observe_new(struct observe **op, const struct observe_config *config) {
    if (config->memory->left < sizeof(struct observe)) {
        config->memory->exceeded = true;
        return -ENOMEM;
    }
    struct observe *o = calloc(1, sizeof *o);
    if (!o)
        return -ENOMEM;
    o->config = *config;
    config->memory->left -= sizeof *o;
    for (int d = 0; d < 2; d++)
        o->stream[d].side = config->initiator < 0 ? OBSERVE_NO_SIDE : d == config->initiator ? SIDE_ALICE : SIDE_BOB;
    o->facts.direction[SIDE_BOB].due = STEP_B1;
    *op = o;
    return 0;
}

void observe_free(struct observe *o) {
    if (!o)
        return;
    observe_drop_samples(o);
    for (int side = 0; side < 2; side++) {
        frame_reader_deinit(&o->reader[side].frames);
        observe_give_back(o, &o->reader[side].reserved);
    }
    o->config.memory->left += sizeof *o;
    free(o);
}

/* ---- whose direction is it? */

/* What has been put aside until the side was known. */
static void release_head(struct observe *o, int direction) {
    struct observe_stream *s = &o->stream[direction];
    struct observe_direction *d = &o->facts.direction[s->side];
    if (s->n_head >= PREFACE_BYTES) {
        size_t n = s->n_head;
        s->n_head = 0;
        observe_frames_take(o, (enum side)s->side, s->head, n, s->head_ns);
    }
    d->bytes += s->bytes;
    if (s->lost) {
        d->lost += s->lost;
        observe_stop(o, (enum side)s->side, "%" PRIu64 " bytes are missing at its beginning", s->lost);
    }
    s->bytes = s->lost = 0;
    if (s->ended) {
        d->ended = true;
        d->end = s->end;
    }
}

static void set_side(struct observe *o, int direction, enum side side) {
    o->stream[direction].side = side;
    o->stream[!direction].side = side == SIDE_ALICE ? SIDE_BOB : SIDE_ALICE;
    release_head(o, direction);
    release_head(o, !direction);
}

/* Returns how many of the bytes were put aside. */
static size_t collect_head(struct observe *o, int direction, const uint8_t *p, size_t n, uint64_t ns) {
    struct observe_stream *s = &o->stream[direction];
    size_t more = OBSERVE_HEAD - s->n_head < n ? OBSERVE_HEAD - s->n_head : n;
    if (s->n_head == 0)
        s->head_ns = ns;
    memcpy(s->head + s->n_head, p, more);
    s->n_head += more;
    return more;
}

void observe_bytes(struct observe *o, int direction, const uint8_t *p, size_t n, uint64_t ns) {
    struct observe_stream *s = &o->stream[direction];
    if (!o->facts.first_ns) {
        o->facts.first_ns = ns;
        observe_frames_begin(o);
    }
    o->facts.last_ns = ns;
    /* The preface is taken whole in any case, and without a known side so is the first tag. */
    bool known = s->side != OBSERVE_NO_SIDE;
    if (!known && s->lost) {
        s->bytes += n;
        return;
    }
    if (!known || (!o->reader[s->side].has_preface && !o->facts.direction[s->side].stuck)) {
        size_t taken = collect_head(o, direction, p, n, ns);
        p += taken;
        n -= taken;
        if (known && s->n_head >= PREFACE_BYTES)
            release_head(o, direction);
        else if (!known && s->n_head == OBSERVE_HEAD) {
            bool welcome = s->head[OBSERVE_HEAD - 1] == (MESSAGE_WELCOME << 3 | 2) ||
                           s->head[OBSERVE_HEAD - 1] == (MESSAGE_ABORT << 3 | 2);
            set_side(o, direction, welcome ? SIDE_BOB : SIDE_ALICE);
        } else
            return;
    }
    if (n)
        observe_frames_take(o, (enum side)s->side, p, n, ns);
}

void observe_gap(struct observe *o, int direction, uint64_t n, uint64_t ns) {
    struct observe_stream *s = &o->stream[direction];
    if (o->facts.first_ns)
        o->facts.last_ns = ns;
    if (s->side == OBSERVE_NO_SIDE) {
        s->lost += n;
        return;
    }
    struct observe_direction *d = &o->facts.direction[s->side];
    d->lost += n;
    if (!observe_frames_pass(o, (enum side)s->side, n, ns))
        observe_stop(o, (enum side)s->side, "%" PRIu64 " bytes are missing after byte %" PRIu64, n,
                     d->bytes + s->n_head);
}

void observe_end(struct observe *o, int direction, enum observe_end how, uint64_t ns) {
    struct observe_stream *s = &o->stream[direction];
    if (o->facts.first_ns && how != OBSERVE_CUT)
        o->facts.last_ns = ns;
    s->ended = true;
    s->end = how;
    if (s->side == OBSERVE_NO_SIDE)
        return;
    o->facts.direction[s->side].ended = true;
    o->facts.direction[s->side].end = how;
}

const struct observe_facts *observe_facts(const struct observe *o) {
    return &o->facts;
}

int observe_direction_of(const struct observe *o, enum side side) {
    return o->stream[0].side == (int)side ? 0 : o->stream[1].side == (int)side ? 1 : -1;
}

/* ---- what follows from all of it */

static void explain(struct observe_facts *f) {
    static const char *const who[] = {"Alice", "Bob"};
    static const char *const ends[] = {"the capture ends", "the connection was closed", "the connection was reset"};
    for (int side = 0; side < 2; side++) {
        struct observe_direction *d = &f->direction[side];
        if (d->lost_step) {
            snprintf(f->problem, sizeof f->problem, "%s: %.120s", who[side], d->gap);
            return;
        }
        if (d->stuck && d->due != STEP_OPEN) {
            snprintf(f->problem, sizeof f->problem, "%s: %.120s", who[side], d->problem);
            return;
        }
    }
    enum step due = f->direction[SIDE_ALICE].due < f->direction[SIDE_BOB].due ? f->direction[SIDE_ALICE].due
                                                                              : f->direction[SIDE_BOB].due;
    enum side late = due == STEP_OPEN ? SIDE_ALICE : step_speaker(due);
    if (f->direction[SIDE_ALICE].attempt != f->direction[SIDE_BOB].attempt)
        snprintf(f->problem, sizeof f->problem, "%s between two attempts", ends[f->direction[late].end]);
    else
        snprintf(f->problem, sizeof f->problem, "%s before %s was complete", ends[f->direction[late].end],
                 step_name(due));
}

const struct observe_facts *observe_finish(struct observe *o) {
    struct observe_facts *f = &o->facts;
    if (o->stream[0].side == OBSERVE_NO_SIDE) { /* too little was seen; it is shown as if the first were Alice */
        set_side(o, 0, SIDE_ALICE);
        o->stream[0].side = o->stream[1].side = OBSERVE_NO_SIDE;
    }
    for (int d = 0; d < 2; d++)
        if (o->stream[d].side != OBSERVE_NO_SIDE && o->stream[d].n_head)
            release_head(o, d);
    observe_steps_conclude(f, &o->transcript);
    f->complete = f->has_transcript && f->has_hello && f->has_welcome && f->has_seed && f->has_composed &&
                  f->has_labels && f->has_confirm_alice && f->has_confirm_bob;
    f->problem[0] = 0;
    if (!f->complete)
        explain(f);
    return f;
}
