/* Eve's learners turn to the class: one session after the other, since each learner takes all processors. Toys come
 * first, small sets of a task before its large ones; sets of different tasks are not compared by what they cost, so a
 * hard one of ring or lwe may stand before an easy one of lpn. Of what is left of the budget a toy may spend half,
 * since it should fall; the others share the rest evenly. */
#include "eve/page/class_parts.h"

#include "common/shell/net/timer.h"

#include <signal.h>
#include <string.h>

enum { LEAST_SECONDS = 1 };

static bool is_in_queue(const struct pupil *pupil) {
    return pupil->eve == EVE_WAITING;
}

/* Where a set stands among those of its task, from the smallest; toys before all others. */
static size_t effort(const struct set *set) {
    size_t i = 0;
    while (set->task->set(i) && set->task->set(i) != set)
        i++;
    return set->toy ? i : i + SETS_MAX;
}

static struct pupil *easiest(const struct class *class, size_t *np) {
    struct pupil *found = NULL;
    *np = 0;
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (!is_in_queue(pupil))
            continue;
        ++*np;
        if (!found || effort(pupil->join.set) < effort(found->join.set))
            found = pupil;
    }
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

/* Of eve learn and eve read. */
static void learner_event(void *user, json_t *object) {
    struct pupil *pupil = user;
    if (has(object, "verdict")) {
        put(&pupil->verdict, json_incref(object));
        bool key = json_is_true(json_object_get(object, "key_recovered"));
        pupil->eve = key ? EVE_HAS_KEY : EVE_FAILED;
        pupil->unread = false; /* with the key it is read at once */
        class_changed(pupil);
    } else if (has(object, "read")) {
        put(&pupil->chat, json_incref(json_object_get(object, "lines")));
        class_changed(pupil);
    }
    json_decref(object);
}

static void learn(struct pupil *pupil, double budget) {
    struct class *class = pupil->class;
    struct attack_config config = {.capture = class->capture,
                                   .session = pupil->session,
                                   .folder = class->config.folder,
                                   .learner = "",
                                   .seed = "",
                                   .budget = budget,
                                   .threads = class->config.threads,
                                   .event = learner_event,
                                   .user = pupil};
    pupil->eve = EVE_LEARNING;
    class->learning = pupil;
    class_changed(pupil);
    attack_free(pupil->attack);
    pupil->attack = NULL;
    if (attack_start(&pupil->attack, class->loop, &config) < 0) {
        pupil->eve = EVE_FAILED;
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

static void next_to_learn(struct class *class) {
    size_t n;
    struct pupil *pupil = easiest(class, &n);
    double left = class->queue_ends - timer_now();
    if (!pupil || left < LEAST_SECONDS) {
        end_queue(class);
        return;
    }
    double part = pupil->join.set->toy ? left / 2 : left / (double)n;
    learn(pupil, part < LEAST_SECONDS ? LEAST_SECONDS : part);
}

/* One at a time, since each eve read takes the capture from its beginning; and in turn, so that who says much holds up
 * nobody. */
static void read_on(struct class *class) {
    if (class->reading && attack_reads(class->reading->attack))
        return;
    size_t first = class->reading ? class->reading->number : 0; /* the one behind it */
    class->reading = NULL;
    for (size_t i = 0; i < class->n_pupils && !class->reading; i++) {
        struct pupil *pupil = class->pupils[(first + i) % class->n_pupils];
        if (pupil->eve != EVE_HAS_KEY || !pupil->unread || !pupil->attack)
            continue;
        pupil->unread = false;
        attack_read(pupil->attack);
        class->reading = pupil;
    }
}

void class_queue_poll(struct class *class) {
    if (class->learning) {
        attack_poll(class->learning->attack);
        if (attack_ended(class->learning->attack)) {
            class->learning->eve = class->learning->eve == EVE_LEARNING ? EVE_FAILED : class->learning->eve;
            class->learning = NULL;
        }
    }
    if (!class->learning && class->queue_ends > 0)
        next_to_learn(class);
    read_on(class);
}

void class_attack(struct class *class, double budget) {
    class->budget = budget;
    class->queue_ends = timer_now() + budget;
    for (size_t i = 0; i < class->n_pupils; i++) {
        struct pupil *pupil = class->pupils[i];
        if (pupil->complete && (pupil->eve == EVE_NOTHING || pupil->eve == EVE_FAILED)) {
            pupil->eve = EVE_WAITING;
            class_changed(pupil);
        }
    }
}

void class_queue_free(struct class *class) {
    class->learning = class->reading = NULL;
    for (size_t i = 0; i < class->n_pupils; i++) {
        attack_free(class->pupils[i]->attack);
        class->pupils[i]->attack = NULL;
    }
}
