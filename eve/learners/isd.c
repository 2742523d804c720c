/* The strongest learner here: Stern's collision search over a stream of information sets. */
#include "eve/f2/collide.h"
#include "eve/f2/pool.h"
#include "eve/f2/tableau.h"
#include "eve/learn/learner_run.h"
#include "eve/learners/isd_plan.h"
#include "eve/learners/learners.h"
#include "eve/learners/ring.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One for each thread. */
struct searcher {
    struct learn_run *run;
    struct isd_plan plan;
    struct tableau tableau;
    struct collide collide;
    double independence; /* independent tries for each pass */
    size_t pass;         /* since the tableau was built */

    double proposing; /* wall seconds that hypotheses have cost which only show how far the search is */
    struct learn_tried tried;
    size_t n_searched; /* tableaux that have been searched to their end */

    /* The candidate nearest to its sigma since the last hypothesis, whatever that is worth. */
    unsigned best_weight;
    uint32_t *best_ids; /* n sample numbers; then the errors, packed */
    uint8_t *best_errors;
};

static int searcher_init(struct searcher *s, struct learn_run *run, const struct pool *pool, unsigned thread) {
    size_t n = pool->view->params->n;
    *s = (struct searcher){.run = run, .best_weight = TABLEAU_BITS + 1};
    s->best_ids = malloc(n * sizeof *s->best_ids);
    s->best_errors = malloc(n / 8);
    int error = s->best_ids && s->best_errors ? 0 : -ENOMEM;
    if (!error)
        error = tableau_init(&s->tableau, pool, run->ask->seed, thread);
    if (!error)
        error = collide_init(&s->collide, n, isd_bits(n) + 1);
    return error;
}

static void searcher_deinit(struct searcher *s) {
    free(s->best_ids);
    free(s->best_errors);
    tableau_deinit(&s->tableau);
    collide_deinit(&s->collide);
}

static bool stop(void *context) {
    return learn_should_stop(context);
}

/* How many redundancy samples of a plane a hit leaves wrong. */
static unsigned wrong_in(const struct tableau *t, const struct collide_hit *hit, size_t q) {
    uint64_t word = t->planes[q][t->n];
    for (size_t i = 0; i < 4; i++)
        if (hit->rows[i] != COLLIDE_NO_ROW)
            word ^= t->planes[q][hit->rows[i]];
    return (unsigned)__builtin_popcountll(word);
}

static void remember(struct searcher *s, const struct collide_hit *hit) {
    const struct tableau *t = &s->tableau;
    memcpy(s->best_ids, t->info, t->n * sizeof *s->best_ids);
    memset(s->best_errors, 0, t->n / 8);
    for (size_t i = 0; hit && i < 4; i++)
        if (hit->rows[i] != COLLIDE_NO_ROW)
            bit_xor(s->best_errors, hit->rows[i], 1);
}

static void propose_best(struct searcher *s) {
    uint8_t secret[PARAMS_N_MAX / 8];
    if (pool_solve(s->tableau.pool, s->best_ids, s->best_errors, secret) == 0)
        learn_propose(s->run, secret);
}

/* Hands in the nearest candidate, although it is hardly ever the secret: its risk on the selection labels is what a
 * search that has not succeeded has to show. To solve for it costs more than many passes, so it may take a hundredth of
 * the time and no more; what the first one costs is guessed from its dimension. */
static void show_best(struct searcher *s) {
    const struct learn_ask *ask = s->run->ask;
    if (ask->fixed_tuning)
        return;
    double n = (double)s->tableau.n, guess = s->proposing > 0 ? 0 : n * n * n / 4e11, before = ask->now(ask->context);
    if (s->best_weight > TABLEAU_BITS || s->proposing + guess > learn_seconds(s->run) / 100)
        return;
    propose_best(s);
    s->best_weight = TABLEAU_BITS + 1;
    s->proposing += ask->now(ask->context) - before + 1e-9;
}

/* The same without a clock, at the end of the tableaux 1, 2, 4, ... 32, 64, 96, ... */
static void show_best_by_count(struct searcher *s) {
    size_t n = ++s->n_searched;
    if (!s->run->ask->fixed_tuning || s->best_weight > TABLEAU_BITS || (n % 32 && n & (n - 1)))
        return;
    propose_best(s);
    s->best_weight = TABLEAU_BITS + 1;
}

/* Exchanges and one pass; proposes what it finds. */
static void pass(struct searcher *s) {
    struct tableau *t = &s->tableau;
    struct collide *c = &s->collide;
    for (unsigned i = 0; i < s->plan.steps; i++)
        tableau_step(t);
    size_t plane = s->pass++ % 4;
    collide_pass(c, t->planes[plane]);
    for (size_t h = 0; h < c->n_hits; h++) {
        unsigned chosen_by = wrong_in(t, &c->hits[h], plane), weight = chosen_by;
        for (size_t q = 1; q < 4; q++)
            weight += wrong_in(t, &c->hits[h], (plane + q) % 4);
        learn_tried_add(&s->tried, weight - chosen_by, TABLEAU_BITS - 64);
        if (weight >= s->best_weight)
            continue;
        s->best_weight = weight;
        remember(s, &c->hits[h]);
        if (weight <= s->plan.limit) {
            propose_best(s);
            s->best_weight = s->plan.limit + 1; /* if it was not the solution, the next one as good counts too */
        }
    }
}

static void use_plan(struct searcher *s, const struct isd_plan *plan, double independence) {
    s->plan = *plan;
    s->independence = independence;
    s->collide.weight = plan->weight;
    s->collide.bits = plan->bits;
    s->collide.most = plan->most;
}

/* Builds a tableau; false when stopped. The first one's plain solution is a hypothesis until there is a better one. */
static bool build(struct searcher *s) {
    if (!tableau_build(&s->tableau, stop, s->run))
        return false;
    s->pass = 0;
    if (s->best_weight > TABLEAU_BITS) {
        s->best_weight = TABLEAU_BITS;
        remember(s, NULL);
    }
    return true;
}

static int search(struct searcher *s) {
    double begun, tries = 0;
    const struct learn_ask *ask = s->run->ask;
    while (!learn_should_stop(s->run) && build(s)) {
        begun = ask->now(ask->context);
        while (s->pass < s->plan.passes && !learn_should_stop(s->run)) {
            pass(s);
            tries += s->independence;
            double now = ask->now(ask->context);
            if (now - begun > 0.1) {
                show_best(s);
                learn_tried(s->run, &s->tried);
                learn_count(s->run, tries);
                tries = 0;
                begun = now;
            }
        }
        show_best(s);
        show_best_by_count(s);
        learn_tried(s->run, &s->tried);
        learn_count(s->run, tries);
        tries = 0;
    }
    return 0;
}

struct isd {
    struct learn_run *run;
    struct pool pool;
    struct searcher first;
    struct isd_plan plan;
};

static int search_thread(void *context, unsigned thread) {
    struct isd *isd = context;
    if (thread == 0)
        return search(&isd->first);
    struct searcher s;
    int error = searcher_init(&s, isd->run, &isd->pool, thread);
    if (!error) {
        use_plan(&s, &isd->plan, isd->first.independence);
        error = search(&s);
    }
    searcher_deinit(&s);
    return error;
}

/* Seconds of one pass without its exchanges: the least of a few, since others use the processor too. */
static double time_passes(struct searcher *s, unsigned n_passes) {
    const struct learn_ask *ask = s->run->ask;
    double least = INFINITY;
    for (int turn = 0; turn < 3 && !learn_should_stop(s->run); turn++) {
        double start = ask->now(ask->context);
        for (unsigned i = 0; i < n_passes && !learn_should_stop(s->run); i++)
            pass(s);
        double taken = (ask->now(ask->context) - start) / n_passes;
        least = taken < least ? taken : least;
        if (taken > 0.02)
            break;
    }
    return least;
}

/* The best number of exchanges for a plan, and how much success there is in a second. */
static double value(struct isd_plan *plan, size_t n, double theta, const struct isd_costs *costs) {
    static const unsigned steps[] = {2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256};
    static const unsigned passes[] = {5, 7, 10, 14, 20, 28, 40, 56, 80, 120, 200};
    double success = isd_success(plan, n, theta, 0), best = 0;
    struct isd_plan chosen = *plan;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (size_t k = 0; k < sizeof passes / sizeof passes[0]; k++) {
            plan->steps = steps[i];
            plan->passes = passes[k];
            double cost = costs->pass + steps[i] * costs->step + costs->build / passes[k];
            double rate = success * isd_independence_guess(plan, n, theta) / cost;
            if (rate > best) {
                best = rate;
                chosen = *plan;
            }
        }
    *plan = chosen;
    return best;
}

/* Seconds of what passes have in common, by the clock: the least of a few. False when stopped. */
static bool time_parts(struct searcher *s, struct isd_costs *costs) {
    const struct learn_ask *ask = s->run->ask;
    costs->build = costs->step = INFINITY;
    for (int turn = 0; turn < 3; turn++) {
        double start = ask->now(ask->context);
        if (!build(s))
            return false;
        costs->build = fmin(costs->build, ask->now(ask->context) - start);
        if (costs->build > 0.005)
            break;
    }
    for (int turn = 0; turn < 3; turn++) {
        double start = ask->now(ask->context);
        for (int i = 0; i < 16; i++)
            tableau_step(&s->tableau);
        costs->step = fmin(costs->step, (ask->now(ask->context) - start) / 16);
    }
    return true;
}

/* Chooses a plan by the model and by measuring passes, at work all the while. False when stopped. */
static bool tune(struct searcher *s, struct isd_plan *best) {
    const struct params *params = s->run->view->params;
    size_t n = params->n;
    bool fixed = s->run->ask->fixed_tuning;
    double theta = params->theta, best_value = -1;
    unsigned n_passes = n < 192 ? 8 : 1, limit = isd_limit(theta), bits = isd_bits(n);
    struct isd_costs costs = {0};

    if (!fixed && !time_parts(s, &costs))
        return false;
    for (unsigned weight = n > 512 ? 2 : 1; weight <= 2; weight++)
        for (unsigned b = weight == 1 ? bits : bits - 1; b <= (weight == 1 ? bits : bits + 1); b++)
            for (unsigned most = 1; most <= 16; most++) {
                if (isd_tail(32, theta, most) < 0.85 || isd_tail(32, theta, most - 1) > 0.99)
                    continue;
                struct isd_plan plan = {.weight = weight, .bits = b, .most = most, .limit = limit};
                if (fixed) {
                    costs = isd_costs(&plan, n);
                } else {
                    use_plan(s, &plan, 1);
                    costs.pass = time_passes(s, n_passes);
                    show_best(s);
                }
                if (learn_should_stop(s->run))
                    return false;
                double v = value(&plan, n, theta, &costs);
                if (v > best_value) {
                    best_value = v;
                    *best = plan;
                }
            }
    return true;
}

static const char *not_applicable(const struct view *view) {
    if (view->kind)
        return NULL;
    return view_samples(view) * 2 / 5 < view->params->n + TABLEAU_BITS ? "too few samples for a tableau" : NULL;
}

static int run(struct learn_run *run) {
    if (run->view->kind)
        return ring_labels(run);
    struct isd isd = {.run = run};
    int error = pool_init(&isd.pool, run->view, run->split.train, run->split.n_train);
    if (!error) {
        error = searcher_init(&isd.first, run, &isd.pool, 0);
        if (!error) {
            learn_phase(run, "tuning");
            if (tune(&isd.first, &isd.plan)) {
                size_t n = run->view->params->n;
                double theta = run->view->params->theta;
                use_plan(&isd.first, &isd.plan,
                         isd_independence(&isd.plan, n, theta, n < 192 ? 60 : 400, run->ask->seed));
                learn_note_memory(run, (double)(pool_bytes(&isd.pool) +
                                                run->ask->n_threads *
                                                    (tableau_bytes(&isd.pool) + collide_bytes(n, isd_bits(n) + 1))));
                learn_fact(run, "weight_each_half", isd.plan.weight);
                learn_fact(run, "bucket_bits", isd.plan.bits);
                learn_fact(run, "exchanges", isd.plan.steps);
                learn_fact(run, "passes", isd.plan.passes);
                learn_fact(run, "seconds_tuning", learn_seconds(run));
                learn_search(run, "searching", isd_success(&isd.plan, n, theta, run->split.n_train));
                error = learn_threads(run->ask->n_threads, search_thread, &isd);
            }
            if (!error && !run->solved && isd.first.best_weight <= TABLEAU_BITS)
                propose_best(&isd.first);
        }
        searcher_deinit(&isd.first);
    }
    pool_deinit(&isd.pool);
    return error;
}

const struct learner_kind learner_isd = {
    .name = "isd",
    .summary = "information-set decoding of the labels (Stern), the strongest known",
    .by_default = true,
    .tasks = LEARNS("lpn", "ring"),
    .split = SPLIT_SAMPLES,
    .not_applicable = not_applicable,
    .run = run,
};
