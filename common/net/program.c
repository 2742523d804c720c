#include "common/net/program.h"

#include "common/base/chacha.h"
#include "common/base/prg.h"
#include "common/net/chat.h"
#include "common/net/system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

struct signals {
    uv_signal_t interrupt, terminate;
    void (*on_signal)(void *user, int number);
    void *user;
    unsigned handles;
};

/* A file that we open must not become standard output. */
static void fill_standard_files(void) {
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
            abort();
    }
}

static int check_keylog(struct program *p) {
    int fd = open(p->options.keylog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        screen_error(&p->screen, "--keylog %s: %s", p->options.keylog, strerror(errno));
        return STATUS_IO;
    }
    close(fd);
    screen_warning(&p->screen, "--keylog: EVERY SESSION KEY IS WRITTEN to %s; whoever reads it reads the conversations",
                   p->options.keylog);
    return OPTIONS_GO_ON;
}

int program_init(struct program *p, enum side side, int argc, const char **argv) {
    *p = (struct program){.name = side == SIDE_ALICE ? "alice" : "bob", .side = side};
    fill_standard_files();
    signal(SIGPIPE, SIG_IGN);
    system_hide_memory();
    system_keep_memory();
    chacha_prepare();
    int status = options_parse(&p->options, side, argc, argv);
    if (status != OPTIONS_GO_ON)
        return status;
    screen_init(&p->screen, p->name, p->options.quiet, p->options.verbose);
    p->loop = malloc(sizeof *p->loop);
    if (sodium_init() < 0 || !p->loop || uv_loop_init(p->loop) < 0 || pool_new(&p->pool, p->loop) < 0) {
        screen_error(&p->screen, "cannot start: out of memory");
        return STATUS_INTERNAL;
    }
    if (p->options.events) {
        int r = events_open(&p->events, p->options.events);
        if (r < 0) {
            screen_error(&p->screen, "--events %s: %s", p->options.events, strerror(-r));
            return STATUS_IO;
        }
    }
    if (keyout_new(&p->keyout, p->loop, &p->options, &p->screen, p->events) < 0)
        return STATUS_INTERNAL;
    if (p->options.seeded)
        screen_warning(&p->screen, "--seed: INSECURE. This side's secrets are no secret; use it for tests only");
    return p->options.keylog ? check_keylog(p) : OPTIONS_GO_ON;
}

void program_deinit(struct program *p) {
    program_stop(p);
    if (p->loop)
        uv_run(p->loop, UV_RUN_DEFAULT); /* close callbacks */
    keyout_free(p->keyout);
    events_close(p->events);
    pool_free(p->pool);
    if (p->loop)
        uv_loop_close(p->loop);
    free(p->loop);
    sodium_memzero(p->options.seed, sizeof p->options.seed);
    options_deinit(&p->options);
    *p = (struct program){0};
}

static void caught(uv_signal_t *handle, int number) {
    struct signals *signals = handle->data;
    signals->on_signal(signals->user, number);
}

int program_catch_signals(struct program *p, void (*on_signal)(void *user, int number), void *user) {
    struct signals *signals = calloc(1, sizeof *signals);
    if (!signals)
        return -ENOMEM;
    signals->on_signal = on_signal;
    signals->user = user;
    signals->handles = 2;
    uv_signal_init(p->loop, &signals->interrupt);
    uv_signal_init(p->loop, &signals->terminate);
    signals->interrupt.data = signals->terminate.data = signals;
    uv_signal_start(&signals->interrupt, caught, SIGINT);
    uv_signal_start(&signals->terminate, caught, SIGTERM);
    p->signals = signals;
    return 0;
}

static void signal_closed(uv_handle_t *handle) {
    struct signals *signals = handle->data;
    if (--signals->handles == 0)
        free(signals);
}

void program_stop(struct program *p) {
    if (!p->signals)
        return;
    uv_close((uv_handle_t *)&p->signals->interrupt, signal_closed);
    uv_close((uv_handle_t *)&p->signals->terminate, signal_closed);
    p->signals = NULL;
}

int program_run(struct program *p) {
    uv_run(p->loop, UV_RUN_DEFAULT);
    if (p->status == STATUS_OK && keyout_failed(p->keyout))
        p->status = STATUS_IO;
    return p->status;
}

void program_leave(struct program *p, int status) {
    chat_restore_terminal();
    screen_bar_clear(&p->screen);
    fflush(NULL);
    _exit(status); /* a thread may be stuck in a write that nobody reads: do not wait for it */
}

struct session_config program_session_config(const struct program *p) {
    const struct options *o = &p->options;
    return (struct session_config){.params = o->params,
                                   .n_params = o->n_params,
                                   .name = o->name,
                                   .timeout_ms = o->timeout_ms,
                                   .agree_only = o->agree_only,
                                   .step_by_step = o->step,
                                   .fail_attempts = o->fail_attempts};
}

void program_seed(struct program *p, uint8_t out[static 32]) {
    if (!p->options.seeded)
        randombytes_buf(out, 32);
    else if (p->n_seeds == 0)
        memcpy(out, p->options.seed, 32);
    else
        prg_subkey(out, p->options.seed, "session", p->n_seeds);
    p->n_seeds++;
}

int program_session_status(const struct program *p, const struct session_end *end) {
    if (end->outcome == SESSION_DONE && keyout_failed(p->keyout))
        return STATUS_IO;
    return end->outcome == SESSION_RUNNING ? STATUS_INTERNAL : (int)end->outcome;
}

uint64_t program_open_files(uint64_t n) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return n;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= n)
        return n;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max != RLIM_INFINITY && limit.rlim_max < n ? limit.rlim_max : (rlim_t)n;
    return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? before : limit.rlim_cur;
}
