#include "eve/lab/plan.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *lab_size_name(enum lab_size size) {
    static const char *const names[] = {"check", "quick", "full"};
    return names[size];
}

const char *lab_fault_name(enum lab_fault fault) {
    static const char *const names[] = {"learner", "theta", "quiet", "eve", "clock", "check", "formula"};
    unsigned i = 0;
    while (i < sizeof names / sizeof *names && fault != 1U << i)
        i++;
    return i < sizeof names / sizeof *names ? names[i] : "none";
}

enum lab_fault lab_fault_next(enum lab_fault fault) {
    return fault == LAB_FAULT_FORMULA ? LAB_NO_FAULT : fault ? (enum lab_fault)(fault << 1) : LAB_FAULT_LEARNER;
}

enum lab_fault lab_fault_find(const char *name) {
    enum lab_fault fault = LAB_FAULT_LEARNER;
    while (fault && strcmp(lab_fault_name(fault), name) != 0)
        fault = lab_fault_next(fault);
    return fault;
}

unsigned lab_faults_of(const struct lab_experiment *experiment) {
    unsigned all = 0;
    for (const struct lab_break *b = experiment->breaks; b->phrase; b++)
        all |= b->faults;
    return all;
}

double lab_clocked(const struct lab_unit *unit, double seconds, double log_factor) {
    return unit->fault == LAB_FAULT_CLOCK ? seconds * exp(log_factor) : seconds;
}

static int parse_set(struct params *out, const char *name) {
    const char *digits = name[0] == 'n' ? name + 1 : name;
    if (!*digits || strlen(digits) > 5 || strspn(digits, "0123456789") != strlen(digits))
        return -EINVAL;
    return params_make(out, (uint32_t)strtoul(digits, NULL, 10));
}

/* A set of another task, or with its task's name all of its sets. False if this is no such name. */
static bool parse_other(struct lab_plan *plan, const char *name, bool *fullp) {
    const struct task *task;
    const struct set *set = table_set(name), *one;
    for (size_t i = 0; (task = table_task(i)); i++) {
        bool lpn = strcmp(task->name, "lpn") == 0, all = strcmp(task->name, name) == 0;
        for (size_t j = 0; (one = task->set(j)); j++) {
            if (!all && (lpn || one != set))
                continue;
            *fullp = (lpn ? plan->n_sets : plan->n_others) == LAB_SETS_MAX;
            if (*fullp)
                return true;
            if (lpn)
                plan->sets[plan->n_sets++] = *params_of(one);
            else
                plan->others[plan->n_others++] = one;
        }
        if (all || (set && !lpn && set->task == task))
            return true;
    }
    return false;
}

int plan_parse_sets(struct lab_plan *plan, const char *names, char bad[static 32]) {
    for (const char *at = names;; at++) {
        size_t n = strcspn(at, ",");
        bool full = false;
        snprintf(bad, 32, "%.*s", n < 31 ? (int)n : 31, at);
        if (!parse_other(plan, bad, &full)) {
            full = plan->n_sets == LAB_SETS_MAX || parse_set(&plan->sets[plan->n_sets], bad) < 0;
            plan->n_sets += !full;
        }
        if (full)
            return -EINVAL;
        at += n;
        if (!*at)
            return 0;
    }
}

static bool is_used(const struct lab_plan *plan, uint32_t n, const struct set *set) {
    size_t i;
    json_t *parameters;
    json_array_foreach(plan->units, i, parameters) {
        const struct set *its = lab_set(parameters);
        if (set ? its == set : !its && lab_count(parameters, "n") == n)
            return true;
    }
    return false;
}

int plan_check_sets(const struct lab_plan *plan, const char *names, char bad[static 32]) {
    for (const char *at = names;; at++) {
        struct lab_plan one = {0};
        char unused[32];
        size_t n = strcspn(at, ",");
        bool used = false;
        snprintf(bad, 32, "%.*s", n < 31 ? (int)n : 31, at);
        plan_parse_sets(&one, bad, unused);
        for (size_t i = 0; i < one.n_sets; i++)
            used |= is_used(plan, one.sets[i].n, NULL);
        for (size_t i = 0; i < one.n_others; i++)
            used |= is_used(plan, 0, one.others[i]);
        if (!used)
            return -EINVAL;
        at += n;
        if (!*at)
            return 0;
    }
}

int lab_sets(struct lab_plan *plan, const char *names) {
    char bad[32];
    return plan->n_sets || plan->n_others ? 0 : plan_parse_sets(plan, names, bad);
}

int lab_unit(struct lab_plan *plan, double seconds, json_t *parameters) {
    double *more = realloc(plan->seconds, (plan->n_units + 1) * sizeof *more);
    if (more)
        plan->seconds = more;
    if (!more || json_array_append_new(plan->units, parameters) < 0)
        return -ENOMEM;
    plan->seconds[plan->n_units++] = seconds;
    return 0;
}

int plan_make(struct lab_plan *plan, const struct lab_experiment *experiment) {
    plan->units = json_array();
    plan->parameters = json_object();
    if (!plan->units || !plan->parameters)
        return -ENOMEM;
    int r = experiment->plan(plan);
    return r == 0 && plan->n_units == 0 ? -EINVAL : r;
}

void plan_free(struct lab_plan *plan) {
    json_decref(plan->units);
    json_decref(plan->parameters);
    free(plan->seconds);
}

bool plan_in_shard(size_t unit, unsigned shard, unsigned n_shards) {
    return n_shards == 0 || unit % n_shards == shard - 1;
}

int lab_params(const json_t *parameters, struct params *out) {
    json_int_t n = json_integer_value(json_object_get(parameters, "n"));
    return n < 0 || n > PARAMS_N_MAX ? -EINVAL : params_make(out, (uint32_t)n);
}

const struct set *lab_set(const json_t *parameters) {
    const char *name = json_string_value(json_object_get(parameters, "set"));
    return name ? table_set(name) : NULL;
}

double lab_number(const json_t *object, const char *key) {
    return json_number_value(json_object_get(object, key));
}

size_t lab_count(const json_t *object, const char *key) {
    return (size_t)json_integer_value(json_object_get(object, key));
}

const json_t *lab_next(const struct lab_report *report, const char *key, json_int_t value, size_t *cursorp) {
    while (*cursorp < json_array_size(report->units)) {
        const json_t *unit = json_array_get(report->units, (*cursorp)++);
        if (json_integer_value(json_object_get(json_object_get(unit, "parameters"), key)) == value)
            return unit;
    }
    return NULL;
}

const json_t *lab_next_of(const struct lab_report *report, const struct set *set, size_t *cursorp) {
    while (*cursorp < json_array_size(report->units)) {
        const json_t *unit = json_array_get(report->units, (*cursorp)++);
        if (lab_set(json_object_get(unit, "parameters")) == set)
            return unit;
    }
    return NULL;
}

bool lab_has_task(const struct lab_report *report, const struct task *task) {
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        const struct set *set = lab_set(json_object_get(unit, "parameters"));
        if (set && set->task == task)
            return true;
    }
    return false;
}

bool lab_has_lpn(const struct lab_report *report) {
    size_t i, others = 0;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        if (!lab_set(json_object_get(unit, "parameters")))
            return true;
        others++;
    }
    return others == 0;
}
