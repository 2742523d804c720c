#include "common/shell/net/local.h"

#include "common/shell/host/files.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

enum { ASKERS_MAX = 16, PATIENCE_MS = 5000, ASK_SECONDS = 10 };

struct asker {
    uv_pipe_t pipe; /* their data is this */
    uv_timer_t timer;
    uv_write_t request;
    struct local *local;
    char *text;
    unsigned handles; /* not yet closed */
};

struct local {
    uv_pipe_t pipe;
    char *(*text)(void *user, size_t *np);
    void *user;
    unsigned n_askers;
    bool closing, closed;
};

static void release(struct local *local) {
    if (local->closed && local->n_askers == 0)
        free(local);
}

static void asker_closed(uv_handle_t *handle) {
    struct asker *asker = handle->data;
    struct local *local = asker->local;
    if (--asker->handles > 0)
        return;
    free(asker->text);
    free(asker);
    local->n_askers--;
    release(local);
}

static void dismiss(struct asker *asker) {
    if (uv_is_closing((uv_handle_t *)&asker->pipe))
        return;
    uv_close((uv_handle_t *)&asker->pipe, asker_closed);
    uv_close((uv_handle_t *)&asker->timer, asker_closed);
}

static void written(uv_write_t *request, int status) {
    (void)status;
    dismiss(request->data);
}

static void too_slow(uv_timer_t *timer) {
    dismiss(timer->data);
}

static void tell(struct asker *asker) {
    size_t n = 0;
    asker->text = asker->local->closing ? NULL : asker->local->text(asker->local->user, &n);
    uv_buf_t buffer = uv_buf_init(asker->text, (unsigned)n);
    asker->request.data = asker;
    if (!asker->text || uv_write(&asker->request, (uv_stream_t *)&asker->pipe, &buffer, 1, written) < 0)
        dismiss(asker);
    else
        uv_timer_start(&asker->timer, too_slow, PATIENCE_MS, 0);
}

static void connected(uv_stream_t *stream, int status) {
    struct local *local = stream->data;
    struct asker *asker = status < 0 ? NULL : calloc(1, sizeof *asker);
    if (!asker)
        return;
    asker->local = local;
    asker->handles = 2;
    local->n_askers++;
    uv_pipe_init(stream->loop, &asker->pipe, 0);
    uv_timer_init(stream->loop, &asker->timer);
    asker->pipe.data = asker->timer.data = asker;
    if (uv_accept(stream, (uv_stream_t *)&asker->pipe) < 0 || local->n_askers > ASKERS_MAX)
        dismiss(asker);
    else
        tell(asker);
}

static int connect_to(const char *path, int *fdp) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof to.sun_path)
        return -ENAMETOOLONG;
    memcpy(to.sun_path, path, strlen(path));
    *fdp = socket(AF_UNIX, SOCK_STREAM, 0);
    if (*fdp < 0)
        return -errno;
    if (connect(*fdp, (struct sockaddr *)&to, sizeof to) == 0)
        return 0;
    int error = errno;
    close(*fdp);
    return -error;
}

/* libuv says EACCES for a folder that is not there. */
static int bind_error(const char *path, int error) {
    char *folder = error == UV_EACCES ? strdup(path) : NULL, *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        *slash = 0;
    if (slash && slash > folder && access(folder, F_OK) < 0 && errno == ENOENT)
        error = -ENOENT;
    free(folder);
    return error;
}

/* Removes a socket at which nobody listens; anything else stays. */
static int make_room(const char *path) {
    struct stat st;
    int fd, r;
    if (lstat(path, &st) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(st.st_mode))
        return -EADDRINUSE;
    r = connect_to(path, &fd);
    if (r == 0) {
        close(fd);
        return -EADDRINUSE;
    }
    if (r != -ECONNREFUSED)
        return r;
    return unlink(path) < 0 ? -errno : 0;
}

static void local_closed(uv_handle_t *handle) {
    struct local *local = handle->data;
    local->closed = true;
    release(local);
}

int local_new(struct local **localp, struct uv_loop_s *loop, const char *path, char *(*text)(void *user, size_t *np),
              void *user) {
    int r = make_room(path);
    struct local *local = r == 0 ? calloc(1, sizeof *local) : NULL;
    if (!local)
        return r < 0 ? r : -ENOMEM;
    local->text = text;
    local->user = user;
    uv_pipe_init(loop, &local->pipe, 0);
    local->pipe.data = local;
    mode_t before = umask(0177);
    r = strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path ? uv_pipe_bind(&local->pipe, path) : -ENAMETOOLONG;
    umask(before);
    r = bind_error(path, r);
    if (r == 0)
        r = uv_listen((uv_stream_t *)&local->pipe, ASKERS_MAX, connected);
    if (r < 0)
        local_free(local);
    else
        *localp = local;
    return r;
}

void local_free(struct local *local) {
    if (!local || local->closing)
        return;
    local->closing = true;
    uv_close((uv_handle_t *)&local->pipe, local_closed);
}

int local_ask(const char *path, int fd) {
    char bytes[4096];
    ssize_t n;
    int from, r = connect_to(path, &from);
    if (r < 0)
        return r;
    setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = ASK_SECONDS}, sizeof(struct timeval));
    while (r == 0 && (n = read(from, bytes, sizeof bytes)) != 0)
        r = n < 0 ? -errno : files_write(fd, bytes, (size_t)n);
    close(from);
    return r;
}
