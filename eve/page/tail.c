#include "eve/page/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tail {
    char *path;
    int fd;
    char *text; /* the beginning of a line: n of TAIL_LINE_MAX bytes */
    size_t n;
    unsigned long number; /* lines given so far */
    bool passing;         /* in the rest of a line too long */
    void (*line)(void *user, const char *text, size_t n, unsigned long number);
    void *user;
};

int tail_new(struct tail **tailp, const char *path,
             void (*line)(void *user, const char *text, size_t n, unsigned long number), void *user) {
    struct tail *tail = calloc(1, sizeof *tail);
    if (tail) {
        tail->fd = -1;
        tail->path = strdup(path);
        tail->text = malloc(TAIL_LINE_MAX);
    }
    if (!tail || !tail->path || !tail->text) {
        tail_free(tail);
        return -ENOMEM;
    }
    tail->line = line;
    tail->user = user;
    *tailp = tail;
    return 0;
}

static void give(struct tail *tail, const char *text, size_t n) {
    if (!tail->passing)
        tail->line(tail->user, text, n, ++tail->number);
    tail->passing = false;
}

/* Gives the lines that are whole among have bytes and keeps the beginning of the next one. */
static void cut(struct tail *tail, size_t have) {
    size_t begin = 0;
    char *end;
    while ((end = memchr(tail->text + begin, '\n', have - begin))) {
        size_t n = (size_t)(end - tail->text) - begin;
        give(tail, tail->text + begin, n);
        begin += n + 1;
    }
    memmove(tail->text, tail->text + begin, have - begin);
    tail->n = have - begin;
    if (tail->n == TAIL_LINE_MAX) {
        give(tail, tail->text, tail->n);
        tail->passing = true;
    }
    if (tail->passing)
        tail->n = 0;
}

bool tail_poll(struct tail *tail) {
    bool any = false;
    ssize_t n;
    if (tail->fd < 0)
        tail->fd = open(tail->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (tail->fd < 0)
        return false;
    for (size_t total = 0; total < TAIL_POLL_BYTES; total += (size_t)n) {
        n = read(tail->fd, tail->text + tail->n, TAIL_LINE_MAX - tail->n);
        if (n <= 0)
            break;
        any = true;
        cut(tail, tail->n + (size_t)n);
    }
    return any;
}

void tail_free(struct tail *tail) {
    if (!tail)
        return;
    if (tail->fd >= 0)
        close(tail->fd);
    free(tail->path);
    free(tail->text);
    free(tail);
}
