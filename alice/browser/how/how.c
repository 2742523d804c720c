#include "alice/browser/how/how.h"

#include "alice/browser/how/look.h"
#include "common/base/prg.h"
#include "common/task/table/table.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum phase { IDLE, TALKING, ANSWERING, LOOKING, READY, FAILED };

enum { TILE_BYTES = 64 * 64 / 8, TILES_USED = 3 };

static struct {
    enum phase phase;
    char seed_text[HOW_INPUT + 1];
    uint8_t seed[32];
    const struct set *set;
    const struct look_kind *kind;
    struct joint joint;
    struct answers answers;
    struct look_data data;
    struct look *look;
    struct writer writer;
} how;

static uint8_t input[HOW_INPUT];

static const struct {
    const char *task;
    const struct look_kind *kind;
} kinds[] = {
    {"lpn", &look_lpn},
    {"ring", &look_ring},
    {"lwe", &look_lwe},
};

uint8_t *how_input(void) {
    return input;
}

const char *how_result(void) {
    return how.writer.text;
}

static const struct look_kind *kind_of(const struct set *set) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].task, set->task->name) == 0)
            return kinds[i].kind;
    return NULL;
}

/* Each side's seed follows from the typed one as in a scenario of eve's (eve/page/scenario.c). */
int how_start(size_t n_seed, size_t n_set) {
    uint8_t alice[32], bob[32];
    char set[SET_NAME_MAX + 1] = "";
    if (how.phase != IDLE || n_set > SET_NAME_MAX || n_seed > sizeof input - n_set)
        return -EINVAL;
    memcpy(how.seed_text, input, n_seed);
    how.seed_text[n_seed] = 0;
    memcpy(set, input + n_seed, n_set);
    how.set = table_set(set);
    how.kind = how.set ? kind_of(how.set) : NULL;
    if (!how.kind || prg_seed(how.seed, how.seed_text) < 0)
        return -EINVAL;
    prg_subkey(alice, how.seed, "alice", 0);
    prg_subkey(bob, how.seed, "bob", 1);
    int r = joint_init(&how.joint, how.set, alice, bob);
    if (r == 0)
        how.phase = TALKING;
    return r;
}

static int begin_look(void) {
    uint8_t attempt[32];
    how.data.joint = &how.joint;
    how.data.answers = &how.answers;
    joint_attempt(&how.joint, SIDE_ALICE, attempt);
    prg_subkey(how.data.recipes, attempt, "recipes", 0); /* as alice/machine.c draws them */
    prg_subkey(how.data.guesses, how.seed, "guesses", 0);
    return how.kind->begin(&how.look, &how.data);
}

/* What comes after a phase that is done. */
static int go_on(void) {
    switch (how.phase) {
    case TALKING:
        how.phase = ANSWERING;
        return answers_init(&how.answers, &how.joint);
    case ANSWERING:
        how.phase = LOOKING;
        return begin_look();
    default:
        how.phase = READY;
        return 0;
    }
}

int how_work(void) {
    int r;
    switch (how.phase) {
    case TALKING:
        r = joint_turn(&how.joint);
        break;
    case ANSWERING:
        r = answers_turn(&how.answers);
        break;
    case LOOKING:
        r = how.kind->turn(how.look);
        break;
    case READY:
        return 0;
    default:
        return -EPROTO;
    }
    if (r == 0)
        r = go_on();
    if (r < 0) {
        how.phase = FAILED;
        return r;
    }
    return how.phase != READY;
}

/* An object is open behind this if it is true. */
static bool begin(void) {
    writer_reset(&how.writer);
    if (how.phase != READY)
        return false;
    writer_open(&how.writer, NULL, '{');
    return true;
}

static size_t end(bool written) {
    if (written)
        writer_close(&how.writer, '}');
    if (!written || how.writer.failed) {
        writer_reset(&how.writer);
        return 0;
    }
    return how.writer.n;
}

/* What Alice told: the numbers that what is inside has to repeat. */
static void write_told(struct writer *w) {
    const struct learned_numbers *l = &how.joint.learned;
    writer_open(w, "told", '{');
    writer_integer(w, "attempt", how.joint.attempt);
    writer_integer(w, "iterations", l->iterations);
    writer_integer(w, "disagreements", l->disagreements);
    writer_integer(w, "checked", l->n_checked);
    writer_integer(w, "challenges", (int64_t)how.joint.challenges);
    writer_integer(w, "agreeing", (int64_t)how.joint.agreeing);
    writer_open(w, "rounds", '[');
    for (size_t i = 0; i < l->n_rounds; i++) {
        writer_open(w, NULL, '[');
        writer_integer(w, NULL, l->rounds[i].wrong);
        writer_integer(w, NULL, l->rounds[i].unsettled);
        writer_close(w, ']');
    }
    writer_close(w, ']');
    writer_close(w, '}');
}

size_t how_about(void) {
    struct writer *w = &how.writer;
    if (!begin())
        return 0;
    writer_integer(w, "schema", 1);
    writer_text(w, "params", how.set->name);
    writer_text(w, "task", how.set->task->name);
    writer_text(w, "words", how.joint.fingerprint[SIDE_ALICE]);
    write_told(w);
    how.kind->about(how.look, w);
    return end(true);
}

size_t how_piece(uint32_t j, uint32_t guess) {
    return begin() ? end(how.kind->piece(how.look, &how.writer, j, guess)) : 0;
}

size_t how_belief(uint32_t who, uint32_t step) {
    return begin() && who < LOOK_BOTH ? end(how.kind->belief(how.look, &how.writer, (enum look_who)who, step)) : 0;
}

size_t how_fresh(uint32_t i) {
    return begin() ? end(how.kind->fresh(how.look, &how.writer, i)) : 0;
}

/* They have nothing to do with the session but the seed. */
size_t how_tiles(void) {
    struct writer *w = &how.writer;
    struct prg draws;
    uint8_t tile[TILE_BYTES], key[32];
    uint32_t order[HOW_TILES];
    if (!begin())
        return 0;
    prg_subkey(key, how.seed, "tiles", 0);
    prg_init(&draws, key, 0);
    writer_open(w, "tiles", '[');
    for (uint32_t t = 0; t < HOW_TILES; t++) {
        order[t] = t;
        prg_read(&draws, tile, sizeof tile);
        writer_hex(w, NULL, tile, sizeof tile);
    }
    writer_close(w, ']');
    writer_open(w, "caption", '[');
    for (uint32_t t = 0; t < TILES_USED; t++) {
        uint32_t other = t + prg_below(&draws, HOW_TILES - t), chosen = order[other];
        order[other] = order[t];
        order[t] = chosen;
        writer_integer(w, NULL, chosen);
    }
    writer_close(w, ']');
    prg_deinit(&draws);
    return end(true);
}

void how_free(void) {
    if (how.kind)
        how.kind->free(how.look);
    answers_deinit(&how.answers);
    joint_deinit(&how.joint);
    writer_deinit(&how.writer);
    sodium_memzero(&how, sizeof how);
    sodium_memzero(input, sizeof input);
}
