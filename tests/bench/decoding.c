/* What a pass of information-set decoding costs (eve/f2/collide.h), part by part, beside what the memory allows.
 *
 *     decoding N [TURNS]
 *
 * Processor time, the least of many turns, since others use the processor too, for each level of vector instructions.
 * The floor of a pass writes as many keys to random buckets of the same table, and reads as many buckets, and does
 * nothing else. */
#include "eve/f2/collide.h"
#include "eve/f2/tableau.h"
#include "eve/learners/isd_plan.h"
#include "tests/lib/instance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct instance in;
    struct split split;
    struct pool pool;
    struct isd_plan plan;
    unsigned n_turns;
};

struct parts {
    double build, step, pass; /* seconds */
};

static void least(double *so_far, double start, double n) {
    *so_far = fmin(*so_far, (instance_cpu_seconds() - start) / n);
}

static void time_parts(struct parts *parts, const struct bench *b, unsigned bits) {
    struct tableau t;
    struct collide c;
    struct isd_plan plan = {.weight = 2, .bits = bits};
    *parts = (struct parts){INFINITY, INFINITY, INFINITY};
    if (tableau_init(&t, &b->pool, b->in.seed, 0) < 0 || collide_init(&c, t.n, bits) < 0)
        exit(1);
    c.weight = 2;
    c.most = isd_most(&plan, b->in.params.theta);
    for (unsigned turn = 0; turn < b->n_turns; turn++) {
        double start = instance_cpu_seconds();
        if (!tableau_build(&t, NULL, NULL))
            exit(1);
        least(&parts->build, start, 1);
        start = instance_cpu_seconds();
        for (int i = 0; i < 64; i++)
            tableau_step(&t);
        least(&parts->step, start, 64);
        start = instance_cpu_seconds();
        for (unsigned i = 0; i < 8; i++)
            collide_pass(&c, t.planes[i % TABLEAU_PLANES], 0);
        least(&parts->pass, start, 8);
    }
    collide_deinit(&c);
    tableau_deinit(&t);
}

/* Seconds of writing, and of reading, so many buckets at random. */
static void time_floor(double of[static 2], size_t n, unsigned bits, unsigned n_turns) {
    typedef uint64_t bucket[4] __attribute__((aligned(32)));
    size_t list = (size_t)collide_list(n), n_buckets = (size_t)1 << (bits < COLLIDE_PLACE ? bits : COLLIDE_PLACE);
    bucket *buckets = aligned_alloc(64, n_buckets * sizeof *buckets < 64 ? 64 : n_buckets * sizeof *buckets);
    uint64_t all[4] = {0};
    uint32_t *at = malloc(list * sizeof *at);
    struct dice dice = {1};
    if (!buckets || !at)
        exit(1);
    memset(buckets, 0, n_buckets * sizeof *buckets);
    for (size_t i = 0; i < list; i++)
        at[i] = dice_below(&dice, (uint32_t)n_buckets);
    of[0] = of[1] = INFINITY;
    for (unsigned turn = 0; turn < 8 * n_turns; turn++) {
        double start = instance_cpu_seconds();
        for (size_t i = 0; i < list; i++)
            ((volatile uint32_t *)(buckets + at[i]))[0] = (uint32_t)i;
        least(&of[0], start, 1);
        start = instance_cpu_seconds();
        for (size_t i = 0; i < list; i++)
            for (size_t w = 0; w < 4; w++)
                all[w] ^= buckets[at[i]][w];
        memcpy(buckets, all, sizeof all);
        least(&of[1], start, 1);
    }
    free(buckets);
    free(at);
}

int main(int argc, char **argv) {
    static struct bench b;
    struct params params;
    if (argc < 2 || params_make(&params, (uint32_t)strtoul(argv[1], NULL, 10)) != 0)
        return fprintf(stderr, "usage: %s N [TURNS]\n", argv[0]), 64;
    b.n_turns = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200;
    instance_make(&b.in, &params, INSTANCE_UNIFORM, 1);
    if (split_init(&b.split, &b.in.view, SPLIT_SAMPLES, b.in.seed) < 0 ||
        pool_init(&b.pool, &b.in.view, b.split.train, b.split.n_train) < 0 || pool_index(&b.pool) < 0)
        return 1;
    const struct kernels *all[3];
    size_t n_all = kernels_all(all);
    double list = collide_list(params.n), of[2];
    for (unsigned bits = isd_bits(params.n) - 1; bits <= isd_bits(params.n) + 1; bits++) {
        for (size_t k = 0; k < n_all; k++) {
            struct parts p;
            kernels_force(all[k]);
            time_parts(&p, &b, bits);
            printf("n%u, 2^%u buckets, %-6s: tableau %.1f us, exchange %.1f ns, pass %.1f us, %.2f ns a sum\n",
                   params.n, bits, all[k]->name, 1e6 * p.build, 1e9 * p.step, 1e6 * p.pass, 1e9 * p.pass / (2 * list));
        }
        time_floor(of, params.n, bits, b.n_turns);
        printf("n%u, 2^%u buckets, memory: writing %.2f ns, reading %.2f ns a bucket\n", params.n, bits,
               1e9 * of[0] / list, 1e9 * of[1] / list);
    }
    kernels_force(NULL);
    pool_deinit(&b.pool);
    split_deinit(&b.split);
    instance_free(&b.in);
    return 0;
}
