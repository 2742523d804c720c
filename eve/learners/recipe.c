/* The second modality from the first: recipes from vectors alone, by collisions.
 *
 * y_j = x_(m+j) + u_j is a sum of w rows of A. Rows are grouped by their low bits, one or two to a group. For a value
 * v, the pairs whose sum has low bits v are found group by group and go into a small table; for every target the rows
 * that bring its low bits to v are those of one group, and the table tells whether the rest is a pair. So w = 3 takes
 * about m (m/2 + k) steps for all recipes of a session, within the near cache (after Schroeppel, Shamir, SIAM J.
 * Computing 10, 1981; one target out of many: Sendrier, PQCrypto 2011). For w = 2 the table is that of single rows. For
 * w > 3, w - 3 further rows are guessed. For w = 1 the target is a row itself, to be looked up, and for w = 0 there is
 * nothing to find: the composed vectors are the public code. No set has so small a w; the laboratory does.
 *
 * With all recipes she does what Alice does: the labels that belong to the recipes go through the bimodal learner. She
 * chooses and tests on plain samples that no recipe uses (15% of them or more), whose labels the learner never reads.
 */
#include "common/task/lpn/code.h"
#include "common/task/lpn/compose.h"
#include "common/task/lpn/learner.h"
#include "common/task/lpn/recipes.h"
#include "eve/f2/pool.h"
#include "eve/learn/learner_run.h"
#include "eve/learners/learners.h"
#include "eve/learners/ring.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct recovery {
    struct learn_run *run;
    size_t m, w, k, bytes;
    unsigned low; /* bits by which rows are grouped */
    struct code *code;
    uint8_t *targets;    /* k rows, y_j */
    uint64_t *rows;      /* m: the first 64 bits */
    uint64_t *aims;      /* k: likewise, of y_j */
    uint32_t *start;     /* 2^low + 1: members of group g are sorted[start[g]] .. */
    uint32_t *sorted;    /* m */
    uint32_t *recipes;   /* k w */
    atomic_uchar *found; /* k */
    size_t n_found;      /* with run->lock */
    double first_found;  /* seconds */
    atomic_uint_fast64_t next;
};

static uint32_t group_of(const struct recovery *r, uint64_t key) {
    return (uint32_t)key & (((uint32_t)1 << r->low) - 1);
}

static void targets_make(struct recovery *r, const struct view *view) {
    memcpy(r->targets, view->composed, r->k * r->bytes);
    uint8_t lanes[CODE_LANES][PARAMS_N_MAX / 8] = {{0}};
    for (size_t j = 0; j < r->k; j++) {
        uint8_t *u = lanes[j % CODE_LANES];
        bit_xor(u, r->code->pi[j], 1);
        bytes_xor(r->targets + j * r->bytes, u, r->bytes);
        r->aims[j] = load64_le(r->targets + j * r->bytes);
    }
}

static int rows_load(struct recovery *r, const struct view *view) {
    enum { PIECE = 1024 };
    uint8_t *piece = malloc(PIECE * r->bytes);
    if (!piece)
        return -ENOMEM;
    for (size_t first = 0; first < r->m; first += PIECE) {
        size_t now = r->m - first < PIECE ? r->m - first : PIECE;
        view_rows(view, first, now, piece);
        for (size_t i = 0; i < now; i++)
            r->rows[first + i] = load64_le(piece + i * r->bytes);
    }
    free(piece);
    for (size_t i = 0; i < r->m; i++)
        r->start[group_of(r, r->rows[i]) + 1]++;
    for (size_t g = 0; g < (size_t)1 << r->low; g++)
        r->start[g + 1] += r->start[g];
    for (size_t i = r->m; i-- > 0;) /* start[g + 1] walks down to the start of g's members, then is where g's end was */
        r->sorted[--r->start[group_of(r, r->rows[i]) + 1]] = (uint32_t)i;
    memmove(r->start, r->start + 1, ((size_t)1 << r->low) * sizeof *r->start);
    r->start[(size_t)1 << r->low] = (uint32_t)r->m;
    return 0;
}

/* Are these w rows the recipe of target j? All n bits decide. */
static void confirm(struct recovery *r, size_t j, const uint32_t *rows) {
    uint8_t sum[PARAMS_N_MAX / 8], row[PARAMS_N_MAX / 8];
    memcpy(sum, r->targets + j * r->bytes, r->bytes);
    for (size_t t = 0; t < r->w; t++) {
        for (size_t other = 0; other < t; other++)
            if (rows[other] == rows[t])
                return;
        view_row(r->run->view, rows[t], row);
        bytes_xor(sum, row, r->bytes);
    }
    for (size_t b = 0; b < r->bytes; b++)
        if (sum[b])
            return;
    pthread_mutex_lock(&r->run->lock);
    if (!r->found[j]) {
        r->found[j] = 1;
        memcpy(r->recipes + j * r->w, rows, r->w * sizeof *rows);
        if (r->n_found++ == 0)
            r->first_found = learn_seconds(r->run);
    }
    pthread_mutex_unlock(&r->run->lock);
}

/* Open addressing over 64-bit keys, never more than half full. */
struct pairs {
    size_t mask;
    uint64_t *keys;
    uint32_t *a, *b, *used; /* rows; used: stamp of the round that filled the place */
    uint32_t stamp;
};

static size_t pair_place(const struct pairs *p, uint64_t key) {
    return (size_t)(key * 0x9e3779b97f4a7c15 >> 32) & p->mask;
}

static void pairs_fill(struct pairs *p, const struct recovery *r, uint32_t v) {
    p->stamp++;
    size_t n = 0, most = p->mask / 2;
    for (size_t i = 0; i < r->m; i++) {
        uint32_t g = group_of(r, r->rows[i]) ^ v;
        for (uint32_t o = r->start[g]; o < r->start[g + 1] && n < most; o++) {
            if (r->sorted[o] <= i)
                continue;
            uint64_t key = r->rows[i] ^ r->rows[r->sorted[o]];
            size_t at = pair_place(p, key);
            while (p->used[at] == p->stamp)
                at = (at + 1) & p->mask;
            p->used[at] = p->stamp;
            p->keys[at] = key;
            p->a[at] = (uint32_t)i;
            p->b[at] = r->sorted[o];
            n++;
        }
    }
}

/* All targets, less the guessed rows, against the pairs of value v. */
static void pairs_match(const struct pairs *p, struct recovery *r, uint32_t v, uint32_t *rows, uint64_t guessed) {
    for (size_t j = 0; j < r->k; j++) {
        if (r->found[j])
            continue;
        uint64_t aim = r->aims[j] ^ guessed;
        uint32_t g = group_of(r, aim) ^ v;
        for (uint32_t o = r->start[g]; o < r->start[g + 1]; o++) {
            uint64_t key = aim ^ r->rows[r->sorted[o]];
            for (size_t at = pair_place(p, key); p->used[at] == p->stamp; at = (at + 1) & p->mask)
                if (p->keys[at] == key) {
                    rows[0] = r->sorted[o];
                    rows[1] = p->a[at];
                    rows[2] = p->b[at];
                    confirm(r, j, rows);
                }
        }
    }
}

static bool enough(struct recovery *r) {
    pthread_mutex_lock(&r->run->lock);
    bool all = r->n_found == r->k;
    pthread_mutex_unlock(&r->run->lock);
    return all;
}

static int search_pairs(struct recovery *r, unsigned thread) {
    size_t size = 1;
    while (size < 4 * r->m)
        size *= 2;
    struct pairs p = {.mask = size - 1};
    p.keys = malloc(size * sizeof *p.keys);
    p.a = malloc(size * sizeof *p.a);
    p.b = malloc(size * sizeof *p.b);
    p.used = calloc(size, sizeof *p.used);
    int error = p.keys && p.a && p.b && p.used ? 0 : -ENOMEM;
    struct dice dice;
    dice_init(&dice, r->run->ask->seed, "eve/1 recipe", thread);
    while (!error && !learn_should_stop(r->run) && !enough(r)) {
        uint64_t turn = atomic_fetch_add(&r->next, 1);
        uint32_t v = (uint32_t)(turn & (((uint64_t)1 << r->low) - 1)), rows[RECIPES_W_MAX];
        if (r->w == 3 && turn >> r->low)
            break; /* all values have been tried */
        pairs_fill(&p, r, v);
        /* The table serves several guesses. */
        for (int guess = 0; guess < (r->w == 3 ? 1 : 16) && !learn_should_stop(r->run); guess++) {
            uint64_t guessed = 0;
            for (size_t t = 3; t < r->w; t++) {
                rows[t] = dice_below(&dice, (uint32_t)r->m);
                guessed ^= r->rows[rows[t]];
            }
            pairs_match(&p, r, v, rows, guessed);
            learn_count(r->run, 1);
        }
    }
    free(p.keys);
    free(p.a);
    free(p.b);
    free(p.used);
    return error;
}

static int search_rows(struct recovery *r) {
    for (;;) {
        size_t j = (size_t)atomic_fetch_add(&r->next, 1);
        if (j >= r->k || learn_should_stop(r->run))
            return 0;
        uint32_t g = group_of(r, r->aims[j]);
        for (uint32_t o = r->start[g]; o < r->start[g + 1]; o++)
            if (r->rows[r->sorted[o]] == r->aims[j])
                confirm(r, j, &r->sorted[o]);
        learn_count(r->run, 1);
    }
}

static int search_singles(struct recovery *r) {
    for (;;) {
        size_t j = (size_t)atomic_fetch_add(&r->next, 1);
        if (j >= r->k || learn_should_stop(r->run))
            return 0;
        for (size_t i = 0; i < r->m && !r->found[j]; i++) {
            uint64_t rest = r->aims[j] ^ r->rows[i];
            uint32_t g = group_of(r, rest);
            for (uint32_t o = r->start[g]; o < r->start[g + 1]; o++)
                if (r->rows[r->sorted[o]] == rest)
                    confirm(r, j, (uint32_t[]){(uint32_t)i, r->sorted[o]});
        }
        learn_count(r->run, 1);
    }
}

static int search(void *context, unsigned thread) {
    struct recovery *r = context;
    switch (r->w) {
    case 0:
        return 0;
    case 1:
        return search_rows(r);
    case 2:
        return search_singles(r);
    default:
        return search_pairs(r, thread);
    }
}

/* Select and test: the plain samples that no recipe uses. */
static int split_again(struct recovery *r) {
    struct split *s = &r->run->split;
    uint8_t *used = calloc(r->m, 1);
    if (!used)
        return -ENOMEM;
    for (size_t e = 0; e < r->k * r->w; e++)
        used[r->recipes[e]] = 1;
    size_t n = 0, n_all = r->m + r->k;
    for (size_t i = 0; i < n_all; i++)
        if (i >= r->m || used[i])
            s->ids[n++] = (uint32_t)i;
    s->n_train = n;
    s->n_select = (n_all - n) / 4;
    s->n_test = n_all - n - s->n_select;
    size_t select = n, test = n + s->n_select, unused = 0;
    for (size_t i = 0; i < r->m; i++)
        if (!used[i])
            s->ids[unused++ % 4 == 3 ? select++ : test++] = (uint32_t)i;
    s->train = s->ids;
    s->select = s->ids + n;
    s->test = s->select + s->n_select;
    r->run->result->test_labels = s->n_test;
    free(used);
    return s->n_select > 0 && s->n_test > 0 ? 0 : -ERANGE;
}

static int learn_bimodally(struct recovery *r) {
    const struct view *view = r->run->view;
    size_t n_blocks = (r->k + RECIPES_ROWS - 1) / RECIPES_ROWS;
    struct recipes recipes = {
        .m = (uint32_t)r->m, .w = (uint32_t)r->w, .k = (uint32_t)r->k, .n_blocks = (uint32_t)n_blocks};
    recipes.index = calloc(n_blocks * RECIPES_ROWS * r->w + 1, sizeof *recipes.index);
    uint8_t *v = calloc(n_blocks * RECIPES_ROWS / 8, 1);
    struct learner *learner = NULL;
    int error = recipes.index && v ? 0 : -ENOMEM;
    if (!error) {
        for (size_t j = 0; j < r->k; j++)
            for (size_t t = 0; t < r->w; t++)
                recipes.index[(j / RECIPES_ROWS * r->w + t) * RECIPES_ROWS + j % RECIPES_ROWS] =
                    r->recipes[j * r->w + t];
        error = learner_new(&learner, view->params, r->code, &recipes);
    }
    if (!error) {
        compose_syndrome(v, &recipes, view->labels, 0, r->k);
        learner_start(learner, v);
    }
    while (!error && !learn_should_stop(r->run)) {
        while (learner_status(learner) == LEARNER_WORK && !learn_should_stop(r->run))
            learner_turn(learner);
        if (learner_status(learner) != LEARNER_CANDIDATE || learn_propose(r->run, learner_candidate(learner)))
            break;
        learner_reject(learner);
    }
    learner_free(learner);
    free(recipes.index);
    free(v);
    return error;
}

static const char *not_applicable(const struct view *view) {
    if (view->kind)
        return NULL;
    return view->params->n < 64 ? "recipes of a session this small are not unique" : NULL;
}

/* How much of a recipe one try finds, as a share of what learning needs. */
static double try_success(const struct recovery *r, double p) {
    double entropy = -p * log2(p) - (1 - p) * log2(1 - p), needed = (double)r->run->view->params->n / (1 - entropy);
    if (r->w <= 2)
        return 1 / needed;
    double one = (double)r->k * 3 / ldexp(1, (int)r->low);
    for (size_t t = 3; t < r->w; t++)
        one *= (double)(r->w + 3 - t) / ((double)r->m - (double)(t - 3)); /* C(w, w-3) / C(m, w-3) */
    return one / needed;
}

static int run(struct learn_run *run) {
    if (run->view->kind)
        return ring_recipe(run);
    const struct params *p = run->view->params;
    struct recovery r = {.run = run, .m = p->m, .w = p->w, .k = p->k, .bytes = p->n / 8};
    while ((size_t)2 << r.low <= r.m)
        r.low++;
    r.targets = malloc(r.k * r.bytes);
    r.rows = malloc(r.m * sizeof *r.rows);
    r.aims = malloc(r.k * sizeof *r.aims);
    r.start = calloc(((size_t)1 << r.low) + 2, sizeof *r.start);
    r.sorted = malloc(r.m * sizeof *r.sorted);
    r.recipes = malloc((r.k * r.w + 1) * sizeof *r.recipes);
    r.found = calloc(r.k, 1);
    int error =
        r.targets && r.rows && r.aims && r.start && r.sorted && r.recipes && r.found ? code_new(&r.code, p) : -ENOMEM;
    if (!error) {
        targets_make(&r, run->view);
        error = rows_load(&r, run->view);
    }
    if (r.w == 0)
        r.n_found = r.k; /* of nothing */
    if (!error) {
        learn_note_memory(run, (double)(r.k * (r.bytes + 8 + 4 * r.w) + r.m * 16 + run->ask->n_threads * r.m * 8 * 20));
        learn_search(run, "recipes", try_success(&r, p->p));
        error = learn_threads(run->ask->n_threads, search, &r);
    }
    if (!error) {
        learn_fact(run, "recipes_found", (double)r.n_found);
        learn_fact(run, "recipes_of", (double)r.k);
        if (r.n_found > 0)
            learn_fact(run, "seconds_to_first_recipe", r.first_found);
        if (r.n_found == r.k) {
            learn_fact(run, "seconds_to_all_recipes", learn_seconds(run));
            error = split_again(&r);
            if (!error) {
                run->phase = "learning from recipes";
                error = learn_bimodally(&r);
            }
        } else {
            learn_reason(run, "%zu of %zu recipes found", r.n_found, r.k);
        }
    }
    code_free(r.code);
    free(r.targets);
    free(r.rows);
    free(r.aims);
    free(r.start);
    free(r.sorted);
    free(r.recipes);
    free(r.found);
    return error;
}

const struct learner_kind learner_recipe = {
    .name = "recipe",
    .summary = "recipes from the vectors alone, then learn as Alice does",
    .by_default = true,
    .tasks = LEARNS("lpn", "ring"),
    .split = SPLIT_RECIPES,
    .not_applicable = not_applicable,
    .run = run,
};
