#include "eve/page/hub.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OVERHEAD = 32 }; /* of an event: pointers, the allocator's own */

struct hub {
    char **texts; /* of the events first ... last */
    size_t capacity, bytes;
    uint64_t first, last; /* numbers; first > last: none */
    uint64_t forgotten;   /* the last number that was given up */
    void (*told)(void *user);
    void *user;
    char notice[96];
};

int hub_new(struct hub **hubp, void (*told)(void *user), void *user) {
    struct hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        return -ENOMEM;
    hub->first = 1;
    hub->told = told;
    hub->user = user;
    *hubp = hub;
    return 0;
}

static void give_up(struct hub *hub, size_t n) {
    for (size_t i = 0; i < n; i++) {
        hub->bytes -= strlen(hub->texts[i]) + OVERHEAD;
        free(hub->texts[i]);
    }
    size_t left = (size_t)(hub->last + 1 - hub->first) - n;
    if (n)
        memmove(hub->texts, hub->texts + n, left * sizeof *hub->texts);
    hub->first += n;
}

void hub_clear(struct hub *hub) {
    give_up(hub, (size_t)(hub->last + 1 - hub->first));
    json_t *object = json_object();
    json_object_set_new(object, "event", json_string("begin"));
    hub_add(hub, object);
}

void hub_free(struct hub *hub) {
    if (!hub)
        return;
    give_up(hub, (size_t)(hub->last + 1 - hub->first));
    free(hub->texts);
    free(hub);
}

static bool make_room(struct hub *hub) {
    size_t n = (size_t)(hub->last + 1 - hub->first);
    if (n < hub->capacity)
        return true;
    size_t capacity = hub->capacity ? 2 * hub->capacity : 256;
    char **larger = realloc(hub->texts, capacity * sizeof *larger);
    if (!larger)
        return false;
    hub->texts = larger;
    hub->capacity = capacity;
    return true;
}

void hub_add(struct hub *hub, json_t *object) {
    json_object_set_new(object, "schema", json_integer(1));
    if (!json_object_get(object,
                         "clock")) { /* microseconds since 1970: what puts events of several programs in order */
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        json_object_set_new(object, "clock", json_integer((json_int_t)now.tv_sec * 1000000 + now.tv_nsec / 1000));
    }
    json_object_set_new(object, "id", json_integer((json_int_t)hub->last + 1));
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(object);
    if (!text || !make_room(hub)) {
        free(text);
        return;
    }
    hub->last++;
    hub->texts[hub->last - hub->first] = text;
    hub->bytes += strlen(text) + OVERHEAD;
    if (hub->bytes > HUB_BYTES_MAX) {
        size_t n = (size_t)(hub->last + 1 - hub->first) / 4;
        hub->forgotten = hub->first + n - 1;
        give_up(hub, n);
    }
    hub->told(hub->user);
}

json_t *hub_get(const struct hub *hub, uint64_t number) {
    return number >= hub->first && number <= hub->last ? json_loads(hub->texts[number - hub->first], 0, NULL) : NULL;
}

/* Without memory for the new text there is none at all: what is put here must not be told as it was. */
void hub_put(struct hub *hub, uint64_t number, json_t *object) {
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(object);
    if (number < hub->first || number > hub->last) {
        free(text);
        return;
    }
    char *old = hub->texts[number - hub->first];
    hub->bytes -= strlen(old);
    if (text) {
        free(old);
        hub->texts[number - hub->first] = text;
    } else
        memcpy(old, "{}", sizeof "{}");
    hub->bytes += strlen(hub->texts[number - hub->first]);
}

const char *hub_next(struct hub *hub, uint64_t *numberp) {
    if (*numberp > hub->last) /* of an earlier server */
        *numberp = 0;
    if (*numberp < hub->forgotten) {
        *numberp = hub->forgotten;
        snprintf(hub->notice, sizeof hub->notice, "{\"schema\":1,\"event\":\"lost\",\"id\":%llu}",
                 (unsigned long long)*numberp);
        return hub->notice;
    }
    if (*numberp < hub->first)
        *numberp = hub->first - 1;
    if (*numberp >= hub->last)
        return NULL;
    ++*numberp;
    return hub->texts[*numberp - hub->first];
}

uint64_t hub_last(const struct hub *hub) {
    return hub->last;
}

uint64_t hub_first(const struct hub *hub) {
    return hub->first;
}

size_t hub_bytes(const struct hub *hub) {
    return hub->bytes;
}
