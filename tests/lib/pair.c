#include "tests/lib/pair.h"

#include "common/base/bytes.h"

#include <ctype.h>

enum {
    PIPE_MAX = 1 << 20,    /* as much as a driver leaves in a socket's queue */
    PASSES_MAX = 10000000, /* so that a pair that never comes to rest fails instead of hanging */
    DEADLINES_MAX = 100,
};

const char *pair_changed;

enum side pair_other(enum side side) {
    return side == SIDE_ALICE ? SIDE_BOB : SIDE_ALICE;
}

void pair_init(struct pair *p, const char *set, uint64_t seed) {
    *p = (struct pair){.now = 1000, .set = table_set(set)};
    assert_non_null(p->set);
    for (int i = SIDE_ALICE; i <= SIDE_BOB; i++) {
        uint8_t text[9] = {(uint8_t)i};
        store64_le(text + 1, seed);
        prg_derive(p->seed[i], "parley test pair", text, sizeof text);
        p->config[i] = (struct session_config){
            .sets = &p->set, .n_sets = 1, .name = i ? "bob" : "alice", .timeout_ms = PAIR_TIMEOUT_MS};
        p->pipe[i].cut = p->pipe[i].quota = PAIR_NO_LIMIT;
    }
}

static void prepare(struct session *alice) {
    struct session_event e;
    struct job *job;
    assert_int_equal(session_prepare(alice), 0);
    for (size_t n = 0; (job = session_next_job(alice)) || n == 0; n++) {
        job->run(job);
        session_job_done(alice, job, 0);
    }
    assert_false(session_has_output(alice)); /* nothing is said or told before the start */
    assert_false(session_next_event(alice, &e));
}

void pair_start(struct pair *p) {
    assert_int_equal(alice_new(&p->side[SIDE_ALICE].session, &p->config[SIDE_ALICE], p->seed[SIDE_ALICE]), 0);
    if (p->prepared)
        prepare(p->side[SIDE_ALICE].session);
    assert_int_equal(bob_new(&p->side[SIDE_BOB].session, &p->config[SIDE_BOB], p->seed[SIDE_BOB]), 0);
    session_start(p->side[SIDE_ALICE].session, p->now);
    session_start(p->side[SIDE_BOB].session, p->now);
}

/* pipes */

void pair_put(struct pair *p, enum side from, const uint8_t *bytes, size_t n) {
    struct pair_pipe *pipe = &p->pipe[from];
    if (pipe->closed || !n)
        return;
    if (pipe->taken == pipe->n)
        pipe->taken = pipe->n = 0;
    if (pipe->n + n > pipe->capacity) {
        pipe->capacity = 2 * (pipe->n + n);
        pipe->bytes = (uint8_t *)realloc(pipe->bytes, pipe->capacity);
        assert_non_null(pipe->bytes);
    }
    memcpy(pipe->bytes + pipe->n, bytes, n);
    pipe->n += n;
}

void pair_put_message(struct pair *p, enum side from, const struct message *m) {
    uint8_t *frame;
    size_t n;
    assert_int_equal(message_encode(m, &frame, &n), 0);
    pair_put(p, from, frame, n);
    free(frame);
}

void pair_close(struct pair *p, enum side from) {
    p->pipe[from].closed = true;
}

static void keep(struct pair_record *r, const struct pair_frame *f) {
    r->frames = (struct pair_record_frame *)realloc(r->frames, (r->n + 1) * sizeof *r->frames);
    assert_non_null(r->frames);
    r->frames[r->n++] =
        (struct pair_record_frame){.from = f->from, .offset = f->offset, .bytes = unit_copy(f->bytes, f->n), .n = f->n};
}

void pair_record_free(struct pair_record *r) {
    for (size_t i = 0; i < r->n; i++)
        free(r->frames[i].bytes);
    free(r->frames);
    *r = (struct pair_record){0};
}

/* A piece of output goes on its way, if it comes so far. */
static void send_out(struct pair *p, enum side from, const struct session_chunk *chunk) {
    struct pair_pipe *pipe = &p->pipe[from];
    struct pair_frame f = {
        .from = from, .index = pipe->n_frames++, .offset = pipe->offset, .bytes = chunk->data, .n = chunk->n};
    pipe->offset += chunk->n;
    assert_false(p->side[from].gave_up); /* nothing follows an Abort */
    p->side[from].gave_up = f.index > 0 && chunk->data[FRAME_HEADER] >> 3 == MESSAGE_ABORT;
    if (from == SIDE_BOB && f.index > 0 && chunk->data[FRAME_HEADER] >> 3 == MESSAGE_CONFIRM_BOB)
        assert_true(p->side[from].n_keys > 0); /* he has shown the words before his number leaves */
    if (p->recording)
        keep(&p->record, &f);
    uint8_t *own = p->hook ? malloc(f.n) : NULL; /* who sends them may still read them: the hook gets others */
    if (p->hook) {
        assert_non_null(own);
        f.bytes = memcpy(own, f.bytes, f.n);
        p->hook(p, &f, p->context);
    }
    if (pipe->cut != PAIR_NO_LIMIT && f.offset + f.n >= (uint64_t)pipe->cut) {
        pair_put(p, from, f.bytes, f.offset < (uint64_t)pipe->cut ? (size_t)((uint64_t)pipe->cut - f.offset) : 0);
        pipe->closed = true;
    } else {
        pair_put(p, from, f.bytes, f.n);
    }
    free(own);
}

static bool take_output(struct pair *p, enum side from) {
    struct pair_side *side = &p->side[from];
    struct pair_pipe *pipe = &p->pipe[from];
    struct session_chunk chunk;
    bool did = false;
    while (!side->takes_no_output && pipe->n - pipe->taken < PIPE_MAX &&
           session_take_output(side->session, &chunk, p->now)) {
        did = true;
        send_out(p, from, &chunk);
        session_chunk_free(&chunk);
        if (p->random && prg_below(p->random, 4) == 0)
            break;
    }
    /* a driver closes the connection when all is written */
    if (session_finished(side->session) && !side->n_jobs && !did)
        pipe->closed = true;
    return did;
}

static bool deliver(struct pair *p, enum side to) {
    struct session *s = p->side[to].session;
    struct pair_pipe *pipe = &p->pipe[pair_other(to)];
    size_t waiting = pipe->n - pipe->taken;
    if (session_finished(s)) {
        pipe->taken = pipe->n;
        return waiting > 0;
    }
    bool wanted = session_wants_input(s);
    session_set_reading(s, wanted, p->now);
    if (!wanted)
        return false;
    if (!waiting && pipe->closed && !pipe->eof_given) {
        pipe->eof_given = true;
        session_receive_eof(s, p->now);
        return true;
    }
    if (!waiting)
        return false;
    size_t n = waiting, most = p->piece && p->piece < waiting ? p->piece : waiting;
    if (pipe->quota != PAIR_NO_LIMIT && (uint64_t)pipe->quota < most)
        most = (size_t)pipe->quota;
    if (!most)
        return false;
    if (p->random)
        n = 1 + prg_below(p->random, (uint32_t)(prg_below(p->random, 2) ? most : most < 8 ? most : 8));
    else
        n = most;
    if (pipe->quota != PAIR_NO_LIMIT)
        pipe->quota -= (int64_t)n;
    uint8_t *copy = unit_copy(pipe->bytes + pipe->taken, n); /* so that a sanitizer sees a read beyond it */
    pipe->taken += n;
    session_receive(s, copy, n, p->now);
    free(copy);
    return true;
}

/* jobs */

static void give_back(struct pair *p, struct pair_side *side, size_t i) {
    struct job *job = side->jobs[i].job;
    if (!side->jobs[i].run)
        job->run(job);
    side->jobs[i] = side->jobs[--side->n_jobs];
    session_job_done(side->session, job, p->now);
}

static bool work_in_order(struct pair *p, struct pair_side *side) {
    struct job *job;
    bool did = false;
    while ((job = session_next_job(side->session))) {
        job->run(job);
        session_job_done(side->session, job, p->now);
        did = true;
    }
    return did;
}

/* Takes what there is, runs one of those that were taken, gives another one back: in any order, with delays. */
static bool work_at_random(struct pair *p, struct pair_side *side) {
    struct job *job;
    while (side->n_jobs < PAIR_JOBS_MAX && (job = session_next_job(side->session)))
        side->jobs[side->n_jobs++] = (struct pair_job){.job = job};
    if (!side->n_jobs)
        return false;
    size_t i = prg_below(p->random, (uint32_t)side->n_jobs);
    if (!side->jobs[i].run)
        side->jobs[i].job->run(side->jobs[i].job);
    side->jobs[i].run = true;
    i = prg_below(p->random, (uint32_t)side->n_jobs);
    if (side->jobs[i].run && prg_below(p->random, 2))
        give_back(p, side, i);
    return true;
}

/* what a side tells */

static void keep_key(struct pair_side *side, const struct session_event *e) {
    assert_true(side->n_keys < PAIR_KEYS_MAX);
    assert_false(sodium_is_zero(e->confirmed.key, 32));
    memcpy(side->keys[side->n_keys++], e->confirmed.key, 32);
    if (side->n_keys > 1)
        assert_string_equal(side->fingerprint, e->confirmed.fingerprint); /* it stays when keys change */
    memcpy(side->fingerprint, e->confirmed.fingerprint, FINGERPRINT_TEXT);
}

static bool take_events(struct pair_side *side) {
    struct session_event e;
    bool did = false;
    while (session_next_event(side->session, &e)) {
        did = true;
        if (side->seen[SESSION_CLOSED])
            fail_msg("event %d after the last one", e.kind);
        side->seen[e.kind]++;
        if (e.kind == SESSION_CONFIRMED || e.kind == SESSION_REKEYED)
            keep_key(side, &e);
        if (e.kind == SESSION_PEER_NAME)
            memcpy(side->peer_name, e.peer_name.text, sizeof side->peer_name);
        if (e.kind == SESSION_LEARNED) {
            side->symbol_error = e.learned.numbers.figures[0].measured;
            side->disagreements = e.learned.numbers.disagreements;
        }
        if (e.kind == SESSION_AGREED) {
            side->challenges = e.agreed.challenges;
            side->agreeing = e.agreed.agreeing;
        }
        if (e.kind == SESSION_STEP_DONE && e.step < STEP_OPEN)
            side->step_bytes[e.step] = e.bytes;
        session_event_wipe(&e);
    }
    return did;
}

static bool take_data(struct pair_side *side) {
    struct session_chunk chunk;
    bool did = false;
    while (!side->takes_no_data && session_take_data(side->session, &chunk)) {
        assert_true(chunk.n > 0);
        side->data = (uint8_t *)realloc(side->data, side->n_data + chunk.n);
        assert_non_null(side->data);
        memcpy(side->data + side->n_data, chunk.data, chunk.n);
        side->n_data += chunk.n;
        session_chunk_free(&chunk);
        did = true;
    }
    return did;
}

bool pair_pass(struct pair *p, enum side which) {
    struct pair_side *side = &p->side[which];
    bool did = p->random ? work_at_random(p, side) : work_in_order(p, side);
    did |= take_data(side);
    did |= session_only_tells(side->session) && take_output(p, which); /* as programs do */
    did |= take_events(side);
    did |= take_output(p, which);
    return deliver(p, which) || did;
}

void pair_run(struct pair *p) {
    for (unsigned n = 0; n < PASSES_MAX; n++) {
        bool did = pair_pass(p, SIDE_ALICE);
        if (!pair_pass(p, SIDE_BOB) && !did)
            return;
    }
    fail_msg("the pair never comes to rest");
}

/* time */

void pair_tick(struct pair *p) {
    session_tick(p->side[SIDE_ALICE].session, p->now);
    session_tick(p->side[SIDE_BOB].session, p->now);
    pair_run(p);
}

static uint64_t next_deadline(const struct pair *p) {
    uint64_t a = session_deadline(p->side[SIDE_ALICE].session), b = session_deadline(p->side[SIDE_BOB].session);
    return a < b ? a : b;
}

static bool both_finished(const struct pair *p) {
    return session_finished(p->side[SIDE_ALICE].session) && session_finished(p->side[SIDE_BOB].session);
}

bool pair_settle(struct pair *p) {
    pair_run(p);
    for (unsigned n = 0; !both_finished(p); n++) {
        uint64_t next = next_deadline(p);
        if (next == UINT64_MAX)
            return false;
        if (n == DEADLINES_MAX)
            fail_msg("a deadline passes without effect");
        p->now = next > p->now ? next : p->now;
        pair_tick(p);
    }
    return true;
}

void pair_wait(struct pair *p, uint64_t ms) {
    uint64_t until = p->now + ms;
    while (next_deadline(p) <= until) {
        p->now = next_deadline(p) > p->now ? next_deadline(p) : p->now;
        pair_tick(p);
    }
    p->now = until;
    pair_tick(p);
}

/* the conversation */

void pair_say(struct pair *p, enum side from, const char *text) {
    assert_int_equal(session_send(p->side[from].session, (const uint8_t *)text, strlen(text)), strlen(text));
}

void pair_end(struct pair *p) {
    session_send_end(p->side[SIDE_ALICE].session);
    session_send_end(p->side[SIDE_BOB].session);
}

enum session_outcome pair_outcome(const struct pair *p, enum side side) {
    return session_end(p->side[side].session)->outcome;
}

static void check_heard(const struct pair *p, enum side who, const char *text) {
    assert_int_equal(p->side[who].n_data, strlen(text));
    assert_memory_equal(p->side[who].data, text, strlen(text));
}

void pair_good_session(struct pair *p) {
    pair_start(p);
    pair_run(p);
    pair_good_rest(p);
}

void pair_good_rest(struct pair *p) {
    const struct pair_side *alice = &p->side[SIDE_ALICE], *bob = &p->side[SIDE_BOB];
    assert_int_equal(alice->n_keys, 1);
    assert_int_equal(bob->n_keys, 1);
    assert_string_equal(alice->fingerprint, bob->fingerprint);
    assert_string_equal(session_id(alice->session), session_id(bob->session));
    assert_int_equal(strlen(session_id(alice->session)), 2 * SESSION_ID);
    assert_int_equal(alice->seen[SESSION_OPEN], 1);
    assert_int_equal(bob->seen[SESSION_OPEN], 1);
    assert_string_equal(alice->peer_name, "bob");
    assert_string_equal(bob->peer_name, "alice");
    for (int step = STEP_A1; step < STEP_OPEN; step++)
        assert_int_equal(alice->step_bytes[step], bob->step_bytes[step]);
    pair_say(p, SIDE_ALICE, "hello bob\n");
    pair_say(p, SIDE_BOB, "hello alice\n");
    pair_run(p);
    check_heard(p, SIDE_BOB, "hello bob\n");
    check_heard(p, SIDE_ALICE, "hello alice\n");
    pair_end(p);
    pair_run(p);
    assert_int_equal(pair_outcome(p, SIDE_ALICE), SESSION_DONE);
    assert_int_equal(pair_outcome(p, SIDE_BOB), SESSION_DONE);
    pair_check_end(p);
}

void pair_script(struct pair *p) {
    static const uint8_t line[] = "one line\n";
    pair_start(p);
    pair_run(p);
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++)
        session_send(p->side[side].session, line, sizeof line - 1);
    pair_run(p);
    pair_end(p);
    if (!pair_settle(p))
        fail_msg("a session waits for ever");
}

/* the end */

/* One plain line, safe to print. */
static void check_text(const struct session_end *end) {
    assert_true(end->outcome != SESSION_RUNNING);
    if (end->outcome == SESSION_DONE)
        return;
    assert_true(end->text[0] != 0);
    for (const char *c = end->text; *c; c++)
        assert_true(isprint((unsigned char)*c));
}

/* Whatever is done to a finished side, it stays as it is and gives nothing away. */
static void check_stays(struct pair *p, enum side which) {
    struct pair_side *side = &p->side[which];
    struct session *s = side->session;
    static const uint8_t bytes[300] = {0, 0, 0, 2, 8, 1};
    struct session_end before = *session_end(s);
    struct session_chunk chunk;
    struct session_event e;
    assert_int_equal(side->seen[SESSION_CLOSED], 1);
    assert_true(session_receive(s, bytes, sizeof bytes, p->now) < 0);
    session_receive_eof(s, p->now);
    session_tick(s, UINT64_MAX - 1);
    session_continue(s, p->now);
    session_send_end(s);
    session_abort(s, ABORT_SHUTDOWN, "going");
    session_broken(s, "broken");
    assert_false(session_wants_input(s));
    assert_false(session_wants_data(s));
    assert_int_equal(session_send(s, bytes, 1), 0);
    assert_int_equal(session_rekey(s, p->now), 1);
    assert_true(session_deadline(s) == UINT64_MAX);
    assert_null(session_next_job(s));
    assert_false(session_next_event(s, &e));
    assert_false(session_take_data(s, &chunk));
    if (!side->takes_no_output)
        assert_false(session_take_output(s, &chunk, p->now));
    assert_true(session_finished(s));
    assert_memory_equal(&before, session_end(s), sizeof before);
}

void pair_check_end(struct pair *p) {
    const struct pair_side *alice = &p->side[SIDE_ALICE], *bob = &p->side[SIDE_BOB];
    assert_true(both_finished(p));
    for (int side = SIDE_ALICE; side <= SIDE_BOB; side++) {
        check_text(session_end(p->side[side].session));
        check_stays(p, (enum side)side);
    }
    for (size_t i = 0; i < alice->n_keys && i < bob->n_keys; i++)
        assert_memory_equal(alice->keys[i], bob->keys[i], 32);
    enum session_outcome a = pair_outcome(p, SIDE_ALICE), b = pair_outcome(p, SIDE_BOB);
    if (a == SESSION_DONE && b == SESSION_DONE)
        assert_true(alice->n_keys > 0 && alice->n_keys == bob->n_keys);
    if (alice->n_keys)
        assert_true(bob->n_keys > 0); /* he accepts first */
    if (bob->n_keys && !alice->n_keys) {
        assert_int_equal(b, SESSION_NOT_CONFIRMED);
        assert_non_null(strstr(session_end(bob->session)->text, "discard it"));
        assert_int_equal(bob->seen[SESSION_OPEN], 0);
    }
    if (a == SESSION_DONE || b == SESSION_DONE)
        assert_true(alice->n_keys > 0 && bob->n_keys > 0);
}

void pair_deinit(struct pair *p) {
    for (int i = SIDE_ALICE; i <= SIDE_BOB; i++) {
        while (p->side[i].n_jobs)
            give_back(p, &p->side[i], 0);
        session_free(p->side[i].session);
        free(p->side[i].data);
        free(p->pipe[i].bytes);
    }
    pair_record_free(&p->record);
}
