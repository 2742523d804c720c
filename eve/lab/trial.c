#include "eve/lab/trial.h"

#include "eve/lab/lab.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <string.h>

struct clock {
    const struct instance *task;
    bool by_wall;
    size_t looked, looks;
    double seconds, began;
};

static double now(void *context) {
    const struct clock *c = context;
    return c->by_wall ? lab_now() : lab_thread_seconds();
}

static bool stop(void *context) {
    struct clock *c = context;
    return ++c->looked > c->looks || now(context) - c->began >= c->seconds || lab_interrupted();
}

static bool verify(void *context, const uint8_t *s) {
    const struct clock *c = context;
    return memcmp(s, c->task->secret, c->task->params.n / 8) == 0;
}

/* While these work, our thread only waits. */
static bool is_a_process(const struct learner_kind *kind) {
    static const char *const names[] = {"logistic", "trees", "mlp"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], kind->name) == 0)
            return true;
    return kind->takes_command;
}

int trial_run(struct trial *trial, const char *learner, const struct instance *task, const uint8_t seed[static 32],
              size_t looks, double seconds) {
    const struct learner_kind *kind = learners_find(learner);
    if (!kind)
        return -EINVAL;
    struct clock clock = {.task = task, .by_wall = is_a_process(kind), .looks = looks, .seconds = seconds};
    struct learn_ask ask = {
        .view = &task->view,
        .seed = seed,
        .n_threads = 1,
        .now = now,
        .stop = stop,
        .verify = verify,
        .context = &clock,
        .budget = seconds,
    };
    double before = lab_thread_seconds();
    clock.began = now(&clock);
    int r = learn(kind, &ask, &trial->result);
    trial->seconds = lab_thread_seconds() - before;
    if (r < 0)
        return r;
    trial->seconds += trial_fact(trial, "process_seconds", 0);
    trial->right = trial->result.status == LEARN_SOLVED && verify(&clock, trial->result.hypothesis);
    return lab_interrupted() ? -EINTR : 0;
}

double trial_fact(const struct trial *trial, const char *name, double otherwise) {
    for (size_t i = 0; i < trial->result.n_facts; i++)
        if (strcmp(trial->result.facts[i].name, name) == 0)
            return trial->result.facts[i].value;
    return otherwise;
}
