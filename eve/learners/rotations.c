#include "eve/learners/rotations.h"

#include "eve/f2/doom.h"
#include "eve/learners/doom_plan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { LARGE = 4096 }; /* no session of more is ever solved: its information set need not be quite random */

struct search {
    const struct rotations *r;
    struct doom_plan plan;
    pthread_mutex_t lock; /* of what found and near do */
    atomic_size_t best;   /* weight of the nearest so far */
    atomic_bool over;
};

/* One for each thread. */
struct searcher {
    struct search *search;
    struct cyclic cyclic;
    struct doom doom;
    struct learn_tried tried;
    uint8_t *error;
};

static bool stop(void *context) {
    const struct search *search = context;
    return atomic_load(&search->over) || learn_should_stop(search->r->run);
}

/* word: the columns by which the pass has chosen it. */
static void look(struct searcher *s, const struct doom_hit *hit, size_t word) {
    const struct rotations *r = s->search->r;
    size_t weight = cyclic_weight(&s->cyclic, hit->target, hit->rows, 3, s->cyclic.n_cols);
    if (r->near) { /* recipes say nothing of labels; the information set itself has three errors at most */
        size_t chosen_by = cyclic_weight_of(&s->cyclic, hit->target, hit->rows, 3, word);
        learn_tried_add(&s->tried, weight - chosen_by, s->cyclic.n_cols - 64);
    }
    if (weight != r->word.weight && (!r->near || weight >= s->search->best))
        return;
    cyclic_error(&s->cyclic, hit->target, hit->rows, 3, s->error);
    pthread_mutex_lock(&s->search->lock);
    if (weight == r->word.weight) {
        if (r->found(r->context, s->error))
            atomic_store(&s->search->over, true);
    } else if (weight < s->search->best) {
        s->search->best = weight;
        r->near(r->context, s->error);
    }
    pthread_mutex_unlock(&s->search->lock);
}

/* As many exchanges as make the first information set, which is a block, a random one. */
static void mix(struct searcher *s) {
    size_t n = s->cyclic.word.n, n_groups = (n > LARGE ? n / 2 : 2 * n) / CYCLIC_GROUP;
    for (size_t i = 0; i < n_groups && !stop(s->search); i++)
        cyclic_exchange(&s->cyclic);
}

static void passes(struct searcher *s) {
    struct search *search = s->search;
    const struct learn_ask *ask = search->r->run->ask;
    double tries = 0, begun = ask->now(ask->context);
    look(s, &(struct doom_hit){0, {CYCLIC_NONE, CYCLIC_NONE, CYCLIC_NONE}}, 0);
    while (!stop(search)) {
        for (unsigned i = 0; i < search->plan.groups && !stop(search); i++)
            cyclic_exchange(&s->cyclic);
        size_t word = dice_below(&s->cyclic.dice, (uint32_t)(s->cyclic.n_cols / 64));
        doom_pass(&s->doom, &s->cyclic, word);
        for (size_t h = 0; h < s->doom.n_hits && !stop(search); h++)
            look(s, &s->doom.hits[h], word);
        tries += search->plan.independence;
        double now = ask->now(ask->context);
        if (now - begun > 0.1) {
            learn_tried(search->r->run, &s->tried);
            learn_count(search->r->run, tries);
            tries = 0;
            begun = now;
        }
    }
    learn_tried(search->r->run, &s->tried);
    learn_count(search->r->run, tries);
}

static int search_thread(void *context, unsigned thread) {
    struct search *search = context;
    const struct rotations *r = search->r;
    struct searcher s = {.search = search, .error = malloc(r->word.n_blocks * ((r->word.n + 7) / 8))};
    int error = s.error ? cyclic_init(&s.cyclic, &r->word, r->run->ask->seed, thread) : -ENOMEM;
    if (!error)
        error = doom_init(&s.doom, r->word.n, search->plan.n_u, search->plan.bits, search->plan.most);
    if (!error) {
        s.doom.stop = stop;
        s.doom.context = search;
        mix(&s);
        passes(&s);
    }
    doom_deinit(&s.doom);
    cyclic_deinit(&s.cyclic);
    free(s.error);
    return error;
}

int rotations_search(const struct rotations *r) {
    struct search search = {.r = r, .best = SIZE_MAX};
    doom_plan(&search.plan, &r->word);
    size_t bytes = cyclic_bytes(&r->word) + doom_bytes(r->word.n, search.plan.n_u, search.plan.bits);
    learn_note_memory(r->run, (double)r->run->ask->n_threads * (double)bytes);
    learn_fact(r->run, "blocks", r->word.n_blocks);
    learn_fact(r->run, "bucket_bits", search.plan.bits);
    learn_fact(r->run, "exchanges", (double)search.plan.groups * CYCLIC_GROUP);
    int error = -pthread_mutex_init(&search.lock, NULL);
    if (error)
        return error;
    learn_search(r->run, "searching", -expm1(-search.plan.success));
    error = learn_threads(r->run->ask->n_threads, search_thread, &search);
    pthread_mutex_destroy(&search.lock);
    return error;
}
