#include "common/shell/host/system.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20, KEPT_BYTES = 8 << 20 };

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
