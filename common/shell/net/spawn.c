#include "common/shell/net/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct source {
    uv_pipe_t pipe;
    char *text; /* the beginning of a line */
    size_t n;
    bool ended;
};

struct spawn {
    uv_process_t handle;
    uv_pipe_t input;
    struct source out[2];
    struct spawn_config config;
    unsigned handles; /* open */
    int status;
    bool exited, has_input, freed, told;
};

static void closed(uv_handle_t *handle) {
    struct spawn *p = handle->data;
    if (--p->handles || !p->freed)
        return;
    free(p->out[0].text);
    free(p->out[1].text);
    free(p);
}

static void close_handle(struct spawn *p, uv_handle_t *handle) {
    if (p->handles && !uv_is_closing(handle))
        uv_close(handle, closed);
}

static void give_line(struct spawn *p, struct source *s) {
    s->text[s->n] = 0;
    if (p->config.line && !p->freed)
        p->config.line(p->config.user, s == &p->out[0] ? 1 : 2, s->text, s->n);
    s->n = 0;
}

static void tell_end(struct spawn *p) {
    if (!p->exited || !p->out[0].ended || !p->out[1].ended || p->told || p->freed)
        return;
    p->told = true;
    p->config.ended(p->config.user, p->status);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    static char shared[64 << 10];
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(shared, sizeof shared);
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
    struct spawn *p = stream->data;
    struct source *s = stream == (uv_stream_t *)&p->out[0].pipe ? &p->out[0] : &p->out[1];
    for (ssize_t i = 0; i < n && !p->freed; i++) {
        char c = buffer->base[i];
        if (c == '\n' || s->n + 1 == SPAWN_LINE_MAX)
            give_line(p, s);
        if (c != '\n')
            s->text[s->n++] = c;
    }
    if (n >= 0 || s->ended || p->freed)
        return;
    if (s->n)
        give_line(p, s);
    s->ended = true;
    close_handle(p, (uv_handle_t *)stream);
    tell_end(p);
}

static void exited(uv_process_t *handle, int64_t status, int number) {
    struct spawn *p = handle->data;
    p->exited = true;
    p->status = number ? 128 + number : (int)status;
    kill(-handle->pid, SIGKILL); /* what it has left behind */
    close_handle(p, (uv_handle_t *)handle);
    tell_end(p);
}

int spawn_start(struct spawn **spawnp, struct uv_loop_s *loop, const struct spawn_config *config) {
    struct spawn *p = calloc(1, sizeof *p);
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
    if (!p || !(p->out[0].text = malloc(SPAWN_LINE_MAX)) || !(p->out[1].text = malloc(SPAWN_LINE_MAX))) {
        if (p)
            free(p->out[0].text);
        free(p);
        return -ENOMEM;
    }
    p->config = *config;
    p->has_input = config->input;
    if (config->input) {
        uv_pipe_init(loop, &p->input, 0);
        p->input.data = p;
        p->handles++;
        stdio[0] =
            (uv_stdio_container_t){.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&p->input};
    }
    for (int i = 0; i < 2; i++) {
        uv_pipe_init(loop, &p->out[i].pipe, 0);
        p->out[i].pipe.data = p;
        p->handles++;
        stdio[1 + i] = (uv_stdio_container_t){.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
                                              .data.stream = (uv_stream_t *)&p->out[i].pipe};
    }
    uv_process_options_t options = {.exit_cb = exited,
                                    .file = config->arguments[0],
                                    .args = (char **)(uintptr_t)config->arguments,
                                    .flags = UV_PROCESS_DETACHED, /* a group of its own */
                                    .stdio_count = 3,
                                    .stdio = stdio};
    p->handle.data = p;
    p->handles++;
    int r = uv_spawn(loop, &p->handle, &options);
    if (r < 0) {
        p->exited = true;
        spawn_free(p);
        return r;
    }
    for (int i = 0; i < 2; i++)
        uv_read_start((uv_stream_t *)&p->out[i].pipe, give_buffer, received);
    *spawnp = p;
    return 0;
}

struct said {
    uv_write_t request;
    char text[];
};

static void written(uv_write_t *request, int status) {
    (void)status;
    free(request);
}

int spawn_say(struct spawn *p, const char *text, size_t n) {
    if (!p->has_input || uv_is_closing((uv_handle_t *)&p->input))
        return -EPIPE;
    struct said *said = malloc(sizeof *said + n);
    if (!said)
        return -ENOMEM;
    memcpy(said->text, text, n);
    uv_buf_t buffer = uv_buf_init(said->text, (unsigned)n);
    int r = uv_write(&said->request, (uv_stream_t *)&p->input, &buffer, 1, written);
    if (r < 0)
        free(said);
    return r;
}

void spawn_close_input(struct spawn *p) {
    if (p->has_input)
        close_handle(p, (uv_handle_t *)&p->input);
}

void spawn_signal(struct spawn *p, int number) {
    if (!p->exited)
        kill(-p->handle.pid, number);
}

void spawn_free(struct spawn *p) {
    if (!p)
        return;
    if (!p->exited)
        kill(-p->handle.pid, SIGKILL);
    p->freed = true;
    spawn_close_input(p);
    close_handle(p, (uv_handle_t *)&p->out[0].pipe);
    close_handle(p, (uv_handle_t *)&p->out[1].pipe);
    if (p->exited)
        close_handle(p, (uv_handle_t *)&p->handle);
    if (p->handles == 0) {
        free(p->out[0].text);
        free(p->out[1].text);
        free(p);
    }
}
