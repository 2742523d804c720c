/* Which of the two roads is the shorter differs from set to set, by little. Three blocks are used on the label side,
 * since all that she needs is n positions of 3n without an error: (2/3)^(3w) against (1/2)^(2w) with z_h alone, as
 * 2^(-1.75 w) to 2^(-2w). */
#include "eve/learners/ring.h"

#include "eve/learn/view_ring.h"
#include "eve/learners/estimate_ring.h"
#include "eve/learners/rotations.h"

#include "common/task/ring/blocks.h"
#include "common/task/ring/flip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A polynomial, packed, for what takes bytes. */
struct packed {
    uint8_t bytes[POLY_WORDS * 8];
};

static void pack(struct packed *out, const uint64_t *p, size_t n) {
    memset(out->bytes, 0, sizeof out->bytes);
    poly_xor_into(out->bytes, 0, p, n);
}

static void pack_label(struct packed *out, const struct view *v, size_t first) {
    uint64_t z[POLY_WORDS];
    size_t n = view_ring_params(v)->n;
    poly_read(z, v->labels, first, n);
    pack(out, z, n);
}

/* What a search that has not succeeded says: what it would take, and by whose formula. */
static void say(struct learn_run *run, bool labels) {
    struct estimate_ring e;
    estimate_ring_set(&e, view_ring_params(run->view));
    const struct estimate_ring_side *side = labels ? &e.labels : &e.vectors;
    learn_reason(run, "by formula %s take 2^%.0f to 2^%.0f bit operations (Stern 1988, Sendrier 2011)",
                 labels ? "labels" : "vectors", side->from, side->to);
}

/* ---- labels */

static bool found_task(void *context, const uint8_t *error) {
    return learn_propose(context, error); /* block 0 is s */
}

static void near_task(void *context, const uint8_t *error) {
    learn_propose(context, error);
}

int ring_labels(struct learn_run *run) {
    const struct view *v = run->view;
    const struct ring_params *p = view_ring_params(v);
    uint64_t h[POLY_WORDS];
    struct packed packed_h, z_h, z_sigma;
    view_ring_h(v, h);
    pack(&packed_h, h, p->n);
    pack_label(&z_h, v, 0);
    pack_label(&z_sigma, v, p->n);
    struct rotations r = {.run = run,
                          .word = {.n = p->n,
                                   .n_blocks = 3,
                                   .weight = p->w_s + 2 * p->w_e,
                                   .generator = {NULL, packed_h.bytes, v->composed},
                                   .received = {NULL, z_h.bytes, z_sigma.bytes}},
                          .found = found_task,
                          .near = near_task,
                          .context = run};
    int error = rotations_search(&r);
    if (!error && !run->solved)
        say(run, true);
    return error;
}

/* ---- vectors */

struct learned_recipe {
    struct learn_run *run;
    int error;
    double seconds; /* when the recipe was found; 0: not yet */
};

/* z_sigma - y z_h = x s + y e1 + e2. */
static void syndrome(uint64_t *out, const struct view *v, const uint64_t *y) {
    uint64_t z[POLY_WORDS];
    size_t n = view_ring_params(v)->n;
    poly_read(z, v->labels, 0, n);
    poly_mul(out, y, z, n);
    poly_read(z, v->labels, n, n);
    poly_add(out, z, n);
}

static void part_of(struct recipe_part *part, const uint8_t *block, const struct ring_params *p) {
    size_t n_at = 0;
    poly_read(part->bits, block, 0, p->n);
    for (uint32_t i = 0; i < p->n; i++)
        if (bit_get(block, i) && n_at < p->w)
            part->at[n_at++] = i;
}

/* A short error that is no recipe, since its two blocks are not of weight w each, is of no use. */
static bool found_recipe(void *context, const uint8_t *error) {
    struct learned_recipe *l = context;
    const struct view *v = l->run->view;
    const struct ring_params *p = view_ring_params(v);
    struct recipe_part x, y;
    uint64_t work[POLY_WORDS];
    struct flip *flip = NULL;
    part_of(&y, error, p);
    part_of(&x, error + blocks_bytes(p), p);
    if (poly_weight(x.bits, p->n) != p->w || poly_weight(y.bits, p->n) != p->w)
        return false;
    l->seconds = learn_seconds(l->run);
    l->error = flip_new(&flip, p, &x, &y);
    if (l->error)
        return true;
    syndrome(work, v, y.bits);
    flip_start(flip, work);
    bool solved = false;
    while (!solved && flip_status(flip) != FLIP_EXHAUSTED) {
        if (flip_status(flip) == FLIP_WORK) {
            flip_turn(flip);
            continue;
        }
        struct packed s;
        pack(&s, flip_s(flip), p->n);
        solved = learn_propose(l->run, s.bytes);
        if (!solved)
            flip_reject(flip);
    }
    flip_free(flip);
    return true;
}

int ring_recipe(struct learn_run *run) {
    const struct view *v = run->view;
    const struct ring_params *p = view_ring_params(v);
    uint64_t h[POLY_WORDS];
    struct packed packed_h;
    struct learned_recipe l = {.run = run};
    view_ring_h(v, h);
    pack(&packed_h, h, p->n);
    struct rotations r = {.run = run,
                          .word = {.n = p->n,
                                   .n_blocks = 2,
                                   .weight = 2 * p->w,
                                   .generator = {NULL, packed_h.bytes},
                                   .received = {NULL, v->composed}},
                          .found = found_recipe,
                          .context = &l};
    int error = rotations_search(&r);
    if (error || l.error)
        return error ? error : l.error;
    if (l.seconds > 0)
        learn_fact(run, "seconds_to_recipe", l.seconds);
    if (!run->solved && l.seconds > 0)
        learn_reason(run, "the recipe was found, but bit flipping with it failed");
    else if (!run->solved)
        say(run, false);
    return 0;
}
