/* The learner against a twin that keeps a byte for each bit and counts one by one: turn by turn the same string, also
 * where it gets stuck and tries again. */
#include "common/task/ring/flip.h"
#include "common/task/ring/sparse.h"
#include "tests/lib/unit.h"

enum { TURNS = 20, TRIES = 6 };

static const int cautions[TRIES] = {0, 1, 2, 3, 4, -1};

struct naive {
    const struct ring_params *p;
    const uint32_t *x, *y;
    uint8_t v[POLY_N_MAX], residue[POLY_N_MAX], s[POLY_N_MAX], e[POLY_N_MAX];
    unsigned try, turn;
};

static uint32_t ones(const uint8_t *a, size_t n) {
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i];
    return sum;
}

static void add_product(struct naive *t, const uint32_t *at, const uint8_t *a) {
    for (size_t i = 0; i < t->p->n; i++)
        for (uint32_t j = 0; a[i] && j < t->p->w; j++)
            t->residue[(i + at[j]) % t->p->n] ^= 1;
}

static void naive_begin(struct naive *t) {
    memset(t->s, 0, sizeof t->s);
    memset(t->e, 0, sizeof t->e);
    memcpy(t->residue, t->v, sizeof t->residue);
    t->turn = 0;
}

static void naive_turn(struct naive *t) {
    static uint32_t counts[2][POLY_N_MAX];
    const struct ring_params *p = t->p;
    uint32_t least = p->reach, max = 0;
    if (t->turn == TURNS) {
        t->try++;
        naive_begin(t);
    }
    least = (uint32_t)((int)least + cautions[t->try]);
    for (size_t i = 0; i < RING_STEPS; i++)
        least += ones(t->residue, p->n) >= p->steps[i];
    for (int which = 0; which < 2; which++)
        for (size_t j = 0; j < p->n; j++) {
            counts[which][j] = 0;
            for (uint32_t i = 0; i < p->w; i++)
                counts[which][j] += t->residue[(j + (which ? t->y : t->x)[i]) % p->n];
            max = counts[which][j] > max ? counts[which][j] : max;
        }
    least = max < least ? max : least;
    for (size_t j = 0; j < p->n; j++) {
        t->s[j] ^= counts[0][j] >= least;
        t->e[j] ^= counts[1][j] >= least;
    }
    memcpy(t->residue, t->v, sizeof t->residue);
    add_product(t, t->x, t->s);
    add_product(t, t->y, t->e);
    t->turn++;
}

static enum flip_status naive_status(const struct naive *t) {
    const struct ring_params *p = t->p;
    if (ones(t->s, p->n) == p->w_s && ones(t->e, p->n) <= p->w_e && ones(t->residue, p->n) <= p->w_e)
        return FLIP_FOUND;
    return t->turn == TURNS && t->try == TRIES - 1 ? FLIP_EXHAUSTED : FLIP_WORK;
}

static void check_same(const struct flip *f, const struct naive *t) {
    for (size_t i = 0; i < t->p->n; i++)
        assert_int_equal(flip_s(f)[i / 64] >> i % 64 & 1, t->s[i]);
    assert_int_equal(flip_status(f), naive_status(t));
}

struct session {
    struct recipe_part x, y;
    uint64_t s[POLY_WORDS], v[POLY_WORDS];
};

/* noise: how many of the equations are wrong; w_e for an honest bob. */
static void make_session(struct session *a, const struct ring_params *p, const uint8_t key[static 32], uint32_t noise) {
    uint64_t e[POLY_WORDS];
    uint32_t at[RING_WEIGHT_MAX];
    sparse_draw(a->x.bits, a->x.at, p->w, p->n, key, 0);
    sparse_draw(a->y.bits, a->y.at, p->w, p->n, key, 1);
    sparse_draw(a->s, at, p->w_s, p->n, key, 2);
    poly_mul(a->v, a->x.bits, a->s, p->n);
    sparse_draw(e, at, p->w_e, p->n, key, 3);
    poly_mul(e, e, a->y.bits, p->n);
    poly_add(a->v, e, p->n);
    sparse_draw(e, at, noise, p->n, key, 4);
    poly_add(a->v, e, p->n);
}

/* What is told of the rounds, against residues that are kept a byte for each equation. */
static void check_rounds(const struct flip *f, uint8_t (*kept)[POLY_N_MAX], size_t n_kept, size_t n) {
    struct learned_round rounds[TASK_ROUNDS_MAX];
    assert_int_equal(flip_rounds(f, rounds), n_kept);
    for (size_t r = 0; r < n_kept; r++) {
        uint32_t differ = 0;
        for (size_t i = 0; i < n; i++)
            differ += kept[r][i] ^ kept[n_kept - 1][i];
        assert_int_equal(rounds[r].wrong, differ);
        assert_int_equal(rounds[r].unsettled, 0);
    }
}

static unsigned run_both(const struct ring_params *p, const struct session *a, enum flip_status expected) {
    static struct naive t;
    struct flip *f;
    t = (struct naive){.p = p, .x = a->x.at, .y = a->y.at};
    for (size_t i = 0; i < p->n; i++)
        t.v[i] = a->v[i / 64] >> i % 64 & 1;
    assert_int_equal(flip_new(&f, p, &a->x, &a->y), 0);
    flip_start(f, a->v);
    naive_begin(&t);
    static uint8_t kept[TASK_ROUNDS_MAX][POLY_N_MAX];
    size_t n_kept = 1;
    memcpy(kept[0], t.residue, p->n);
    while (flip_status(f) == FLIP_WORK) {
        flip_turn(f);
        naive_turn(&t);
        check_same(f, &t);
        memcpy(kept[n_kept < TASK_ROUNDS_MAX ? n_kept++ : TASK_ROUNDS_MAX - 1], t.residue, p->n);
    }
    check_rounds(f, kept, n_kept, p->n);
    assert_int_equal(flip_status(f), expected);
    if (expected == FLIP_FOUND)
        assert_memory_equal(flip_s(f), a->s, poly_words(p->n) * 8);
    unsigned turns = flip_turns(f);
    flip_free(f);
    return turns;
}

/* It fails in 5 of 10^5 sessions of the smallest set (tests/bench/measure), so seeds are fixed here. */
static void equals_its_twin(void **state) {
    (void)state;
    const struct ring_params *p;
    for (size_t i = 0; (p = ring_params_at(i)); i++)
        for (uint8_t run = 0; run < (p->n < 3000 ? 10 : 1); run++) {
            static struct session a;
            uint8_t key[32] = {(uint8_t)i, run};
            make_session(&a, p, key, p->w_e);
            run_both(p, &a, FLIP_FOUND);
        }
}

/* Noise beyond what can be found: all tries, of which each takes another way. */
static void gives_up_as_its_twin(void **state) {
    (void)state;
    static struct session a;
    const struct ring_params *p = ring_params_find("r509");
    uint8_t key[32] = {77};
    make_session(&a, p, key, 80);
    assert_int_equal(run_both(p, &a, FLIP_EXHAUSTED), TURNS * TRIES);
}

/* Where the first try gets stuck, a later one finds it. */
static void tries_again(void **state) {
    (void)state;
    static struct session a;
    const struct ring_params *p = ring_params_find("r509");
    unsigned again = 0;
    for (uint32_t number = 0; !again && number < 20000; number++) {
        uint8_t key[32] = {5, (uint8_t)number, (uint8_t)(number >> 8)};
        struct flip *f;
        make_session(&a, p, key, p->w_e);
        assert_int_equal(flip_new(&f, p, &a.x, &a.y), 0);
        flip_start(f, a.v);
        while (flip_status(f) == FLIP_WORK)
            flip_turn(f);
        again = flip_status(f) == FLIP_FOUND && flip_turns(f) > TURNS;
        flip_free(f);
    }
    assert_true(again);
    assert_in_range(run_both(p, &a, FLIP_FOUND), TURNS + 1, TURNS * TRIES);
}

/* A proposal that is refused is not made again in the same try, and no refusal goes on for ever. */
static void refusals_end(void **state) {
    (void)state;
    static struct session a;
    const struct ring_params *p = ring_params_find("r1019");
    struct flip *f;
    uint8_t key[32] = {9};
    unsigned proposals = 0;
    make_session(&a, p, key, p->w_e);
    assert_int_equal(flip_new(&f, p, &a.x, &a.y), 0);
    flip_start(f, a.v);
    while (flip_status(f) != FLIP_EXHAUSTED) {
        if (flip_status(f) == FLIP_WORK)
            flip_turn(f);
        else {
            proposals++;
            flip_reject(f);
        }
    }
    assert_in_range(proposals, 1, TRIES);
    flip_start(f, a.v); /* and it can be begun anew */
    while (flip_status(f) == FLIP_WORK)
        flip_turn(f);
    assert_int_equal(flip_status(f), FLIP_FOUND);
    flip_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_its_twin),
        cmocka_unit_test(gives_up_as_its_twin),
        cmocka_unit_test(tries_again),
        cmocka_unit_test(refusals_end),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
