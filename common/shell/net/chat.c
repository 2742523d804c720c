/* libedit reads a line by blocking, so it gets a thread of its own. That thread alone touches libedit and, while the
 * prompt is up, the terminal. It waits for keys inside libedit's own request for the next character (EL_GETCFN), and
 * there it also takes the lines that the loop wants shown: it wipes the prompt, prints them, and lets libedit draw
 * prompt and typed text again. A half-typed escape sequence therefore holds up nobody. */
#include "common/shell/net/chat.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>
#include <wchar.h>

enum { WAITING_MAX = 64 << 10, CTRL_D = 4 };

struct node {
    struct node *next;
    size_t n;
    char text[];
};

struct queue {
    struct node *head, *tail;
    size_t n_bytes;
};

struct chat {
    uv_async_t async;
    uv_signal_t resize, resume;
    uv_thread_t thread;
    uv_mutex_t mutex;   /* guards what follows, up to the blank line */
    struct queue shown; /* to the terminal */
    struct queue typed; /* from it */
    bool editing;       /* the thread has the terminal */
    bool quit, resized, resumed, was_full;

    int wake[2]; /* a pipe; a byte wakes the thread */
    const struct chat_ops *ops;
    void *user;
    unsigned handles;
    bool closing, end_told;

    /* the thread's own */
    EditLine *edit;
    History *history;
    const char *program;
    char prompt[64];
    int n_early; /* bytes at the terminal that may be of the time when its own line discipline had them */
};

static struct termios original;
static bool original_known;
static bool prompt_up;

bool chat_possible(void) {
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

void chat_restore_terminal(void) {
    if (!prompt_up)
        return;
    tcsetattr(STDIN_FILENO, TCSANOW, &original);
    if (write(STDOUT_FILENO, "\r\n", 2) < 0) /* not printf: it may be called by a signal handler */
        return;
}

static void push(struct queue *q, const char *text, size_t n) {
    struct node *node = malloc(sizeof *node + n + 1);
    if (!node)
        return;
    node->next = NULL;
    node->n = n;
    memcpy(node->text, text, n);
    node->text[n] = 0;
    if (q->tail)
        q->tail->next = node;
    else
        q->head = node;
    q->tail = node;
    q->n_bytes += n;
}

static void queue_clear(struct queue *q) {
    while (q->head) {
        struct node *node = q->head;
        q->head = node->next;
        sodium_memzero(node->text, node->n); /* somebody has said it */
        free(node);
    }
    *q = (struct queue){0};
}

static void wake(struct chat *chat) {
    if (write(chat->wake[1], "", 1) < 0) {
        /* full: the thread is awake already */
    }
}

/* ---- the thread */

static char *prompt_of(EditLine *edit) {
    struct chat *chat;
    el_get(edit, EL_CLIENTDATA, &chat);
    return chat->prompt;
}

/* Columns of UTF-8 text, near enough. */
static size_t columns_of(const char *text, size_t n) {
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += (text[i] & 0xc0) != 0x80;
    return columns;
}

/* The terminal's own line discipline (ICANON) has the keys until here, and never again: libedit would give them back to
 * it between two lines, where it shows and edits what is typed a second time, and swallows ctrl-D. Lines that it has
 * taken stay as they are; ctrl-D has become a NUL among them, which read_character mends. */
static void take_terminal(struct chat *chat) {
    el_set(chat->edit, EL_SETTY, "-x", "-icanon", "-echo", "-iexten", NULL);
    if (ioctl(STDIN_FILENO, FIONREAD, &chat->n_early) < 0)
        chat->n_early = 0;
}

/* Puts the cursor where the prompt begins, and wipes everything from there. */
static void wipe_prompt(struct chat *chat) {
    const LineInfo *line = el_line(chat->edit);
    struct winsize size;
    size_t width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    size_t before = columns_of(chat->prompt, strlen(chat->prompt)) +
                    columns_of(line->buffer, (size_t)(line->cursor - line->buffer));
    if (before / width)
        printf("\033[%zuA", before / width);
    printf("\r\033[J");
}

static void print_all(struct queue *q) {
    for (struct node *node = q->head; node; node = node->next)
        printf("%s\n", node->text);
    fflush(stdout);
    queue_clear(q);
}

/* Shows what waits. True when the thread should end. */
static bool attend(struct chat *chat) {
    char bytes[64];
    while (read(chat->wake[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
    uv_mutex_lock(&chat->mutex);
    struct queue shown = chat->shown;
    chat->shown = (struct queue){0};
    bool quit = chat->quit, resized = chat->resized, resumed = chat->resumed, was_full = chat->was_full;
    chat->resized = chat->resumed = chat->was_full = false;
    uv_mutex_unlock(&chat->mutex);
    bool any = shown.head != NULL;
    if (resumed) { /* the shell has had the terminal meanwhile, and left it in its own mode */
        el_set(chat->edit, EL_PREP_TERM, 0);
        take_terminal(chat);
        el_set(chat->edit, EL_PREP_TERM, 1);
    }
    if (any || quit || resized)
        wipe_prompt(chat);
    print_all(&shown);
    if (resized)
        el_resize(chat->edit);
    if ((any || resized || resumed) && !quit)
        el_set(chat->edit, EL_REFRESH);
    if (was_full)
        uv_async_send(&chat->async);
    return quit;
}

/* One whole UTF-8 character, of which libedit has asked for the first byte. 1, 0 at the end, -1. */
static int read_character(EditLine *edit, wchar_t *out) {
    struct chat *chat;
    mbstate_t state = {0};
    el_get(edit, EL_CLIENTDATA, &chat);
    for (;;) {
        struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = chat->wake[0], .events = POLLIN}};
        if (poll(fds, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        if (fds[1].revents && attend(chat))
            return 0;
        if (!fds[0].revents)
            continue;
        char byte;
        ssize_t n = read(STDIN_FILENO, &byte, 1);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return 0;
        if (chat->n_early > 0 && chat->n_early-- && byte == 0)
            byte = CTRL_D;
        size_t used = mbrtowc(out, &byte, 1, &state);
        if (used == (size_t)-2)
            continue; /* more bytes of it to come */
        if (used == (size_t)-1)
            *out = (unsigned char)'?';
        return 1;
    }
}

static void use_utf8(void) {
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && !setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "UTF-8"); /* macOS */
}

/* The terminal is as it was. What has been typed for the chat and not been read is not left for the shell. */
static void end_editor(struct chat *chat) {
    if (chat->edit)
        el_end(chat->edit);
    if (chat->history)
        history_end(chat->history);
}

static void edit_lines(void *argument) {
    struct chat *chat = argument;
    HistEvent event;
    int n;
    const char *line;
    take_terminal(chat);
    while ((line = el_gets(chat->edit, &n)) && n > 0) {
        if (n > 1)
            history(chat->history, &event, H_ENTER, line);
        uv_mutex_lock(&chat->mutex);
        push(&chat->typed, line, (size_t)n);
        uv_mutex_unlock(&chat->mutex);
        uv_async_send(&chat->async);
    }
    uv_mutex_lock(&chat->mutex);
    if (!chat->quit) {
        wipe_prompt(chat);
        fflush(stdout);
    }
    print_all(&chat->shown);
    end_editor(chat);
    chat->editing = false;
    uv_mutex_unlock(&chat->mutex);
    uv_async_send(&chat->async);
}

static int start_editor(struct chat *chat) {
    HistEvent event;
    use_utf8();
    if (!original_known)
        original_known = tcgetattr(STDIN_FILENO, &original) == 0;
    chat->edit = el_init(chat->program, stdin, stdout, stderr);
    chat->history = history_init();
    if (!chat->edit || !chat->history) {
        end_editor(chat);
        return -ENOMEM;
    }
    history(chat->history, &event, H_SETSIZE, 500);
    el_set(chat->edit, EL_CLIENTDATA, chat);
    el_set(chat->edit, EL_PROMPT, prompt_of);
    el_set(chat->edit, EL_EDITOR, "emacs");
    el_set(chat->edit, EL_SIGNAL, 0);
    el_set(chat->edit, EL_HIST, history, chat->history);
    el_set(chat->edit, EL_GETCFN, read_character);
    return 0;
}

/* ---- the loop's side */

static void noticed(uv_async_t *async) {
    struct chat *chat = async->data;
    uv_mutex_lock(&chat->mutex);
    struct queue typed = chat->typed;
    chat->typed = (struct queue){0};
    bool ended = !chat->editing;
    uv_mutex_unlock(&chat->mutex);
    for (struct node *node = typed.head; node && !chat->closing; node = node->next)
        chat->ops->line(chat->user, node->text, node->n);
    queue_clear(&typed);
    if (ended && !chat->end_told && !chat->closing) {
        chat->end_told = true;
        chat->ops->ended(chat->user);
    }
    if (!chat->closing)
        chat->ops->room(chat->user);
}

static void signalled(uv_signal_t *handle, int number) {
    struct chat *chat = handle->data;
    uv_mutex_lock(&chat->mutex);
    *(number == SIGWINCH ? &chat->resized : &chat->resumed) = true;
    uv_mutex_unlock(&chat->mutex);
    wake(chat);
}

static void handle_closed(uv_handle_t *handle) {
    struct chat *chat = handle->data;
    if (--chat->handles > 0)
        return;
    close(chat->wake[0]);
    close(chat->wake[1]);
    uv_mutex_destroy(&chat->mutex);
    queue_clear(&chat->shown);
    queue_clear(&chat->typed);
    free(chat);
}

/* The thread has ended, or has never been there. */
static void release(struct chat *chat) {
    prompt_up = false;
    uv_close((uv_handle_t *)&chat->async, handle_closed);
    uv_close((uv_handle_t *)&chat->resize, handle_closed);
    uv_close((uv_handle_t *)&chat->resume, handle_closed);
}

int chat_new(struct chat **chatp, struct uv_loop_s *loop, const char *program, const char *prompt,
             const struct chat_ops *ops, void *user) {
    struct chat *chat = calloc(1, sizeof *chat);
    if (!chat)
        return -ENOMEM;
    chat->ops = ops;
    chat->user = user;
    chat->program = program;
    chat->editing = true;
    snprintf(chat->prompt, sizeof chat->prompt, "%s", prompt);
    int r = start_editor(chat);
    if (r == 0 && (r = uv_pipe(chat->wake, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE)) < 0)
        end_editor(chat);
    if (r < 0) {
        free(chat);
        return r;
    }
    uv_mutex_init(&chat->mutex);
    uv_async_init(loop, &chat->async, noticed);
    uv_signal_init(loop, &chat->resize);
    uv_signal_init(loop, &chat->resume);
    chat->async.data = chat->resize.data = chat->resume.data = chat;
    chat->handles = 3;
    uv_signal_start(&chat->resize, signalled, SIGWINCH);
    uv_signal_start(&chat->resume, signalled, SIGCONT);
    fflush(stderr);
    prompt_up = original_known;
    r = uv_thread_create(&chat->thread, edit_lines, chat);
    if (r < 0) {
        end_editor(chat);
        chat->closing = true;
        release(chat);
        return r;
    }
    *chatp = chat;
    return 0;
}

void chat_show(struct chat *chat, const char *line) {
    uv_mutex_lock(&chat->mutex);
    bool editing = chat->editing;
    if (editing)
        push(&chat->shown, line, strlen(line));
    uv_mutex_unlock(&chat->mutex);
    if (editing)
        wake(chat);
    else {
        printf("%s\n", line);
        fflush(stdout);
    }
}

bool chat_room(struct chat *chat) {
    uv_mutex_lock(&chat->mutex);
    bool room = chat->shown.n_bytes < WAITING_MAX;
    chat->was_full |= !room;
    uv_mutex_unlock(&chat->mutex);
    return room;
}

void chat_finish(struct chat *chat) {
    uv_mutex_lock(&chat->mutex);
    chat->quit = true;
    uv_mutex_unlock(&chat->mutex);
    wake(chat);
}

void chat_free(struct chat *chat) {
    if (!chat || chat->closing)
        return;
    chat->closing = true;
    chat_finish(chat);
    uv_thread_join(&chat->thread);
    release(chat);
}
