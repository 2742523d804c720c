/* Alice and Bob in one process: two sessions, a pipe of bytes in each direction, and a clock that only the test moves.
 * Bytes may be cut into pieces, looked at, changed, dropped or cut off on their way. Whatever breaks a promise of
 * proto/session.h on any path (an event after the last one, say) fails the test that runs. */
#ifndef PARLEY_TESTS_PAIR_H
#define PARLEY_TESTS_PAIR_H

#include "alice/machine.h"
#include "bob/machine.h"
#include "common/task/table/table.h"
#include "tests/lib/unit.h"

#if defined(__SANITIZE_ADDRESS__)
#define PAIR_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PAIR_SANITIZED 1
#endif
#endif
#ifndef PAIR_SANITIZED
#define PAIR_SANITIZED 0
#endif

enum {
    PAIR_THIN = PAIR_SANITIZED ? 16 : 1, /* sanitizer builds try one of so many cases of a long list */
    PAIR_KEYS_MAX = 16,
    PAIR_JOBS_MAX = 32,
    PAIR_NO_LIMIT = -1,
    PAIR_TIMEOUT_MS = 10000,
};

/* PARLEY_THIN=<number>: one in so many of these, where a case costs more than here. 1 unless given. */
static inline unsigned pair_thin(void) {
    const char *given = getenv("PARLEY_THIN");
    unsigned long n = given ? strtoul(given, NULL, 0) : 1;
    return n > 0 && n < 1000 ? (unsigned)n : 1;
}

/* The same for the longest lists, of which the plain build too tries only some. */
static inline unsigned pair_thinner(void) {
    return unit_long() ? 1 : (PAIR_SANITIZED ? 16 : 4) * pair_thin();
}

struct pair;

/* One piece of output, a preface or a whole frame, before it goes on its way. */
struct pair_frame {
    enum side from;
    size_t index;    /* in this direction; the preface is 0 */
    uint64_t offset; /* of its first byte in this direction */
    uint8_t *bytes;  /* may be changed in place */
    size_t n;        /* may be made smaller, 0 drops it */
};

/* One direction, named by the side that sends. */
struct pair_pipe {
    uint8_t *bytes;
    size_t n, capacity, taken;
    uint64_t offset; /* bytes that the sender has given out so far */
    int64_t quota;   /* bytes that may still be delivered, or PAIR_NO_LIMIT */
    int64_t cut;     /* what follows this many bytes is lost, and the reader sees the end of the stream; or NO_LIMIT */
    size_t n_frames;
    bool closed, eof_given;
};

struct pair_job {
    struct job *job;
    bool run;
};

/* What one side has told so far. */
struct pair_side {
    struct session *session;
    bool takes_no_output; /* as if the peer did not read: nothing leaves this side */
    bool takes_no_data;   /* as if the local user did not read */
    bool gave_up;         /* has sent an Abort */
    struct pair_job jobs[PAIR_JOBS_MAX];
    size_t n_jobs;
    unsigned seen[SESSION_CLOSED + 1]; /* events by kind */
    uint8_t keys[PAIR_KEYS_MAX][32];   /* as they were accepted */
    size_t n_keys;
    char fingerprint[FINGERPRINT_TEXT];
    char peer_name[4 * 64 + 1];
    uint64_t challenges, agreeing; /* the last SESSION_AGREED */
    double symbol_error;           /* the last SESSION_LEARNED */
    uint32_t disagreements;
    uint64_t step_bytes[STEP_OPEN]; /* of the last time that a step was done */
    uint8_t *data;
    size_t n_data;
    size_t n_read; /* what a test has taken itself */
};

/* Both directions' frames as they were given out, in that order. */
struct pair_record {
    struct pair_record_frame {
        enum side from;
        uint64_t offset;
        uint8_t *bytes;
        size_t n;
    } * frames;
    size_t n;
};

struct pair {
    struct pair_side side[2]; /* by enum side */
    struct pair_pipe pipe[2];
    struct session_config config[2]; /* may be changed between pair_init and pair_start */
    const struct set *set;           /* of both, likewise */
    uint8_t seed[2][32];
    bool prepared; /* Alice has begun, and done what jobs she had, before she is connected */
    uint64_t now;
    size_t piece;       /* most bytes that are delivered at a time, 0 for no limit */
    struct prg *random; /* NULL, or where random pieces and a random order of jobs come from */
    void (*hook)(struct pair *p, struct pair_frame *f, void *context);
    void *context;
    bool recording;
    struct pair_record record;
};

/* What a test has changed in Alice's own code, in words; NULL: nothing. Nobody can compare her with another then. */
extern const char *pair_changed;

/* Default configurations for this set, seeds that follow from the number. */
void pair_init(struct pair *p, const char *set, uint64_t seed);
void pair_start(struct pair *p);
void pair_deinit(struct pair *p);

/* Until nothing moves. The clock stands still. */
void pair_run(struct pair *p);
/* The same, and then on from deadline to deadline until both sides have finished or wait for ever. True if finished. */
bool pair_settle(struct pair *p);
/* Moves the clock; deadlines on the way fire in order. */
void pair_wait(struct pair *p, uint64_t ms);
void pair_tick(struct pair *p);

/* Puts bytes on the way from a side, behind what is there, past the hook. */
void pair_put(struct pair *p, enum side from, const uint8_t *bytes, size_t n);
void pair_put_message(struct pair *p, enum side from, const struct message *m);
/* Nothing more goes on its way in this direction, and its reader sees the end of the stream. */
void pair_close(struct pair *p, enum side from);

void pair_say(struct pair *p, enum side from, const char *text);
void pair_end(struct pair *p); /* end marks on both sides */

enum session_outcome pair_outcome(const struct pair *p, enum side side);

/* Starts, agrees, says something each way and ends, and checks all that a good session promises. */
void pair_good_session(struct pair *p);
void pair_good_rest(struct pair *p); /* after pair_start and pair_run */

/* The same as far as it goes when something is wrong on the way; then settles, which must finish both sides. */
void pair_script(struct pair *p);

/* What one side can do now: less than pair_run. False if nothing moved. */
bool pair_pass(struct pair *p, enum side side);

/* After pair_settle: design "When a key is accepted". Keys never differ; both are done, or there is an error on at
 * least one side and if only one side holds a key it is Bob, and he says so. A finished side stays as it is. */
void pair_check_end(struct pair *p);

enum side pair_other(enum side side);

void pair_record_free(struct pair_record *r);

#endif
