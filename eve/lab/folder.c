#include "eve/lab/folder.h"

#include "common/base/text.h"
#include "common/shell/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JSON_STYLE = JSON_INDENT(1) | JSON_REAL_PRECISION(12) | JSON_ENCODE_ANY };

__attribute__((format(printf, 3, 4))) static int problem(struct folder *f, int error, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(f->problem, sizeof f->problem, format, args);
    va_end(args);
    return error;
}

static char *path_of(const struct folder *f, const char *name) {
    char *path = malloc(strlen(f->path) + strlen(name) + 2);
    if (path)
        sprintf(path, "%s/%s", f->path, name);
    return path;
}

/* ---- what it must look like */

enum { UNITS_MAX = 1 << 20 };

static const char *const sizes[] = {"check", "quick", "full", NULL};
static const struct shape manifest_parameters[] = {
    {.name = "budget_seconds", .type = SHAPE_NUMBER, .most = 1e12, .optional = true}, {0}};
static const struct shape manifest_shape[] = {{.name = "experiment", .type = SHAPE_TEXT, .most = 64},
                                              {.name = "size", .type = SHAPE_WORD, .words = sizes},
                                              {.name = "seed", .type = SHAPE_TEXT, .most = 64},
                                              {.name = "n_units", .type = SHAPE_INTEGER, .least = 1, .most = UNITS_MAX},
                                              {.name = "parameters", .type = SHAPE_OBJECT, .of = manifest_parameters},
                                              {.name = "plan", .type = SHAPE_TEXT, .most = 64},
                                              {.name = "runs", .type = SHAPE_LIST},
                                              {0}};
static const struct shape line_shape[] = {{.name = "unit", .type = SHAPE_INTEGER, .most = UNITS_MAX},
                                          {.name = "parameters", .type = SHAPE_OBJECT},
                                          SHAPE_SECONDS("seconds"),
                                          SHAPE_SECONDS("wall_seconds"),
                                          {.name = "result", .type = SHAPE_OBJECT},
                                          {0}};

static bool is_of_kind(const struct lab_shape *kind, const json_t *parameters) {
    const json_t *value = kind->key ? json_object_get(parameters, kind->key) : NULL;
    const char *word = json_string_value(value);
    return !kind->key || (value && !kind->word) || (word && kind->word && strcmp(word, kind->word) == 0);
}

static int check_line(const struct folder *f, const json_t *line, char wrong[static SHAPE_PROBLEM]) {
    const struct lab_shape *kind = f->experiment->shapes;
    int r = shape_check(line_shape, line, wrong);
    if (r == 0 && lab_count(line, "unit") >= json_array_size(f->units)) {
        snprintf(wrong, SHAPE_PROBLEM, "unit is %zu, but this run has %zu of them", lab_count(line, "unit"),
                 json_array_size(f->units));
        return -EBADMSG;
    }
    if (r < 0)
        return r;
    while (kind->result && !is_of_kind(kind, json_object_get(line, "parameters")))
        kind++;
    if (!kind->result) {
        snprintf(wrong, SHAPE_PROBLEM, "parameters.%s is none of %s", f->experiment->shapes[0].key,
                 f->experiment->name);
        return -EBADMSG;
    }
    const struct shape whole[] = {{.name = "parameters", .type = SHAPE_OBJECT, .of = kind->parameters},
                                  {.name = "result", .type = SHAPE_OBJECT, .of = kind->result},
                                  {0}};
    return shape_check(whole, line, wrong);
}

/* ---- reading */

static int not_json(struct folder *f, const char *name, size_t line, const json_error_t *error) {
    char text[160];
    text_escape(text, sizeof text, (const uint8_t *)error->text, strlen(error->text));
    return problem(f, -EBADMSG, "%.180s/%s: line %zu: no JSON: %s", f->path, name,
                   line ? line : (size_t)(error->line > 0 ? error->line : 1), text);
}

/* -ENOENT: there is no such file. */
static int open_file(struct folder *f, const char *name, FILE **filep) {
    char *path = path_of(f, name);
    *filep = path ? fopen(path, "re") : NULL;
    int error = path ? errno : ENOMEM;
    free(path);
    return *filep ? 0 : error == ENOENT ? -ENOENT : problem(f, -error, "%.200s/%s: %s", f->path, name, strerror(error));
}

static int read_manifest(struct folder *f) {
    json_error_t error;
    char wrong[SHAPE_PROBLEM];
    FILE *in;
    int r = open_file(f, "manifest.json", &in);
    if (r == -ENOENT)
        return problem(f, -ENOENT, "%.200s: no manifest.json in it", f->path);
    if (r < 0)
        return r;
    f->manifest = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
    int failed = ferror(in) ? errno : 0;
    fclose(in);
    if (failed)
        return problem(f, -EIO, "%.200s/manifest.json: %s", f->path, strerror(failed));
    if (!f->manifest)
        return not_json(f, "manifest.json", 0, &error);
    if (shape_check(manifest_shape, f->manifest, wrong) < 0)
        return problem(f, -EBADMSG, "%.180s/manifest.json is no manifest of eve lab: %s", f->path, wrong);
    const char *name = json_string_value(json_object_get(f->manifest, "experiment"));
    f->experiment = lab_find(name);
    if (!f->experiment) {
        char text[96];
        text_escape(text, sizeof text, (const uint8_t *)name, strlen(name));
        return problem(f, -EBADMSG, "%.180s/manifest.json: no experiment '%s' here", f->path, text);
    }
    return 0;
}

static int no_units(struct folder *f) {
    f->units = json_array();
    for (size_t i = 0; i < lab_count(f->manifest, "n_units"); i++)
        if (json_array_append_new(f->units, json_null()) < 0)
            return problem(f, -ENOMEM, "out of memory");
    return f->units ? 0 : problem(f, -ENOMEM, "out of memory");
}

static int take_line(struct folder *f, const char *text, size_t length, size_t number) {
    json_error_t error;
    char wrong[SHAPE_PROBLEM];
    json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!line)
        return not_json(f, "units.jsonl", number, &error);
    if (check_line(f, line, wrong) < 0) {
        json_decref(line);
        return problem(f, -EBADMSG, "%.180s/units.jsonl: line %zu: %s", f->path, number, wrong);
    }
    size_t unit = lab_count(line, "unit");
    if (json_is_null(json_array_get(f->units, unit))) {
        f->n_done++;
        return json_array_set_new(f->units, unit, line) < 0 ? problem(f, -ENOMEM, "out of memory") : 0;
    }
    json_decref(line); /* done twice: the first counts */
    return 0;
}

/* The complete lines; *lengthp is where they end, which a line that was cut off by a crash does not change. */
static int read_units(struct folder *f, size_t *lengthp) {
    char *line = NULL;
    size_t capacity = 0, number = 0;
    FILE *in = NULL;
    int r = no_units(f);
    *lengthp = 0;
    if (r == 0)
        r = open_file(f, "units.jsonl", &in);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    errno = 0;
    for (ssize_t n; r == 0 && (n = getline(&line, &capacity, in)) > 0 && line[n - 1] == '\n';) {
        r = take_line(f, line, (size_t)n, ++number);
        *lengthp += (size_t)n;
    }
    if (r == 0 && (ferror(in) || errno == ENOMEM))
        r = problem(f, -EIO, "%.200s/units.jsonl: %s", f->path, strerror(errno ? errno : EIO));
    fclose(in);
    free(line);
    return r;
}

int folder_read(struct folder *f, const char *path) {
    size_t length;
    *f = (struct folder){.path = path, .fd = -1};
    int r = read_manifest(f);
    return r < 0 ? r : read_units(f, &length);
}

/* ---- writing */

int folder_open(struct folder *f, const char *path, json_t *manifest) {
    size_t length = 0;
    *f = (struct folder){.path = path, .fd = -1};
    if (mkdir(path, 0777) < 0 && errno != EEXIST) {
        int error = errno;
        json_decref(manifest);
        return problem(f, -error, "%.200s: %s", path, strerror(error));
    }
    char *units = path_of(f, "units.jsonl");
    f->fd = units ? open(units, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    int error = !units ? ENOMEM : f->fd < 0 || flock(f->fd, LOCK_EX | LOCK_NB) < 0 ? errno : 0;
    free(units);
    if (error) {
        json_decref(manifest);
        return error == EWOULDBLOCK ? problem(f, -EBUSY, "%.200s: another run is at work there", path)
                                    : problem(f, -error, "%.200s/units.jsonl: %s", path, strerror(error));
    }
    int r = read_manifest(f);
    if (r == -ENOENT) {
        f->manifest = manifest;
        f->experiment = lab_find(json_string_value(json_object_get(manifest, "experiment")));
        r = f->experiment ? folder_write_json(f, "manifest.json", manifest) : -EINVAL;
    } else {
        if (r == 0 && !json_equal(json_object_get(f->manifest, "plan"), json_object_get(manifest, "plan")))
            r = problem(f, -EEXIST, "%.200s holds another run (experiment, seed, size or sets differ)", path);
        json_decref(manifest);
    }
    if (r == 0)
        r = read_units(f, &length);
    if (r == 0 && ftruncate(f->fd, (off_t)length) < 0)
        r = problem(f, -EIO, "%.200s/units.jsonl: %s", path, strerror(errno));
    return r;
}

int folder_append(struct folder *f, const json_t *line) {
    char wrong[SHAPE_PROBLEM];
    if (check_line(f, line, wrong) < 0)
        return problem(f, -EBADMSG, "unit %zu: %s", lab_count(line, "unit"), wrong);
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(12));
    size_t n = text ? strlen(text) : 0;
    if (!text)
        return problem(f, -ENOMEM, "out of memory");
    text[n] = '\n'; /* instead of the NUL: a line is one write */
    int r = files_write(f->fd, text, n + 1);
    free(text);
    if (r == 0 && fdatasync(f->fd) < 0)
        r = -errno;
    if (r < 0)
        return problem(f, -EIO, "%.200s/units.jsonl: %s", f->path, strerror(-r));
    f->n_done++;
    return json_array_set_new(f->units, lab_count(line, "unit"), json_deep_copy(line)) < 0
               ? problem(f, -ENOMEM, "out of memory")
               : 0;
}

int folder_merge(struct folder *into, const struct folder *from) {
    size_t i;
    json_t *line;
    if (!json_equal(json_object_get(from->manifest, "plan"), json_object_get(into->manifest, "plan")) ||
        from->experiment != into->experiment || json_array_size(from->units) != json_array_size(into->units))
        return problem(into, -EBADMSG, "%.200s is no shard of the same run (experiment, seed, size or sets differ)",
                       from->path);
    json_array_foreach(from->units, i, line) {
        if (json_is_null(line) || !json_is_null(json_array_get(into->units, i)))
            continue;
        int r = folder_append(into, line);
        if (r < 0)
            return r;
    }
    return json_array_extend(json_object_get(into->manifest, "runs"), json_object_get(from->manifest, "runs")) < 0
               ? problem(into, -ENOMEM, "out of memory")
               : 0;
}

int folder_write(struct folder *f, const char *name, const char *text) {
    char *path = path_of(f, name), *fresh = path_of(f, ".new");
    int r = path && fresh ? 0 : problem(f, -ENOMEM, "out of memory");
    if (r == 0) {
        int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        r = fd < 0 ? -errno : files_write(fd, text, strlen(text));
        if (fd >= 0 && close(fd) < 0 && r == 0)
            r = -errno;
        if (r == 0 && rename(fresh, path) < 0)
            r = -errno;
        if (r < 0)
            r = problem(f, -EIO, "%s: %s", path, strerror(-r));
    }
    free(path);
    free(fresh);
    return r;
}

int folder_write_json(struct folder *f, const char *name, const json_t *value) {
    char *text = json_dumps(value, JSON_STYLE);
    size_t n = text ? strlen(text) : 0;
    char *more = text ? realloc(text, n + 2) : NULL;
    if (!more) {
        free(text);
        return problem(f, -ENOMEM, "out of memory");
    }
    memcpy(more + n, "\n", 2);
    int r = folder_write(f, name, more);
    free(more);
    return r;
}

void folder_close(struct folder *f) {
    if (f->fd >= 0)
        close(f->fd);
    json_decref(f->manifest);
    json_decref(f->units);
    *f = (struct folder){.fd = -1};
}
