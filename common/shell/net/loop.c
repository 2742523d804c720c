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
};

static void caught(uv_signal_t *handle, int number) {
    (void)number;
    loop_stop(handle->data);
}

int loop_new(struct loop **loopp) {
    static const int numbers[2] = {SIGINT, SIGTERM};
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return -ENOMEM;
    if (uv_loop_init(&loop->uv) < 0) {
        free(loop);
        return -ENOMEM;
    }
    for (int i = 0; i < 2; i++) {
        uv_signal_init(&loop->uv, &loop->signals[i]);
        loop->signals[i].data = loop;
        uv_signal_start(&loop->signals[i], caught, numbers[i]);
    }
    *loopp = loop;
    return 0;
}

struct uv_loop_s *loop_uv(struct loop *loop) {
    return &loop->uv;
}

void loop_run(struct loop *loop) {
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop) {
    uv_stop(&loop->uv);
}

void loop_free(struct loop *loop) {
    if (!loop)
        return;
    uv_close((uv_handle_t *)&loop->signals[0], NULL);
    uv_close((uv_handle_t *)&loop->signals[1], NULL);
    for (int i = 0; i < LAST_TURNS && uv_loop_alive(&loop->uv); i++)
        uv_run(&loop->uv, UV_RUN_NOWAIT);
    if (uv_loop_close(&loop->uv) == 0)
        free(loop);
}
