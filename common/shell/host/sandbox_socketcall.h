/* Part of sandbox_linux.c, for the processors where libc makes its sockets by socketcall: x86 with 32 bits, and s390x.
 */
#ifndef PARLEY_HOST_SANDBOX_SOCKETCALL_H
#define PARLEY_HOST_SANDBOX_SOCKETCALL_H

#include <stdbool.h>

/* Whether this processor has socketcall, so that whoever is not us may use sockets of which a filter sees nothing. */
bool sandbox_has_socketcall(void);

/* From now on and in all threads, what sandbox_linux.c looks at in a socket, sendto or sendmsg holds for socketcall
 * too: one of these comes back by SIGSYS and is repeated with its arguments in registers. Before the filter, which
 * forbids it. A program that is run keeps the filter and has no handler: it could make no socket. 0, also where there
 * is no socketcall, or a negative errno. */
int sandbox_repeat_socketcall(void);

#endif
