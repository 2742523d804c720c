#include "common/shell/net/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

enum { LAST_TURNS = 100 };

struct loop {
    uv_loop_t uv;
    uv_signal_t signals[2];
    bool catching;
    void (*caught)(void *user, int number);
    void *user;
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
    struct loop *loop = handle->data;
    loop->caught(loop->user, number);
}

void loop_catch(struct loop *loop, void (*on_signal)(void *user, int number), void *user) {
    static const int numbers[2] = {SIGINT, SIGTERM};
    loop->catching = true;
    loop->caught = on_signal;
    loop->user = user;
    for (int i = 0; i < 2; i++) {
        uv_signal_init(&loop->uv, &loop->signals[i]);
        loop->signals[i].data = loop;
        uv_signal_start(&loop->signals[i], caught, numbers[i]);
    }
}

void loop_ignore(struct loop *loop) {
    if (!loop->catching)
        return;
    loop->catching = false;
    uv_close((uv_handle_t *)&loop->signals[0], NULL);
    uv_close((uv_handle_t *)&loop->signals[1], NULL);
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
