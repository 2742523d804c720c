/* Runs a target over stored inputs, for compilers without libFuzzer and for the tests: replay FILE|FOLDER...
 * It fails when there is no input, so that a lost corpus is noticed. */
#include "tests/proof/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static size_t n_inputs;

static void fail(const char *path) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(1);
}

static void replay_file(const char *path, size_t size) {
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1); /* exactly, so that a sanitizer sees its end */
    if (!f || !data || fread(data, 1, size, f) != size)
        fail(path);
    fclose(f);
    fprintf(stderr, "%s\n", path); /* before it can crash */
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    n_inputs++;
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static void replay(const char *path) {
    struct stat about;
    if (stat(path, &about) < 0)
        fail(path);
    if (!S_ISDIR(about.st_mode)) {
        replay_file(path, (size_t)about.st_size);
        return;
    }
    struct dirent **entries;
    int n = scandir(path, &entries, visible, alphasort);
    if (n < 0)
        fail(path);
    for (int i = 0; i < n; i++) {
        char inside[4096];
        if ((size_t)snprintf(inside, sizeof inside, "%s/%s", path, entries[i]->d_name) >= sizeof inside) {
            errno = ENAMETOOLONG;
            fail(path);
        }
        replay(inside);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%zu inputs\n", n_inputs);
    return n_inputs ? 0 : 1;
}
