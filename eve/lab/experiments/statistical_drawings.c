/* How many samples of `drawings` it takes to the risk, by who makes the captions; and what a sample costs. */
#include "eve/lab/experiments/statistical.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const statistical_ways[] = {"public", "none", "own", NULL};

enum album_part statistical_alice(enum statistical_way way) {
    return way == STATISTICAL_PUBLIC ? ALBUM_CAPTIONS : way == STATISTICAL_OWN ? ALBUM_OWN : ALBUM_PICTURES;
}

enum album_part statistical_eve(enum statistical_way way) {
    return way == STATISTICAL_PUBLIC ? ALBUM_CAPTIONS : ALBUM_PICTURES;
}

enum statistical_way statistical_way_of(const json_t *parameters) {
    const char *word = json_string_value(json_object_get(parameters, "way"));
    int way = 0;
    while (way + 1 < STATISTICAL_WAYS && strcmp(word, statistical_ways[way]) != 0)
        way++;
    return (enum statistical_way)way;
}

double statistical_flips(enum lab_fault fault) {
    return fault == LAB_FAULT_THETA ? 0.5 : 0;
}

int statistical_sign(enum lab_fault fault) {
    return fault == LAB_FAULT_LEARNER ? -1 : 1;
}

/* Enough for an honest learner. A caption that somebody without the task has drawn is c x + noise of variance v, about;
 * the learner needs 1 + v/c^2 times as many samples as with x itself. */
static size_t enough(enum album_part part, double d) {
    double share = 9 / d, c = share / (1 + share), own = 1 + (c + 1 / d) / (c * c);
    return 100 + (size_t)(4 * drawings_theory(d, STATISTICAL_RISK) * (part == ALBUM_OWN ? own : 1));
}

static int needs(size_t *np, const double *mu, size_t d, enum album_part part, int sign, enum lab_fault fault,
                 const uint8_t *key, double *h) {
    struct album t;
    int r = album_init(&t, mu, d, statistical_flips(fault), key);
    if (r < 0)
        return r;
    *np = album_needs(&t, part, STATISTICAL_RISK, enough(part, (double)d), sign, h);
    album_deinit(&t);
    return lab_interrupted() ? -EINTR : 0;
}

int statistical_drawings_run(const struct lab_unit *unit, json_t *result) {
    size_t d = lab_count(unit->parameters, "d"), tasks = lab_count(unit->parameters, "tasks");
    enum statistical_way way = statistical_way_of(unit->parameters);
    double *mu = malloc(2 * d * sizeof *mu);
    json_t *list = json_array();
    int r = mu && list ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < tasks; i++) {
        struct normal g;
        uint8_t key[32];
        size_t alice = 0, eve = 0;
        prg_subkey(key, unit->seed, "lab drawings", i);
        normal_init(&g, key, 9);
        drawings_task(mu, d, &g);
        r = needs(&alice, mu, d, statistical_alice(way), 1, unit->fault, key, mu + d);
        if (r == 0)
            r = needs(&eve, mu, d, statistical_eve(way), statistical_sign(unit->fault), unit->fault, key, mu + d);
        if (r == 0 && json_array_append_new(
                          list, json_pack("{s:I, s:I}", "alice", (json_int_t)alice, "eve", (json_int_t)eve)) < 0)
            r = -ENOMEM;
    }
    if (r == 0 && json_object_set(result, "needs", list) < 0)
        r = -ENOMEM;
    json_decref(list);
    free(mu);
    return r;
}

static const struct shape needs_shape[] = {SHAPE_COUNT("alice"), SHAPE_COUNT("eve"), {0}};
const struct shape statistical_drawings_parameters[] = {
    {.name = "d", .type = SHAPE_INTEGER, .least = 2, .most = 1 << 20},
    {.name = "way", .type = SHAPE_WORD, .words = statistical_ways},
    SHAPE_COUNT("tasks"),
    {0}};
const struct shape statistical_drawings_result[] = {{.name = "needs", .type = SHAPE_LIST, .of = needs_shape}, {0}};

/* ---- time */

enum { BATCH = 32, REPEATS = 9, SLOW = 32 };

/* Processor seconds that the learner takes for one sample, reading each so many times; as many passes as it takes to be
 * measured. */
static double learning_seconds(const double *samples, size_t d, double *h, int times) {
    size_t passes = 1 + (1 << 19) / (BATCH * d);
    double began = lab_thread_seconds();
    for (size_t pass = 0; pass < passes; pass++)
        for (size_t i = 0; i < BATCH * (size_t)times; i++)
            drawings_learn(h, samples + i % BATCH * d, d, i % 2 ? 1 : -1);
    return (lab_thread_seconds() - began) / (double)(passes * BATCH);
}

/* Of each kind the least of some repetitions, which take turns. */
int statistical_speed_run(const struct lab_unit *unit, json_t *result) {
    size_t d = lab_count(unit->parameters, "d");
    double *mu = calloc(d * (2 + 2 * BATCH), sizeof *mu), picture = INFINITY, caption = INFINITY;
    struct normal g;
    if (!mu)
        return -ENOMEM;
    double *pictures = mu + 2 * d, *captions = pictures + BATCH * d;
    normal_init(&g, unit->seed, 0);
    drawings_task(mu, d, &g);
    for (size_t i = 0; i < BATCH; i++) {
        drawings_picture(pictures + i * d, mu, d, i % 2 ? 1 : -1, &g);
        drawings_caption(captions + i * d, mu, d, i % 2 ? 1 : -1, &g);
    }
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        int times = unit->fault == LAB_FAULT_LEARNER ? SLOW : 1; /* a learner that must look again and again */
        picture = fmin(picture, learning_seconds(pictures, d, mu + d, times));
        caption = fmin(caption, learning_seconds(captions, d, mu + d, 1));
    }
    free(mu);
    return json_object_update_new(result,
                                  json_pack("{s:f, s:f}", "picture_seconds", picture, "caption_seconds", caption));
}

const struct shape statistical_speed_parameters[] = {{.name = "d", .type = SHAPE_INTEGER, .least = 2, .most = 1 << 20},
                                                     {0}};
const struct shape statistical_speed_result[] = {
    SHAPE_SECONDS("picture_seconds"), SHAPE_SECONDS("caption_seconds"), {0}};
