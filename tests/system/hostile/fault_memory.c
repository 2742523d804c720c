/* The k-th allocation fails, for every k of a conversation on either side, at n64, r509 and l80; and likewise all from
 * the k-th on. Each time both machines must end, the one without memory with a line that says so (unless it has done
 * without), keys must not differ, and at the end as many blocks are held as before. Linked with -Wl,--wrap for every
 * way to allocate.
 *
 * usage: fault_memory [STRIDE]    takes only each STRIDE-th k */
#include "alice/machine.h"
#include "bob/machine.h"
#include "common/task/table/table.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define REQUIRE(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

enum conversation { TALK, AGREE_ONLY, REKEY, RESTART, RESTART_RING, RESTART_LWE, N_CONVERSATIONS };
static const char *const names[] = {"talk", "agree only", "re-key", "restart", "restart of ring", "restart of lwe"};

enum { PIPE = 4 << 20 };

struct pipe {
    uint8_t bytes[PIPE];
    size_t n, taken;
    bool closed, eof_given;
};

struct party {
    struct session *session;
    struct pipe out;
    uint8_t key[2][32];
    unsigned n_keys, n_closed;
    bool told_open;
};

/* What may fail: allocations while a side's session is called. */
static struct {
    bool counting;
    bool from_then_on;
    uint64_t n, fail_at; /* fail_at 0: none */
    bool failed;
    int64_t blocks;
} memory;

static struct party sides[2];
static uint64_t now;
static enum side victim;
static enum conversation which;

_Noreturn static void fail(int line, const char *text) {
    fprintf(stderr, "fault_memory.c:%d: does not hold: %s\n  %s, allocation %" PRIu64 " of %s%s\n", line, text,
            names[which], memory.fail_at, victim ? "Bob" : "Alice", memory.from_then_on ? " and all after it" : "");
    for (int i = 0; i < 2; i++)
        if (sides[i].session)
            fprintf(stderr, "  %s: %d, %s\n", i ? "Bob" : "Alice", (int)session_end(sides[i].session)->outcome,
                    session_end(sides[i].session)->text);
    abort();
}

/* ---- the ways to allocate */

static bool refuse(void) {
    if (!memory.counting)
        return false;
    memory.n++;
    if (!memory.fail_at || memory.n < memory.fail_at || (memory.n > memory.fail_at && !memory.from_then_on))
        return false;
    return memory.failed = true;
}

static void *held(void *p) {
    memory.blocks += p != NULL;
    return p;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
int __real_posix_memalign(void **p, size_t alignment, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
char *__real_strdup(const char *text);
void __real_free(void *p);
int __real_munmap(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
int __wrap_posix_memalign(void **p, size_t alignment, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
char *__wrap_strdup(const char *text);
void __wrap_free(void *p);
int __wrap_munmap(void *p, size_t n);

void *__wrap_malloc(size_t n) {
    return refuse() ? NULL : held(__real_malloc(n));
}

void *__wrap_calloc(size_t n, size_t size) {
    return refuse() ? NULL : held(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t n) {
    if (refuse())
        return NULL;
    memory.blocks += p == NULL;
    return __real_realloc(p, n);
}

int __wrap_posix_memalign(void **p, size_t alignment, size_t n) {
    if (refuse())
        return ENOMEM;
    int r = __real_posix_memalign(p, alignment, n);
    memory.blocks += r == 0;
    return r;
}

void *__wrap_aligned_alloc(size_t alignment, size_t n) {
    return refuse() ? NULL : held(__real_aligned_alloc(alignment, n));
}

char *__wrap_strdup(const char *text) {
    return refuse() ? NULL : held(__real_strdup(text));
}

void __wrap_free(void *p) {
    memory.blocks -= p != NULL;
    __real_free(p);
}

/* Which of the two is called depends on the C library and on the width of a file's size. */
#define MAPPING(name)                                                                                                  \
    __attribute__((weak)) void *__real_##name(void *at, size_t n, int protection, int flags, int file, off_t offset);  \
    void *__wrap_##name(void *at, size_t n, int protection, int flags, int file, off_t offset);                        \
    void *__wrap_##name(void *at, size_t n, int protection, int flags, int file, off_t offset) {                       \
        return refuse() ? MAP_FAILED : held(__real_##name(at, n, protection, flags, file, offset));                    \
    }

MAPPING(mmap)
MAPPING(mmap64)

int __wrap_munmap(void *p, size_t n) {
    memory.blocks--;
    return __real_munmap(p, n);
}

/* ---- two sides */

static void watch(enum side side) {
    memory.counting = side == victim;
}

static void take_event(struct party *s, const struct session_event *e) {
    REQUIRE(s->n_closed == 0);
    s->n_closed += e->kind == SESSION_CLOSED;
    s->told_open |= e->kind == SESSION_OPEN;
    if (e->kind == SESSION_CONFIRMED || e->kind == SESSION_REKEYED) {
        REQUIRE(s->n_keys < 2);
        memcpy(s->key[s->n_keys++], e->confirmed.key, 32);
    }
}

static bool take_all(enum side side) {
    struct party *s = &sides[side];
    struct session_chunk chunk;
    struct session_event e;
    struct job *job;
    bool did = false;
    watch(side);
    while ((job = session_next_job(s->session))) {
        job->run(job);
        session_job_done(s->session, job, now);
        did = true;
    }
    while (session_next_event(s->session, &e)) {
        take_event(s, &e);
        session_event_wipe(&e);
        did = true;
    }
    while (session_take_data(s->session, &chunk)) {
        session_chunk_free(&chunk);
        did = true;
    }
    while (session_take_output(s->session, &chunk, now)) {
        REQUIRE(s->out.n + chunk.n <= PIPE);
        memcpy(s->out.bytes + s->out.n, chunk.data, chunk.n);
        s->out.n += chunk.n;
        session_chunk_free(&chunk);
        did = true;
    }
    if (session_finished(s->session) && !did)
        s->out.closed = true;
    memory.counting = false;
    return did;
}

static bool give(enum side to) {
    struct party *s = &sides[to];
    struct pipe *in = &sides[!to].out;
    bool did = false;
    if (session_finished(s->session) || !session_wants_input(s->session))
        return false;
    watch(to);
    if (in->taken < in->n) {
        size_t n = in->n - in->taken;
        session_receive(s->session, in->bytes + in->taken, n, now);
        in->taken += n;
        did = true;
    } else if (in->closed && !in->eof_given) {
        in->eof_given = did = true;
        session_receive_eof(s->session, now);
    }
    memory.counting = false;
    return did;
}

static void rest(void) {
    bool did = true;
    while (did) {
        did = take_all(SIDE_ALICE);
        did |= take_all(SIDE_BOB);
        did |= give(SIDE_ALICE);
        did |= give(SIDE_BOB);
    }
}

static void each(void (*act)(enum side side)) {
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        watch((enum side)side);
        act((enum side)side);
        memory.counting = false;
    }
    rest();
}

static void say(enum side side) {
    session_send(sides[side].session, (const uint8_t *)"a few words\n", 12);
}

static void rekey(enum side side) {
    if (side == SIDE_ALICE)
        session_rekey(sides[side].session, now);
}

static void end(enum side side) {
    session_send_end(sides[side].session);
}

static void settle(void) {
    for (unsigned i = 0; !session_finished(sides[0].session) || !session_finished(sides[1].session); i++) {
        uint64_t a = session_deadline(sides[0].session), b = session_deadline(sides[1].session);
        uint64_t next = a < b ? a : b;
        REQUIRE(next != UINT64_MAX && i < 100);
        now = next > now ? next : now;
        for (int side = 0; side < 2; side++) {
            watch((enum side)side);
            session_tick(sides[side].session, now);
            memory.counting = false;
        }
        rest();
    }
}

static int make(enum side side) {
    static const struct set *set;
    uint8_t seed[32] = {(uint8_t)(1 + side), (uint8_t)which};
    set = table_set(which == RESTART_RING ? "r509" : which == RESTART_LWE ? "l80" : "n64");
    struct session_config config = {.sets = &set,
                                    .n_sets = 1,
                                    .name = "x",
                                    .timeout_ms = 10000,
                                    .agree_only = which == AGREE_ONLY,
                                    .fail_attempts = side == SIDE_ALICE && which >= RESTART};
    watch(side);
    int r = (side == SIDE_ALICE ? alice_new : bob_new)(&sides[side].session, &config, seed);
    if (r == 0)
        session_start(sides[side].session, now);
    memory.counting = false;
    return r;
}

static void check_sides(void) {
    const struct session_end *its = session_end(sides[victim].session), *other = session_end(sides[!victim].session);
    for (int side = 0; side < 2; side++) {
        const struct session_end *e = session_end(sides[side].session);
        REQUIRE(sides[side].n_closed == 1);
        REQUIRE(e->outcome != SESSION_RUNNING && (e->outcome == SESSION_DONE || e->text[0]));
    }
    if (!memory.failed || its->outcome == SESSION_DONE) {
        REQUIRE(its->outcome == SESSION_DONE && other->outcome == SESSION_DONE);
        REQUIRE(sides[0].n_keys == sides[1].n_keys && sides[0].n_keys == 1 + (which == REKEY));
        REQUIRE(sides[0].told_open && sides[1].told_open);
    } else {
        REQUIRE(its->outcome == SESSION_INTERNAL && strstr(its->text, "out of memory"));
        REQUIRE(other->outcome != SESSION_INTERNAL);
    }
    for (unsigned i = 0; i < sides[0].n_keys && i < sides[1].n_keys; i++)
        REQUIRE(memcmp(sides[0].key[i], sides[1].key[i], 32) == 0);
}

static void drop(struct party *s) {
    session_free(s->session);
    s->session = NULL;
    s->out.n = s->out.taken = 0;
    s->out.closed = s->out.eof_given = false;
    s->n_keys = s->n_closed = 0;
    s->told_open = false;
}

static void run(uint64_t fail_at, bool from_then_on) {
    int64_t before = memory.blocks;
    memory.n = 0;
    memory.failed = false;
    memory.fail_at = fail_at;
    memory.from_then_on = from_then_on;
    now = 1000;
    int a = make(SIDE_ALICE), b = a ? a : make(SIDE_BOB);
    if (a || b) {
        REQUIRE(memory.failed && (a == -ENOMEM || b == -ENOMEM));
    } else {
        rest();
        if (which != AGREE_ONLY) {
            each(say);
            if (which == REKEY) {
                each(rekey);
                each(say);
            }
            each(end);
        }
        settle();
        check_sides();
    }
    drop(&sides[0]);
    drop(&sides[1]);
    REQUIRE(memory.blocks == before);
}

int main(int argc, char **argv) {
    uint64_t stride = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, n_runs = 0;
    if (sodium_init() < 0 || stride == 0)
        return 1;
    for (which = TALK; which < N_CONVERSATIONS; which++) {
        for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
            victim = (enum side)side;
            run(0, false);
            uint64_t n = memory.n;
            REQUIRE(n > 50);
            for (uint64_t k = 1; k <= n; k += stride, n_runs += 2) {
                run(k, false);
                REQUIRE(memory.failed);
                run(k, true);
            }
            printf("%s, %s: %" PRIu64 " allocations\n", names[which], side ? "Bob" : "Alice", n);
            fflush(stdout);
        }
    }
    printf("%" PRIu64 " conversations\n", n_runs);
    return 0;
}
