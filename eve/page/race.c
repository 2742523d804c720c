#include "eve/page/race.h"

#include "common/shell/host/files.h"
#include "common/shell/net/timer.h"
#include "eve/page/attack.h"
#include "eve/page/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRONG_TEXT = 160, PROGRAMS = 3 }; /* alice, bob and the relay */

enum race_state { RACE_AGREES, RACE_LEARNS, RACE_OVER };
static const char *const STATES[] = {"agrees", "learns", "over"};
static const char *const PROGRESS[] = {"learner", "tries", "tries_per_second", "expected_seconds"};

struct race {
    struct races *races;
    const struct set *set;
    double budget;
    enum race_state state;
    char folder[FILES_PATH], session[20], wrong[WRONG_TEXT];
    struct scenario *scenario;
    struct attack *attack;
    unsigned n_ended;
    double alice, begun; /* her seconds, negative as long as she has none; when Eve began */
    bool stopped;
    json_t *progress, *verdict, *lines; /* of Eve, the newest; NULL: none yet */
};

struct races {
    struct uv_loop_s *loop;
    const char *folder;
    unsigned threads, n, n_begun;
    struct race all[RACES_MAX];
};

int races_new(struct races **racesp, struct uv_loop_s *loop, const char *folder, unsigned threads) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    *racesp = calloc(1, sizeof **racesp);
    if (!*racesp)
        return -ENOMEM;
    **racesp = (struct races){.loop = loop,
                              .folder = folder,
                              .threads = threads ? threads
                                         : n > 3 ? (unsigned)n / 2
                                                 : 1};
    return 0;
}

static void race_deinit(struct race *race) {
    attack_free(race->attack);
    scenario_free(race->scenario);
    json_decref(race->progress);
    json_decref(race->verdict);
    json_decref(race->lines);
    *race = (struct race){0};
}

/* Its programs are ended by races_poll: an event cannot end who tells of it. */
static void fail(struct race *race, const char *why) {
    if (!race->wrong[0])
        snprintf(race->wrong, sizeof race->wrong, "%s", why);
}

/* ---- what the programs tell */

static const char *text_of(json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void side_event(void *user, json_t *object) {
    struct race *race = user;
    const char *event = text_of(object, "event"), *from = text_of(object, "from");
    bool alice = strcmp(from, "alice") == 0;
    if (alice && strcmp(event, "confirmed") == 0) {
        race->alice = json_number_value(json_object_get(object, "seconds"));
        snprintf(race->session, sizeof race->session, "%s", text_of(object, "session"));
    } else if (strcmp(event, "ended") == 0) {
        json_int_t status = json_integer_value(json_object_get(object, "status"));
        char why[80];
        snprintf(why, sizeof why, "%.20s has ended with status %d", from, (int)status);
        race->n_ended++;
        if (status)
            fail(race, why);
    }
    json_decref(object);
}

static void keep(json_t **keptp, json_t *value) {
    json_decref(*keptp);
    *keptp = json_incref(value);
}

static void eve_event(void *user, json_t *object) {
    struct race *race = user;
    const char *event = text_of(object, "event");
    if (strcmp(event, "learning") == 0)
        keep(&race->progress, object);
    else if (strcmp(event, "verdict") == 0)
        keep(&race->verdict, object);
    else if (strcmp(event, "read") == 0)
        keep(&race->lines, json_object_get(object, "lines"));
    json_decref(object);
}

/* ---- one after the other */

static void learn(struct race *race) {
    struct attack_config config = {.capture = scenario_capture(race->scenario, 0),
                                   .session = race->session,
                                   .folder = race->folder,
                                   .learner = "",
                                   .seed = "",
                                   .budget = race->budget,
                                   .threads = race->races->threads,
                                   .event = eve_event,
                                   .user = race};
    race->begun = timer_now();
    race->state = RACE_LEARNS;
    if (attack_start(&race->attack, race->races->loop, &config) < 0)
        fail(race, "Eve's learner cannot be started");
}

static void race_poll(struct race *race) {
    if (race->scenario)
        scenario_poll(race->scenario);
    if (race->attack)
        attack_poll(race->attack);
    if (race->state == RACE_AGREES && race->n_ended == PROGRAMS && !race->wrong[0]) {
        if (race->alice < 0)
            fail(race, "Alice and Bob have not agreed");
        else
            learn(race);
    }
    bool is_over = race->wrong[0] || (race->state == RACE_AGREES && race->stopped) ||
                   (race->state == RACE_LEARNS && attack_ended(race->attack));
    if (race->state != RACE_OVER && is_over)
        race->state = RACE_OVER;
    if (race->state != RACE_OVER || (race->attack && attack_reads(race->attack)))
        return;
    attack_free(race->attack);
    scenario_free(race->scenario);
    race->attack = NULL;
    race->scenario = NULL;
}

void races_poll(struct races *races) {
    for (unsigned i = 0; i < races->n; i++)
        race_poll(&races->all[i]);
}

static struct race *race_of(struct races *races, const char *params) {
    for (unsigned i = 0; i < races->n; i++)
        if (strcmp(races->all[i].set->name, params) == 0)
            return &races->all[i];
    return NULL;
}

/* Where one of this set can begin: in the place of an older one, which is over. There is always one: fewer run than are
 * kept. */
static struct race *place_for(struct races *races, const struct set *set) {
    struct race *place = race_of(races, set->name);
    if (!place && races->n < RACES_MAX)
        return &races->all[races->n++];
    for (unsigned i = 0; !place && i < races->n; i++)
        if (races->all[i].state == RACE_OVER)
            place = &races->all[i];
    race_deinit(place);
    return place;
}

const char *races_start(struct races *races, const struct set *set, double budget) {
    unsigned running = 0;
    for (unsigned i = 0; i < races->n; i++)
        running += races->all[i].state != RACE_OVER;
    struct race *old = race_of(races, set->name);
    if (old && old->state != RACE_OVER)
        return "race: this one runs already\n";
    if (running == RACES_AT_ONCE)
        return "race: two run already: wait for one of them, or stop it\n";
    struct race *race = place_for(races, set);
    *race = (struct race){.races = races, .set = set, .budget = budget, .alice = -1};
    snprintf(race->folder, sizeof race->folder, "%.3000s/race%u", races->folder, ++races->n_begun);
    struct scenario_config config = {.kind = scenario_find("eve-wins"),
                                     .params = set->name,
                                     .seed = "",
                                     .folder = race->folder,
                                     .event = side_event,
                                     .user = race};
    if (mkdir(race->folder, 0700) < 0)
        fail(race, strerror(errno));
    else if (scenario_start(&race->scenario, races->loop, &config) < 0)
        fail(race, "the programs cannot be started");
    return NULL;
}

bool races_stop(struct races *races, const char *params) {
    struct race *race = race_of(races, params);
    if (!race || race->state == RACE_OVER)
        return false;
    race->stopped = true;
    if (race->attack)
        attack_interrupt(race->attack);
    return true;
}

/* ---- what is told of them */

/* By the clock, of the learners that had something to do; while they learn, what has passed. Negative: none yet. */
static double eve_seconds(const struct race *race) {
    json_t *learner, *all = json_object_get(race->verdict, "learners");
    double seconds = 0;
    size_t i;
    if (!race->verdict)
        return race->state == RACE_LEARNS ? timer_now() - race->begun : -1;
    json_array_foreach(all, i, learner) if (strcmp(text_of(learner, "status"), "not-applicable") != 0) seconds +=
        json_number_value(json_object_get(learner, "wall_seconds"));
    return seconds;
}

static json_t *seconds_or_null(double seconds) {
    return seconds < 0 ? json_null() : json_real(seconds);
}

static json_t *race_told(const struct race *race) {
    json_t *verdict = race->verdict;
    json_t *object =
        json_pack("{s:s, s:s, s:i, s:f, s:b, s:o, s:o, s:b}", "params", race->set->name, "state", STATES[race->state],
                  "threads", (int)race->races->threads, "budget", race->budget, "stopped", race->stopped, "alice",
                  seconds_or_null(race->alice), "eve", seconds_or_null(eve_seconds(race)), "won",
                  json_is_true(json_object_get(verdict, "key_recovered")));
    if (race->wrong[0])
        json_object_set_new(object, "wrong", json_string(race->wrong));
    if (race->progress && race->state == RACE_LEARNS)
        for (size_t i = 0; i < sizeof PROGRESS / sizeof PROGRESS[0]; i++)
            json_object_set(object, PROGRESS[i], json_object_get(race->progress, PROGRESS[i]));
    if (verdict)
        json_object_set(object, "learners", json_object_get(verdict, "learners"));
    if (race->lines)
        json_object_set(object, "reads", race->lines);
    return object;
}

json_t *races_told(const struct races *races) {
    json_t *list = json_array();
    for (unsigned i = 0; i < races->n; i++)
        json_array_append_new(list, race_told(&races->all[i]));
    return list;
}

void races_free(struct races *races) {
    for (unsigned i = 0; races && i < races->n; i++)
        race_deinit(&races->all[i]);
    free(races);
}
