#include "eve/page/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 20 };

struct tail {
    char *path;
    int fd;
    char *text; /* the beginning of a line */
    size_t n;
    void (*line)(void *user, json_t *object);
    void *user;
};

int tail_new(struct tail **tailp, const char *path, void (*line)(void *user, json_t *object), void *user) {
    struct tail *tail = calloc(1, sizeof *tail);
    if (tail) {
        tail->fd = -1;
        tail->path = strdup(path);
        tail->text = malloc(LINE_MAX_BYTES);
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

static void take_line(struct tail *tail) {
    json_t *object = json_loadb(tail->text, tail->n, JSON_REJECT_DUPLICATES, NULL);
    tail->n = 0;
    if (json_is_object(object) && json_integer_value(json_object_get(object, "schema")) == 1)
        tail->line(tail->user, object);
    else
        json_decref(object);
}

bool tail_poll(struct tail *tail) {
    bool any = false;
    ssize_t n;
    if (tail->fd < 0)
        tail->fd = open(tail->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (tail->fd < 0)
        return false;
    while ((n = read(tail->fd, tail->text + tail->n, LINE_MAX_BYTES - tail->n)) > 0) {
        any = true;
        size_t have = tail->n + (size_t)n, begin = 0;
        char *end;
        while ((end = memchr(tail->text + begin, '\n', have - begin))) {
            size_t length = (size_t)(end - tail->text) - begin;
            char *keep = tail->text;
            tail->text += begin;
            tail->n = length;
            take_line(tail);
            tail->text = keep;
            begin += length + 1;
        }
        memmove(tail->text, tail->text + begin, have - begin);
        tail->n = have - begin;
        if (tail->n == LINE_MAX_BYTES) /* no line of ours */
            tail->n = 0;
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
