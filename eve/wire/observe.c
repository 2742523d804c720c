/* Two readers, one for each direction, each with the order of its own side's steps: what the other side says in between
 * is not waited for. Only when both are through is put together what needs both: T3, the fingerprint, completeness. */
#include "eve/wire/observe.h"

#include "common/agree/keys.h"
#include "common/base/bytes.h"
#include "common/task/lpn/chunks.h"
#include "common/task/lpn/lpn.h"
#include "common/task/lpn/matrix.h"
#include "common/task/table/table.h"
#include "proto/frame.h"
#include "proto/transcript.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PREFACE = 8,
    HEAD = PREFACE + FRAME_HEADER + 1, /* up to the tag that tells whose direction this is */
    VERSION = 2,
    NO_SIDE = -1,
};

static const char magic[] = "PARLEY";

/* One direction as it stands in the capture. */
struct stream {
    int side; /* NO_SIDE until known */
    uint8_t head[HEAD];
    size_t n_head;
    uint64_t head_ns;
    bool ended;
    enum observe_end end;
    uint64_t bytes, lost; /* before its side was known */
};

/* One direction as its sender's steps. */
struct reader {
    struct frame_reader frames;
    size_t reserved; /* for the frame under way */
    bool has_preface;
    uint64_t frame_ns;
    size_t skip; /* bytes still to come of a frame that was lost */
};

struct observe {
    struct observe_config config;
    struct observe_facts facts;
    struct stream stream[2];
    struct reader reader[2]; /* by enum side */
    struct transcript transcript;
    uint32_t chunk;                /* that is due, of this attempt's A2 */
    size_t chunk_at;               /* bytes of those before it */
    struct chunks chunks;          /* the same of LPN */
    bool chunks_begun, chunk_lost; /* in this attempt's A2 */
    size_t reserved;               /* for the samples */
};

/* ---- memory */

static bool reserve(struct observe *o, size_t n) {
    struct observe_memory *memory = o->config.memory;
    if (n > memory->left) {
        memory->exceeded = true;
        return false;
    }
    memory->left -= n;
    return true;
}

static void give_back(struct observe *o, size_t *reserved) {
    o->config.memory->left += *reserved;
    *reserved = 0;
}

void observe_drop_samples(struct observe *o) {
    struct observe_facts *f = &o->facts;
    free(f->composed);
    free(f->labels);
    free(f->masked);
    f->composed = f->labels = f->masked = NULL;
    give_back(o, &o->reserved);
}

/* n zeroed bytes for the samples, NULL if they are not to be kept. */
static uint8_t *keep(struct observe *o, size_t n) {
    if (!o->config.keep_samples || !reserve(o, n))
        return NULL;
    uint8_t *p = calloc(1, n);
    if (p)
        o->reserved += n;
    else
        o->config.memory->left += n;
    return p;
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
        o->stream[d].side = config->initiator < 0 ? NO_SIDE : d == config->initiator ? SIDE_ALICE : SIDE_BOB;
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
        give_back(o, &o->reader[side].reserved);
    }
    o->config.memory->left += sizeof *o;
    free(o);
}

/* ---- what ends a direction */

__attribute__((format(printf, 3, 4))) static void stop(struct observe *o, enum side side, const char *format, ...) {
    struct observe_direction *d = &o->facts.direction[side];
    if (d->stuck)
        return;
    d->stuck = true;
    va_list args;
    va_start(args, format);
    vsnprintf(d->problem, sizeof d->problem, format, args);
    va_end(args);
    frame_reader_deinit(&o->reader[side].frames);
    frame_reader_init(&o->reader[side].frames);
    give_back(o, &o->reader[side].reserved);
}

/* ---- messages */

/* A side's first step, perhaps again: what it said in the attempt before counts no more. */
static bool begin_attempt(struct observe *o, enum side side, bool first) {
    struct observe_facts *f = &o->facts;
    struct observe_direction *d = &f->direction[side];
    if (!first && ++d->attempt == OBSERVE_ATTEMPTS) {
        d->attempt--;
        stop(o, side, "a fourth attempt");
        return false;
    }
    if (d->attempt >= f->n_attempts)
        f->n_attempts = d->attempt + 1;
    if (side == SIDE_ALICE)
        o->chunks_begun = o->chunk_lost = f->has_hello = f->has_seed = f->has_composed = f->has_learned = f->learned =
            f->has_confirm_alice = false;
    else
        f->has_welcome = f->has_labels = f->has_challenge = f->has_confirm_bob = false;
    f->commitment_holds[side] = false;
    return true;
}

static bool set_params(struct observe *o, enum side side, const char *name) {
    struct observe_facts *f = &o->facts;
    const struct set *set = table_set(name);
    if (!set)
        stop(o, side, "an unknown parameter set '%s'", name);
    else if (f->set && f->set != set)
        stop(o, side, "set %s where the session has %s", set->name, f->set->name);
    else
        f->set = set;
    if (!set || f->set != set)
        return false;
    f->params = set->task == &lpn_task ? params_of(set) : NULL;
    return true;
}

static void take_hello(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    if (!set_params(o, SIDE_ALICE, m->hello.params))
        return;
    f->has_hello = true;
    memcpy(f->nonce[SIDE_ALICE], m->hello.nonce, 32);
    memcpy(f->commitment[SIDE_ALICE], m->hello.commitment, 32);
    f->has_identity[SIDE_ALICE] = m->hello.has_identity;
    memcpy(f->identity[SIDE_ALICE], m->hello.identity, 32);
}

static void take_welcome(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    char id[OBSERVE_ID];
    if (!set_params(o, SIDE_BOB, m->welcome.params))
        return;
    bytes_to_hex(id, m->welcome.session, SESSION_ID);
    if (f->session[0] && strcmp(f->session, id) != 0) {
        stop(o, SIDE_BOB, "another session id in a new attempt");
        return;
    }
    f->has_welcome = true;
    memcpy(f->session, id, sizeof id);
    memcpy(f->nonce[SIDE_BOB], m->welcome.nonce, 32);
    f->has_identity[SIDE_BOB] = m->welcome.has_identity;
    memcpy(f->identity[SIDE_BOB], m->welcome.identity, 32);
    memcpy(f->commitment[SIDE_BOB], m->welcome.commitment, 32);
}

static void begin_chunks(struct observe *o) {
    o->chunks_begun = true;
    o->chunk = 0;
    o->chunk_at = 0;
    if (o->facts.params)
        chunks_init(&o->chunks, o->facts.params);
}

static size_t chunk_bytes(const struct observe *o) {
    return o->facts.set->task->chunk_bytes(o->facts.set, o->chunk);
}

/* True if the one that was due was the last. */
static bool next_chunk(struct observe *o) {
    o->chunk_at += chunk_bytes(o);
    o->chunk++;
    if (o->facts.params)
        chunks_next(&o->chunks);
    return o->chunk == o->facts.set->n_chunks;
}

static size_t all_chunks_bytes(const struct set *set) {
    size_t sum = 0;
    for (uint32_t i = 0; i < set->n_chunks; i++)
        sum += set->task->chunk_bytes(set, i);
    return sum;
}

static void take_seed(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    if (!m->samples.has_seed) {
        stop(o, SIDE_ALICE, "A2 without its seed");
        return;
    }
    f->has_seed = true;
    begin_chunks(o);
    memcpy(f->matrix_seed, m->samples.seed, 32);
    f->n_composed = all_chunks_bytes(f->set);
    if (!f->composed)
        f->composed = keep(o, f->n_composed);
}

/* From the order of the wire, column block by column block, to whole rows. */
static void place_chunk(struct observe_facts *f, const struct chunks *c, const uint8_t *vectors) {
    size_t row_bytes = f->params->n / 8, width = matrix_width(f->params->n, c->block), rows = chunks_rows(c);
    uint8_t *out = f->composed + c->row * row_bytes + c->block * (MATRIX_BLOCK / 8);
    for (size_t i = 0; i < rows; i++)
        memcpy(out + i * row_bytes, vectors + i * width, width);
}

/* Returns true when A2 is complete. */
static bool take_chunk(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    struct span vectors = m->samples.vectors;
    if (m->samples.has_seed || m->samples.index != o->chunk || vectors.n != chunk_bytes(o)) {
        stop(o, SIDE_ALICE, "chunk %" PRIu32 " of A2 is not as it should be", o->chunk);
        return false;
    }
    if (f->composed && f->params)
        place_chunk(f, &o->chunks, vectors.p);
    else if (f->composed)
        memcpy(f->composed + o->chunk_at, vectors.p, vectors.n);
    bool last = next_chunk(o);
    f->has_composed = last && !o->chunk_lost;
    return last;
}

static void take_labels(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    size_t n = m->labels.labels.n;
    if (!set_labels_fit(f->set, f->set->n_labels, m->labels.labels.p, n)) {
        stop(o, SIDE_BOB, "labels of a wrong length");
        return;
    }
    f->has_labels = true;
    if (!f->labels)
        f->labels = keep(o, n);
    if (f->labels)
        memcpy(f->labels, m->labels.labels.p, n);
}

static void take_challenge(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    size_t n = m->challenge.masked.n;
    if (!set_labels_fit(f->set, set_challenges(f->set), m->challenge.masked.p, n)) {
        stop(o, SIDE_BOB, "a challenge of a wrong length");
        return;
    }
    f->has_challenge = true;
    memcpy(f->challenge_seed, m->challenge.seed, 32);
    memcpy(f->hash, m->challenge.hash, HASH_BYTES);
    if (!f->masked)
        f->masked = keep(o, n);
    if (f->masked)
        memcpy(f->masked, m->challenge.masked.p, n);
}

static void take_confirm(struct observe *o, enum side side, const uint8_t *r, struct span signature,
                         const uint8_t *mac) {
    struct observe_facts *f = &o->facts;
    uint8_t commitment[32];
    memcpy(f->r[side], r, 32);
    if (side == SIDE_ALICE)
        keys_commit_alice(commitment, r);
    else
        keys_commit_bob(commitment, r);
    f->commitment_holds[side] = keys_equal(commitment, f->commitment[side]);
    f->n_signature[side] = signature.n;
    if (signature.n)
        memcpy(f->signature[side], signature.p, signature.n);
    memcpy(f->mac[side], mac, 32);
}

static void take_sealed(struct observe *o, enum side side, const struct message *m, size_t n, uint64_t ns) {
    struct observe_direction *d = &o->facts.direction[side];
    if (d->sealed_frames++ == 0)
        d->sealed_first_ns = o->reader[side].frame_ns;
    d->sealed_last_ns = ns;
    d->sealed_bytes += n;
    if (o->config.sealed)
        o->config.sealed(o->config.user, side, m, ns);
}

/* A message that its side may send now. True when the step is complete with it. */
static bool take_step(struct observe *o, const struct message *m) {
    struct observe_facts *f = &o->facts;
    switch (m->kind) {
    case MESSAGE_HELLO:
        take_hello(o, m);
        return true;
    case MESSAGE_WELCOME:
        take_welcome(o, m);
        return true;
    case MESSAGE_SAMPLES:
        if (o->chunks_begun)
            return take_chunk(o, m);
        take_seed(o, m);
        return false;
    case MESSAGE_LABELS:
        take_labels(o, m);
        return true;
    case MESSAGE_LEARNED:
        f->has_learned = true;
        f->learned = m->learned.learned;
        return true;
    case MESSAGE_CHALLENGE:
        take_challenge(o, m);
        return true;
    case MESSAGE_CONFIRM_ALICE:
        f->has_confirm_alice = true;
        take_confirm(o, SIDE_ALICE, m->confirm_alice.r, m->confirm_alice.signature, m->confirm_alice.mac);
        return true;
    case MESSAGE_CONFIRM_BOB:
        f->has_confirm_bob = true;
        take_confirm(o, SIDE_BOB, m->confirm_bob.r, m->confirm_bob.signature, m->confirm_bob.mac);
        return true;
    default:
        return true;
    }
}

static void conclude(struct observe_facts *f, const struct transcript *transcript) {
    f->has_transcript = f->direction[SIDE_ALICE].attempt == f->direction[SIDE_BOB].attempt && f->learned &&
                        f->has_challenge && !f->direction[SIDE_ALICE].lost_step && !f->direction[SIDE_BOB].lost_step;
    if (f->has_transcript) {
        transcript_direction(transcript, SIDE_ALICE, f->h[SIDE_ALICE]);
        transcript_direction(transcript, SIDE_BOB, f->h[SIDE_BOB]);
        transcript_hash(transcript, f->t3);
    }
    if (f->has_transcript && f->has_confirm_alice && f->has_confirm_bob) {
        uint8_t bits[FINGERPRINT_BYTES];
        keys_fingerprint(bits, f->t3, f->r[SIDE_ALICE], f->r[SIDE_BOB]);
        fingerprint_text(f->fingerprint, bits);
    }
}

static void take_message(struct observe *o, enum side side, const struct message *m, const uint8_t *frame, size_t n,
                         uint64_t ns) {
    struct observe_facts *f = &o->facts;
    struct observe_direction *d = &f->direction[side];
    if (m->kind == MESSAGE_ABORT && d->due != STEP_OPEN) {
        const char *text = abort_text(m->abort.reason);
        d->abort_reason = m->abort.reason;
        stop(o, side, "gave up: %s", text ? text : "an unknown reason");
        return;
    }
    if (d->due == STEP_B3 && m->kind == MESSAGE_WELCOME) /* Alice could not learn: again from A1 */
        d->due = STEP_B1;
    if (d->due == STEP_A4 && !f->has_learned && m->kind == MESSAGE_HELLO) /* so said the A3 that was lost */
        d->due = STEP_A1;
    if (!order_allows(d->due, side, m->kind)) {
        stop(o, side, "%s where %s was due", message_name(m->kind), step_name(d->due));
        return;
    }
    if (d->due == STEP_OPEN) {
        take_sealed(o, side, m, n, ns);
        return;
    }
    enum step step = d->due;
    if ((step == STEP_A1 || step == STEP_B1) && !begin_attempt(o, side, f->steps[0][step].frames == 0))
        return;
    if (step <= STEP_B3) {
        uint8_t digest[32];
        transcript_digest(digest, frame, n);
        transcript_add(&o->transcript, side, digest);
    }
    struct observe_step *record = &f->steps[d->attempt][step];
    if (record->frames++ == 0)
        record->first_ns = o->reader[side].frame_ns;
    record->last_ns = ns;
    record->bytes += n;
    bool complete = take_step(o, m);
    if (complete)
        d->due = order_next_of(side, step, m->kind != MESSAGE_LEARNED || f->learned);
    record->done = complete && !d->stuck;
    if (f->direction[SIDE_ALICE].due == STEP_OPEN && f->direction[SIDE_BOB].due == STEP_OPEN)
        conclude(f, &o->transcript); /* so the words are known as soon as they are to those who talk */
}

static void take_frame(struct observe *o, enum side side, const uint8_t *frame, size_t n, uint64_t ns) {
    struct message m;
    const char *why = "";
    int r = message_parse(&m, frame + FRAME_HEADER, n - FRAME_HEADER, &why);
    if (r == 0)
        take_message(o, side, &m, frame, n, ns);
    else
        stop(o, side, "%s", r == -EPROTO ? why : "out of memory");
}

/* ---- a frame of which a part is missing */

/* Whether the step whose frame was lost is complete with it. */
static bool lose_step(struct observe *o, enum step step) {
    if (step != STEP_A2)
        return true;
    if (!o->chunks_begun) {
        begin_chunks(o);
        return false;
    }
    o->chunk_lost = true;
    return next_chunk(o);
}

/* A frame of this length, of which these bytes were seen. It is the one that was due; if it was another, what follows
 * will not be in order. */
static void lose_frame(struct observe *o, enum side side, size_t length, size_t seen, uint64_t ns) {
    struct observe_facts *f = &o->facts;
    struct observe_direction *d = &f->direction[side];
    d->lost_frames++;
    if (d->due == STEP_OPEN)
        return;
    if (d->due == STEP_B3 && length <= FRAME_HEADER + order_body_max(STEP_B1, NULL)) /* too short: B1 again */
        d->due = STEP_B1;
    enum step step = d->due;
    d->lost_step = true;
    if ((step == STEP_A1 || step == STEP_B1) && !begin_attempt(o, side, f->steps[0][step].frames == 0))
        return;
    struct observe_step *record = &f->steps[d->attempt][step];
    if (record->frames++ == 0)
        record->first_ns = o->reader[side].frame_ns;
    record->last_ns = ns;
    record->bytes += seen;
    if (lose_step(o, step)) /* an A3 said yes, unless a Hello follows */
        d->due = order_next_of(side, step, true);
}

/* n bytes are missing. True if they belong to one frame whose end is known. */
static bool pass_over(struct observe *o, enum side side, uint64_t n, uint64_t ns) {
    struct observe_direction *d = &o->facts.direction[side];
    struct reader *r = &o->reader[side];
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
    give_back(o, &r->reserved);
    lose_frame(o, side, length, seen, ns);
    return true;
}

/* ---- bytes of a side */

static size_t body_max(const struct observe *o, enum side side) {
    enum step due = o->facts.direction[side].due;
    if (due != STEP_A1 && due != STEP_B1 && !o->facts.set)
        return 0; /* cannot be: the set is known after A1 or B1 */
    return order_body_max(due, o->facts.set);
}

static void take_frames(struct observe *o, enum side side, const uint8_t *p, size_t n, uint64_t ns) {
    struct reader *r = &o->reader[side];
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
            give_back(o, &r->reserved);
            take_frame(o, side, frame, n_frame, ns);
            free(frame);
        } else if (e < 0) {
            stop(o, side,
                 e == -ENOMEM   ? "out of memory"
                 : e == -EPROTO ? "a frame of length 0"
                                : "a frame longer than this step allows");
        } else if (r->frames.frame && !r->reserved) {
            if (reserve(o, r->frames.length))
                r->reserved = r->frames.length;
            else
                stop(o, side, "the memory for this capture is used up");
        }
    }
}

static void start_transcript(struct observe *o) {
    static const uint8_t preface[PREFACE] = {'P', 'A', 'R', 'L', 'E', 'Y', 0, VERSION};
    uint8_t digest[32];
    transcript_digest(digest, preface, PREFACE);
    transcript_init(&o->transcript, digest, digest);
}

static void take_preface(struct observe *o, enum side side, const uint8_t *p) {
    unsigned version = (unsigned)p[6] << 8 | p[7];
    if (memcmp(p, magic, 6) != 0) {
        stop(o, side, "does not speak Parley");
        return;
    }
    if (!o->facts.version || version != VERSION)
        o->facts.version = version;
    if (version != VERSION)
        stop(o, side, "speaks version %u of the protocol, which is not known here", version);
}

static void take(struct observe *o, enum side side, const uint8_t *p, size_t n, uint64_t ns) {
    struct reader *r = &o->reader[side];
    o->facts.direction[side].bytes += n;
    if (!r->has_preface && n >= PREFACE && !o->facts.direction[side].stuck) {
        r->has_preface = true;
        take_preface(o, side, p);
        p += PREFACE;
        n -= PREFACE;
    }
    if (r->has_preface)
        take_frames(o, side, p, n, ns);
}

/* ---- whose direction is it? */

/* What has been put aside until the side was known. */
static void release_head(struct observe *o, int direction) {
    struct stream *s = &o->stream[direction];
    struct observe_direction *d = &o->facts.direction[s->side];
    if (s->n_head >= PREFACE) {
        size_t n = s->n_head;
        s->n_head = 0;
        take(o, (enum side)s->side, s->head, n, s->head_ns);
    }
    d->bytes += s->bytes;
    if (s->lost) {
        d->lost += s->lost;
        stop(o, (enum side)s->side, "%" PRIu64 " bytes are missing at its beginning", s->lost);
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
    struct stream *s = &o->stream[direction];
    size_t more = HEAD - s->n_head < n ? HEAD - s->n_head : n;
    if (s->n_head == 0)
        s->head_ns = ns;
    memcpy(s->head + s->n_head, p, more);
    s->n_head += more;
    return more;
}

void observe_bytes(struct observe *o, int direction, const uint8_t *p, size_t n, uint64_t ns) {
    struct stream *s = &o->stream[direction];
    if (!o->facts.first_ns) {
        o->facts.first_ns = ns;
        start_transcript(o);
    }
    o->facts.last_ns = ns;
    /* The preface is taken whole in any case, and without a known side so is the first tag. */
    bool known = s->side != NO_SIDE;
    if (!known && s->lost) {
        s->bytes += n;
        return;
    }
    if (!known || (!o->reader[s->side].has_preface && !o->facts.direction[s->side].stuck)) {
        size_t taken = collect_head(o, direction, p, n, ns);
        p += taken;
        n -= taken;
        if (known && s->n_head >= PREFACE)
            release_head(o, direction);
        else if (!known && s->n_head == HEAD) {
            bool welcome =
                s->head[HEAD - 1] == (MESSAGE_WELCOME << 3 | 2) || s->head[HEAD - 1] == (MESSAGE_ABORT << 3 | 2);
            set_side(o, direction, welcome ? SIDE_BOB : SIDE_ALICE);
        } else
            return;
    }
    if (n)
        take(o, (enum side)s->side, p, n, ns);
}

void observe_gap(struct observe *o, int direction, uint64_t n, uint64_t ns) {
    struct stream *s = &o->stream[direction];
    if (o->facts.first_ns)
        o->facts.last_ns = ns;
    if (s->side == NO_SIDE) {
        s->lost += n;
        return;
    }
    struct observe_direction *d = &o->facts.direction[s->side];
    d->lost += n;
    if (!pass_over(o, (enum side)s->side, n, ns))
        stop(o, (enum side)s->side, "%" PRIu64 " bytes are missing after byte %" PRIu64, n, d->bytes + s->n_head);
}

void observe_end(struct observe *o, int direction, enum observe_end how, uint64_t ns) {
    struct stream *s = &o->stream[direction];
    if (o->facts.first_ns && how != OBSERVE_CUT)
        o->facts.last_ns = ns;
    s->ended = true;
    s->end = how;
    if (s->side == NO_SIDE)
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
    if (o->stream[0].side == NO_SIDE) { /* too little was seen; it is shown as if the first were Alice */
        set_side(o, 0, SIDE_ALICE);
        o->stream[0].side = o->stream[1].side = NO_SIDE;
    }
    for (int d = 0; d < 2; d++)
        if (o->stream[d].side != NO_SIDE && o->stream[d].n_head)
            release_head(o, d);
    conclude(f, &o->transcript);
    f->complete = f->has_transcript && f->has_hello && f->has_welcome && f->has_seed && f->has_composed &&
                  f->has_labels && f->has_confirm_alice && f->has_confirm_bob;
    f->problem[0] = 0;
    if (!f->complete)
        explain(f);
    return f;
}
