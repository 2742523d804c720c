#include "eve/page/programs.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void program_find(char out[static PROGRAM_PATH], const char *name) {

    char own[PROGRAM_PATH / 2];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n > 0) {
        own[n] = 0;
        char *slash = strrchr(own, '/');
        *slash = 0;
        snprintf(out, PROGRAM_PATH, "%s/%s", own, name);
        if (access(out, X_OK) == 0)
            return;
        snprintf(out, PROGRAM_PATH, "%s/../%s/%s", own, name, name);
        if (access(out, X_OK) == 0)
            return;
    }
    snprintf(out, PROGRAM_PATH, "%s", name);
}
