/* The two modalities must differ: from y, the recipes, one computes x, the vectors; but not y from x.
 *
 * First the growth of both ways with n, at the recipe weight w of the sets: processor seconds for each vector that is
 * made and for each recipe that is found. Their ratio, in bits, is the heterogeneity of the pair. Where a search finds
 * nothing in its share of work, its rate and the model's chance of a try say how long one takes; such sizes are marked.
 *
 * Then the modalities are made alike, at fixed n: recipes of 0, 1, 2, ... plain samples. With w = 0 a vector is its
 * public code row and y says nothing that x does not. With w up to 3 a lookup or a sweep finds all recipes, and who has
 * them learns as Alice does: the separation closes. */
#include "eve/lab/experiments/oneway.h"
#include "common/base/prg.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/lab/experiments/tasks.h"
#include "eve/lab/modality.h"
#include "eve/lab/trial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKED = 64 }; /* vectors that are added up again, for each session */

/* ---- plan */

/* How many tries take so many seconds, roughly; from measurements on the machine that this was written on. */
static double tries_in(uint32_t n, double seconds) {
    return ceil(seconds * 5e6 / n);
}

struct work {
    uint32_t n, w, sessions;
    double seconds; /* for searches that do not end by themselves, each session */
    double labels;  /* seconds for the road over the labels; 0: not tried */
};

static double swept_seconds(const struct work *work, const struct params *p) {
    double m = p->m, k = p->k;
    return work->w < 2 ? 1e-7 * m : work->w == 2 ? 5e-9 * m * k : 1e-8 * m * (m / 2 + k);
}

static int add(struct lab_plan *plan, const char *part, struct work work) {
    struct params p;
    int r = modality_params(&p, work.n, work.w);
    for (uint32_t i = 0; r == 0 && i < work.sessions; i++) {
        bool search = work.n >= 64 && work.n <= ONEWAY_SEARCH_N_MAX;
        double seconds = 0.02 + 1e-8 * p.m * p.n / 8;
        if (search)
            seconds += (work.n <= 256 ? fmin(work.labels, 0.6) : work.labels) +
                       (work.w <= ONEWAY_SWEPT ? swept_seconds(&work, &p) : work.seconds);
        double tries = !search || work.w <= ONEWAY_SWEPT ? 0 : tries_in(work.n, work.seconds);
        r = lab_unit(plan, seconds,
                     json_pack("{s:s, s:i, s:i, s:i, s:b, s:I, s:f}", "part", part, "n", (int)work.n, "w", (int)work.w,
                               "session", (int)i, "search", search, "tries", (json_int_t)tries, "labels_seconds",
                               search ? work.labels : 0.0));
    }
    return r;
}

/* w from 0 to that of the set, but not all of the large ones. */
static int add_alike(struct lab_plan *plan, uint32_t n, uint32_t sessions, double seconds, double labels) {
    struct params p;
    int r = params_make(&p, n);
    for (uint32_t w = 0; r == 0 && w <= p.w; w++)
        if (w <= ONEWAY_SWEPT + 2 || w == p.w)
            r = add(plan, "alike", (struct work){n, w, sessions, seconds, labels});
    return r;
}

static int plan(struct lab_plan *plan) {
    static const char *const growth[] = {
        "64,96,128,224,1024,r509,r2053,r13109,l32,l64,l256",
        "64,96,128,160,192,224,256,384,512,1024,2048,4096,8192,ring,l32,l48,l64,l80,l96,l128,l256,l448",
        "64,96,128,160,192,224,256,320,384,512,1024,2048,4096,8192,ring,lwe"};
    bool given = plan->n_sets > 0 || plan->n_others > 0;
    int r = lab_sets(plan, growth[plan->size]);
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++) {
        const struct params *p = &plan->sets[i];
        struct work work = {.n = p->n, .w = p->w, .sessions = 2, .seconds = plan->budget > 0 ? plan->budget : 0.5};
        if (plan->size == LAB_FULL) {
            work.sessions = p->n < 256 || p->w <= ONEWAY_SWEPT ? 10 : p->n == 256 ? 6 : 2;
            if (plan->budget <= 0)
                work.seconds = p->n < 256 ? 2 : p->n == 256 ? 50 : 3;
        }
        r = add(plan, "growth", work);
    }
    double seconds = plan->budget > 0 ? plan->budget : plan->size == LAB_FULL ? 3 : plan->size == LAB_QUICK ? 2 : 1;
    for (size_t i = 0; r == 0 && given && i < plan->n_sets; i++)
        if (plan->sets[i].n >= 64 && plan->sets[i].n <= ONEWAY_SEARCH_N_MAX)
            r = add_alike(plan, plan->sets[i].n, plan->size == LAB_FULL ? 5 : 1, seconds, seconds);
    if (r < 0 || given)
        return r < 0 ? r : oneway_tasks_plan(plan);
    r = add_alike(plan, 256, plan->size == LAB_FULL ? 7 : 1, seconds, plan->size == LAB_CHECK ? 1 : 20);
    if (r == 0 && plan->size == LAB_QUICK) /* at 1024 recipes of 3 take half a minute */
        r = add_alike(plan, 512, 1, seconds, 1);
    if (r == 0 && plan->size == LAB_FULL)
        r = add_alike(plan, 1024, 3, seconds, 1);
    if (r == 0 && plan->size == LAB_FULL)
        r = add_alike(plan, 2048, 1, seconds, 2);
    return r == 0 ? oneway_tasks_plan(plan) : r;
}

/* ---- run */

static bool is_growth(const struct lab_unit *unit) {
    return strcmp(json_string_value(json_object_get(unit->parameters, "part")), "growth") == 0;
}

/* log_factor: of the clock, if that is at fault. */
static int note_attack(const struct lab_unit *unit, double log_factor, json_t *result, const char *name,
                       const struct learn_result *found) {
    enum learn_status status = unit->fault == LAB_FAULT_EVE ? LEARN_OUT_OF_BUDGET : found->status;
    json_t *attack = json_pack("{s:s, s:o, s:o}", "status", learn_status_name(status), "seconds",
                               lab_real(lab_clocked(unit, found->wall_seconds, log_factor)), "expected_seconds",
                               lab_real(lab_clocked(unit, found->expected_seconds, log_factor)));
    for (size_t i = 0; attack && i < found->n_facts; i++)
        json_object_set_new(attack, found->facts[i].name,
                            lab_real(strstr(found->facts[i].name, "seconds")
                                         ? lab_clocked(unit, found->facts[i].value, log_factor)
                                         : found->facts[i].value));
    return attack && json_object_set_new(result, name, attack) == 0 ? 0 : -ENOMEM;
}

static int attack(const struct lab_unit *unit, const struct instance *task, json_t *result) {
    double labels = lab_number(unit->parameters, "labels_seconds");
    struct trial *trial = malloc(sizeof *trial);
    size_t tries = lab_count(unit->parameters, "tries");
    double log_factor = is_growth(unit) ? -8 * sqrt(task->params.n) : task->params.w == 0 ? log(1e9) : 0;
    int r = trial ? trial_run(trial, "recipe", task, unit->seed, tries ? tries : TRIAL_NO_LIMIT, INFINITY) : -ENOMEM;
    if (r == 0)
        r = note_attack(unit, log_factor, result, "recipe", &trial->result);
    if (r == 0 && labels > 0) {
        r = trial_run(trial, "isd", task, unit->seed, TRIAL_NO_LIMIT, labels);
        if (r == 0)
            r = note_attack(unit, log_factor, result, "isd", &trial->result);
    }
    free(trial);
    return r;
}

static int measure(const struct lab_unit *unit, struct instance *task, json_t *result) {
    const struct params *p = &task->params;
    double vector_seconds, started;
    struct task_learned learned;
    uint8_t *vectors = malloc((size_t)p->k * (p->n / 8));
    int r = vectors ? modality_vectors(task, vectors, &vector_seconds) : -ENOMEM;
    if (r == 0) {
        if (unit->fault == LAB_FAULT_LEARNER) /* what composes is broken: a bit of each vector is wrong */
            for (size_t j = 0; j < p->k; j++) {
                bit_xor(vectors + j * (p->n / 8), j % p->n, 1);
                bit_xor(task->composed + j * (p->n / 8), j % p->n, 1);
            }
        started = lab_thread_seconds();
        r = task_learn(task, &learned);
    }
    if (r == 0) {
        bool right = learned.learned && memcmp(learned.h, task->secret, p->n / 8) == 0;
        size_t wrong = modality_wrong(task, vectors, CHECKED, unit->seed);
        wrong += memcmp(vectors, task->composed, (size_t)p->k * (p->n / 8)) != 0;
        json_object_set_new(result, "vector_seconds",
                            lab_real(lab_clocked(unit, vector_seconds, is_growth(unit) ? 4 * log(p->n) : 0)));
        json_object_set_new(result, "learn_seconds", lab_real(lab_thread_seconds() - started));
        json_object_set_new(result, "learned", json_boolean(right));
        json_object_set_new(result, "vectors_checked", json_integer(CHECKED));
        json_object_set_new(result, "vectors_wrong", json_integer((json_int_t)wrong));
        if (json_is_true(json_object_get(unit->parameters, "search")))
            r = attack(unit, task, result);
    }
    free(vectors);
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    struct params p;
    struct instance task;
    if (lab_set(unit->parameters))
        return oneway_tasks_run(unit, result);
    int r = modality_params(&p, (uint32_t)lab_count(unit->parameters, "n"), (uint32_t)lab_count(unit->parameters, "w"));
    if (r == 0 && unit->fault == LAB_FAULT_THETA)
        p.theta64 = p.theta64 > UINT64_MAX / 4 ? UINT64_MAX / 2 : 2 * p.theta64;
    if (r == 0)
        r = task_make(&task, &p, NULL, unit->seed);
    if (r < 0)
        return r;
    r = measure(unit, &task, result);
    task_free(&task);
    return r;
}

/* ---- what units look like */

static const char *const parts[] = {"growth", "alike", NULL};
static const struct shape parameters[] = {{.name = "part", .type = SHAPE_WORD, .words = parts},
                                          {.name = "n", .type = SHAPE_SIZE},
                                          {.name = "w", .type = SHAPE_INTEGER, .most = RECIPES_W_MAX},
                                          {.name = "search", .type = SHAPE_BOOLEAN},
                                          {0}};
static const struct shape attack_shape[] = {
    {.name = "status", .type = SHAPE_WORD, .words = learn_status_names},
    SHAPE_SECONDS("seconds"),
    {.name = "expected_seconds", .type = SHAPE_NUMBER, .most = INFINITY, .or_null = true},
    {.name = "recipes_found", .type = SHAPE_NUMBER, .most = SHAPE_COUNT_MAX, .optional = true},
    {.name = "seconds_to_all_recipes", .type = SHAPE_NUMBER, .most = 1e12, .optional = true, .or_null = true},
    {0}};
static const struct shape result_shape[] = {
    SHAPE_SECONDS("vector_seconds"),
    SHAPE_SECONDS("learn_seconds"),
    {.name = "learned", .type = SHAPE_BOOLEAN},
    SHAPE_COUNT("vectors_checked"),
    SHAPE_COUNT("vectors_wrong"), /* and one more if all of them together differ */
    {.name = "recipe", .type = SHAPE_OBJECT, .of = attack_shape, .optional = true},
    {.name = "isd", .type = SHAPE_OBJECT, .of = attack_shape, .optional = true},
    {0}};
static const struct lab_shape shapes[] = {
    {.key = "set", .parameters = oneway_tasks_parameters, .result = oneway_tasks_result},
    {.parameters = parameters, .result = result_shape},
    {0}};

static const struct lab_break breaks[] = {
    {"from y to x is easy: ", LAB_FAULT_CLOCK},
    {"from x to y gets hard: ", LAB_FAULT_CLOCK},
    {": from x alone all recipes are found, ", LAB_FAULT_EVE},
    {" the separation is closed: ", LAB_FAULT_CLOCK},
    {" this road takes more than 10^4 times ", LAB_FAULT_CLOCK},
    {"each vector is the sum that its recipe says", LAB_FAULT_LEARNER},
    {"with both modalities the secret is learned ", LAB_FAULT_THETA},
    {"with both modalities the task is learned ", LAB_FAULT_LEARNER | LAB_FAULT_THETA},
    {": from x to y is harder even at the toys", LAB_FAULT_CLOCK},
    {": by formula, sets of ", LAB_FAULT_FORMULA},
    {0}};

const struct lab_experiment lab_oneway = {
    .name = "oneway",
    .summary = "the second modality gives the first, not the other way round; and what happens when they are alike",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = oneway_report,
    .breaks = breaks,
    .figures = {{"oneway", "growth", oneway_growth_figure},
                {"oneway-alike", "alike", oneway_alike_figure},
                {"oneway-ring", "oneway-ring", oneway_ring_figure},
                {"oneway-lwe", "oneway-lwe", oneway_lwe_figure}},
};
