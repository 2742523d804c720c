/* Eve's learners turn to the class: one session after the other, since each learner takes all processors. */
#include "eve/page/class_parts.h"

#include "common/base/base64.h"
#include "common/base/secret.h"
#include "common/shell/net/timer.h"
#include "eve/page/turns.h"

#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static bool is_in_queue(const struct pupil *pupil) {
    return pupil->eve == EVE_WAITING;
}

static double cost_of(struct class *class, const struct set *set) {
    for (size_t i = 0; i < class->n_costs; i++)
        if (class->costs[i].set == set)
            return class->costs[i].seconds;
    double seconds = class->config.expected(set);
    if (class->n_costs < SETS_MAX) {
        class->costs[class->n_costs].set = set;
        class->costs[class->n_costs++].seconds = seconds;
    }
    return seconds;
}

static struct turn turn_of(const struct pupil *pupil) {
    return (struct turn){pupil->n_failed, cost_of(pupil->class, pupil->join.set), pupil->joined};
}

static struct pupil *next_in_queue(const struct class *class, size_t *np, double *expectedp) {
    struct pupil *found = NULL;
    struct turn first = {0};
    *np = 0;
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (!is_in_queue(pupil))
            continue;
        ++*np;
        struct turn turn = turn_of(pupil);
        if (found && !turn_before(&turn, &first))
            continue;
        found = pupil;
        first = turn;
    }
    *expectedp = first.seconds;
    return found;
}

static bool has(const json_t *event, const char *name) {
    const char *text = json_string_value(json_object_get(event, "event"));
    return text && strcmp(text, name) == 0;
}

static void put(json_t **placep, json_t *value) {
    json_decref(*placep);
    *placep = value;
}

static void read_with(struct pupil *pupil, const char *text) {
    SECRET32 uint8_t key[32];
    if (text && base64_parse32(key, text, strlen(text), sodium_base64_VARIANT_ORIGINAL) == 0)
        class_chat_begin(pupil, key);
}

/* Of eve learn. */
static void learner_event(void *user, json_t *object) {
    struct pupil *pupil = user;
    if (has(object, "verdict")) {
        put(&pupil->verdict, json_incref(object));
        bool key = json_is_true(json_object_get(object, "key_recovered"));
        pupil->eve = key ? EVE_HAS_KEY : EVE_FAILED;
        if (key)
            read_with(pupil, json_string_value(json_object_get(object, "key")));
        class_changed(pupil);
    }
    json_decref(object);
}

static void learn(struct pupil *pupil, double budget) {
    struct class *class = pupil->class;
    struct attack_config config = {.capture = pupil->tape->path,
                                   .session = pupil->session,
                                   .folder = class->config.folder,
                                   .learner = "",
                                   .seed = "",
                                   .budget = budget,
                                   .threads = class->config.threads,
                                   .learn_only = true,
                                   .files = "class",
                                   .event = learner_event,
                                   .user = pupil};
    pupil->eve = EVE_LEARNING;
    class->learning = pupil;
    class_changed(pupil);
    attack_free(pupil->attack);
    pupil->attack = NULL;
    if (attack_start(&pupil->attack, class->loop, &config) < 0) {
        pupil->eve = EVE_FAILED;
        pupil->n_failed++;
        class->learning = NULL;
    }
}

/* The budget is spent: who still waits, waits no more. */
static void end_queue(struct class *class) {
    class->queue_ends = 0;
    for (size_t i = 0; i < class->n_pupils; i++)
        if (is_in_queue(class->pupils[i])) {
            class->pupils[i]->eve = class->pupils[i]->verdict ? EVE_FAILED : EVE_NOTHING;
            class_changed(class->pupils[i]);
        }
}

static unsigned n_cores(const struct class *class) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return class->config.threads ? class->config.threads : n > 0 ? (unsigned)n : 1;
}

static void next_to_learn(struct class *class) {
    size_t n;
    double expected, left = class->queue_ends - timer_now();
    struct pupil *pupil = next_in_queue(class, &n, &expected);
    if (!pupil || left < TURN_LEAST)
        end_queue(class);
    else
        learn(pupil, turn_budget(left, n, expected, n_cores(class)));
}

void class_queue_poll(struct class *class) {
    if (class->learning) {
        attack_poll(class->learning->attack);
        if (attack_ended(class->learning->attack)) {
            class->learning->eve = class->learning->eve == EVE_LEARNING ? EVE_FAILED : class->learning->eve;
            class->learning->n_failed += class->learning->eve == EVE_FAILED;
            class->learning = NULL;
        }
    }
    if (!class->learning && class->queue_ends > 0)
        next_to_learn(class);
}

void class_attack(struct class *class, double budget) {
    class->budget = budget;
    class->queue_ends = timer_now() + budget;
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->complete && !pupil->off && (pupil->eve == EVE_NOTHING || pupil->eve == EVE_FAILED)) {
            pupil->eve = EVE_WAITING;
            class_changed(pupil);
        }
    }
}

void class_queue_free(struct class *class) {
    class->learning = NULL;
    for (size_t i = 0; i < class->n_pupils; i++) {
        attack_free(class->pupils[i]->attack);
        class->pupils[i]->attack = NULL;
    }
}

void class_queue_leave(struct pupil *pupil) {
    if (pupil->eve == EVE_WAITING)
        pupil->eve = EVE_NOTHING;
    if (pupil->class->learning == pupil)
        attack_interrupt(pupil->attack);
}
