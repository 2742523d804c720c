#include "eve/page/results.h"

#include "common/shell/host/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Beside this eve as it is installed, or as it is built in a folder of the source. */
static void folder_of(char out[static FILES_PATH], const char *lab) {
    static const char *const places[] = {"/../share/parley/lab", "/../../eve/lab/results"};
    char own[FILES_PATH / 2];
    snprintf(out, FILES_PATH, "%s", lab ? lab : "");
    ssize_t n = lab ? -1 : readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0)
        return;
    own[n] = 0;
    *strrchr(own, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(out, FILES_PATH, "%s%s", own, places[i]);
        if (access(out, R_OK | X_OK) == 0)
            return;
    }
    *out = 0;
}

static bool good_name(const char *name) {
    return *name && strlen(name) < 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

/* NAME/file of that folder, and if file begins with a dot NAME/NAMEfile. */
static int open_in(const char *lab, const char *name, const char *file) {
    char folder[FILES_PATH], path[2 * FILES_PATH];
    folder_of(folder, lab);
    if (!*folder || !good_name(name))
        return -1;
    snprintf(path, sizeof path, "%.4000s/%.64s/%.64s%s", folder, name, *file == '.' ? name : "", file);
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

int results_open(const char *lab, const char *name) {
    return open_in(lab, name, "result.json");
}

int results_figure(const char *lab, const char *name) {
    return open_in(lab, name, ".svg");
}

json_t *results_list(const char *lab) {
    char folder[FILES_PATH];
    json_t *list = json_array();
    folder_of(folder, lab);
    DIR *entries = *folder ? opendir(folder) : NULL;
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        int fd = results_open(lab, entry->d_name);
        if (fd < 0)
            continue;
        json_array_append_new(list, json_string(entry->d_name));
        close(fd);
    }
    if (entries)
        closedir(entries);
    return list;
}
