#include "eve/wire/observe_parts.h"

#include <stdarg.h>
#include <stdio.h>

bool observe_reserve(struct observe *o, size_t n) {
    struct observe_memory *memory = o->config.memory;
    if (n > memory->left) {
        memory->exceeded = true;
        return false;
    }
    memory->left -= n;
    return true;
}

void observe_give_back(struct observe *o, size_t *reserved) {
    o->config.memory->left += *reserved;
    *reserved = 0;
}

__attribute__((format(printf, 3, 4))) void observe_stop(struct observe *o, enum side side, const char *format, ...) {
    struct observe_direction *d = &o->facts.direction[side];
    if (d->stuck)
        return;
    d->stuck = true;
    va_list args;
    va_start(args, format);
    vsnprintf(d->problem, sizeof d->problem, format, args);
    va_end(args);
    frame_reader_deinit(&o->reader[side].frames);
    frame_reader_init(&o->reader[side].frames);
    observe_give_back(o, &o->reader[side].reserved);
}
