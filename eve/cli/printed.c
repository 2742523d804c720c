#include "eve/cli/printed.h"

#include "common/shell/host/status.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Asked of the pipe, since stdio does not keep the error of the write that failed first. */
static bool reader_has_left(void) {
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP));
}

int printed_end(struct screen *screen, int status) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    int error = errno ? errno : EIO;
    if (error == EPIPE || reader_has_left())
        return status;
    screen_error(screen, "standard output: %s", strerror(error));
    return STATUS_IO;
}
