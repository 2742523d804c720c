/* Alice's own learner without the second modality: recipes are guessed, since Eve has none, and all the rest is as
 * Alice does it. What it learns from is then noise, and its hypothesis no better than a coin. It is here to be shown:
 * the learner is not what makes the difference.
 *
 * The labels that judge are not read: they count as 0. */
#include "common/base/prg.h"
#include "common/task/lpn/code.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/recipes.h"
#include "eve/learn/learner_run.h"

#include <errno.h>
#include <stdlib.h>

static uint8_t *labels_of_train(const struct learn_run *run) {
    uint8_t *labels = calloc((view_samples(run->view) + 7) / 8 + 1, 1);
    for (size_t i = 0; labels && i < run->split.n_train; i++) {
        uint32_t id = run->split.train[i];
        labels[id / 8] |= (uint8_t)(view_label(run->view, id) << id % 8);
    }
    return labels;
}

/* Guessed recipes hardly ever let beliefs settle near a code word, which is what Alice waits for. What they say at the
 * end is a hypothesis all the same. */
static void hypothesise(struct learn_run *run, struct learner *learner, const uint8_t *v) {
    uint8_t s[PARAMS_N_MAX / 8];
    learner_start(learner, v);
    while (learner_status(learner) == LEARNER_WORK && !learn_should_stop(run))
        learner_turn(learner);
    if (learner_status(learner) == LEARNER_CANDIDATE) {
        learn_propose(run, learner_candidate(learner));
        return;
    }
    learner_decisions(learner, s);
    learn_propose(run, s);
}

static int guess(struct learn_run *run, const struct code *code, const uint8_t *labels, uint64_t number) {
    const struct params *p = run->view->params;
    struct recipes *recipes = NULL;
    struct learner *learner = NULL;
    uint8_t key[32], *v = calloc((size_t)p->k / 8 + RECIPES_ROWS, 1);
    prg_subkey(key, run->ask->seed, "blind", number);
    int error = v ? recipes_new(&recipes, p, key) : -ENOMEM;
    if (!error) {
        recipes_run_all(recipes);
        compose_syndrome(v, recipes, labels, 0, p->k);
        error = learner_new(&learner, p, code, recipes);
    }
    if (!error)
        hypothesise(run, learner, v);
    learner_free(learner);
    recipes_free(recipes);
    free(v);
    return error;
}

static int run(struct learn_run *run) {
    struct code *code = NULL;
    uint8_t *labels = labels_of_train(run);
    int error = labels ? code_new(&code, run->view->params) : -ENOMEM;
    learn_search(run, "guessing recipes", 0);
    for (uint64_t number = 0; !error && !learn_should_stop(run); number++) {
        error = guess(run, code, labels, number);
        learn_count(run, 1);
    }
    code_free(code);
    free(labels);
    return error;
}

static const char *not_applicable(const struct view *view) {
    return view->params->w == 0 ? "a recipe of nothing cannot be guessed" : NULL;
}

const struct learner_kind learner_blind = {
    .name = "blind",
    .summary = "Alice's learner with guessed recipes: what captions are worth",
    .split = SPLIT_SAMPLES,
    .not_applicable = not_applicable,
    .run = run,
};
