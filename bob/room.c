#include "bob/room.h"

#include <stddef.h>

void room_consider(struct room_choice *choice, const struct room_guest *guest, void *who, uint64_t now_ms,
                   uint64_t stay_ms, uint32_t (*uniform)(uint32_t upper_bound)) {
    if (!guest->open || guest->pinned)
        return;
    if (!guest->said) {
        if (!choice->silent || guest->since_ms < choice->silent_since) {
            choice->silent = who;
            choice->silent_since = guest->since_ms;
        }
    } else if (now_ms - guest->kept_ms >= stay_ms && uniform(++choice->n_any) == 0) {
        choice->any = who; /* each of the n so far with probability 1/n */
    }
}

void *room_chosen(const struct room_choice *choice) {
    return choice->silent ? choice->silent : choice->any;
}
