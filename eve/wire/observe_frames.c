#include "eve/wire/observe_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_frame(struct observe *o, enum side side, const uint8_t *frame, size_t n, uint64_t ns) {
    struct message m;
    const char *why = "";
    int r = message_parse(&m, frame + FRAME_HEADER, n - FRAME_HEADER, &why);
    if (r == 0)
        observe_steps_take(o, side, &m, frame, n, ns);
    else
        observe_stop(o, side, "%s", r == -EPROTO ? why : "out of memory");
}

bool observe_frames_pass(struct observe *o, enum side side, uint64_t n, uint64_t ns) {
    struct observe_direction *d = &o->facts.direction[side];
    struct observe_reader *r = &o->reader[side];
    struct frame_reader *frames = &r->frames;
    if (r->skip) { /* of the same frame once more */
        if (n > r->skip)
            return false;
        r->skip -= (size_t)n;
        return true;
    }
    if (d->stuck || !frames->frame || n > frames->length - frames->filled)
        return false;
    size_t length = frames->length, seen = frames->filled;
    if (!d->gap[0])
        snprintf(d->gap, sizeof d->gap, "%" PRIu64 " bytes are missing after byte %" PRIu64 ", in %s", n, d->bytes,
                 d->due == STEP_OPEN ? "the conversation" : step_name(d->due));
    r->skip = length - seen - (size_t)n;
    frame_reader_deinit(frames);
    frame_reader_init(frames);
    observe_give_back(o, &r->reserved);
    observe_steps_lose(o, side, length, seen, ns);
    return true;
}

static size_t body_max(const struct observe *o, enum side side) {
    enum step due = o->facts.direction[side].due;
    if (due != STEP_A1 && due != STEP_B1 && !o->facts.set)
        return 0; /* cannot be: the set is known after A1 or B1 */
    return order_body_max(due, o->facts.set);
}

static void take_frames(struct observe *o, enum side side, const uint8_t *p, size_t n, uint64_t ns) {
    struct observe_reader *r = &o->reader[side];
    while (n && !o->facts.direction[side].stuck) {
        uint8_t *frame = NULL;
        size_t n_frame = 0, skipped = r->skip < n ? r->skip : n;
        r->skip -= skipped;
        p += skipped;
        n -= skipped;
        if (n == 0)
            break;
        if (r->frames.n_header == 0)
            r->frame_ns = ns;
        int e = frame_reader_feed(&r->frames, &p, &n, body_max(o, side), &frame, &n_frame);
        if (e == 1) {
            observe_give_back(o, &r->reserved);
            take_frame(o, side, frame, n_frame, ns);
            free(frame);
        } else if (e < 0) {
            observe_stop(o, side,
                         e == -ENOMEM   ? "out of memory"
                         : e == -EPROTO ? "a frame of length 0"
                                        : "a frame longer than this step allows");
        } else if (r->frames.frame && !r->reserved) {
            if (observe_reserve(o, r->frames.length))
                r->reserved = r->frames.length;
            else
                observe_stop(o, side, "the memory for this capture is used up");
        }
    }
}

void observe_frames_begin(struct observe *o) {
    uint8_t digest[32];
    transcript_digest(digest, preface, PREFACE_BYTES);
    transcript_init(&o->transcript, digest, digest);
}

static void take_preface(struct observe *o, enum side side, const uint8_t *p) {
    unsigned version = (unsigned)p[PREFACE_NAME] << 8 | p[PREFACE_NAME + 1];
    if (memcmp(p, preface, PREFACE_NAME) != 0) {
        observe_stop(o, side, "does not speak Parley");
        return;
    }
    if (!o->facts.version || version != PREFACE_VERSION)
        o->facts.version = version;
    if (version != PREFACE_VERSION)
        observe_stop(o, side, "speaks version %u of the protocol, which is not known here", version);
}

void observe_frames_take(struct observe *o, enum side side, const uint8_t *p, size_t n, uint64_t ns) {
    struct observe_reader *r = &o->reader[side];
    o->facts.direction[side].bytes += n;
    if (!r->has_preface && n >= PREFACE_BYTES && !o->facts.direction[side].stuck) {
        r->has_preface = true;
        take_preface(o, side, p);
        p += PREFACE_BYTES;
        n -= PREFACE_BYTES;
    }
    if (r->has_preface)
        take_frames(o, side, p, n, ns);
}
