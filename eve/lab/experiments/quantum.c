/* Does a quantum learner break it? Grover's search on Prange's algorithm, the quantum attack that LPN at this noise
 * calls for: with few errors no known one has a better exponent (Canto Torres, Sendrier, PQCrypto 2016, for the
 * classical ones, of which quantum walks speed up parts). It is simulated gate by gate, exactly, at toy sizes
 * (eve/quantum), so that the square root is seen; its gates are counted at larger sizes; and formulas that agree with
 * the counts say what the parameter sets cost.
 *
 *     search    a task of n unknowns: the oracle on all 2^b selections, Grover's search after each number of iterations
 *     circuit   the same circuit for a larger n, counted and not run
 *
 * Not claimed: that such a machine can be built, or that no better quantum algorithm exists. */
#include "eve/lab/experiments/quantum.h"

#include "common/base/prg.h"
#include "eve/lab/experiments/experiments.h"
#include "eve/quantum/grover.h"
#include "eve/quantum/oracle.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIMULATED_MAX = 64, /* n; above, circuits are counted only */
    DRAWS_MAX = 20,     /* of samples, until some selection of them has no error */
    COMPARED = 1 << 14, /* selections that are also solved classically, and all that are marked */
};

/* ---- a task of any n, and its circuit */

struct toy {
    struct oracle_task task;
    uint64_t *rows;
    uint32_t *ids; /* of the blocks, then of the checks */
    uint8_t secret[ORACLE_N_MAX / 8];
    size_t n_labels, n_errors;
};

static void toy_free(struct toy *toy) {
    free(toy->rows);
    free(toy->ids);
    *toy = (struct toy){0};
}

/* Each equation of each block has a sample of its own, and so has each check. */
static int toy_make(struct toy *toy, uint32_t n, enum lab_fault fault, const uint8_t seed[static 32], uint64_t draw) {
    double theta = 1 / sqrt(n), noise = fault == LAB_FAULT_THETA ? 1.5 * theta : theta;
    unsigned b = oracle_selection(n, theta);
    b = b < ORACLE_B_MAX ? b : ORACLE_B_MAX; /* larger circuits are not run, and hardly depend on b */
    uint32_t n_checks = oracle_checks(theta, b);
    size_t words = n / 64 + 1, n_blocks = (size_t)ORACLE_BLOCKS * n, n_samples = n_blocks + n_checks;
    *toy =
        (struct toy){.rows = calloc(n_samples * words, sizeof *toy->rows), .ids = malloc(n_samples * sizeof *toy->ids)};
    if (!toy->rows || !toy->ids) {
        toy_free(toy);
        return -ENOMEM;
    }
    uint8_t key[32], row[ORACLE_N_MAX / 8];
    size_t bytes = (n + 7) / 8;
    struct prg g;
    prg_subkey(key, seed, "samples", draw);
    prg_init(&g, key, 0);
    prg_read(&g, toy->secret, bytes);
    for (size_t i = 0; i < n_samples; i++) {
        unsigned label = (double)prg_u64(&g) < noise * 0x1p64;
        toy->n_errors += label;
        prg_read(&g, row, bytes);
        for (size_t c = 0; c < n; c++) {
            toy->rows[i * words + c / 64] |= (uint64_t)bit_get(row, c) << (c % 64);
            label ^= bit_get(row, c) & bit_get(toy->secret, c);
        }
        toy->rows[i * words + n / 64] |= (uint64_t)label << (n % 64);
        toy->ids[i] = (uint32_t)i;
    }
    prg_deinit(&g);
    toy->n_labels = n_samples;
    toy->task = (struct oracle_task){.n = n,
                                     .b = b,
                                     .rows = toy->rows,
                                     .row_words = words,
                                     .blocks = toy->ids,
                                     .checks = toy->ids + n_blocks,
                                     .n_checks = n_checks,
                                     .most = oracle_most(theta, n_checks)};
    return 0;
}

/* The first Toffoli gate, which is left out on the way there to see that it is noticed. */
static void break_oracle(struct oracle *oracle) {
    oracle->broken = 0;
    while (oracle->broken + 1 < oracle->circuit.n_gates && oracle->circuit.gates[oracle->broken].other == CIRCUIT_NONE)
        oracle->broken++;
}

/* ---- plan */

/* Of a unit; there are as many at a time as threads. */
static int memory_of(uint32_t n, double *bytesp) {
    struct toy toy;
    struct oracle oracle;
    int r = toy_make(&toy, n, LAB_NO_FAULT, (const uint8_t[32]){0}, 0);
    if (r == 0)
        r = oracle_init(&oracle, &toy.task, true);
    if (r == 0) {
        *bytesp = fmax(*bytesp, oracle_bytes(&oracle, 1));
        oracle_deinit(&oracle);
    }
    toy_free(&toy);
    return r;
}

/* Processor seconds: of the gates on all states, and of the iterations. */
static double search_seconds(double n) {
    double states = exp2(oracle_selection(n, 1 / sqrt(n)));
    return states * (3 * n * n * n + 30 * n * n) * 8e-12 + 1.5 * states * sqrt(states) * 1.5e-9;
}

static int plan_search(struct lab_plan *plan, uint32_t n, unsigned instances, double *bytesp) {
    int r = n <= SIMULATED_MAX ? memory_of(n, bytesp) : 0;
    for (unsigned i = 0; r == 0 && n <= SIMULATED_MAX && i < instances; i++)
        r = lab_unit(plan, search_seconds(n),
                     json_pack("{s:s, s:i, s:i}", "part", "search", "n", (int)n, "instance", (int)i));
    return r;
}

static int plan_circuit(struct lab_plan *plan, uint32_t n) {
    return lab_unit(plan, 2e-8 * n * n * n, json_pack("{s:s, s:i}", "part", "circuit", "n", (int)n));
}

static int plan(struct lab_plan *plan) {
    static const uint32_t sizes[] = {16, 24, 32, 40, 48, 64}, larger[] = {16, 32, 64, 96, 128, 192, 256, 384};
    static const unsigned instances[][6] = {
        [LAB_CHECK] = {2, 2, 2}, [LAB_QUICK] = {4, 4, 4, 3, 1, 1}, [LAB_FULL] = {10, 10, 10, 10, 6, 6}};
    static const size_t n_larger[] = {[LAB_CHECK] = 5, [LAB_QUICK] = 7, [LAB_FULL] = 8};
    bool given = plan->n_sets > 0 || plan->n_others > 0;
    double bytes = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        if (plan->sets[i].n <= ORACLE_N_MAX)
            r = plan_search(plan, plan->sets[i].n, plan->size == LAB_FULL ? 6 : 2, &bytes);
    for (size_t i = 0; r == 0 && i < plan->n_sets; i++)
        if (plan->sets[i].n <= ORACLE_N_MAX)
            r = plan_circuit(plan, plan->sets[i].n);
    for (size_t i = 0; r == 0 && !given && i < 6; i++)
        r = plan_search(plan, sizes[i], instances[plan->size][i], &bytes);
    for (size_t i = 0; r == 0 && !given && i < n_larger[plan->size]; i++)
        r = plan_circuit(plan, larger[i]);
    if (r == 0 && bytes > 0)
        r = json_object_set_new(plan->parameters, "memory_bytes", json_real(ceil(bytes))) == 0 ? 0 : -ENOMEM;
    return r;
}

/* ---- run */

static int note_circuit(json_t *result, const struct oracle *o, bool broken) {
    const struct circuit *c = &o->circuit;
    return json_object_update_new(
        result, json_pack("{s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "selection_qubits", (int)o->task.b, "checks",
                          (int)o->task.n_checks, "qubits", (json_int_t)c->n_qubits, "toffoli",
                          (json_int_t)(2 * c->n_toffoli - broken), "cnot", (json_int_t)(2 * c->n_cnot), "x",
                          (json_int_t)(2 * c->n_x), "toffoli_depth", (json_int_t)(2 * (json_int_t)c->toffoli_depth),
                          "eliminate_toffoli", (json_int_t)o->eliminate_toffoli, "eliminate_depth",
                          (json_int_t)o->eliminate_depth));
}

static int run_circuit(const struct lab_unit *unit, json_t *result) {
    struct toy toy;
    struct oracle oracle;
    bool broken = unit->fault == LAB_FAULT_LEARNER;
    int r = toy_make(&toy, (uint32_t)lab_count(unit->parameters, "n"), unit->fault, unit->seed, 0);
    if (r == 0)
        r = oracle_init(&oracle, &toy.task, true);
    if (r == 0) {
        r = note_circuit(result, &oracle, broken);
        oracle_deinit(&oracle);
    }
    toy_free(&toy);
    return r;
}

struct search {
    uint64_t *marks;
    size_t draws, labels, errors, marked, right, dirty, compared, alike;
};

/* The oracle on all selections. */
static int run_oracle(struct search *s, const struct oracle *oracle, const uint8_t *secret) {
    struct slice slice;
    size_t states = (size_t)1 << oracle->task.b, step = states > COMPARED ? states / COMPARED : 1;
    int r = slice_init(&slice, oracle->circuit.n_qubits);
    s->marked = s->right = 0;
    for (size_t index = 0; r == 0 && index < slice_count(oracle->task.b); index++) {
        struct oracle_seen seen;
        oracle_run(oracle, &slice, index, s->marks + index * SLICE_WORDS, secret, &seen);
        s->marked += seen.n_marked;
        s->right += seen.n_right;
        s->dirty += !seen.clean;
        r = lab_interrupted() ? -EINTR : 0;
    }
    slice_deinit(&slice);
    for (size_t x = 0; r == 0 && x < states; x++) {
        uint8_t candidate[ORACLE_N_MAX / 8];
        unsigned mark = s->marks[x / 64] >> (x % 64) & 1;
        if (x % step && !mark)
            continue;
        r = oracle_candidate(&oracle->task, x, candidate);
        s->alike += oracle_passes(&oracle->task, candidate) == mark;
        s->compared++;
    }
    return r;
}

/* Grover's search after each number of iterations, against theory. */
static int run_grover(const struct search *s, unsigned b, enum lab_fault fault, json_t *result) {
    double n = exp2(b), worst = 0;
    size_t best = grover_best(n, (double)s->marked), all = (size_t)ceil(sqrt(n));
    struct grover grover;
    double *success = malloc((all + 1) * sizeof *success);
    int r = success ? grover_init(&grover, (size_t)n, s->marks) : -ENOMEM;
    for (size_t j = 0; r == 0 && j <= all; j++) {
        success[j] = grover_success(&grover);
        worst = fmax(worst, fabs(success[j] - grover_theory(n, (double)s->marked, (double)j)));
        if (fault != LAB_FAULT_LEARNER) /* without the phase the diffusion changes nothing */
            grover_iterate(&grover);
        r = lab_interrupted() ? -EINTR : 0;
    }
    if (success && r != -ENOMEM)
        grover_deinit(&grover);
    if (r == 0)
        r = json_object_update_new(result,
                                   json_pack("{s:I, s:f, s:f, s:f, s:f}", "iterations", (json_int_t)best, "success",
                                             success[best], "theory", grover_theory(n, (double)s->marked, (double)best),
                                             "worst", worst, "calls", grover_calls(n, success)));
    free(success);
    return r;
}

static int one_draw(const struct lab_unit *unit, struct search *s, uint32_t n, json_t *result) {
    struct toy toy;
    struct oracle oracle;
    bool broken = unit->fault == LAB_FAULT_LEARNER;
    int r = toy_make(&toy, n, unit->fault, unit->seed, s->draws++);
    if (r == 0)
        r = oracle_init(&oracle, &toy.task, false);
    if (r < 0) {
        toy_free(&toy);
        return r;
    }
    if (broken)
        break_oracle(&oracle);
    s->labels += toy.n_labels;
    s->errors += toy.n_errors;
    if (!s->marks)
        s->marks = calloc(slice_count(toy.task.b) * SLICE_WORDS, sizeof *s->marks);
    r = s->marks ? run_oracle(s, &oracle, toy.secret) : -ENOMEM;
    if (r == 0)
        r = note_circuit(result, &oracle, broken);
    oracle_deinit(&oracle);
    toy_free(&toy);
    return r;
}

static int run_search(const struct lab_unit *unit, json_t *result) {
    struct search s = {0};
    uint32_t n = (uint32_t)lab_count(unit->parameters, "n");
    double began = lab_thread_seconds();
    int r = 0;
    while (r == 0 && s.marked == 0 && s.draws < DRAWS_MAX)
        r = one_draw(unit, &s, n, result);
    double seconds = lab_thread_seconds() - began;
    if (r == 0 && s.marked)
        r = run_grover(&s, (unsigned)lab_count(result, "selection_qubits"), unit->fault, result);
    free(s.marks);
    if (r == 0)
        r = json_object_update_new(
            result, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "draws", (json_int_t)s.draws, "labels",
                              (json_int_t)s.labels, "errors", (json_int_t)s.errors, "marked", (json_int_t)s.marked,
                              "right", (json_int_t)s.right, "dirty", (json_int_t)s.dirty, "compared",
                              (json_int_t)s.compared, "alike", (json_int_t)s.alike, "oracle_seconds", seconds));
    return r;
}

static int run(const struct lab_unit *unit, json_t *result) {
    const char *part = json_string_value(json_object_get(unit->parameters, "part"));
    return strcmp(part, "search") == 0 ? run_search(unit, result) : run_circuit(unit, result);
}

/* ---- what units look like */

#define SIZE_FIELD                                                                                                     \
    { .name = "n", .type = SHAPE_INTEGER, .least = 8, .most = ORACLE_N_MAX }
#define CIRCUIT_FIELDS                                                                                                 \
    {.name = "selection_qubits", .type = SHAPE_INTEGER, .least = 4, .most = ORACLE_B_MAX},                             \
        {.name = "checks", .type = SHAPE_INTEGER, .least = 1, .most = 1e6}, SHAPE_COUNT("qubits"),                     \
        SHAPE_COUNT("toffoli"), SHAPE_COUNT("cnot"), SHAPE_COUNT("x"), SHAPE_COUNT("toffoli_depth"),                   \
        SHAPE_COUNT("eliminate_toffoli"), SHAPE_COUNT("eliminate_depth")

static const char *const parts[] = {"search", "circuit", NULL};
static const struct shape parameters[] = {
    {.name = "part", .type = SHAPE_WORD, .words = parts}, SIZE_FIELD, SHAPE_COUNT("instance"), {0}};
static const struct shape circuit_parameters[] = {
    {.name = "part", .type = SHAPE_WORD, .words = parts}, SIZE_FIELD, {0}};
static const struct shape circuit_result[] = {CIRCUIT_FIELDS, {0}};
static const struct shape search_result[] = {
    CIRCUIT_FIELDS,
    SHAPE_COUNT("draws"),
    SHAPE_COUNT("labels"),
    SHAPE_COUNT_OF("errors", "labels"),
    SHAPE_COUNT("marked"),
    SHAPE_COUNT_OF("right", "marked"),
    SHAPE_COUNT("dirty"),
    SHAPE_COUNT("compared"),
    SHAPE_COUNT_OF("alike", "compared"),
    SHAPE_SECONDS("oracle_seconds"),
    {.name = "iterations", .type = SHAPE_INTEGER, .most = SHAPE_COUNT_MAX, .optional = true},
    {.name = "success", .type = SHAPE_NUMBER, .most = 1.000001, .optional = true},
    {.name = "theory", .type = SHAPE_NUMBER, .most = 1, .optional = true},
    {.name = "worst", .type = SHAPE_NUMBER, .most = 1, .optional = true},
    {.name = "calls", .type = SHAPE_NUMBER, .most = 1e15, .optional = true},
    {0}};
static const struct lab_shape shapes[] = {
    {.key = "part", .word = "search", .parameters = parameters, .result = search_result},
    {.key = "part", .word = "circuit", .parameters = circuit_parameters, .result = circuit_result},
    {0}};

static const struct lab_break breaks[] = {{": after the oracle and its inverse ", LAB_FAULT_LEARNER},
                                          {": the oracle marks what Gauss ", LAB_FAULT_LEARNER},
                                          {": success after any number of iterations ", LAB_FAULT_LEARNER},
                                          {": with the number of solutions unknown ", LAB_FAULT_LEARNER},
                                          {"labels are wrong, as n^(-1/2)", LAB_FAULT_THETA},
                                          {"oracle calls grow as the square root ", LAB_FAULT_LEARNER},
                                          {"qubits and Toffoli gates, counted, ", LAB_FAULT_LEARNER},
                                          {0}};

const struct lab_experiment lab_quantum = {
    .name = "quantum",
    .summary = "Grover's search on Prange's algorithm, simulated gate by gate at toy sizes, and what it would cost",
    .shapes = shapes,
    .plan = plan,
    .run = run,
    .report = quantum_report,
    .breaks = breaks,
    .figures = {{"quantum", "instances", quantum_search_figure},
                {"quantum-sets", "sets", quantum_sets_figure},
                {"quantum-circuit", "circuits", quantum_circuit_figure}},
};
