#include "bob/conference.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

size_t conference_line(char out[static CONFERENCE_LINE], const char *label, const uint8_t *bytes, size_t n) {
    size_t used = (size_t)snprintf(out, CONFERENCE_LINE, "(from %.*s) ", LABEL_TEXT - 1, label), begin = used;
    uint32_t code = 0;
    for (size_t i = 0, length; i < n && i < CONFERENCE_TEXT; i += length) {
        length = text_character(bytes + i, n - i, &code);
        if (length && !text_is_unsafe(code)) {
            memcpy(out + used, bytes + i, length);
            used += length;
        }
        length = length ? length : 1;
    }
    if (used == begin)
        return 0;
    out[used++] = '\n';
    return used;
}

bool conference_may(struct conference_rate *rate, uint64_t now_ms) {
    uint64_t full = rate->full_ms > now_ms ? rate->full_ms : now_ms;
    if (full + CONFERENCE_EVERY_MS > now_ms + (uint64_t)CONFERENCE_BURST * CONFERENCE_EVERY_MS)
        return false;
    rate->full_ms = full + CONFERENCE_EVERY_MS;
    rate->told = false;
    return true;
}
