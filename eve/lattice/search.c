#include "eve/lattice/search.h"

#include "eve/lattice/embed.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const uint8_t blocks[] = {2, 10, 20, 20, 30, 30, 30};
enum { N_BLOCKS = sizeof blocks / sizeof blocks[0], LAST = 30, STEP = 4, TOURS = 2 };

unsigned search_block(unsigned i, unsigned dimension) {
    unsigned block = i < N_BLOCKS ? blocks[i] : LAST + STEP * ((i - N_BLOCKS) / TOURS + 1);
    return block <= dimension ? block : 0;
}

/* The best slack there is with this block size, and the least number of samples that comes near it. */
static double near_best(unsigned *samplesp, const struct usvp_task *t, unsigned beta, unsigned most) {
    const double near = 0.3, plenty = 2; /* bits: of a length, or rather of how much shorter than all else it is */
    double best = -INFINITY;
    for (unsigned m = 1; m <= most; m++)
        best = fmax(best, usvp_slack(t, beta, m));
    for (*samplesp = 1; usvp_slack(t, beta, *samplesp) < fmin(best - near, plenty);)
        ++*samplesp;
    return best;
}

/* Blocks smaller than 60 do not do what the formula says, so half a bit more is asked of them. */
void search_plan(struct search_plan *plan, const struct usvp_task *task) {
    static const unsigned tried[] = {2, 10, 20, 30, 40, 50, 60};
    const double margin = 0.5;
    usvp_estimate(&plan->estimate, task);
    plan->samples = plan->estimate.samples;
    unsigned most = task->samples < 4 * task->n ? task->samples : 4 * task->n, samples;
    for (size_t i = 0; plan->estimate.beta && i < sizeof tried / sizeof tried[0]; i++)
        if (near_best(&samples, task, tried[i], most) >= margin) {
            plan->samples = samples;
            return;
        }
}

static bool look(struct search *s, const struct embed *e, const struct basis *b, int8_t *candidate) {
    for (size_t i = 0; i < b->rows; i++)
        if (embed_candidate(candidate, e, b, i, s->most) && s->found(s->context, candidate))
            return true;
    return false;
}

static int tour(struct search *s, struct basis *b, struct learn_run *run, bool first, double *secondsp) {
    int r = fplll_tour(b, run, s->block, first, &s->ended);
    *secondsp += s->ended.seconds;
    s->memory_bytes = fmax(s->memory_bytes, s->ended.memory_bytes);
    return r;
}

int search_run(struct search *s, struct learn_run *run) {
    struct embed embed;
    struct basis b = {0};
    unsigned block;
    double seconds = 0;
    embed_init(&embed, s->task->n, s->plan->samples, s->task->error, s->task->secret);
    int8_t *candidate = malloc(s->task->n);
    int r = candidate ? embed_basis(&b, &embed, s->a, s->z) : -ENOMEM;
    s->tours = s->block = 0;
    while (r == 0 && (block = search_block(s->tours, (unsigned)b.rows)) != 0) {
        s->block = block;
        r = tour(s, &b, run, s->tours == 0, &seconds);
        if (r == FPLLL_BROKEN &&
            s->tours > 0) /* long double may not do any more; LLL takes more digits where it must */
            r = tour(s, &b, run, true, &seconds);
        if (r == FPLLL_DONE) {
            s->tours++;
            learn_count(run, 1);
            if (look(s, &embed, &b, candidate))
                break;
        }
    }
    s->ended.seconds = seconds;
    basis_deinit(&b);
    free(candidate);
    return r;
}
