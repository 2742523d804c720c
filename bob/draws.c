#include "bob/draws.h"

bool draws_end(struct draws *draws, uint64_t shown_ms, uint64_t now_ms) {
    if (now_ms - shown_ms > DRAWS_SOON_MS)
        return false;
    draws->ended_ms[draws->n++ % DRAWS_MANY] = now_ms;
    uint64_t oldest = draws->ended_ms[draws->n % DRAWS_MANY];
    if (draws->n < DRAWS_MANY || now_ms - oldest > DRAWS_WINDOW_MS ||
        (draws->warned && now_ms - draws->warned_ms < DRAWS_WINDOW_MS))
        return false;
    draws->warned = true;
    draws->warned_ms = now_ms;
    return true;
}
