#include "common/net/system.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { PIPE_BYTES = 1 << 20 };

void system_hide_memory(void) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifndef PARLEY_DEBUGGABLE
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void system_grow_pipe(int fd) {
    fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}
