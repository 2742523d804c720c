/* A Unix socket at which whoever may open it is told a text, and then the connection is closed. */
#ifndef PARLEY_NET_LOCAL_H
#define PARLEY_NET_LOCAL_H

#include <stddef.h>

struct local;
struct uv_loop_s;

/* Listens at path, mode 0600; what a process that is no more has left there is removed, and so is the path at the end
 * where that is allowed. text: of this moment, malloc'ed, freed here; NULL: out of memory. -EADDRINUSE: somebody
 * listens there, or it is no socket; other negative errnos. */
int local_new(struct local **localp, struct uv_loop_s *loop, const char *path, char *(*text)(void *user, size_t *np),
              void *user);
/* Nobody is told any more. NULL is fine. */
void local_free(struct local *local);

/* Asks at path, and writes what is told to a descriptor. -ECONNREFUSED, -ENOENT: nobody is there. Blocks for as long as
 * the other side does not close, seconds at most. */
int local_ask(const char *path, int fd);

#endif
