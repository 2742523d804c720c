/* Many alices in one process, against one bob.
 *
 * usage: load HOST:PORT SET COMMAND
 *     idle N PARALLEL           opens N chats, so many at a time, says "open N", keeps them until its standard input
 *                               ends, ends them all and says "closed N"
 *     at-once N [PARALLEL]      N that only agree, all at the same time or so many; says "confirmed SECONDS" for each
 *     churn N PARALLEL SEED STOP  N sessions, of which about half are dropped at a random step; after every STOP of
 *                               them, when none is under way, says "done N COMPLETE" and waits for a byte
 * The status is 0 if all that were to go well did. */
#include "alice/machine.h"
#include "common/base/prg.h"
#include "common/shell/host/files.h"
#include "common/shell/host/system.h"
#include "common/shell/net/conn.h"
#include "common/shell/net/connect.h"
#include "common/shell/net/timer.h"
#include "common/task/table/table.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum mode { IDLE, AT_ONCE, CHURN };

struct load {
    uv_loop_t loop;
    struct pool *pool;
    struct address address;
    const struct set *set;
    enum mode mode;
    unsigned n, parallel, stop;
    unsigned started, under_way, finished, good, failed, open, next_stop;
    struct alice *alices; /* those that are open */
    uint8_t key[32];      /* of what is drawn */
    bool ending;
};

struct alice {
    struct load *load;
    struct conn *conn;
    struct alice *next, *previous;
    double began;
    int drop_at; /* a step, or -1 */
    bool listed;
};

static void start_more(struct load *load);

static uint32_t draw(struct load *load, const char *what, unsigned number) {
    uint8_t out[32];
    prg_subkey(out, load->key, what, number);
    return (uint32_t)out[0] | (uint32_t)out[1] << 8 | (uint32_t)out[2] << 16;
}

static void list(struct alice *alice) {
    alice->next = alice->load->alices;
    if (alice->next)
        alice->next->previous = alice;
    alice->load->alices = alice;
    alice->listed = true;
    alice->load->open++;
}

static void unlist(struct alice *alice) {
    if (!alice->listed)
        return;
    if (alice->previous)
        alice->previous->next = alice->next;
    else
        alice->load->alices = alice->next;
    if (alice->next)
        alice->next->previous = alice->previous;
}

/* A session is no longer under way: it is over, or it is open and idle. */
static void settled(struct load *load) {
    load->under_way--;
    load->finished++;
    if (load->mode == IDLE && load->finished == load->n) {
        printf("open %u\n", load->open);
        fflush(stdout);
    } else if (load->mode == CHURN && load->under_way == 0 && load->finished == load->next_stop) {
        char byte;
        printf("done %u %u\n", load->finished, load->good);
        fflush(stdout);
        load->next_stop += load->stop;
        if (read(STDIN_FILENO, &byte, 1) != 1)
            exit(1);
    }
    start_more(load);
}

static void on_event(void *user, struct conn *conn, const struct session_event *e) {
    struct alice *alice = user;
    struct load *load = alice->load;
    if (e->kind == SESSION_STEP_BEGIN && (int)e->step == alice->drop_at)
        conn_close(conn);
    else if (e->kind == SESSION_CONFIRMED && load->mode == AT_ONCE)
        printf("confirmed %.4f\n", timer_now() - alice->began);
    else if (e->kind == SESSION_OPEN && load->mode == CHURN)
        session_send_end(conn_session(conn));
    else if (e->kind == SESSION_OPEN && load->mode == IDLE) {
        list(alice);
        settled(load);
    }
}

static bool room(void *user, struct conn *conn) {
    (void)user;
    (void)conn;
    return true;
}

static void data(void *user, struct conn *conn, struct session_chunk *chunk) {
    (void)user;
    (void)conn;
    session_chunk_free(chunk);
}

static void feed(void *user, struct conn *conn) {
    (void)user;
    (void)conn;
}

static void closed(void *user, struct conn *conn) {
    struct alice *alice = user;
    struct load *load = alice->load;
    const struct session_end *end = session_end(conn_session(conn));
    bool listed = alice->listed;
    unlist(alice);
    if (end->outcome == SESSION_DONE)
        load->good++;
    else if (alice->drop_at < 0) {
        load->failed++;
        fprintf(stderr, "load: an alice ended with %d: %s\n", (int)end->outcome, end->text);
    }
    free(alice);
    if (listed)
        load->finished--;
    if (!listed)
        settled(load);
}

static void connected(void *user, const struct connect_result *result) {
    static const struct conn_ops ops = {.event = on_event, .room = room, .data = data, .feed = feed, .closed = closed};
    struct alice *alice = user;
    struct load *load = alice->load;
    struct session_config config = {
        .sets = &load->set, .n_sets = 1, .timeout_ms = 60000, .agree_only = load->mode == AT_ONCE};
    struct session *session;
    uint8_t seed[32];
    if (!result->tcp) {
        fprintf(stderr, "load: %s\n", result->text);
        exit(1);
    }
    randombytes_buf(seed, sizeof seed);
    if (alice_new(&session, &config, seed) < 0 ||
        conn_new(&alice->conn, load->pool, result->tcp, session, &ops, alice) < 0)
        exit(1);
    conn_touch(alice->conn);
}

static void start_more(struct load *load) {
    unsigned until = load->mode == CHURN && load->next_stop < load->n ? load->next_stop : load->n;
    while (load->started < until && load->under_way < load->parallel) {
        struct alice *alice = calloc(1, sizeof *alice);
        if (!alice)
            exit(1);
        alice->load = load;
        alice->began = timer_now();
        alice->drop_at = -1;
        if (load->mode == CHURN && draw(load, "drop", load->started) & 1)
            alice->drop_at = (int)(draw(load, "step", load->started) % STEP_OPEN);
        load->started++;
        load->under_way++;
        if (connect_start(&load->loop, &load->address, false, 60000, connected, alice) < 0)
            exit(1);
    }
}

/* Nothing comes but the end. */
static void input_ended(uv_poll_t *poll, int status, int events) {
    struct load *load = poll->data;
    char byte;
    (void)status;
    (void)events;
    if (read(STDIN_FILENO, &byte, 1) != 0)
        return;
    uv_close((uv_handle_t *)poll, NULL);
    load->ending = true;
    for (struct alice *alice = load->alices, *next; alice; alice = next) {
        next = alice->next;
        session_send_end(conn_session(alice->conn));
        conn_touch(alice->conn);
    }
}

static unsigned number(const char *text) {
    return (unsigned)strtoul(text, NULL, 10);
}

static int parse(struct load *load, int argc, char **argv) {
    if (argc < 5 || address_parse(&load->address, argv[1], "::1") < 0 || !(load->set = table_set(argv[2])))
        return 64;
    load->n = number(argv[4]);
    load->parallel = argc > 5 ? number(argv[5]) : load->n;
    if (strcmp(argv[3], "idle") == 0 && argc == 6)
        load->mode = IDLE;
    else if (strcmp(argv[3], "at-once") == 0 && argc <= 6)
        load->mode = AT_ONCE;
    else if (strcmp(argv[3], "churn") == 0 && argc == 8) {
        load->mode = CHURN;
        prg_derive(load->key, "parley/1 load", (const uint8_t *)argv[6], strlen(argv[6]));
        load->stop = load->next_stop = number(argv[7]);
    } else
        return 64;
    return load->n && load->parallel && (load->mode != CHURN || load->stop) ? 0 : 64;
}

int main(int argc, char **argv) {
    static struct load load;
    uv_poll_t input;
    int r = sodium_init() < 0 ? 70 : parse(&load, argc, argv);
    if (r) {
        fprintf(stderr,
                "usage: load HOST:PORT SET idle N PARALLEL | at-once N [PARALLEL] | churn N PARALLEL SEED STOP\n");
        return r;
    }
    signal(SIGPIPE, SIG_IGN);
    system_keep_memory(); /* as alice does */
    system_large_pages();
    files_may_be_open(2 * (uint64_t)load.n + 100);
    if (uv_loop_init(&load.loop) < 0 || pool_new(&load.pool, &load.loop) < 0)
        return 70;
    if (load.mode == IDLE) {
        input.data = &load;
        if (uv_poll_init(&load.loop, &input, STDIN_FILENO) < 0)
            return 70;
        uv_poll_start(&input, UV_READABLE | UV_DISCONNECT, input_ended);
    }
    start_more(&load);
    uv_run(&load.loop, UV_RUN_DEFAULT);
    if (load.mode == IDLE)
        printf("closed %u\n", load.good);
    return load.failed ? 1 : 0;
}
