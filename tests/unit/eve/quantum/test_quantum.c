/* The simulator of circuits against a whole state vector at 12 qubits; elimination, counting and the oracle against
 * what a classical machine computes; Grover's search against theory. */
#include "common/base/bytes.h"
#include "eve/quantum/cost.h"
#include "eve/quantum/eliminate.h"
#include "eve/quantum/grover.h"
#include "eve/quantum/oracle.h"
#include "eve/quantum/tally.h"
#include "tests/lib/unit.h"

#include <errno.h>
#include <math.h>

/* ---- a naive state vector: 2^QUBITS amplitudes, a gate is a loop over all of them */

enum { QUBITS = 12, DIMENSION = 1 << QUBITS, SELECTION = 4, STATES = 1 << SELECTION };

static void hadamard(double *v, unsigned qubit) {
    for (size_t i = 0; i < DIMENSION; i++)
        if (!(i >> qubit & 1)) {
            double zero = v[i], one = v[i | (size_t)1 << qubit];
            v[i] = (zero + one) * M_SQRT1_2;
            v[i | (size_t)1 << qubit] = (zero - one) * M_SQRT1_2;
        }
}

static bool is_one(size_t i, uint32_t control) {
    return control == CIRCUIT_NONE || (i >> control & 1);
}

static void naive_gate(double *v, const struct gate *gate) {
    size_t bit = (size_t)1 << gate->target;
    for (size_t i = 0; i < DIMENSION; i++)
        if (!(i & bit) && is_one(i, gate->one) && is_one(i, gate->other)) {
            double zero = v[i];
            v[i] = v[i | bit];
            v[i | bit] = zero;
        }
}

/* The circuit, Z on the flag, the circuit backwards; then H, a flip of all but 0, H on the selection. */
static void naive_iterate(double *v, const struct circuit *c, unsigned flag) {
    for (size_t g = 0; g < c->n_gates; g++)
        naive_gate(v, &c->gates[g]);
    for (size_t i = 0; i < DIMENSION; i++)
        if (i >> flag & 1)
            v[i] = -v[i];
    for (size_t g = c->n_gates; g-- > 0;)
        naive_gate(v, &c->gates[g]);
    for (unsigned t = 0; t < SELECTION; t++)
        hadamard(v, t);
    for (size_t i = 0; i < DIMENSION; i++)
        if (i % STATES)
            v[i] = -v[i];
    for (unsigned t = 0; t < SELECTION; t++)
        hadamard(v, t);
}

/* Any gates that do not write to the selection. */
static void random_gates(struct circuit *c, struct prg *g, size_t n) {
    circuit_init(c, false);
    circuit_qubits(c, QUBITS);
    for (size_t i = 0; i < n; i++) {
        uint32_t target = SELECTION + prg_below(g, QUBITS - SELECTION);
        uint32_t one = (target + 1 + prg_below(g, QUBITS - 1)) % QUBITS, other;
        do
            other = prg_below(g, QUBITS);
        while (other == one || other == target);
        switch (prg_below(g, 4)) {
        case 0:
            circuit_x(c, target);
            break;
        case 1:
            circuit_cnot(c, one, target);
            break;
        default:
            circuit_toffoli(c, one, other, target);
        }
    }
    assert_int_equal(circuit_end(c), 0);
    assert_int_equal(c->n_gates, n);
    assert_int_equal(c->n_x + c->n_cnot + c->n_toffoli, n);
}

static void state_vector(void **state) {
    (void)state;
    struct prg g;
    static double v[DIMENSION];
    size_t useful = 0;
    unit_random(&g, "state vector");
    for (unsigned round = 0; round < 40; round++) {
        struct circuit c;
        random_gates(&c, &g, 60);
        unsigned flag = SELECTION + prg_below(&g, QUBITS - SELECTION);

        struct slice slice;
        uint64_t marks = 0;
        assert_int_equal(slice_init(&slice, c.n_qubits), 0);
        slice_start(&slice, SELECTION, 0);
        circuit_run(&c, &slice, 0, c.n_gates);
        for (size_t x = 0; x < STATES; x++)
            marks |= (uint64_t)slice_bit(&slice, flag, x) << x;
        circuit_run_back(&c, &slice, 0, c.n_gates);
        assert_true(slice_is_start(&slice, SELECTION, 0));
        slice_deinit(&slice);

        struct grover grover;
        assert_int_equal(grover_init(&grover, STATES, &marks), 0);
        memset(v, 0, sizeof v);
        v[0] = 1;
        for (unsigned t = 0; t < SELECTION; t++)
            hadamard(v, t);
        for (unsigned k = 0; k < 6; k++) {
            double found = 0;
            for (size_t i = 0; i < DIMENSION; i++)
                assert_true(fabs(v[i] - (i < STATES ? grover.a[i] : 0)) < 1e-12);
            for (size_t x = 0; x < STATES; x++)
                found += marks >> x & 1 ? v[x] * v[x] : 0;
            assert_true(fabs(found - grover_success(&grover)) < 1e-12);
            assert_true(fabs(found - grover_theory(STATES, (double)grover.n_marked, k)) < 1e-12);
            naive_iterate(v, &c, flag);
            grover_iterate(&grover);
        }
        useful += grover.n_marked > 0 && grover.n_marked < STATES;
        grover_deinit(&grover);
        circuit_deinit(&c);
    }
    assert_true(useful > 0); /* of 40, each of which is in one case in two */
    prg_deinit(&g);
}

/* ---- elimination */

/* A textbook's, with exchanges of rows; false if singular. */
static bool gauss(uint8_t *m, size_t n, uint8_t *s) {
    for (size_t j = 0; j < n; j++) {
        size_t pivot = j;
        while (pivot < n && !m[pivot * (n + 1) + j])
            pivot++;
        if (pivot == n)
            return false;
        for (size_t c = 0; c <= n; c++) {
            uint8_t t = m[j * (n + 1) + c];
            m[j * (n + 1) + c] = m[pivot * (n + 1) + c];
            m[pivot * (n + 1) + c] = t;
        }
        for (size_t i = 0; i < n; i++)
            if (i != j && m[i * (n + 1) + j])
                for (size_t c = 0; c <= n; c++)
                    m[i * (n + 1) + c] ^= m[j * (n + 1) + c];
    }
    for (size_t j = 0; j < n; j++)
        s[j] = m[j * (n + 1) + n];
    return true;
}

static void eliminate_size(struct prg *g, size_t n) {
    struct circuit c;
    struct slice slice, before;
    circuit_init(&c, false);
    uint32_t first = circuit_qubits(&c, n * (n + 1));
    eliminate_emit(&c, first, n);
    assert_int_equal(circuit_end(&c), 0);
    assert_int_equal(c.n_toffoli, eliminate_toffoli(n));
    assert_int_equal(c.n_qubits, n * (n + 1) + eliminate_qubits(n));
    assert_int_equal(slice_init(&slice, c.n_qubits), 0);
    assert_int_equal(slice_init(&before, c.n_qubits), 0);
    slice_start(&before, 0, 0);
    prg_read(g, (uint8_t *)before.rows, n * (n + 1) * SLICE_WORDS * 8);
    size_t bytes = c.n_qubits * SLICE_WORDS * 8, stride = n / 64 + 1, invertible = 0;
    memcpy(slice.rows, before.rows, bytes);
    circuit_run(&c, &slice, 0, c.n_gates);

    uint8_t *m = malloc(n * (n + 1)), *s = malloc(n), *plain = malloc(n / 8 + 1);
    uint64_t *rows = malloc(n * stride * 8);
    size_t states = n <= 17 ? SLICE_STATES : 64;
    for (size_t x = 0; x < states; x++) { /* each is another matrix */
        memset(rows, 0, n * stride * 8);
        for (size_t i = 0; i < n; i++)
            for (size_t col = 0; col <= n; col++) {
                m[i * (n + 1) + col] = (uint8_t)slice_bit(&before, first + i * (n + 1) + col, x);
                rows[i * stride + col / 64] |= (uint64_t)m[i * (n + 1) + col] << (col % 64);
            }
        eliminate_plain(rows, stride, n, plain);
        bool solved = gauss(m, n, s);
        invertible += solved;
        for (size_t i = 0; i < n; i++) {
            unsigned found = slice_bit(&slice, eliminate_unknown(first, n, i), x);
            assert_int_equal(found, plain[i / 8] >> (i % 8) & 1);
            assert_true(!solved || found == s[i]);
        }
    }
    assert_true(invertible > 0 && invertible < states);
    circuit_run_back(&c, &slice, 0, c.n_gates);
    assert_memory_equal(slice.rows, before.rows, bytes);
    free(m);
    free(s);
    free(plain);
    free(rows);
    slice_deinit(&slice);
    slice_deinit(&before);
    circuit_deinit(&c);
}

static void elimination(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, "elimination");
    static const size_t sizes[] = {1, 2, 3, 4, 7, 8, 9, 16, 17, 63, 64, 65};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        eliminate_size(&g, sizes[i]);
    prg_deinit(&g);
}

/* ---- counting */

static void tally_size(struct prg *g, uint32_t k, uint32_t most) {
    struct circuit c;
    struct slice slice;
    uint32_t bits[600], counts[SLICE_STATES] = {0};
    circuit_init(&c, false);
    uint32_t first = circuit_qubits(&c, k);
    for (uint32_t i = 0; i < k; i++)
        bits[i] = first + i;
    uint32_t flag = tally_emit(&c, bits, k, most);
    assert_int_equal(circuit_end(&c), 0);
    assert_int_equal(c.n_toffoli, tally_toffoli(k, most));
    assert_int_equal(slice_init(&slice, c.n_qubits), 0);
    slice_start(&slice, 0, 0);
    prg_read(g, (uint8_t *)slice.rows, k * SLICE_WORDS * 8);
    for (uint32_t i = 0; i < k; i++)
        slice_row(&slice, i)[0] |= 1; /* a state with ones only, and one with none */
    for (uint32_t i = 0; i < k; i++)
        slice_row(&slice, i)[1] &= ~(uint64_t)1;
    for (size_t x = 0; x < SLICE_STATES; x++)
        for (uint32_t i = 0; i < k; i++)
            counts[x] += slice_bit(&slice, i, x);
    circuit_run(&c, &slice, 0, c.n_gates);
    for (size_t x = 0; x < SLICE_STATES; x++)
        assert_int_equal(slice_bit(&slice, flag, x), counts[x] <= most);
    slice_deinit(&slice);
    circuit_deinit(&c);
}

static void counting(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, "counting");
    static const uint32_t sizes[] = {1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 31, 63, 64, 65, 127, 128, 129, 385, 512, 599};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint32_t k = sizes[i], limits[] = {0, 1, k / 3, k / 2, k - 1, k, 2 * k + 1, prg_below(&g, k + 1)};
        for (size_t j = 0; j < sizeof limits / sizeof *limits; j++)
            tally_size(&g, k, limits[j]);
    }
    prg_deinit(&g);
}

/* ---- the oracle */

struct toy {
    struct oracle_task task;
    uint64_t *rows;
    uint32_t *blocks, *checks;
    uint8_t s[2];
};

/* 10 unknowns, and labels of which one in eight is wrong. */
static void toy_make(struct toy *toy, struct prg *g, unsigned b, uint32_t n_checks) {
    enum { N = 10 };
    uint32_t n_load = ORACLE_BLOCKS * N, n_samples = n_load + n_checks;
    *toy = (struct toy){.rows = calloc(n_samples, 8), .blocks = malloc(n_load * 4), .checks = malloc(n_checks * 4)};
    prg_read(g, toy->s, sizeof toy->s);
    toy->s[1] &= 3;
    for (uint32_t i = 0; i < n_samples; i++) {
        uint64_t row = prg_below(g, 1 << N);
        uint64_t label = (uint64_t)__builtin_parityll(row & load16_le(toy->s)) ^ (prg_below(g, 8) == 0);
        toy->rows[i] = row | label << N;
    }
    for (uint32_t i = 0; i < n_load; i++)
        toy->blocks[i] = (i * 7 + 3) % n_load;
    for (uint32_t i = 0; i < n_checks; i++)
        toy->checks[i] = n_load + i;
    toy->task = (struct oracle_task){.n = N,
                                     .b = b,
                                     .rows = toy->rows,
                                     .row_words = 1,
                                     .blocks = toy->blocks,
                                     .checks = toy->checks,
                                     .n_checks = n_checks,
                                     .most = oracle_most(0.125, n_checks)};
}

static void toy_free(struct toy *toy) {
    free(toy->rows);
    free(toy->blocks);
    free(toy->checks);
}

/* All selections of a small task: marked is what passes, and nothing stays behind. */
static void whole_oracle(struct prg *g, unsigned b) {
    struct toy toy;
    struct oracle oracle;
    struct slice slice;
    uint64_t marks[SLICE_WORDS] = {0};
    size_t n_marked = 0, n_right = 0;
    toy_make(&toy, g, b, 200);
    assert_int_equal(oracle_init(&oracle, &toy.task, false), 0);
    assert_int_equal(oracle.circuit.n_qubits, oracle_qubits(10, b, 200, toy.task.most));
    assert_int_equal(2 * oracle.circuit.n_toffoli, oracle_toffoli(10, b, 200, toy.task.most));
    assert_int_equal(slice_init(&slice, oracle.circuit.n_qubits), 0);
    for (size_t index = 0; index < slice_count(b); index++) {
        struct oracle_seen seen;
        oracle_run(&oracle, &slice, index, marks, toy.s, &seen);
        assert_true(seen.clean);
        n_marked += seen.n_marked;
        n_right += seen.n_right;
        for (size_t i = 0; i < slice_states(b); i++) {
            uint8_t candidate[2] = {0};
            assert_int_equal(oracle_candidate(&toy.task, index * SLICE_STATES + i, candidate), 0);
            assert_int_equal(marks[i / 64] >> (i % 64) & 1, oracle_passes(&toy.task, candidate));
        }
        oracle.broken = oracle.circuit.n_gates / 2;
        oracle_run(&oracle, &slice, index, marks, NULL, &seen);
        assert_false(seen.clean);
        oracle.broken = SIZE_MAX;
    }
    assert_int_equal(n_marked, n_right); /* 200 labels tell 2^10 hypotheses apart */
    assert_true(b < 8 || n_marked > 0);
    slice_deinit(&slice);
    oracle_deinit(&oracle);
    toy_free(&toy);
}

static void oracles(void **state) {
    (void)state;
    struct prg g;
    /* not any seed: some tasks have no solution among these selections */
    prg_init(&g, (const uint8_t[32]){1}, 0);
    whole_oracle(&g, 4);
    whole_oracle(&g, 8);
    whole_oracle(&g, 12);
    prg_deinit(&g);
}

/* Where a selection's samples come from: block v of group g, v being the group's four bits. */
static void selections(void **state) {
    (void)state;
    struct prg g;
    struct toy toy;
    unit_random(&g, "selections");
    toy_make(&toy, &g, 12, 8);
    for (unsigned i = 0; i < 10; i++) {
        unsigned group = i < 3 ? 0 : i < 6 ? 1 : 2;
        for (uint64_t x = 0; x < 4096; x += 7)
            assert_int_equal(oracle_sample(&toy.task, x, i), toy.blocks[(x >> (4 * group) & 15) * 10 + i]);
    }
    toy_free(&toy);
    prg_deinit(&g);
}

static void refusals(void **state) {
    (void)state;
    struct prg g;
    struct toy toy;
    struct oracle oracle;
    unit_random(&g, "refusals");
    toy_make(&toy, &g, 8, 8);
    static const unsigned wrong_b[] = {0, 6, 36, 44};
    for (size_t i = 0; i < sizeof wrong_b / sizeof *wrong_b; i++) {
        struct oracle_task task = toy.task;
        task.b = wrong_b[i];
        assert_int_equal(oracle_init(&oracle, &task, false), -EINVAL);
    }
    struct oracle_task task = toy.task;
    task.n = ORACLE_N_MAX + 1;
    assert_int_equal(oracle_init(&oracle, &task, false), -EINVAL);
    task = toy.task;
    task.n_checks = 0;
    assert_int_equal(oracle_init(&oracle, &task, false), -EINVAL);
    toy_free(&toy);
    prg_deinit(&g);
}

/* ---- Grover's search */

static void search(void **state) {
    (void)state;
    uint64_t marks[64] = {0};
    struct grover grover;
    for (size_t i = 0; i < 3; i++)
        marks[i * 17] |= (uint64_t)1 << (i * 5);
    assert_int_equal(grover_init(&grover, 4096, marks), 0);
    size_t best = grover_best(4096, 3);
    assert_int_equal(best, 29); /* pi/4 sqrt(4096/3) = 29.02 */
    for (size_t k = 0; k <= 2 * best; k++) {
        assert_true(fabs(grover_success(&grover) - grover_theory(4096, 3, (double)k)) < 1e-12);
        if (k == best) {
            assert_true(grover_success(&grover) > 1 - 3.0 / 4096);
            assert_int_equal(grover_measure(&grover, 0.1), 0);
            assert_int_equal(grover_measure(&grover, 0.5), 17 * 64 + 5);
            assert_int_equal(grover_measure(&grover, 0.9), 34 * 64 + 10);
        }
        grover_iterate(&grover);
    }
    grover_deinit(&grover);
    assert_int_equal(grover_best(4096, 0), 0);
}

/* The mean number of calls, against searches that are drawn. */
static void calls(void **state) {
    (void)state;
    enum { N = 1024, RUNS = 20000 };
    struct prg g;
    double success[32], sum = 0, squares = 0;
    unit_random(&g, "calls");
    for (size_t j = 0; j < 32; j++)
        success[j] = 1;
    assert_true(fabs(grover_calls(N, success) - 1) < 1e-12);
    for (size_t j = 0; j < 32; j++)
        success[j] = grover_theory(N, 5, (double)j);
    for (size_t run = 0; run < RUNS; run++) {
        double one = 0;
        for (size_t round = 0;; round++) {
            size_t j = prg_below(&g, (uint32_t)ceil(grover_bound(N, round)));
            one += (double)j + 1;
            if (prg_u32(&g) < success[j] * 0x1p32)
                break;
        }
        sum += one;
        squares += one * one;
    }
    double mean = sum / RUNS, error = sqrt((squares / RUNS - mean * mean) / RUNS), exact = grover_calls(N, success);
    if (!(fabs(mean - exact) < 6 * error)) /* once in 10^9 */
        print_error("%f calls, %f expected\n", mean, exact);
    assert_true(fabs(mean - exact) < 6 * error);
    assert_true(exact < 4.5 * sqrt(N / 5.0));
    prg_deinit(&g);
}

/* ---- formulas, with numbers worked out elsewhere */

static void costs(void **state) {
    (void)state;
    struct cost c;
    cost_of(&c, 2048, 1 / sqrt(2048));
    assert_true(fabs(c.selections - 67.81) < 0.02 && fabs(c.iterations - 33.56) < 0.02);
    assert_true(fabs(c.toffoli - 66.97) < 0.02 && fabs(c.depth - 56.56) < 0.02 && fabs(c.qubits - 22.58) < 0.02);
    assert_true(fabs(cost_at_depth(&c, 40) - (c.toffoli + c.depth - 40)) < 1e-12);
    assert_true(cost_at_depth(&c, 64) == c.toffoli && cost_at_depth(&c, 96) == c.toffoli);
    cost_of(&c, 64, 0.125);
    assert_true(fabs(c.selections - 14.12) < 0.02 && fabs(c.toffoli - 25.13) < 0.02);
    assert_true(cost_aes128(40) == 117 && cost_aes128(64) == 93 && isnan(cost_aes128(96)));
    /* of 2^20 wrong candidates one in 2^20 passes: a binomial tail, added up */
    uint32_t n = oracle_checks(0.125, 20), most = oracle_most(0.125, n);
    double tail = 0;
    for (uint32_t k = 0; k <= most; k++)
        tail += exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) - n * log(2));
    assert_true(tail < exp2(-40) && tail > exp2(-50));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_vector), cmocka_unit_test(elimination), cmocka_unit_test(counting),
        cmocka_unit_test(oracles),      cmocka_unit_test(selections),  cmocka_unit_test(refusals),
        cmocka_unit_test(search),       cmocka_unit_test(calls),       cmocka_unit_test(costs),
    };
    return cmocka_run_group_tests_name("quantum", tests, NULL, NULL);
}
