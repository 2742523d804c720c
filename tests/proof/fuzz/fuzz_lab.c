/* A folder of eve lab that somebody else has written, as plot and merge read it: the input's first line is
 * manifest.json, the rest units.jsonl. What is accepted gives a report, whose text is fit for a terminal, and is the
 * same after it has been merged into another folder. */
#include "eve/lab/folder.h"
#include "eve/lab/report.h"
#include "tests/proof/fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/parley-fuzz-XXXXXX", from[64], into[64];

static const char *path_in(const char *folder, const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void empty(const char *folder) {
    static const char *const names[] = {"manifest.json", "units.jsonl", ".new"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_in(folder, names[i]));
}

static void remove_all(void) {
    empty(from);
    empty(into);
    rmdir(from);
    rmdir(into);
    rmdir(top);
}

static void write_file(const char *name, const uint8_t *data, size_t size) {
    int file = open(path_in(from, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    REQUIRE(file >= 0 && write(file, data, size) == (ssize_t)size);
    close(file);
}

/* Nothing that a terminal obeys, but the ends of lines where there are several. */
static void require_shown(const char *text, bool lines) {
    for (; *text; text++)
        REQUIRE((uint8_t)*text >= 0x20 ? *text != 0x7f : lines && (*text == '\n' || *text == '\t'));
}

static void check_report(const struct folder *f) {
    struct lab_report report;
    REQUIRE(report_make(&report, f->experiment, f->manifest, f->units) == 0);
    char *text = report_text(&report), *table;
    json_t *result = report_json(&report, f->manifest);
    REQUIRE(text && result);
    require_shown(text, true);
    const char *name;
    for (size_t i = 0; (table = report_tsv(&report, i, &name)); i++) {
        require_shown(table, true);
        free(table);
    }
    json_decref(result);
    free(text);
    report_free(&report);
}

static void check_merge(const struct folder *f) {
    struct folder merged, again;
    json_t *manifest = json_deep_copy(f->manifest);
    REQUIRE(manifest && json_array_clear(json_object_get(manifest, "runs")) == 0);
    REQUIRE(folder_open(&merged, into, manifest) == 0);
    REQUIRE(folder_merge(&merged, f) == 0 && merged.n_done == f->n_done);
    folder_close(&merged);
    REQUIRE(folder_read(&again, into) == 0 && again.n_done == f->n_done);
    folder_close(&again);
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct folder f;
    if (!from[0]) {
        REQUIRE(mkdtemp(top));
        snprintf(from, sizeof from, "%s/from", top);
        snprintf(into, sizeof into, "%s/into", top);
        REQUIRE(mkdir(from, 0700) == 0 && mkdir(into, 0700) == 0);
        atexit(remove_all);
    }
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t n = end ? (size_t)(end - data) : size;
    write_file("manifest.json", data, n);
    write_file("units.jsonl", data + n + (end != NULL), size - n - (end != NULL));
    empty(into);
    int r = folder_read(&f, from);
    REQUIRE((r == 0) == (f.problem[0] == 0));
    require_shown(f.problem, false);
    if (r == 0) {
        check_report(&f);
        check_merge(&f);
    }
    folder_close(&f);
}
