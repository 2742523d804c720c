#include "common/shell/host/files.h"

#include <sys/resource.h>

uint64_t files_may_be_open(uint64_t n) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return n;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= n)
        return n;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max != RLIM_INFINITY && limit.rlim_max < n ? limit.rlim_max : (rlim_t)n;
    return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? before : limit.rlim_cur;
}
