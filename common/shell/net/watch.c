/* libuv makes what it polls non-blocking. That belongs to the open file, and so to all who have it: the programs that
 * run after us, and our own standard output at the same terminal, would lose what does not fit at once. */
#include "common/shell/net/watch.h"

#include <fcntl.h>
#include <uv.h>

int watch_init(struct uv_loop_s *loop, struct uv_poll_s *poll, int fd) {
    int flags = fcntl(fd, F_GETFL);
    int r = uv_poll_init(loop, poll, fd);
    if (flags >= 0 && !(flags & O_NONBLOCK))
        fcntl(fd, F_SETFL, flags);
    return r;
}
