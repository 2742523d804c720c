#include "eve/lab/trial.h"

#include "common/agree/distill.h"
#include "common/base/prg.h"
#include "eve/lab/lab.h"
#include "eve/learners/learners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct clock {
    const uint8_t *right; /* the hypothesis that solves it */
    size_t n_right;       /* bytes of it */
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
    return memcmp(s, c->right, c->n_right) == 0;
}

/* While these work, our thread only waits. */
static bool is_a_process(const struct learner_kind *kind) {
    static const char *const names[] = {"logistic", "trees", "mlp", "primal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], kind->name) == 0)
            return true;
    return kind->takes_command;
}

static int run(struct trial *trial, const char *learner, const struct view *view, const uint8_t *right,
               const uint8_t seed[static 32], size_t looks, double seconds) {
    const struct learner_kind *kind = learners_find(learner);
    if (!kind)
        return -EINVAL;
    struct clock clock = {.right = right,
                          .n_right = view_hypothesis_bytes(view),
                          .by_wall = is_a_process(kind),
                          .looks = looks,
                          .seconds = seconds};
    struct learn_ask ask = {
        .view = view,
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

int trial_run(struct trial *trial, const char *learner, const struct instance *task, const uint8_t seed[static 32],
              size_t looks, double seconds) {
    return run(trial, learner, &task->view, task->secret, seed, looks, seconds);
}

int trial_lesson(struct trial *trial, const char *learner, struct lesson *lesson, const uint8_t *h,
                 const uint8_t seed[static 32], size_t looks, double seconds) {
    const struct set *set = lesson->set;
    uint8_t key[32], distillate[64], view_key[32];
    struct view view;
    struct observe_facts *facts = calloc(1, sizeof *facts);
    uint8_t *masked = malloc(set_label_bytes(set, set_challenges(set)));
    int r = facts && masked ? 0 : -ENOMEM;
    if (r == 0) {
        facts->set = set;
        if (strcmp(set->task->name, "lpn") == 0)
            facts->params = params_of(set);
        memcpy(facts->matrix_seed, lesson->matrix_seed, 32);
        facts->composed = lesson->vectors;
        facts->n_composed = lesson->n_vectors;
        facts->labels = lesson->labels;
        prg_subkey(facts->challenge_seed, seed, "lab trial challenges", 0);
        prg_subkey(key, seed, "lab trial distillate", 0);
        prg_expand(distillate, sizeof distillate, key, 0);
        lesson_challenge(lesson, facts->challenge_seed, masked);
        distill_mask(masked, distillate, set);
        facts->masked = masked;
        r = view_of(&view, view_key, facts) ? run(trial, learner, &view, h, seed, looks, seconds) : -EINVAL;
    }
    free(facts);
    free(masked);
    return r;
}

double trial_fact(const struct trial *trial, const char *name, double otherwise) {
    for (size_t i = 0; i < trial->result.n_facts; i++)
        if (strcmp(trial->result.facts[i].name, name) == 0)
            return trial->result.facts[i].value;
    return otherwise;
}
