#include "common/shell/net/enter.h"

#include "common/shell/net/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

struct enter {
    uv_poll_t poll;
    int fd;
    void (*pressed)(void *user);
    void *user;
};

int enter_new(struct enter **enterp, struct uv_loop_s *loop, void (*pressed)(void *user), void *user) {
    int fd = isatty(STDIN_FILENO) ? STDIN_FILENO : open("/dev/tty", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct enter *enter = calloc(1, sizeof *enter);
    int r = enter ? watch_init(loop, &enter->poll, fd) : -ENOMEM;
    if (r < 0) {
        free(enter);
        if (fd != STDIN_FILENO)
            close(fd);
        return r;
    }
    enter->poll.data = enter;
    enter->fd = fd;
    enter->pressed = pressed;
    enter->user = user;
    *enterp = enter;
    return 0;
}

/* The terminal gives whole lines. At its end (ctrl-D) there is nobody to wait for. */
static void readable(uv_poll_t *poll, int status, int events) {
    struct enter *enter = poll->data;
    char line[256];
    (void)events;
    ssize_t n = status < 0 ? 0 : read(enter->fd, line, sizeof line);
    if (n > 0 && !memchr(line, '\n', (size_t)n))
        return;
    uv_poll_stop(poll);
    enter->pressed(enter->user);
}

void enter_wait(struct enter *enter) {
    uv_poll_start(&enter->poll, UV_READABLE, readable);
}

static void closed(uv_handle_t *handle) {
    struct enter *enter = handle->data;
    if (enter->fd != STDIN_FILENO)
        close(enter->fd);
    free(enter);
}

void enter_free(struct enter *enter) {
    if (enter && !uv_is_closing((uv_handle_t *)&enter->poll))
        uv_close((uv_handle_t *)&enter->poll, closed);
}
