/* What the files of the observer know of each other.
 *
 *   observe.c         whose direction is it, and what follows from all of it
 *   observe_frames.c  bytes of a side: the preface, frames, and frames of which a part is missing
 *   observe_steps.c   messages of a side, in their order
 *   observe_parts.c   memory, and what ends a direction
 *
 * Two readers, one for each direction, each with the order of its own side's steps: what the other side says in between
 * is not waited for. Only when both are through is put together what needs both: T3, the fingerprint, completeness. */
#ifndef PARLEY_EVE_OBSERVE_PARTS_H
#define PARLEY_EVE_OBSERVE_PARTS_H

#include "common/task/lpn/chunks.h"
#include "eve/wire/observe.h"
#include "proto/frame.h"
#include "proto/preface.h"
#include "proto/transcript.h"

enum {
    OBSERVE_HEAD = PREFACE_BYTES + FRAME_HEADER + 1, /* up to the tag that tells whose direction this is */
    OBSERVE_NO_SIDE = -1,
};

/* One direction as it stands in the capture. */
struct observe_stream {
    int side; /* OBSERVE_NO_SIDE until known */
    uint8_t head[OBSERVE_HEAD];
    size_t n_head;
    uint64_t head_ns;
    bool ended;
    enum observe_end end;
    uint64_t bytes, lost; /* before its side was known */
};

/* One direction as its sender's steps. */
struct observe_reader {
    struct frame_reader frames;
    size_t reserved; /* for the frame under way */
    bool has_preface;
    uint64_t frame_ns;
    size_t skip; /* bytes still to come of a frame that was lost */
};

struct observe {
    struct observe_config config;
    struct observe_facts facts;
    struct observe_stream stream[2];
    struct observe_reader reader[2]; /* by enum side */
    struct transcript transcript;
    uint32_t chunk;                /* that is due, of this attempt's A2 */
    size_t chunk_at;               /* bytes of those before it */
    struct chunks chunks;          /* the same of LPN */
    bool chunks_begun, chunk_lost; /* in this attempt's A2 */
    size_t reserved;               /* for the samples */
};

/* observe_parts.c */
/* Takes n bytes of the shared memory; false: there are no more. *reserved gives them back. */
bool observe_reserve(struct observe *o, size_t n);
void observe_give_back(struct observe *o, size_t *reserved);
/* This side can be followed no further; the first problem stays. */
__attribute__((format(printf, 3, 4))) void observe_stop(struct observe *o, enum side side, const char *format, ...);

/* observe_steps.c */
/* A message of this side, in this frame of n bytes, whose last one came at ns. */
void observe_steps_take(struct observe *o, enum side side, const struct message *m, const uint8_t *frame, size_t n,
                        uint64_t ns);
/* A frame of this length, of which these bytes were seen. It is the one that was due; if it was another, what follows
 * will not be in order. */
void observe_steps_lose(struct observe *o, enum side side, size_t length, size_t seen, uint64_t ns);
/* What needs both sides, as far as they have come. */
void observe_steps_conclude(struct observe_facts *f, const struct transcript *transcript);

/* observe_frames.c */
/* Before the first byte. */
void observe_frames_begin(struct observe *o);
/* The preface, in one piece, or what follows it. */
void observe_frames_take(struct observe *o, enum side side, const uint8_t *p, size_t n, uint64_t ns);
/* n bytes are missing. True if they belong to one frame whose end is known. */
bool observe_frames_pass(struct observe *o, enum side side, uint64_t n, uint64_t ns);

#endif
