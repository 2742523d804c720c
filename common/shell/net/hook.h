/* The command of --on-key: sh -c in a session of its own, with variables of ours, for a limited time. What it prints
 * goes to our standard error, since standard output is the conversation's. */
#ifndef PARLEY_NET_HOOK_H
#define PARLEY_NET_HOOK_H

#include <stdint.h>

struct hook;
struct uv_loop_s;

struct hook_config {
    const char *command;
    const char *event, *file, *session, *peer; /* PARLEY_EVENT, PARLEY_KEY_FILE, PARLEY_SESSION, PARLEY_PEER */
    const char *name;                          /* PARLEY_NAME */
    uint64_t limit_ms;                         /* then it and its children are killed */
    /* Called once, when all is over. problem: what went wrong, as the end of a sentence that begins with "the command";
     * NULL for status 0. The hook has been released. */
    void (*ended)(void *user, const char *problem);
    void *user;
};

/* config may go, except for user. Negative errno: nothing has been started, and ended is not called. */
int hook_start(struct hook **hookp, struct uv_loop_s *loop, const struct hook_config *config);

/* Kills it and its children now; ended follows, if the loop still runs. */
void hook_kill(struct hook *hook);

#endif
