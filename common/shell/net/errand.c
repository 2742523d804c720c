#include "common/shell/net/errand.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

struct errand {
    uv_work_t work;
    uv_loop_t *loop;
    void (*run)(void *user), (*done)(void *user);
    void *user;
};

static void run(uv_work_t *work) {
    struct errand *errand = (struct errand *)work;
    errand->run(errand->user);
}

static void done(uv_work_t *work, int status) {
    struct errand *errand = (struct errand *)work;
    (void)status; /* never cancelled */
    errand->done(errand->user);
}

int errand_new(struct errand **errandp, struct uv_loop_s *loop, void (*run_it)(void *user), void (*then)(void *user),
               void *user) {
    struct errand *errand = calloc(1, sizeof *errand);
    if (!errand)
        return -ENOMEM;
    *errand = (struct errand){.loop = loop, .run = run_it, .done = then, .user = user};
    *errandp = errand;
    return 0;
}

void errand_start(struct errand *errand) {
    uv_queue_work(errand->loop, &errand->work, run, done);
}

void errand_free(struct errand *errand) {
    free(errand);
}
