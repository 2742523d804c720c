#include "eve/lab/experiments/scale.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const double scale_patience = 300;

json_t *scale_events(const char *path) {
    json_t *events = json_array();
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    while (file && getline(&line, &size, file) > 0)
        if (strchr(line, '\n'))
            json_array_append_new(events, json_loads(line, 0, NULL));
    free(line);
    if (file)
        fclose(file);
    return events;
}

const json_t *scale_event(const json_t *events, const char *name) {
    size_t i;
    const json_t *event;
    json_array_foreach(events, i, event) {
        const char *found = json_string_value(json_object_get(event, "event"));
        if (found && strcmp(found, name) == 0)
            return event;
    }
    return NULL;
}

size_t scale_events_count(const json_t *events, const char *name) {
    size_t i, n = 0;
    const json_t *event;
    json_array_foreach(events, i, event) {
        const char *found = json_string_value(json_object_get(event, "event"));
        n += found && strcmp(found, name) == 0;
    }
    return n;
}

int scale_await(const char *path, const char *name, struct process *process, json_t **eventsp) {
    double due = lab_now() + scale_patience;
    struct process_usage usage;
    for (;;) {
        int over = process->pid ? process_poll(process, &usage) : 1;
        json_t *events = scale_events(path);
        if (scale_event(events, name)) {
            *eventsp = events;
            return 1;
        }
        json_decref(events);
        if (lab_interrupted())
            return -EINTR;
        if (over != 0 || lab_now() > due)
            return over < 0 ? over : 0;
        process_nap();
    }
}

void scale_close(struct scale_stage *s) {
    process_end(&s->bob);
    unlink(s->bob_events);
    unlink(s->alice_events);
    rmdir(s->folder);
}

int scale_open(struct scale_stage *s, const struct lab_unit *unit, const char *set, unsigned alices, bool once) {
    const char *temporary = getenv("TMPDIR");
    *s = (struct scale_stage){.bob = {.in = -1}};
    if (files_find_program(s->alice_path, unit->programs, "alice") < 0 ||
        files_find_program(s->bob_path, unit->programs, "bob") < 0)
        return -ENOENT;
    snprintf(s->folder, sizeof s->folder, "%.40s/eve-lab-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(s->folder))
        return -errno;
    snprintf(s->bob_events, sizeof s->bob_events, "%s/bob", s->folder);
    snprintf(s->alice_events, sizeof s->alice_events, "%s/alice", s->folder);
    char most[16], *arguments[] = {"bob",
                                   "--listen",
                                   "127.0.0.1:0",
                                   "--params",
                                   (char *)(uintptr_t)set,
                                   "--events",
                                   s->bob_events,
                                   "--max-sessions",
                                   most,
                                   "--timeout",
                                   "60",
                                   "-q",
                                   once ? "--once" : "--agree-only",
                                   NULL};
    snprintf(most, sizeof most, "%u", alices + 8);
    json_t *events = NULL;
    int r = process_start(&s->bob, s->bob_path, arguments, false);
    if (r == 0)
        r = scale_await(s->bob_events, "listening", &s->bob, &events);
    if (r == 1)
        snprintf(s->address, sizeof s->address, "%s",
                 json_string_value(json_object_get(scale_event(events, "listening"), "address")));
    json_decref(events);
    if (r != 1)
        scale_close(s);
    return r == 1 ? 0 : r < 0 ? r : -EPROTO;
}

int scale_start_alice(const struct scale_stage *s, struct process *alice, const char *set, bool events) {
    char *arguments[] = {"alice",
                         "--connect",
                         (char *)(uintptr_t)s->address,
                         "--params",
                         (char *)(uintptr_t)set,
                         "--timeout",
                         "60",
                         "-q",
                         events ? "--events" : "--agree-only",
                         events ? (char *)(uintptr_t)s->alice_events : NULL,
                         NULL};
    return process_start(alice, s->alice_path, arguments, events);
}

int scale_stop_bob(struct scale_stage *s, struct process_usage *usage) {
    process_terminate(&s->bob);
    return process_wait(&s->bob, scale_patience, usage);
}
