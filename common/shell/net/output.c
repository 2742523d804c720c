#include "common/shell/net/output.h"

#include "common/shell/host/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <uv.h>

enum { RING = 64, SPARE = 16, LIMIT = 1 << 20 }; /* SPARE: for last words, which wait for no room */

struct output {
    uv_fs_t write;
    uv_loop_t *loop;
    int fd;
    void (*progress)(void *user);
    void *user;
    struct session_chunk chunks[RING]; /* first, first + 1, ... modulo RING */
    size_t first, n_chunks, n_bytes;
    size_t offset; /* into the first: written already */
    bool writing, closing;
    int error;
};

int output_new(struct output **outputp, struct uv_loop_s *loop, int fd, void (*progress)(void *user), void *user) {
    struct output *output = calloc(1, sizeof *output);
    if (!output)
        return -ENOMEM;
    *output = (struct output){.loop = loop, .fd = fd, .progress = progress, .user = user};
    system_grow_pipe(fd);
    *outputp = output;
    return 0;
}

bool output_room(const struct output *output) {
    return output->n_bytes < LIMIT && output->n_chunks < RING - SPARE;
}

int output_error(const struct output *output) {
    return output->error;
}

static void drop_first(struct output *output) {
    struct session_chunk *chunk = &output->chunks[output->first];
    output->n_bytes -= chunk->n;
    session_chunk_free(chunk);
    output->first = (output->first + 1) % RING;
    output->n_chunks--;
    output->offset = 0;
}

static void start(struct output *output);

static void written(uv_fs_t *request) {
    struct output *output = request->data;
    ssize_t n = request->result;
    uv_fs_req_cleanup(request);
    output->writing = false;
    if (n == UV_EAGAIN) { /* somebody made it non-blocking: this thread pool can block */
        fcntl(output->fd, F_SETFL, fcntl(output->fd, F_GETFL) & ~O_NONBLOCK);
        n = 0;
    }
    if (n < 0) {
        output->error = (int)n;
        while (output->n_chunks)
            drop_first(output);
    }
    for (size_t left = n > 0 ? (size_t)n : 0; left;) {
        size_t rest = output->chunks[output->first].n - output->offset;
        if (left < rest) {
            output->offset += left;
            break;
        }
        left -= rest;
        drop_first(output);
    }
    start(output);
    if (!output->closing)
        output->progress(output->user);
    else if (!output->writing)
        free(output);
}

static void start(struct output *output) {
    uv_buf_t buffers[RING];
    if (output->writing || output->n_chunks == 0)
        return;
    for (size_t i = 0; i < output->n_chunks; i++) {
        struct session_chunk *chunk = &output->chunks[(output->first + i) % RING];
        size_t offset = i == 0 ? output->offset : 0;
        buffers[i] = uv_buf_init((char *)chunk->data + offset, (unsigned)(chunk->n - offset));
    }
    output->writing = true;
    output->write.data = output;
    uv_fs_write(output->loop, &output->write, output->fd, buffers, (unsigned)output->n_chunks, -1, written);
}

void output_push(struct output *output, struct session_chunk *chunk) {
    if (output->error || output->n_chunks == RING) {
        session_chunk_free(chunk);
        return;
    }
    output->chunks[(output->first + output->n_chunks++) % RING] = *chunk;
    output->n_bytes += chunk->n;
    *chunk = (struct session_chunk){0};
    start(output);
}

void output_free(struct output *output) {
    if (!output)
        return;
    output->closing = true;
    if (!output->writing)
        free(output);
}
