#include "eve/page/attack.h"

#include "common/shell/host/files.h"
#include "common/shell/net/spawn.h"
#include "eve/page/tail.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS = 24, READ_LINES = 200 };

struct attack {
    struct attack_config config;
    struct uv_loop_s *loop;
    char *capture, *session, *learner, *seed;
    char eve[FILES_PATH], events[FILES_PATH], key[FILES_PATH];
    struct spawn *learn, *read;
    struct tail *tail;
    char *output; /* the JSON of eve learn */
    size_t n_output;
    json_t *lines; /* of eve read */
    bool ended, has_key, read_again;
};

static void tell(struct attack *a, const char *event, json_t *object) {
    json_object_set_new(object, "event", json_string(event));
    json_object_set_new(object, "from", json_string("eve"));
    json_object_set_new(object, "source", json_integer(a->config.source));
    json_object_set_new(object, "session", json_string(a->session));
    a->config.event(a->config.user, object);
}

/* What our own eve learn says. */
static void progress(void *user, const char *text, size_t n, unsigned long number) {
    struct attack *a = user;
    json_t *object = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    (void)number;
    if (!json_is_object(object)) {
        json_decref(object);
        return;
    }
    json_object_set_new(object, "from", json_string("eve"));
    json_object_set_new(object, "source", json_integer(a->config.source));
    a->config.event(a->config.user, object);
}

static void learn_line(void *user, int fd, const char *text, size_t n) {
    struct attack *a = user;
    if (fd == 2) {
        tell(a, "note", json_pack("{s:s}", "text", text));
        return;
    }
    char *longer = realloc(a->output, a->n_output + n + 2);
    if (!longer)
        return;
    memcpy(longer + a->n_output, text, n);
    a->output = longer;
    a->n_output += n;
    a->output[a->n_output++] = '\n';
}

/* What eve learn --json says at its end, whole: the page shows these figures and no others. */
static void learn_ended(void *user, int status) {
    struct attack *a = user;
    while (tail_poll(a->tail))
        ;
    tail_free(a->tail); /* of all who were attacked none keeps a descriptor */
    a->tail = NULL;
    json_t *all = json_loadb(a->output ? a->output : "", a->n_output, 0, NULL);
    json_t *session = json_array_get(json_object_get(all, "sessions"), 0);
    a->ended = true;
    a->has_key = json_is_true(json_object_get(session, "key_recovered"));
    json_t *object = json_pack("{s:i, s:b}", "status", status, "key_recovered", a->has_key);
    if (session) {
        json_object_set(object, "learners", json_object_get(session, "learners"));
        json_object_set(object, "key", json_object_get(session, "key"));
    }
    tell(a, "verdict", object);
    json_decref(all);
    spawn_free(a->learn);
    a->learn = NULL;
    if (!a->config.learn_only)
        attack_read(a);
}

int attack_start(struct attack **attackp, struct uv_loop_s *loop, const struct attack_config *config) {
    struct attack *a = calloc(1, sizeof *a);
    if (!a)
        return -ENOMEM;
    a->config = *config;
    a->loop = loop;
    a->capture = strdup(config->capture);
    a->session = strdup(config->session);
    a->learner = strdup(config->learner);
    a->seed = strdup(config->seed);
    const char *who = config->files ? config->files : "learn";
    char budget[32], threads[16];
    int r = -ENOMEM;
    if (!a->capture || !a->session || !a->learner || !a->seed)
        goto failed;
    files_find_program(a->eve, NULL, "eve");
    snprintf(a->events, sizeof a->events, "%.3000s/%s-%s.events", config->folder, who, a->session);
    snprintf(a->key, sizeof a->key, "%.3000s/%s-%s.key", config->folder, who, a->session);
    snprintf(budget, sizeof budget, "%.3f", config->budget);
    snprintf(threads, sizeof threads, "%u", config->threads);
    unlink(a->events);
    unlink(a->key);
    if ((r = tail_new(&a->tail, a->events, progress, a)) < 0)
        goto failed;
    const char *arguments[ARGUMENTS] = {a->eve, "learn",    a->capture, "--session", a->session, "--json", "--budget",
                                        budget, "--events", a->events,  "--key-out", a->key,     "-q"};
    size_t n = 13;
    if (a->learner[0]) {
        arguments[n++] = "--learner";
        arguments[n++] = a->learner;
    }
    if (a->seed[0]) {
        arguments[n++] = "--seed";
        arguments[n++] = a->seed;
    }
    if (config->threads) {
        arguments[n++] = "--threads";
        arguments[n++] = threads;
    }
    struct spawn_config process = {.arguments = arguments, .line = learn_line, .ended = learn_ended, .user = a};
    if ((r = spawn_start(&a->learn, loop, &process)) < 0)
        goto failed;
    json_t *object =
        json_pack("{s:s, s:f}", "learner", a->learner[0] ? a->learner : "default", "budget", config->budget);
    tell(a, "attack", object);
    *attackp = a;
    return 0;
failed:
    attack_free(a);
    return r;
}

void attack_poll(struct attack *a) {
    if (a->tail)
        tail_poll(a->tail);
}

/* ---- the conversation */

static void read_line(void *user, int fd, const char *text, size_t n) {
    struct attack *a = user;
    const char *colon = strstr(text, ": ");
    (void)n;
    if (fd != 1 || !colon)
        return;
    const char *side = strncmp(text, "Alice: ", 7) == 0 ? "alice" : strncmp(text, "Bob: ", 5) == 0 ? "bob" : NULL;
    if (!side)
        return;
    if (json_array_size(a->lines) == READ_LINES) /* the last are told */
        json_array_remove(a->lines, 0);
    json_array_append_new(a->lines, json_pack("{s:s, s:s}", "side", side, "text", colon + 2));
}

static void read_ended(void *user, int status) {
    struct attack *a = user;
    if (json_array_size(a->lines))
        tell(a, "read", json_pack("{s:i, s:O}", "status", status, "lines", a->lines));
    json_decref(a->lines);
    a->lines = NULL;
    spawn_free(a->read);
    a->read = NULL;
    if (a->read_again) {
        a->read_again = false;
        attack_read(a);
    }
}

void attack_read(struct attack *a) {
    if (!a->has_key || a->read || a->config.learn_only) {
        a->read_again = a->read;
        return;
    }
    const char *arguments[] = {a->eve, "read", a->capture, "--session", a->session, "--key", a->key, "-q", NULL};
    struct spawn_config process = {.arguments = arguments, .line = read_line, .ended = read_ended, .user = a};
    a->lines = json_array();
    if (spawn_start(&a->read, a->loop, &process) < 0) {
        json_decref(a->lines);
        a->lines = NULL;
    }
}

void attack_interrupt(struct attack *a) {
    if (a->learn)
        spawn_signal(a->learn, SIGINT);
}

bool attack_ended(const struct attack *a) {
    return a->ended;
}

bool attack_reads(const struct attack *a) {
    return a->read;
}

void attack_free(struct attack *a) {
    if (!a)
        return;
    spawn_free(a->learn);
    spawn_free(a->read);
    tail_free(a->tail);
    if (a->key[0])
        unlink(a->key);
    json_decref(a->lines);
    free(a->output);
    free(a->capture);
    free(a->session);
    free(a->learner);
    free(a->seed);
    free(a);
}
