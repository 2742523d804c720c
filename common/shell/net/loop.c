#include "common/shell/net/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

enum { LAST_TURNS = 100, SIGNALS_MAX = 4 };

struct caught {
    uv_signal_t handle; /* its data is this */
    int number;
    bool asks; /* it ends nothing */
    void (*caught)(void *user, int number);
    void *user;
};

struct loop {
    uv_loop_t uv;
    struct caught signals[SIGNALS_MAX];
    unsigned n_signals;
    bool ignoring;
};

int loop_new(struct loop **loopp) {
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return -ENOMEM;
    if (uv_loop_init(&loop->uv) < 0) {
        free(loop);
        return -ENOMEM;
    }
    *loopp = loop;
    return 0;
}

struct uv_loop_s *loop_uv(struct loop *loop) {
    return &loop->uv;
}

static void caught(uv_signal_t *handle, int number) {
    struct caught *signal = handle->data;
    signal->caught(signal->user, number);
}

static void catch_one(struct loop *loop, int number, bool asks, void (*on_signal)(void *user, int number), void *user) {
    struct caught *one = &loop->signals[loop->n_signals++];
    *one = (struct caught){.number = number, .asks = asks, .caught = on_signal, .user = user};
    uv_signal_init(&loop->uv, &one->handle);
    one->handle.data = one;
    uv_signal_start(&one->handle, caught, number);
}

void loop_catch(struct loop *loop, void (*on_signal)(void *user, int number), void *user) {
    catch_one(loop, SIGINT, false, on_signal, user);
    catch_one(loop, SIGTERM, false, on_signal, user);
}

void loop_hear(struct loop *loop, int number, void (*heard)(void *user, int number), void *user) {
    catch_one(loop, number, true, heard, user);
}

void loop_ignore(struct loop *loop) {
    if (loop->ignoring)
        return;
    loop->ignoring = loop->n_signals > 0;
    for (unsigned i = 0; i < loop->n_signals; i++) {
        uv_close((uv_handle_t *)&loop->signals[i].handle, NULL);
        if (loop->signals[i].asks)
            signal(loop->signals[i].number, SIG_IGN);
    }
}

void loop_run(struct loop *loop) {
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop) {
    uv_stop(&loop->uv);
}

int loop_free(struct loop *loop) {
    if (!loop)
        return 0;
    loop_ignore(loop);
    for (int i = 0; i < LAST_TURNS && uv_loop_alive(&loop->uv); i++)
        uv_run(&loop->uv, UV_RUN_NOWAIT);
    if (uv_loop_close(&loop->uv) < 0)
        return 1;
    free(loop);
    return 0;
}
