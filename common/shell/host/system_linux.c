#include "common/shell/host/system.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20, KEPT_BYTES = 8 << 20, LARGE_PAGE = 2 << 20, LARGE_BYTES = 48 << 20 };

void system_hide_memory(void) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#ifndef PARLEY_DEBUGGABLE
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#else
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* becoming another user has taken it away */
#endif
}

void system_keep_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_ARENA_MAX, 1); /* frames are made on one thread and freed on another */
#endif
}

void system_give_memory_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/* malloc's heap is made so long that all fits, and the kernel is asked for large pages there: as much as nobody touches
 * takes none. Where malloc is another, or has no such heap, nothing is asked for. */
void system_large_pages(void) {
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)
    static void *before; /* of them in the heap; never touched */
    if (before || mallopt(M_TOP_PAD, LARGE_BYTES) != 1 || mallopt(M_TRIM_THRESHOLD, 2 * LARGE_BYTES) != 1)
        return;
    uint8_t *first = malloc(KEPT_BYTES / 2), *end = sbrk(0);
    mallopt(M_TOP_PAD, LARGE_PAGE);
    uintptr_t from = ((uintptr_t)first + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    uintptr_t to = (uintptr_t)end / LARGE_PAGE * LARGE_PAGE;
    bool is_heap =
        first && first < end && (size_t)(end - first) >= LARGE_BYTES && (size_t)(end - first) <= 2 * LARGE_BYTES;
    size_t up_to_there = from - (uintptr_t)first;
    free(first);
    if (is_heap && madvise((void *)from, to - from, MADV_HUGEPAGE) == 0)
        before = malloc(up_to_there); /* what comes next lies behind it */
#endif
}

uint64_t system_resident(void) {
    char text[100] = "";
    unsigned long long pages = 0;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (read(fd, text, sizeof text - 1) > 0 && sscanf(text, "%*u %llu", &pages) != 1)
        pages = 0;
    close(fd);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void system_grow_pipe(int fd) {
    fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
}
