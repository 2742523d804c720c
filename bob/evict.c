#include "bob/evict.h"

#include <stddef.h>

static void take_older(void **whop, uint64_t *sincep, void *who, uint64_t since) {
    if (*whop && *sincep <= since)
        return;
    *whop = who;
    *sincep = since;
}

void evict_consider(struct evict_choice *choice, const struct evict_guest *guest, void *who, uint64_t now_ms,
                    uint64_t stay_ms, uint32_t (*uniform)(uint32_t upper_bound)) {
    if (!guest->open || guest->pinned)
        return;
    if (!guest->said) {
        take_older(&choice->silent, &choice->silent_since, who, guest->since_ms);
    } else if (now_ms - guest->kept_ms >= stay_ms && uniform(++choice->n_any) == 0) {
        choice->any = who; /* each of the n so far with probability 1/n */
    }
}

void *evict_chosen(const struct evict_choice *choice) {
    return choice->silent ? choice->silent : choice->any;
}

void evict_early_consider(struct evict_early *early, const struct evict_guest *guest, void *who, uint64_t now_ms) {
    if (guest->open)
        return;
    if (guest->progress == EVICT_SILENT)
        take_older(&early->silent, &early->silent_since, who, guest->since_ms);
    else if (guest->progress == EVICT_BEGUN && now_ms - guest->since_ms >= EVICT_BEGUN_MS)
        take_older(&early->begun, &early->begun_since, who, guest->since_ms);
}

void *evict_early_chosen(const struct evict_early *early) {
    return early->silent ? early->silent : early->begun;
}
