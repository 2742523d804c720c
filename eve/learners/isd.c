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
    size_t pass;         /* since the block was opened */
    unsigned unasked;    /* passes since the clock was looked at */

    double proposing; /* wall seconds that hypotheses have cost which only show how far the search is */
    struct learn_tried tried;
    size_t n_searched; /* tableaux that have been searched to their end */

    /* The candidate nearest to its sigma since the last hypothesis, whatever that is worth. */
    unsigned best_weight;
    uint32_t *best_ids; /* n sample numbers; then the errors, packed; and the coordinates that they say nothing of */
    uint8_t *best_errors;
    uint32_t best_zeros[POOL_ZEROS];
};

static int searcher_init(struct searcher *s, struct learn_run *run, const struct pool *pool, unsigned thread) {
    size_t n = pool->view->params->n;
    *s = (struct searcher){.run = run, .best_weight = TABLEAU_BITS + 1};
    s->best_ids = malloc(n * sizeof *s->best_ids);
    s->best_errors = malloc((n + 7) / 8);
    int error = s->best_ids && s->best_errors ? 0 : -ENOMEM;
    if (!error)
        error = tableau_init(&s->tableau, pool, run->ask->seed, thread);
    if (!error)
        error = collide_init(&s->collide, s->tableau.n, isd_bits(s->tableau.n) + 1);
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
    memcpy(s->best_zeros, t->zeros, sizeof s->best_zeros);
    memset(s->best_errors, 0, (t->n + 7) / 8);
    for (size_t i = 0; hit && i < 4; i++)
        if (hit->rows[i] != COLLIDE_NO_ROW)
            bit_xor(s->best_errors, hit->rows[i], 1);
}

static void propose_best(struct searcher *s) {
    uint8_t secret[PARAMS_N_MAX / 8];
    if (pool_solve(s->tableau.pool, s->best_ids, s->best_errors, s->best_zeros, s->tableau.n_zeros, secret) == 0)
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
    size_t plane = s->pass % TABLEAU_PLANES;
    collide_pass(c, t->planes[plane], 32 * (unsigned)(s->pass / TABLEAU_PLANES % 2));
    s->pass++;
    for (size_t h = 0; h < c->n_hits; h++) {
        unsigned chosen_by = wrong_in(t, &c->hits[h], plane), weight = chosen_by;
        for (size_t q = 1; q < TABLEAU_PLANES; q++)
            weight += wrong_in(t, &c->hits[h], (plane + q) % TABLEAU_PLANES);
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

/* A look at the clock costs up to a microsecond, so it is taken every few passes. */
static bool should_stop(struct searcher *s) {
    if (atomic_load_explicit(&s->run->done, memory_order_relaxed))
        return true;
    if (++s->unasked < s->plan.unasked)
        return false;
    s->unasked = 0;
    return learn_should_stop(s->run);
}

static int search(struct searcher *s) {
    double begun, tries = 0;
    const struct learn_ask *ask = s->run->ask;
    while (!learn_should_stop(s->run) && build(s)) {
        begun = ask->now(ask->context);
        bool stopped = false;
        do {
            for (s->pass = 0; s->pass < s->plan.passes && !(stopped = should_stop(s));) {
                pass(s);
                tries += s->independence;
                double now = s->unasked ? begun : ask->now(ask->context);
                if (now - begun > 0.1) {
                    show_best(s);
                    learn_tried(s->run, &s->tried);
                    learn_count(s->run, tries);
                    tries = 0;
                    begun = now;
                }
            }
        } while (!stopped && tableau_next(&s->tableau));
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
            double cost =
                costs->pass + steps[i] * costs->step + (costs->build / plan->blocks + costs->open) / passes[k];
            double rate = success * isd_independence_guess(plan, n, theta) / cost;
            if (rate > best) {
                best = rate;
                chosen = *plan;
            }
        }
    *plan = chosen;
    plan->unasked = 1 + (unsigned)fmin(1e-4 / isd_costs(plan, n).pass, 100);
    return best;
}

/* Seconds of what passes have in common, by the clock: the least of a few. False when stopped. */
static bool time_parts(struct searcher *s, struct isd_costs *costs) {
    const struct learn_ask *ask = s->run->ask;
    costs->build = costs->step = costs->open = INFINITY;
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
        tableau_next(&s->tableau);
        costs->open = fmin(costs->open, ask->now(ask->context) - start);
        start = ask->now(ask->context);
        for (int i = 0; i < 16; i++)
            tableau_step(&s->tableau);
        costs->step = fmin(costs->step, (ask->now(ask->context) - start) / 16);
    }
    return true;
}

struct tuning {
    struct searcher *s;
    struct isd_costs costs;
    struct isd_plan best;
    double value;
};

/* Takes the plan if it is better than the best so far. False when stopped. */
static bool consider(struct tuning *t, struct isd_plan *plan) {
    struct searcher *s = t->s;
    size_t n = s->tableau.n;
    if (s->run->ask->fixed_tuning) {
        t->costs = isd_costs(plan, n);
    } else {
        use_plan(s, plan, 1);
        t->costs.pass = time_passes(s, n < 192 ? 8 : 4);
        show_best(s);
    }
    if (learn_should_stop(s->run))
        return false;
    double v = value(plan, n, s->run->view->params->theta, &t->costs);
    if (v > t->value) {
        t->value = v;
        t->best = *plan;
    }
    return true;
}

/* Chooses a plan by the model and by measuring passes, at work all the while. False when stopped. */
static bool tune(struct searcher *s, struct isd_plan *best) {
    size_t n = s->tableau.n;
    double theta = s->run->view->params->theta;
    unsigned limit = isd_limit(theta), bits = isd_bits(n), blocks = (unsigned)s->tableau.n_blocks;
    struct tuning t = {.s = s, .value = -1};

    if (!s->run->ask->fixed_tuning && !time_parts(s, &t.costs))
        return false;
    for (unsigned most = 1; n <= 512 && most <= 16; most++) {
        struct isd_plan plan = {.weight = 1, .bits = bits, .most = most, .blocks = blocks, .limit = limit};
        if (isd_tail(32, theta, most) >= 0.85 && isd_tail(32, theta, most - 1) <= 0.99 && !consider(&t, &plan))
            return false;
    }
    for (unsigned b = bits - 1; b <= bits + 1; b++) {
        struct isd_plan plan = {.weight = 2, .bits = b, .blocks = blocks, .limit = limit};
        plan.most = isd_most(&plan, theta);
        if (!consider(&t, &plan))
            return false;
    }
    *best = t.best;
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
    if (!error)
        error = pool_index(&isd.pool);
    if (!error) {
        error = searcher_init(&isd.first, run, &isd.pool, 0);
        if (!error) {
            learn_phase(run, "tuning");
            if (tune(&isd.first, &isd.plan)) {
                size_t n = isd.first.tableau.n;
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
                learn_fact(run, "redundancy_blocks", isd.plan.blocks);
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
