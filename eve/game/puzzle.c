#include "eve/game/puzzle.h"

#include "common/base/prg.h"

unsigned puzzle_wrong(const struct puzzle *p, uint8_t secret) {
    unsigned wrong = 0;
    for (unsigned i = 0; i < PUZZLE_ROWS; i++)
        wrong += (unsigned)__builtin_parity(p->rows[i] & secret) != p->labels[i];
    return wrong;
}

static bool is_new(const struct puzzle *p, unsigned n, uint8_t row) {
    for (unsigned i = 0; i < n; i++)
        if (p->rows[i] == row)
            return false;
    return row != 0;
}

/* All 256 secrets are tried: the only way that nobody has to believe. */
static bool has_one_answer(const struct puzzle *p) {
    for (unsigned s = 0; s < PUZZLE_SECRETS; s++)
        if (s != p->secret && puzzle_wrong(p, (uint8_t)s) < 2)
            return false;
    return puzzle_wrong(p, p->secret) == 1;
}

static void draw(struct puzzle *p, struct prg *g, bool light) {
    do
        p->secret = (uint8_t)prg_below(g, PUZZLE_SECRETS);
    while (__builtin_popcount(p->secret) < 2);
    p->lie = prg_below(g, PUZZLE_ROWS);
    for (unsigned i = 0; i < PUZZLE_ROWS; i++) {
        do
            p->rows[i] = (uint8_t)prg_below(g, PUZZLE_SECRETS);
        while (!is_new(p, i, p->rows[i]) || (light && __builtin_popcount(p->rows[i]) > PUZZLE_LIGHT));
        p->labels[i] = (uint8_t)((unsigned)__builtin_parity(p->rows[i] & p->secret) ^ (i == p->lie));
    }
}

void puzzle_make(struct puzzle *out, const uint8_t seed[static 32], bool light) {
    struct prg g;
    prg_init(&g, seed, light);
    do
        draw(out, &g, light);
    while (!has_one_answer(out));
    prg_deinit(&g);
}
