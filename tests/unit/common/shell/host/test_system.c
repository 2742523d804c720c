/* Large pages: the heap is marked for them, and what is allocated next lies there. Whether the kernel has some to give
 * is its own affair. */
#include "tests/lib/unit.h"

#include "common/shell/host/system.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* Whether the mapping that p lies in is marked by madvise. -1: the system does not tell. */
static int is_marked(const void *p) {
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[1000];
    int found = -1;
    bool here = false;
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long long from, to;
        if (sscanf(line, "%llx-%llx ", &from, &to) == 2)
            here = (uintptr_t)p >= from && (uintptr_t)p < to;
        else if (here && strncmp(line, "VmFlags:", 8) == 0)
            found = strstr(line, " hg") != NULL;
    }
    if (maps)
        fclose(maps);
    return found;
}

static void what_comes_next_lies_in_large_pages(void **state) {
    (void)state;
    enum { BLOCKS = 32, BYTES = 700 * 1000 };
    uint8_t *blocks[BLOCKS];
    void *before = malloc(BYTES);
    if (unit_emulated() || is_marked(before) < 0 || access("/sys/kernel/mm/transparent_hugepage", F_OK) != 0)
        skip(); /* there are none */
    assert_int_equal(is_marked(before), 0);
    free(before);
    system_keep_memory();
    system_large_pages();
    system_large_pages(); /* once is enough */
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BYTES);
        assert_non_null(blocks[i]);
        memset(blocks[i], (int)i, BYTES);
        assert_int_equal(is_marked(blocks[i]), 1);
        assert_int_equal(is_marked(blocks[i] + BYTES - 1), 1);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_comes_next_lies_in_large_pages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
