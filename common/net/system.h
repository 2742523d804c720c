/* What only some systems have. system_linux.c or system_other.c. */
#ifndef PARLEY_NET_SYSTEM_H
#define PARLEY_NET_SYSTEM_H

/* No core dump and no debugger of the same user sees this process's memory. Best effort. */
void system_hide_memory(void);

/* Gives a pipe a larger buffer, where that is possible. Other descriptors are left alone. */
void system_grow_pipe(int fd);

#endif
