/* Grover's search on Prange's algorithm, on a quantum computer that is simulated (eve/quantum): what such a machine
 * would do with a session, gate by gate. It is a simulation and no attack to be afraid of: it takes far longer than
 * `isd`, and memory for each selection of samples, so that only the smallest sets fit. */
#include "common/base/prg.h"
#include "eve/f2/pool.h"
#include "eve/learn/learner_run.h"
#include "eve/learners/learners.h"
#include "eve/quantum/grover.h"
#include "eve/quantum/oracle.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    B_MAX = 24,  /* selection qubits: 2^24 amplitudes, 130 MiB with their marks */
    PATIENCE = 2 /* after so many times the root of all selections in calls, other blocks: many have no solution */
};

struct search {
    struct learn_run *run;
    struct dice dice;
    struct oracle_task task;
    struct oracle oracle;
    uint64_t *rows, *marks;
    uint32_t *blocks, *checks;
    size_t n_load; /* training samples that equations are drawn from; behind them are those to check */
    double bytes;
    double calls; /* of the oracle, so far */
    size_t draws, n_qubits;
    atomic_size_t next_slice, n_dirty; /* slices: to be run next; in which qubits were left behind */
    char phase[48];
};

/* All training samples as rows of n + 1 bits. */
static int fetch(struct search *s) {
    const struct view *view = s->run->view;
    const struct split *split = &s->run->split;
    size_t n = view->params->n, words = n / 64 + 1;
    s->rows = calloc(split->n_train * words, sizeof *s->rows);
    uint8_t *row = malloc(view_row_bytes(view));
    for (size_t i = 0; s->rows && row && i < split->n_train; i++) {
        view_row(view, split->train[i], row);
        uint64_t *to = s->rows + i * words;
        for (size_t c = 0; c < n; c++)
            to[c / 64] |= (uint64_t)bit_get(row, c) << (c % 64);
        to[n / 64] |= (uint64_t)view_label(view, split->train[i]) << (n % 64);
    }
    free(row);
    s->task.rows = s->rows;
    s->task.row_words = words;
    return s->rows && row ? 0 : -ENOMEM;
}

/* Other blocks of samples: each group of equations draws from a share of its own, so that a selection has no sample
 * twice. */
static int draw_blocks(struct search *s) {
    uint32_t n = s->task.n;
    size_t groups = s->task.b / ORACLE_GROUP;
    uint32_t *deck = malloc(s->n_load * sizeof *deck);
    if (!deck)
        return -ENOMEM;
    for (size_t i = 0; i < s->n_load; i++)
        deck[i] = (uint32_t)i;
    for (size_t i = s->n_load; i-- > 1;) {
        size_t other = dice_below(&s->dice, (uint32_t)i + 1);
        uint32_t id = deck[i];
        deck[i] = deck[other];
        deck[other] = id;
    }
    for (size_t g = 0; g < groups; g++) {
        uint32_t *share = deck + g * s->n_load / groups;
        size_t n_share = (g + 1) * s->n_load / groups - g * s->n_load / groups;
        size_t first = g * n / groups, last = (g + 1) * n / groups;
        for (size_t v = 0; v < ORACLE_BLOCKS; v++)
            for (size_t i = first; i < last; i++) {
                size_t at = i - first, other = at + dice_below(&s->dice, (uint32_t)(n_share - at));
                uint32_t id = share[at];
                share[at] = share[other];
                share[other] = id;
                s->blocks[v * n + i] = share[at];
            }
    }
    free(deck);
    s->draws++;
    return 0;
}

/* ---- the simulated machine */

/* Each thread takes the next slice: there may be fewer threads than were asked for. */
static int run_slices(void *context, unsigned thread) {
    struct search *s = context;
    unsigned b = s->task.b;
    struct slice slice;
    size_t n_dirty = 0;
    int r = slice_init(&slice, s->oracle.circuit.n_qubits);
    (void)thread;
    while (r == 0 && !learn_should_stop(s->run)) {
        struct oracle_seen seen;
        size_t index = atomic_fetch_add(&s->next_slice, 1);
        if (index >= slice_count(b))
            break;
        oracle_run(&s->oracle, &slice, index, s->marks + index * SLICE_WORDS, NULL, &seen);
        n_dirty += !seen.clean;
    }
    slice_deinit(&slice);
    atomic_fetch_add(&s->n_dirty, n_dirty);
    return r;
}

/* Measures after j iterations, from the start. The classical machine beside it solves what was measured. */
static int measure(struct search *s, struct grover *grover, size_t j) {
    grover_start(grover);
    for (size_t i = 0; i < j; i++) {
        if (learn_should_stop(s->run))
            return 0;
        grover_iterate(grover);
    }
    _Alignas(8) uint8_t candidate[PARAMS_N_MAX / 8] = {0};
    size_t x = grover_measure(grover, (double)(dice_u64(&s->dice) >> 11) * 0x1p-53);
    int r = oracle_candidate(&s->task, x, candidate);
    s->calls += (double)j + 1;
    learn_count(s->run, (double)j + 1);
    if (r == 0 && oracle_passes(&s->task, candidate))
        learn_propose(s->run, candidate);
    return r;
}

/* The search by Boyer, Brassard, Hoyer and Tapp, until something is found or these blocks seem to have nothing. */
static int bbht(struct search *s) {
    struct grover grover;
    size_t n = (size_t)1 << s->task.b;
    double most = s->calls + PATIENCE * sqrt((double)n);
    int r = grover_init(&grover, n, s->marks);
    for (size_t round = 0; r == 0 && s->calls < most && !learn_should_stop(s->run); round++)
        r = measure(s, &grover, dice_below(&s->dice, (uint32_t)ceil(grover_bound((double)n, round))));
    grover_deinit(&grover);
    return r;
}

static int one_draw(struct search *s) {
    int r = draw_blocks(s);
    if (r == 0)
        r = oracle_init(&s->oracle, &s->task, false);
    if (r < 0)
        return r;
    s->n_qubits = s->oracle.circuit.n_qubits;
    s->bytes = oracle_bytes(&s->oracle, s->run->ask->n_threads);
    learn_note_memory(s->run, s->bytes);
    snprintf(s->phase, sizeof s->phase, "simulating %zu qubits in %.0f MB", s->n_qubits, s->bytes / 1e6);
    learn_phase(s->run, s->phase);
    atomic_store(&s->next_slice, 0);
    r = learn_threads(s->run->ask->n_threads, run_slices, s);
    if (r == 0 && !learn_should_stop(s->run))
        r = bbht(s);
    if (s->draws == 1) {
        learn_fact(s->run, "qubits", (double)s->n_qubits);
        learn_fact(s->run, "toffoli_per_call", 2 * (double)s->oracle.circuit.n_toffoli);
    }
    oracle_deinit(&s->oracle);
    return r;
}

static int search(struct search *s) {
    const struct params *p = s->run->view->params;
    s->task.n = p->n;
    s->task.b = oracle_selection(p->n, p->theta);
    if (s->task.b > B_MAX) {
        learn_not_applicable(s->run,
                             "a simulation: it would take 2^%u amplitudes, %.2g GB; it holds 2^%d, for n64 and n128",
                             s->task.b, exp2(s->task.b) * (sizeof(double) + 1.0 / 8) / 1e9, B_MAX);
        return 0;
    }
    s->task.n_checks = oracle_checks(p->theta, s->task.b);
    s->task.most = oracle_most(p->theta, s->task.n_checks);
    size_t n_train = s->run->split.n_train, n_words = slice_count(s->task.b) * SLICE_WORDS;
    if (n_train < s->task.n_checks + 2 * p->n) {
        learn_not_applicable(s->run, "too few samples: %zu to learn from, %u are needed", n_train,
                             s->task.n_checks + 2 * p->n);
        return 0;
    }
    s->n_load = n_train - s->task.n_checks;
    s->marks = calloc(n_words, sizeof *s->marks);
    s->blocks = malloc((size_t)ORACLE_BLOCKS * p->n * sizeof *s->blocks);
    s->checks = malloc(s->task.n_checks * sizeof *s->checks);
    int r = s->marks && s->blocks && s->checks ? fetch(s) : -ENOMEM;
    for (uint32_t i = 0; r == 0 && i < s->task.n_checks; i++)
        s->checks[i] = (uint32_t)s->n_load + i;
    s->task.blocks = s->blocks;
    s->task.checks = s->checks;
    while (r == 0 && !learn_should_stop(s->run))
        r = one_draw(s);
    if (r == 0 && s->n_dirty)
        learn_failed(s->run, "the circuit left qubits behind in %zu slices", s->n_dirty);
    else if (r == 0)
        learn_reason(s->run,
                     "a simulation of a quantum computer, exact: %zu qubits, %.0f oracle calls over %zu draw%s of "
                     "samples; 2^%u amplitudes, %.0f MB",
                     s->n_qubits, s->calls, s->draws, s->draws == 1 ? "" : "s", s->task.b, s->bytes / 1e6);
    learn_fact(s->run, "oracle_calls", s->calls);
    learn_fact(s->run, "selection_qubits", s->task.b);
    return r;
}

static int run(struct learn_run *run) {
    struct search s = {.run = run};
    dice_init(&s.dice, run->ask->seed, "eve/1 quantum", 0);
    int r = search(&s);
    free(s.rows);
    free(s.marks);
    free(s.blocks);
    free(s.checks);
    return r;
}

const struct learner_kind learner_quantum = {
    .name = "quantum",
    .summary = "Grover's search on Prange's algorithm, on a simulated quantum computer: n64 and n128",
    .split = SPLIT_SAMPLES,
    .run = run,
};
