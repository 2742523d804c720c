#include "alice/browser/surface.h"

#include "alice/browser/told.h"
#include "alice/machine.h"
#include "common/base/secret.h"
#include "common/base/text.h"
#include "common/task/table/table.h"
#include "proto/sealed.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

/* A phone computes slower and sleeps more easily than what the programs run on: three times what they have. */
enum { TIMEOUT_MS = 30000, STACK_USED = 256 << 10 };

static struct {
    struct session *session;
    struct session_config config;
    const struct set *set;
    char name[SEALED_NAME_MAX + 1];
    double start, step_began; /* ms */
    uint64_t bytes;
    const uint8_t *result;
    struct session_chunk chunk; /* the result lies in it, unless it is told */
    struct told told;
} alice;

static uint8_t input[SURFACE_INPUT];

uint8_t *surface_input(void) {
    return input;
}

const uint8_t *surface_result(void) {
    return alice.result;
}

static size_t nothing(void) {
    session_chunk_free(&alice.chunk);
    alice.chunk = (struct session_chunk){0};
    alice.result = NULL;
    return 0;
}

static size_t give_chunk(void) {
    alice.result = alice.chunk.data;
    return alice.chunk.n;
}

static size_t give_told(void) {
    alice.result = (const uint8_t *)alice.told.text;
    return alice.told.n;
}

int surface_start(size_t n_set, size_t n_name, double now_ms) {
    SECRET32 uint8_t seed[32];
    char name[SET_NAME_MAX + 1] = "";
    memcpy(seed, input, 32);
    sodium_memzero(input, 32);
    if (alice.session || n_set > SET_NAME_MAX || n_name > SEALED_NAME_MAX)
        return -EINVAL;
    memcpy(name, input + 32, n_set);
    alice.set = table_set(name);
    if (!alice.set)
        return -EINVAL;
    memcpy(alice.name, input + 32 + n_set, n_name);
    alice.name[n_name] = 0;
    alice.config =
        (struct session_config){.sets = &alice.set, .n_sets = 1, .name = alice.name, .timeout_ms = TIMEOUT_MS};
    int r = alice_new(&alice.session, &alice.config, seed);
    if (r < 0)
        return r;
    alice.start = alice.step_began = now_ms;
    session_start(alice.session, (uint64_t)now_ms);
    return 0;
}

void surface_receive(size_t n, double now_ms) {
    if (!alice.session || n > sizeof input)
        return;
    alice.bytes += n;
    session_receive(alice.session, input, n, (uint64_t)now_ms);
}

void surface_eof(double now_ms) {
    if (alice.session)
        session_receive_eof(alice.session, (uint64_t)now_ms);
}

void surface_broken(size_t n) {
    char text[200];
    text_escape(text, sizeof text, input, n < sizeof input ? n : 0);
    if (alice.session)
        session_broken(alice.session, text);
}

size_t surface_output(double now_ms) {
    nothing();
    if (!alice.session || !session_take_output(alice.session, &alice.chunk, (uint64_t)now_ms))
        return 0;
    alice.bytes += alice.chunk.n;
    return give_chunk();
}

size_t surface_event(double now_ms) {
    struct session_event e;
    bool told = false;
    nothing();
    while (alice.session && !told && session_next_event(alice.session, &e)) {
        struct telling_moment moment = {.seconds = (now_ms - alice.start) / 1000,
                                        .step_seconds = (now_ms - alice.step_began) / 1000,
                                        .bytes = alice.bytes};
        if (e.kind == SESSION_STEP_BEGIN)
            alice.step_began = now_ms;
        told = told_event(&alice.told, alice.session, &e, &moment);
        session_event_wipe(&e);
    }
    return told ? give_told() : 0;
}

size_t surface_data(void) {
    nothing();
    return alice.session && session_take_data(alice.session, &alice.chunk) ? give_chunk() : 0;
}

size_t surface_escape(size_t n) {
    nothing();
    if (n > sizeof input)
        return 0;
    alice.told.n = text_escape(alice.told.text, sizeof alice.told.text, input, n);
    return give_told();
}

size_t surface_progress(void) {
    nothing();
    if (!alice.session)
        return 0;
    told_progress(&alice.told, alice.session);
    return give_told();
}

int surface_work(double now_ms) {
    struct job *job = alice.session ? session_next_job(alice.session) : NULL;
    if (!job)
        return 0;
    job->run(job);
    session_job_done(alice.session, job, (uint64_t)now_ms);
    return 1;
}

size_t surface_send(size_t n) {
    size_t taken = alice.session && n <= sizeof input ? session_send(alice.session, input, n) : 0;
    sodium_memzero(input, n <= sizeof input ? n : 0);
    return taken;
}

void surface_send_end(void) {
    if (alice.session)
        session_send_end(alice.session);
}

unsigned surface_wants(void) {
    if (!alice.session)
        return SURFACE_FINISHED;
    return (session_wants_input(alice.session) ? SURFACE_WANTS_INPUT : 0) |
           (session_wants_data(alice.session) ? SURFACE_WANTS_DATA : 0) |
           (session_finished(alice.session) ? SURFACE_FINISHED : 0);
}

double surface_deadline(void) {
    uint64_t deadline = alice.session ? session_deadline(alice.session) : UINT64_MAX;
    return deadline == UINT64_MAX ? __builtin_inf() : (double)deadline;
}

void surface_tick(double now_ms) {
    if (alice.session)
        session_tick(alice.session, (uint64_t)now_ms);
}

/* What functions that have returned left on the stack: libsodium's ciphers keep the end of a text there. */
__attribute__((noinline)) static void wipe_stack(void) {
    uint8_t below[STACK_USED];
    sodium_memzero(below, sizeof below);
}

void surface_free(void) {
    nothing();
    session_free(alice.session);
    sodium_memzero(&alice, sizeof alice);
    sodium_memzero(input, sizeof input);
    wipe_stack();
}
