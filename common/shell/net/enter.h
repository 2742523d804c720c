/* Waits for the Enter key, for --step. */
#ifndef PARLEY_NET_ENTER_H
#define PARLEY_NET_ENTER_H

struct enter;
struct uv_loop_s;

/* On standard input if that is a terminal, else on the controlling terminal. Negative errno if there is none. */
int enter_new(struct enter **enterp, struct uv_loop_s *loop, void (*pressed)(void *user), void *user);
/* Calls pressed for the next Enter. */
void enter_wait(struct enter *enter);
void enter_free(struct enter *enter); /* NULL is fine */

#endif
