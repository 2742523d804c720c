/* A prompt with line editing at the terminal (standard input and output), under lines that arrive meanwhile. */
#ifndef PARLEY_NET_CHAT_H
#define PARLEY_NET_CHAT_H

#include <stdbool.h>
#include <stddef.h>

struct chat;
struct uv_loop_s;

/* Whether standard input and output are both terminals. */
bool chat_possible(void);

struct chat_ops {
    void (*line)(void *user, const char *line, size_t n); /* typed, with its newline */
    void (*ended)(void *user);                            /* ctrl-D: no more lines will come */
    void (*room)(void *user);                             /* chat_room has become true again */
};

/* Shows the prompt. Negative errno. */
int chat_new(struct chat **chatp, struct uv_loop_s *loop, const char *program, const char *prompt,
             const struct chat_ops *ops, void *user);

/* One line above the prompt, safe to print, without its newline. */
void chat_show(struct chat *chat, const char *line);
/* False while much waits to be shown. */
bool chat_room(struct chat *chat);

/* As if ctrl-D had been typed: the prompt goes, and `ended` is called. */
void chat_finish(struct chat *chat);

/* Removes the prompt, gives the terminal back, releases (later). Lines shown before are out. NULL is fine. */
void chat_free(struct chat *chat);

/* For an exit without ceremony: the terminal as it was before the first chat_new. */
void chat_restore_terminal(void);

#endif
