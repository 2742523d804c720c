#include "common/shell/app/talk.h"

#include "common/shell/net/chat.h"
#include "common/shell/net/input.h"
#include "common/shell/net/output.h"
#include "common/shell/term/command.h"
#include "common/shell/term/lines.h"
#include "common/shell/term/typed.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TYPED_MAX = 16 << 20 };

struct talk {
    struct uv_loop_s *loop;
    struct screen *screen;
    struct conn *conn; /* NULL before and after */
    bool input_terminal, output_terminal;
    bool stays;            /* for more keys, if there is nothing to say: */
    bool input_was_at_end; /* from the start, and this side stays */
    bool ended;            /* our end mark has been asked for */
    bool peer_ended;

    /* at a terminal */
    struct chat *chat;
    bool quitting; /* /quit has been typed */
    char fingerprint[FINGERPRINT_TEXT];
    struct lines lines;
    struct typed typed; /* lines that the session has not taken yet */
    char peer[4 * 64 + 1];

    /* in a pipe */
    struct input *input;
    struct output *output;
    bool output_failed;
};

int talk_new(struct talk **talkp, struct uv_loop_s *loop, struct screen *screen, enum side side, bool stays) {
    struct talk *talk = calloc(1, sizeof *talk);
    if (!talk)
        return -ENOMEM;
    talk->loop = loop;
    talk->screen = screen;
    talk->input_terminal = isatty(STDIN_FILENO);
    talk->output_terminal = isatty(STDOUT_FILENO);
    talk->stays = stays;
    talk_connected(talk);
    snprintf(talk->peer, sizeof talk->peer, "%s", side == SIDE_ALICE ? "Bob" : "Alice");
    *talkp = talk;
    return 0;
}

void talk_connected(struct talk *talk) {
    talk->input_was_at_end |= talk->stays && !talk->input_terminal && input_at_end(STDIN_FILENO);
}

static void send_end(struct talk *talk) {
    talk->ended = true;
    session_send_end(conn_session(talk->conn));
    conn_touch(talk->conn);
}

/* ---- the chat */

static void show_help(struct talk *talk) {
    screen_always(talk->screen, SCREEN_DIM, "A line goes to %s.", talk->peer);
    screen_always(talk->screen, SCREEN_DIM, "/who    whom you talk with, and the words");
    screen_always(talk->screen, SCREEN_DIM, "/quit   ends your side, as Ctrl-D does");
    screen_always(talk->screen, SCREEN_DIM, "//...   sends a line that begins with /");
}

static void show_who(struct talk *talk) {
    const struct session *session = conn_session(talk->conn);
    const uint8_t *identity = session_peer_identity(session);
    char key[IDENTITY_TEXT] = "";
    if (identity)
        identity_text(key, identity, false);
    screen_wrap_always(talk->screen, SCREEN_PLAIN, 4, "%s (%s), %s%s; set %s, session %s", talk->peer,
                       conn_peer(talk->conn),
                       session_peer_pinned(session) ? "authenticated by the key "
                       : identity                   ? "with a key that nobody pinned, "
                                                    : "unauthenticated",
                       key, session_set(session)->name, session_id(session));
    screen_wrap_always(talk->screen, SCREEN_PLAIN, 4, "the words: %s", talk->fingerprint);
}

static void chat_line(void *user, const char *line, size_t n) {
    struct talk *talk = user;
    size_t skip;
    if (!talk->conn || talk->quitting)
        return;
    switch (command_of(line, n, &skip)) {
    case COMMAND_NONE:
        break;
    case COMMAND_HELP:
        show_help(talk);
        return;
    case COMMAND_WHO:
        show_who(talk);
        return;
    case COMMAND_QUIT:
        talk->quitting = true;
        chat_finish(talk->chat);
        return;
    case COMMAND_UNKNOWN:
        screen_wrap_always(talk->screen, SCREEN_WARN, 4, COMMAND_HINT);
        return;
    }
    line += skip;
    n -= skip;
    if (typed_add(&talk->typed, line, n, TYPED_MAX) < 0)
        screen_warning(talk->screen, "%s does not read: a line is lost", talk->peer);
    conn_touch(talk->conn);
}

static void chat_ended(void *user) {
    struct talk *talk = user;
    talk->screen->above = NULL;
    if (!talk->conn || talk->ended)
        return;
    screen_line(talk->screen, SCREEN_DIM, "    You have ended your side; waiting for %s.", talk->peer);
    talk->input_was_at_end = true;
    send_end(talk);
}

static void room_again(void *user) {
    struct talk *talk = user;
    if (talk->conn)
        conn_touch(talk->conn);
}

static void show_above(void *user, const char *line) {
    chat_show(((struct talk *)user)->chat, line);
}

static void show_line(void *user, const char *line) {
    struct talk *talk = user;
    if (!talk->chat) {
        puts(line);
        return;
    }
    char text[4 * LINES_MAX + sizeof talk->peer + 32];
    const char *on = talk->screen->colour ? "\033[1;36m" : "", *off = talk->screen->colour ? "\033[0m" : "";
    snprintf(text, sizeof text, "%s%s:%s %s", on, talk->peer, off, line);
    chat_show(talk->chat, text);
    sodium_memzero(text, sizeof text);
}

/* ---- what the connection asks */

static void output_progress(void *user) {
    struct talk *talk = user;
    int error = output_error(talk->output);
    if (error && !talk->output_failed) {
        char text[120];
        talk->output_failed = true;
        if (talk->conn && !session_finished(conn_session(talk->conn))) {
            snprintf(text, sizeof text, "standard output failed (%s): we stopped", strerror(-error));
            conn_fail(talk->conn, text);
            return;
        }
        screen_error(talk->screen, "standard output failed (%s): not all that arrived has been written",
                     strerror(-error));
    }
    room_again(user);
}

int talk_open(struct talk *talk, struct conn *conn) {
    static const struct chat_ops ops = {.line = chat_line, .ended = chat_ended, .room = room_again};
    int r = 0;
    talk->conn = conn;
    if (talk->input_terminal && talk->output_terminal) {
        screen_wrap(talk->screen, SCREEN_PLAIN, 4,
                    "    Type a line and press Enter to send it; Ctrl-D ends, /help tells more.");
        r = chat_new(&talk->chat, talk->loop, "parley", "> ", &ops, talk);
        if (r == 0 && talk->screen->terminal) {
            talk->screen->above = show_above;
            talk->screen->user = talk;
        }
        return r;
    }
    if (!talk->output_terminal)
        r = output_new(&talk->output, talk->loop, STDOUT_FILENO, output_progress, talk);
    if (r == 0 && !talk->input_was_at_end)
        r = input_new(&talk->input, talk->loop, STDIN_FILENO, room_again, talk);
    return r;
}

void talk_event(struct talk *talk, const struct session_event *e) {
    if (e->kind == SESSION_CONFIRMED)
        memcpy(talk->fingerprint, e->confirmed.fingerprint, sizeof talk->fingerprint);
    if (e->kind == SESSION_PEER_NAME && *e->peer_name.text)
        snprintf(talk->peer, sizeof talk->peer, "%s", e->peer_name.text);
    if (e->kind != SESSION_PEER_END)
        return;
    talk->peer_ended = true;
    if (!talk->conn || talk->ended)
        return;
    bool spoke = session_peer_spoke(conn_session(talk->conn));
    if (talk->input_was_at_end || (talk->input_terminal && spoke))
        send_end(talk);
    else if (talk->input_terminal)
        screen_line(talk->screen, SCREEN_DIM, "    %s has nothing to say; what you type still arrives. Ctrl-D ends.",
                    talk->peer);
}

static bool line_room(void *user) {
    struct talk *talk = user;
    return !talk->chat || chat_room(talk->chat);
}

static const struct lines_sink sink = {.room = line_room, .show = show_line};

static bool drain(struct talk *talk) {
    bool drained = lines_drain(&talk->lines, &sink, talk);
    fflush(stdout);
    return drained;
}

bool talk_room(struct talk *talk) {
    return talk->output ? output_room(talk->output) : drain(talk) && line_room(talk);
}

void talk_data(struct talk *talk, struct session_chunk *chunk) {
    if (talk->output) {
        output_push(talk->output, chunk);
        return;
    }
    lines_give(&talk->lines, chunk);
    drain(talk);
}

static void feed_input(struct talk *talk, struct session *session) {
    const uint8_t *bytes;
    while (session_wants_data(session)) {
        size_t n = input_peek(talk->input, &bytes);
        if (n > 0) {
            input_consume(talk->input, session_send(session, bytes, n));
            continue;
        }
        if (!input_ended(talk->input)) {
            input_want(talk->input);
        } else if (input_error(talk->input)) {
            char text[120];
            snprintf(text, sizeof text, "standard input failed (%s): we stopped", strerror(-input_error(talk->input)));
            conn_fail(talk->conn, text); /* without an end mark: this was not all */
        } else if (!talk->ended) {
            send_end(talk);
        }
        return;
    }
}

void talk_feed(struct talk *talk) {
    if (!talk->conn)
        return;
    struct session *session = conn_session(talk->conn);
    typed_feed(&talk->typed, session);
    if (talk->input && !talk->ended)
        feed_input(talk, session);
}

bool talk_interrupt(struct talk *talk) {
    if (!talk->conn || talk->peer_ended)
        return false;
    if (!talk->ended && (talk->input_terminal || talk->input_was_at_end)) {
        send_end(talk);
        return true;
    }
    return false;
}

bool talk_unsent(const struct talk *talk) {
    const uint8_t *bytes;
    if (!talk->input || talk->ended)
        return false;
    return input_peek(talk->input, &bytes) > 0 || input_waiting(STDIN_FILENO);
}

void talk_close(struct talk *talk) {
    if (!talk->conn)
        return;
    lines_flush(&talk->lines, &sink, talk);
    fflush(stdout);
    talk->conn = NULL;
    if (talk->screen->user == talk)
        talk->screen->above = NULL;
    chat_free(talk->chat);
    talk->chat = NULL;
    input_free(talk->input);
    talk->input = NULL;
}

bool talk_failed(const struct talk *talk) {
    return talk->output_failed || (talk->output && output_error(talk->output));
}

void talk_free(struct talk *talk) {
    if (!talk)
        return;
    talk_close(talk);
    output_free(talk->output);
    lines_deinit(&talk->lines);
    typed_deinit(&talk->typed);
    free(talk);
}
