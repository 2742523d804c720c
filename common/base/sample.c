#include "common/base/sample.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"

/* Floyd's way (Bentley, Floyd, "Programming Pearls: A Sample of Brilliance", CACM 30(9), 1987): for each top from n -
 * size on, one draw among 0 ... top; if it is chosen already, top is, which cannot be yet. */
void sample_draw(uint32_t *chosen, size_t size, size_t n, const uint8_t key[static 32], uint8_t *marks) {
    struct prg g;
    if (size == n) { /* whatever is drawn */
        for (size_t i = 0; i < n; i++)
            chosen[i] = (uint32_t)i;
        return;
    }
    prg_init(&g, key, 0);
    for (size_t top = n - size; top < n; top++) {
        size_t draw = prg_below(&g, (uint32_t)top + 1);
        bit_xor(marks, bit_get(marks, draw) ? top : draw, 1);
    }
    prg_deinit(&g);
    for (size_t i = 0; i < n; i++)
        if (bit_get(marks, i))
            *chosen++ = (uint32_t)i;
}
