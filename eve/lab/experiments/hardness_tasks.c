/* Sessions of the tasks other than LPN for the experiment hardness: the bimodal learner, and at the toys those of Eve's
 * learners that are made for the task. The others of hers are for LPN. */
#include "common/base/prg.h"
#include "eve/lab/experiments/hardness.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/lesson.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Which learner meets which sets of which task, how often at most and for how long, by lab_size; and about how many
 * seconds it takes, for the estimate alone. */
struct entrant {
    const char *task, *name, *sets;
    size_t sessions[3];
    double limits[3], guess;
};

static const struct entrant entrants[] = {
    {"ring", "isd", " r509 ", {3, 5, 20}, {20, 20, 60}, 0.02},
    {"ring", "isd", " r1019 ", {0, 1, 10}, {0, 30, 600}, 3},
    {"ring", "recipe", " r509 ", {0, 5, 20}, {0, 20, 60}, 0.05},
    {"ring", "recipe", " r1019 ", {0, 0, 10}, {0, 0, 600}, 3},
    {"lwe", "primal", " l32 l48 ", {2, 3, 10}, {60, 60, 300}, 0.3},
    {"lwe", "primal", " l64 ", {0, 3, 10}, {0, 60, 300}, 1},
    {"lwe", "primal", " l80 ", {0, 0, 8}, {0, 0, 600}, 8},
    {"lwe", "primal", " l96 ", {0, 0, 4}, {0, 0, 900}, 40},
    {"lwe", "guess", " l32 ", {1, 1, 3}, {0.1, 0.5, 2}, 2},
};

enum { N_ENTRANTS = sizeof entrants / sizeof entrants[0] };

static bool meets(const struct entrant *e, const struct set *set) {
    char name[SET_NAME_MAX + 3];
    snprintf(name, sizeof name, " %s ", set->name);
    return strcmp(e->task, set->task->name) == 0 && strstr(e->sets, name);
}

int hardness_tasks_plan(struct lab_plan *plan) {
    static const size_t least[] = {3, 5, 10}; /* sessions of each set */
    int r = 0;
    for (size_t i = 0; r == 0 && i < plan->n_others; i++) {
        const struct set *set = plan->others[i];
        size_t sessions = least[plan->size];
        for (size_t j = 0; j < N_ENTRANTS; j++)
            if (meets(&entrants[j], set) && entrants[j].sessions[plan->size] > sessions)
                sessions = entrants[j].sessions[plan->size];
        for (size_t session = 0; r == 0 && session < sessions; session++) {
            double seconds = tasks_session_seconds(set);
            json_t *learners = json_object();
            for (size_t j = 0; j < N_ENTRANTS; j++) {
                const struct entrant *e = &entrants[j];
                if (!meets(e, set) || session >= e->sessions[plan->size])
                    continue;
                double limit = e->limits[plan->size];
                json_object_set_new(learners, e->name, json_real(plan->budget > 0 ? plan->budget : limit));
                seconds += e->guess < limit ? e->guess : limit;
            }
            r = lab_unit(
                plan, seconds,
                json_pack("{s:s, s:I, s:o}", "set", set->name, "session", (json_int_t)session, "learners", learners));
        }
    }
    return r;
}

/* The hypothesis on the fresh labels of the challenges. */
static int judge(struct lesson *lesson, const uint8_t *h, const uint8_t seed[static 32], size_t *errorsp) {
    const struct set *set = lesson->set;
    size_t n = set_challenges(set), bytes = set_label_bytes(set, n);
    uint8_t challenges[32], *labels = malloc(bytes), *predicted = malloc(bytes);
    int r = labels && predicted ? 0 : -ENOMEM;
    if (r == 0) {
        prg_subkey(challenges, seed, "lab challenges", 0);
        lesson_challenge(lesson, challenges, labels);
        lesson_predict(predicted, set, h, challenges);
        for (size_t i = 0; i < n; i++)
            *errorsp += lesson_bit(set, labels, i) != lesson_bit(set, predicted, i);
    }
    free(labels);
    free(predicted);
    return r;
}

static int run_bimodal(struct lesson *lesson, const struct lab_unit *unit, struct learned *learned, json_t *result) {
    double seconds = 0;
    size_t errors = 0, labels = 0;
    int r = lesson_learn(lesson, learned, &seconds);
    if (r == 0 && learned->accepted) {
        uint8_t h[TASK_HYPOTHESIS_MAX];
        memcpy(h, learned->h, sizeof h);
        h[0] ^= unit->fault == LAB_FAULT_LEARNER;
        r = judge(lesson, h, unit->seed, &errors);
        labels = set_challenges(lesson->set);
    }
    if (r < 0)
        return r;
    seconds = lab_clocked(unit, seconds, 3 * log(lesson_size(lesson->set)));
    json_t *said = json_pack("{s:b, s:f, s:I, s:I}", "learned", learned->accepted, "seconds", seconds, "fresh_labels",
                             (json_int_t)labels, "fresh_errors", (json_int_t)errors);
    return json_object_set_new(result, "bimodal", said) < 0 ? -ENOMEM : 0;
}

static int run_learner(const char *name, struct lesson *lesson, const uint8_t *h, const struct lab_unit *unit,
                       double limit, json_t *list) {
    struct trial *trial = malloc(sizeof *trial);
    uint8_t key[32];
    prg_subkey(key, unit->seed, name, 0);
    int r = trial ? trial_lesson(trial, name, lesson, h, key, TRIAL_NO_LIMIT, limit) : -ENOMEM;
    if (r == 0)
        r = hardness_tell(list, unit, name, -0.5 * lesson_size(lesson->set), trial, limit);
    free(trial);
    return r;
}

int hardness_tasks_run(const struct lab_unit *unit, json_t *result) {
    const struct set *set = lab_set(unit->parameters);
    const json_t *limits = json_object_get(unit->parameters, "learners");
    struct lesson lesson;
    struct learned learned;
    json_t *list = json_array();
    int r = list && json_object_set_new(result, "learners", list) == 0 ? 0 : -ENOMEM;
    if (r == 0)
        r = lesson_make(&lesson, set, unit->seed);
    if (r < 0)
        return r;
    if (unit->fault == LAB_FAULT_THETA)
        lesson_disturb(lesson.labels, set, set->n_labels, 0.1, unit->seed);
    r = run_bimodal(&lesson, unit, &learned, result);
    /* Whether she is right is seen by what Alice has learned. */
    for (size_t i = 0; r == 0 && learned.accepted && i < N_ENTRANTS; i++) {
        const json_t *limit = json_object_get(limits, entrants[i].name);
        if (limit && meets(&entrants[i], set))
            r = run_learner(entrants[i].name, &lesson, learned.h, unit, json_number_value(limit), list);
    }
    lesson_free(&lesson);
    return r;
}

const struct shape hardness_tasks_parameters[] = {
    {.name = "set", .type = SHAPE_SET}, SHAPE_COUNT("session"), {.name = "learners", .type = SHAPE_OBJECT}, {0}};
