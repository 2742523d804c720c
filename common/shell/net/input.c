/* What the system can wait for (pipes, sockets, terminals) is waited for and then read at once; the descriptor is not
 * made non-blocking, since other processes may share it. The rest (files, some devices) is read on the thread pool. */
#include "common/shell/net/input.h"

#include "common/shell/host/system.h"
#include "common/shell/net/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

enum { BUFFER = 512 << 10 };

struct input {
    uv_poll_t poll; /* when can_wait */
    uv_fs_t read;   /* else */
    uv_loop_t *loop;
    int fd;
    bool can_wait, waiting, reading, ended, closing;
    int error;
    void (*ready)(void *user);
    void *user;
    size_t first, n; /* the bytes at hand */
    uint8_t buffer[BUFFER];
};

bool input_at_end(int fd) {
    struct stat st;
    if (fstat(fd, &st) < 0)
        return true;
    if (S_ISREG(st.st_mode)) {
        off_t at = lseek(fd, 0, SEEK_CUR);
        return at >= 0 && at >= st.st_size;
    }
    if (S_ISCHR(st.st_mode)) {
        struct stat null;
        return stat("/dev/null", &null) == 0 && null.st_rdev == st.st_rdev;
    }
    if (S_ISSOCK(st.st_mode)) {
        char byte;
        return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    }
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) && !(p.revents & POLLIN);
}

bool input_waiting(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return !input_at_end(fd) && poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

int input_new(struct input **inputp, struct uv_loop_s *loop, int fd, void (*ready)(void *user), void *user) {
    struct input *input = malloc(sizeof *input);
    if (!input)
        return -ENOMEM;
    *input = (struct input){.loop = loop, .fd = fd, .ready = ready, .user = user};
    input->can_wait = watch_init(loop, &input->poll, fd) == 0;
    input->poll.data = input;
    input->read.data = input;
    if (input->can_wait)
        system_grow_pipe(fd);
    *inputp = input;
    return 0;
}

size_t input_peek(const struct input *input, const uint8_t **bytesp) {
    *bytesp = input->buffer + input->first;
    return input->n;
}

void input_consume(struct input *input, size_t n) {
    sodium_memzero(input->buffer + input->first, n);
    input->first += n;
    input->n -= n;
}

bool input_ended(const struct input *input) {
    return input->n == 0 && input->ended;
}

int input_error(const struct input *input) {
    return input->error;
}

static void took(struct input *input, ssize_t n) {
    input->first = 0;
    input->n = n > 0 ? (size_t)n : 0;
    if (n <= 0)
        input->ended = true;
    if (n < 0)
        input->error = (int)n;
    input->ready(input->user);
}

static void readable(uv_poll_t *poll, int status, int events) {
    struct input *input = poll->data;
    (void)events;
    ssize_t n = status < 0 ? status : read(input->fd, input->buffer, BUFFER);
    if (n < 0 && status == 0) {
        if (errno == EINTR || errno == EAGAIN)
            return;
        n = errno == EIO ? 0 : -errno; /* a terminal that has gone away is at its end */
    }
    took(input, n);
    if (!input->closing && (input->n > 0 || input->ended) && input->waiting) {
        uv_poll_stop(poll);
        input->waiting = false;
    }
}

static void release(struct input *input) {
    sodium_memzero(input->buffer, BUFFER);
    free(input);
}

static void read_done(uv_fs_t *request) {
    struct input *input = request->data;
    ssize_t n = request->result;
    uv_fs_req_cleanup(request);
    input->reading = false;
    if (input->closing)
        release(input);
    else
        took(input, n);
}

void input_want(struct input *input) {
    if (input->n > 0 || input->ended || input->closing)
        return;
    if (input->can_wait && !input->waiting) {
        input->waiting = true;
        uv_poll_start(&input->poll, UV_READABLE, readable);
    } else if (!input->can_wait && !input->reading) {
        input->reading = true;
        uv_buf_t buffer = uv_buf_init((char *)input->buffer, BUFFER);
        uv_fs_read(input->loop, &input->read, input->fd, &buffer, 1, -1, read_done);
    }
}

static void poll_closed(uv_handle_t *handle) {
    release(handle->data);
}

void input_free(struct input *input) {
    if (!input || input->closing)
        return;
    input->closing = true;
    if (input->can_wait)
        uv_close((uv_handle_t *)&input->poll, poll_closed);
    else if (!input->reading)
        release(input);
}
