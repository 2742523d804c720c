/* Streams and lists: the owner's events, a piece at a time, as the socket takes them. */
#include "common/shell/net/web_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct pen {
    char *out;
    size_t room, n, skip;
};

static void put(struct pen *pen, const char *text, size_t length) {
    if (pen->skip >= length) {
        pen->skip -= length;
        return;
    }
    size_t n = length - pen->skip;
    if (n > pen->room - pen->n)
        n = pen->room - pen->n;
    memcpy(pen->out + pen->n, text + pen->skip, n);
    pen->n += n;
    pen->skip = 0;
}

/* Some bytes of the next event: how many, 0 when there is none, -ESTALE when the rest of what was begun is gone. */
static ssize_t write_event(struct web_client *x, char *out, size_t room) {
    const struct web_config *config = &x->web->config;
    uint64_t number = x->number;
    char head[48];
    const char *tail = "\n\n";
    if (x->kind == WEB_LIST && x->number >= x->until)
        return 0;
    const char *text = config->next(config->user, &number);
    if ((x->offset || x->kind == WEB_LIST) && (!text || number != x->under_way))
        return -ESTALE;
    if (!text)
        return 0;
    if (x->kind == WEB_STREAM)
        snprintf(head, sizeof head, "id: %llu\ndata: ", (unsigned long long)number);
    else {
        snprintf(head, sizeof head, number == x->after + 1 ? "[" : ",\n");
        tail = number == x->until ? "]\n" : "";
    }
    size_t n_head = strlen(head), n_text = strlen(text), n_tail = strlen(tail);
    struct pen pen = {.out = out, .room = room, .skip = x->offset};
    put(&pen, head, n_head);
    put(&pen, text, n_text);
    put(&pen, tail, n_tail);
    x->offset += pen.n;
    x->under_way = number;
    if (x->offset == n_head + n_text + n_tail) {
        x->number = number;
        x->under_way = number + 1;
        x->offset = 0;
    }
    return (ssize_t)pen.n;
}

ssize_t web_stream_read(void *user, uint64_t position, char *out, size_t room) {
    struct web_client *x = user;
    size_t n = 0;
    ssize_t r = 1;
    (void)position;
    if (x->cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    while (n < room && (r = write_event(x, out + n, room - n)) > 0)
        n += (size_t)r;
    if (r < 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n == 0 && x->kind == WEB_LIST)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (n == 0) {
        x->waiting = true;
        MHD_suspend_connection(x->connection);
    }
    return (ssize_t)n;
}

bool web_stream_fits(struct web *web, bool trusted) {
    if (web->n_streams < WEB_STREAMS_MAX)
        return true;
    for (struct web_client *x = web->oldest; x && trusted; x = x->newer)
        if (x->kind == WEB_STREAM && !x->trusted && !x->cut) {
            web_client_cut(x);
            return true;
        }
    return false;
}

void web_stream_begin(struct web_client *x, const struct web_answer *a) {
    x->kind = a->kind;
    x->number = x->after = a->after;
    x->until = a->until;
    x->under_way = a->after + 1;
    x->web->n_streams += a->kind == WEB_STREAM;
}
