#include "bob/shell_board.h"

#include "bob/shell_crowd.h"
#include "common/base/name_alike.h"
#include "common/base/secret.h"
#include "common/base/text.h"
#include "common/shell/net/chat.h"
#include "common/shell/net/input.h"
#include "common/shell/net/output.h"
#include "common/shell/net/timer.h"
#include "common/shell/term/command.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { TYPED_MAX = 1 << 20, LINE_MAX_BYTES = 64 << 10, SHOWN_MAX = 512 << 10 };

struct board {
    struct program *program;
    struct client *const *clients;
    struct chat *chat;     /* at a terminal */
    struct output *output; /* else */
    bool output_failed;
    struct session_chunk shown; /* lines on their way there */
    size_t shown_capacity;
    struct timer *passing; /* of a conference: what is said is on its way to the others */
    struct input *input;
    char *line; /* from input, not complete yet */
    size_t n_line;
};

/* ---- out to the alices */

/* A client that does not read loses lines; the others must not wait for it. */
static void send_to(struct board *board, struct client *client, const char *line, size_t n) {
    int r = typed_add(&client->typed, line, n, TYPED_MAX);
    if (r < 0) {
        screen_warning(&board->program->screen, "%s%s: a line to it is lost", client->label,
                       r == -ENOBUFS ? " does not read" : ": out of memory");
        return;
    }
    conn_touch(client->conn);
}

static void say_not_sent(struct board *board, const char *why) {
    screen_line(&board->program->screen, SCREEN_WARN, "%s: the line was not sent", why);
}

/* The wire has no mark for it, so the text says that nobody else gets it, and our own screen who does. */
static void send_private(struct board *board, struct client *client, const char *text, size_t n) {
    static const char mark[] = "(to you alone) ";
    size_t n_mark = sizeof mark - 1, n_line = text[n - 1] == '\n' ? n - 1 : n;
    char *line = malloc(n_mark + n), shown[LINES_MAX];
    if (!line) {
        screen_warning(&board->program->screen, "%s: out of memory: a line to it is lost", client->label);
        return;
    }
    memcpy(line, mark, n_mark);
    memcpy(line + n_mark, text, n);
    send_to(board, client, line, n_mark + n);
    sodium_memzero(line, n_mark + n);
    free(line);
    text_escape(shown, sizeof shown, (const uint8_t *)text, n_line);
    screen_always(&board->program->screen, SCREEN_DIM, "(to %s alone) %s", client->label, shown);
    sodium_memzero(shown, sizeof shown);
}

static void send_to_one(struct board *board, const char *line, size_t n) {
    size_t text, n_name = label_addressee(line, n, &text), found = 0;
    struct client *one = NULL;
    for (struct client *client = *board->clients; client; client = client->next) {
        if (client->open && label_is(client->label, session_id(conn_session(client->conn)), line + 1, n_name)) {
            one = client;
            found++;
        }
    }
    if (found != 1)
        say_not_sent(board, found ? "more than one here has that name" : "nobody here has that name");
    else if (text < n) {
        one->guest.kept_ms = timer_now_ms();
        if (board->chat)
            send_private(board, one, line + text, n - text);
        else
            send_to(board, one, line + text, n - text);
    }
}

static void send_line(void *user, const char *line, size_t n) {
    struct board *board = user;
    bool sent = false;
    struct client *next;
    if (n > 1 && line[0] == '@') {
        send_to_one(board, line, n);
        return;
    }
    for (struct client *client = *board->clients; client; client = next) {
        next = client->next;
        if (!client->open)
            continue;
        send_to(board, client, line, n);
        sent = true;
    }
    if (!sent)
        say_not_sent(board, "nobody is here");
}

/* ---- what bob types */

static void show_help(struct board *board) {
    static const char *const lines[] = {"A line goes to all who are here, one that begins with @NAME to her alone.",
                                        "/who    who is here, with her words",
                                        "/quit   ends bob, as Ctrl-C does; Ctrl-D only ends what you type",
                                        "//...   sends a line that begins with /"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        screen_wrap_always(&board->program->screen, SCREEN_DIM, 8, "%s", lines[i]);
}

static void show_who(struct board *board) {
    bool any = false;
    for (const struct client *client = *board->clients; client; client = client->next) {
        if (client->open)
            crowd_who(client, &board->program->screen);
        any |= client->open;
    }
    if (!any)
        screen_always(&board->program->screen, SCREEN_PLAIN, "nobody is here");
}

static void typed_line(void *user, const char *line, size_t n) {
    struct board *board = user;
    struct program *program = board->program;
    size_t skip;
    switch (command_of(line, n, &skip)) {
    case COMMAND_NONE:
        send_line(board, line + skip, n - skip);
        break;
    case COMMAND_HELP:
        show_help(board);
        break;
    case COMMAND_WHO:
        show_who(board);
        break;
    case COMMAND_QUIT:
        program_interrupt(program, SIGTERM); /* which may be the end of this board */
        break;
    case COMMAND_UNKNOWN:
        screen_wrap_always(&program->screen, SCREEN_WARN, 4, COMMAND_HINT);
        break;
    }
}

static void take_input(void *user) {
    struct board *board = user;
    const uint8_t *bytes;
    size_t n;
    while ((n = input_peek(board->input, &bytes)) > 0) {
        const uint8_t *newline = memchr(bytes, '\n', n);
        size_t piece = newline ? (size_t)(newline - bytes) + 1 : n;
        if (board->n_line + piece > LINE_MAX_BYTES)
            piece = LINE_MAX_BYTES - board->n_line;
        memcpy(board->line + board->n_line, bytes, piece);
        board->n_line += piece;
        input_consume(board->input, piece);
        if (board->line[board->n_line - 1] == '\n' || board->n_line == LINE_MAX_BYTES) {
            send_line(board, board->line, board->n_line);
            sodium_memzero(board->line, board->n_line);
            board->n_line = 0;
        }
    }
    if (input_ended(board->input) && board->n_line) {
        send_line(board, board->line, board->n_line);
        sodium_memzero(board->line, board->n_line);
        board->n_line = 0;
    }
    for (struct client *client = *board->clients; client; client = client->next) {
        if (client->open && client->typed.n == 0) {
            input_want(board->input); /* somebody is there to read it */
            break;
        }
    }
}

void board_feed(struct board *board, struct client *client) {
    typed_feed(&client->typed, conn_session(client->conn));
    if (board->input && client->open && client->typed.n == 0)
        input_want(board->input);
}

/* ---- in from the alices */

/* To the terminal at once; else gathered, since the output takes few large chunks rather than many small ones. */
static void show(struct board *board, const char *text) {
    if (board->chat) {
        chat_show(board->chat, text);
        return;
    }
    size_t n = strlen(text) + 1, used = board->shown.n;
    if (used + n > board->shown_capacity) {
        size_t capacity = 2 * (used + n);
        struct session_chunk more = {.block = malloc(capacity), .n = used, .secret = true};
        if (!more.block)
            return;
        more.data = more.block;
        if (used)
            memcpy(more.data, board->shown.data, used);
        session_chunk_free(&board->shown);
        board->shown = more;
        board->shown_capacity = capacity;
    }
    memcpy(board->shown.data + used, text, n);
    board->shown.data[used + n - 1] = '\n';
    board->shown.n += n;
}

static void flush_shown(struct board *board) {
    if (board->shown.n)
        output_push(board->output, &board->shown);
    board->shown = (struct session_chunk){0};
    board->shown_capacity = 0;
}

static void show_above(void *user, const char *line) {
    show(user, line);
}

struct speaker {
    struct board *board;
    struct client *client;
};

static void show_line(void *user, const char *line) {
    struct speaker *speaker = user;
    char text[4 * LINES_MAX + LABEL_TEXT + 32];
    bool colour = speaker->board->chat && speaker->board->program->screen.colour;
    snprintf(text, sizeof text, "%s%s:%s %s", colour ? "\033[1;36m" : "", speaker->client->label,
             colour ? "\033[0m" : "", line);
    show(speaker->board, text);
    sodium_memzero(text, sizeof text);
}

/* To all the others. Who does not read misses lines, and nobody is warned of it: that is hers to choose, and there may
 * be many. Their connections are looked at in a turn of the loop of their own: here one of them is at work. */
static void pass_on(void *user, const uint8_t *bytes, size_t n) {
    const struct speaker *speaker = user;
    struct client *client = speaker->client;
    char line[CONFERENCE_LINE];
    static const char slow[] = "(to you alone) You say too much: for a while your lines are not passed on.\n";
    if (!client->open)
        return;
    if (!conference_may(&client->rate, timer_now_ms())) {
        if (!client->rate.told)
            typed_add(&client->typed, slow, sizeof slow - 1, CONFERENCE_WAITING_MAX);
        client->rate.told = true;
        timer_start(speaker->board->passing, 0, 0);
        return;
    }
    size_t length = conference_line(line, client->label, bytes, n);
    for (struct client *other = *speaker->board->clients; length && other; other = other->next)
        if (other != client && other->open)
            typed_add(&other->typed, line, length, CONFERENCE_WAITING_MAX);
    sodium_memzero(line, sizeof line);
    timer_start(speaker->board->passing, 0, 0);
}

static bool line_room(void *user) {
    struct board *board = ((struct speaker *)user)->board;
    return board->chat ? chat_room(board->chat) : output_room(board->output) && board->shown.n < SHOWN_MAX;
}

static const struct lines_sink alone = {.room = line_room, .show = show_line};
static const struct lines_sink conference = {.room = line_room, .show = show_line, .said = pass_on};

static const struct lines_sink *sink_of(const struct board *board) {
    return board->program->options.conference ? &conference : &alone;
}

bool board_room(struct board *board, struct client *client) {
    struct speaker speaker = {board, client};
    bool drained = lines_drain(&client->lines, sink_of(board), &speaker);
    flush_shown(board);
    return drained && line_room(&speaker);
}

void board_data(struct board *board, struct client *client, struct session_chunk *chunk) {
    lines_give(&client->lines, chunk);
    board_room(board, client);
}

void board_leave(struct board *board, struct client *client) {
    lines_flush(&client->lines, sink_of(board), &(struct speaker){board, client});
    flush_shown(board);
}

/* A pinned alice's is her key, of which nobody takes another for it. */
static bool label_taken(void *user, const char *label) {
    const struct speaker *speaker = user;
    bool pinned = session_peer_pinned(conn_session(speaker->client->conn));
    for (const struct client *other = *speaker->board->clients; other; other = other->next) {
        if (other != speaker->client && other->open &&
            (pinned ? strcasecmp(other->label, label) == 0
                    : name_alike(other->label, strlen(other->label), label, strlen(label))))
            return true;
    }
    return false;
}

void board_join(struct board *board, struct client *client) {
    const struct session *session = conn_session(client->conn);
    char key[IDENTITY_TEXT];
    if (session_peer_pinned(session))
        identity_text(key, session_peer_identity(session), true);
    label_make(client->label, client->log.name, session_id(session), session_peer_pinned(session) ? key : NULL,
               label_taken, &(struct speaker){board, client});
    if (board->program->options.conference)
        events_called(board->program->events, client->conn, client->label);
    if (board->input)
        input_want(board->input);
}

/* ---- life */

static void look_at_all(void *user) {
    struct board *board = user;
    struct client *next;
    if (board->output && output_error(board->output) && !board->output_failed) {
        board->output_failed = true;
        screen_error(&board->program->screen, "standard output failed (%s): what alices say is not shown any more",
                     strerror(-output_error(board->output)));
    }
    for (struct client *client = *board->clients; client; client = next) {
        next = client->next;
        conn_touch(client->conn);
    }
}

static void chat_ended(void *user) {
    struct board *board = user;
    screen_line(&board->program->screen, SCREEN_DIM, "(end of input: the sessions stay; Ctrl-C ends bob)");
}

static void passed(void *user) {
    struct board *board = user;
    struct client *next;
    for (struct client *client = *board->clients; client; client = next) {
        next = client->next;
        if (client->open && client->typed.n)
            conn_touch(client->conn);
    }
}

static int open_board(struct board *board) {
    static const struct chat_ops ops = {.line = typed_line, .ended = chat_ended, .room = look_at_all};
    struct program *program = board->program;
    int r;
    if (chat_possible()) {
        r = chat_new(&board->chat, program->loop, "parley", "all> ", &ops, board);
        if (r == 0 && program->screen.terminal) {
            program->screen.above = show_above;
            program->screen.user = board;
        }
        return r;
    }
    board->line = secret_new(LINE_MAX_BYTES);
    if (!board->line)
        return -ENOMEM;
    r = output_new(&board->output, program->loop, STDOUT_FILENO, look_at_all, board);
    return r < 0 ? r : input_new(&board->input, program->loop, STDIN_FILENO, take_input, board);
}

int board_new(struct board **boardp, struct program *program, struct client *const *clients) {
    struct board *board = calloc(1, sizeof *board);
    if (!board)
        return -ENOMEM;
    board->program = program;
    board->clients = clients;
    int r = program->options.conference ? timer_new(&board->passing, program->loop, passed, board) : 0;
    if (r == 0)
        r = open_board(board);
    if (r < 0)
        board_free(board);
    else
        *boardp = board;
    return r;
}

void board_free(struct board *board) {
    if (!board)
        return;
    if (board->program->screen.user == board)
        board->program->screen.above = NULL;
    chat_free(board->chat);
    timer_free(board->passing);
    output_free(board->output);
    input_free(board->input);
    secret_free(board->line);
    free(board);
}
