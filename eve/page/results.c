#include "eve/page/results.h"

#include "eve/page/programs.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RESULT_MAX = 8 << 20 };

/* Beside this eve as it is installed, or as it is built in a folder of the source. */
static void folder_of(char out[static PROGRAM_PATH], const char *lab) {
    static const char *const places[] = {"/../share/parley/lab", "/../../eve/lab/results"};
    char own[PROGRAM_PATH / 2];
    snprintf(out, PROGRAM_PATH, "%s", lab ? lab : "");
    ssize_t n = lab ? -1 : readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0)
        return;
    own[n] = 0;
    *strrchr(own, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(out, PROGRAM_PATH, "%s%s", own, places[i]);
        if (access(out, R_OK | X_OK) == 0)
            return;
    }
    *out = 0;
}

static bool good_name(const char *name) {
    return *name && strlen(name) < 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

char *results_read(const char *lab, const char *name) {
    char folder[PROGRAM_PATH], path[2 * PROGRAM_PATH];
    struct stat info;
    folder_of(folder, lab);
    if (!*folder || !good_name(name))
        return NULL;
    snprintf(path, sizeof path, "%.4000s/%.64s/result.json", folder, name);
    FILE *file = fopen(path, "rbe");
    char *text = NULL;
    if (file && fstat(fileno(file), &info) == 0 && info.st_size <= RESULT_MAX &&
        (text = malloc((size_t)info.st_size + 1)))
        text[fread(text, 1, (size_t)info.st_size, file)] = 0;
    if (file)
        fclose(file);
    return text;
}

json_t *results_list(const char *lab) {
    char folder[PROGRAM_PATH];
    json_t *list = json_array();
    folder_of(folder, lab);
    DIR *entries = *folder ? opendir(folder) : NULL;
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        char *text = results_read(lab, entry->d_name);
        if (text)
            json_array_append_new(list, json_string(entry->d_name));
        free(text);
    }
    if (entries)
        closedir(entries);
    return list;
}
