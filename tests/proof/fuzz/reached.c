/* Says at the end what a target has reached, in one line for ./check --fuzz: executions, how many of them got no
 * further than a length check, and the slowest input by processor time, which other programs on the machine do not
 * stretch. */
#include "tests/proof/fuzz/fuzz.h"

#include <inttypes.h>
#include <time.h>

static uint64_t n_executions, n_length, slowest_ns;
static size_t slowest_size;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void say(void) {
    printf("reached: executions=%" PRIu64 " length=%" PRIu64 " slowest_ms=%.1f slowest_bytes=%zu\n", n_executions,
           n_length, (double)slowest_ns / 1e6, slowest_size);
}

void fuzz_ended_at_length(void) {
    n_length++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (n_executions++ == 0)
        atexit(say);
    uint64_t began = now();
    fuzz_target(data, size);
    uint64_t took = now() - began;
    if (took > slowest_ns && n_executions > 1) { /* the first one prepares what the others use */
        slowest_ns = took;
        slowest_size = size;
    }
    return 0;
}
