#include "eve/lab/folder.h"

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

/* ---- reading */

static int read_manifest(struct folder *f) {
    json_error_t error;
    char *path = path_of(f, "manifest.json");
    if (!path)
        return problem(f, -ENOMEM, "out of memory");
    bool there = access(path, F_OK) == 0;
    if (there)
        f->manifest = json_load_file(path, 0, &error);
    free(path);
    if (!there)
        return problem(f, -ENOENT, "%.200s: no manifest.json in it", f->path);
    if (!json_is_string(json_object_get(f->manifest, "plan")) || !json_is_array(json_object_get(f->manifest, "runs")) ||
        lab_count(f->manifest, "n_units") > 1 << 24)
        return problem(f, -EBADMSG, "%.200s/manifest.json is no manifest of eve lab", f->path);
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
    json_t *line = json_loadb(text, length, 0, &error);
    size_t unit = lab_count(line, "unit");
    if (!json_is_integer(json_object_get(line, "unit")) || !json_is_object(json_object_get(line, "result")) ||
        !json_is_object(json_object_get(line, "parameters")) || unit >= json_array_size(f->units)) {
        json_decref(line);
        return problem(f, -EBADMSG, "%.180s/units.jsonl: line %zu is no unit of this run", f->path, number);
    }
    if (json_is_null(json_array_get(f->units, unit))) {
        f->n_done++;
        return json_array_set_new(f->units, unit, line) < 0 ? problem(f, -ENOMEM, "out of memory") : 0;
    }
    json_decref(line); /* done twice: the first counts */
    return 0;
}

/* The complete lines; *lengthp is where they end, which a line that was cut off by a crash does not change. */
static int read_units(struct folder *f, size_t *lengthp) {
    char *path = path_of(f, "units.jsonl"), *line = NULL;
    size_t capacity = 0, number = 0;
    int r = no_units(f);
    FILE *in = path ? fopen(path, "r") : NULL;
    *lengthp = 0;
    for (ssize_t n; r == 0 && in && (n = getline(&line, &capacity, in)) > 0 && line[n - 1] == '\n';) {
        r = take_line(f, line, (size_t)n, ++number);
        *lengthp += (size_t)n;
    }
    if (in)
        fclose(in);
    free(line);
    free(path);
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
        json_decref(manifest);
        return problem(f, -errno, "%.200s: %s", path, strerror(errno));
    }
    char *units = path_of(f, "units.jsonl");
    f->fd = units ? open(units, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    free(units);
    if (f->fd < 0 || flock(f->fd, LOCK_EX | LOCK_NB) < 0) {
        json_decref(manifest);
        return errno == EWOULDBLOCK ? problem(f, -EBUSY, "%.200s: another run is at work there", path)
                                    : problem(f, -EIO, "%.200s/units.jsonl: %s", path, strerror(errno));
    }
    int r = read_manifest(f);
    if (r == -ENOENT) {
        f->manifest = manifest;
        r = folder_write_json(f, "manifest.json", manifest);
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

static int write_all(int fd, const char *text, size_t n) {
    while (n > 0) {
        ssize_t written = write(fd, text, n);
        if (written < 0 && errno != EINTR)
            return -errno;
        text += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

int folder_append(struct folder *f, const json_t *line) {
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(12));
    size_t n = text ? strlen(text) : 0;
    if (!text)
        return problem(f, -ENOMEM, "out of memory");
    text[n] = '\n'; /* instead of the NUL: a line is one write */
    int r = write_all(f->fd, text, n + 1);
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

int folder_write(struct folder *f, const char *name, const char *text) {
    char *path = path_of(f, name), *fresh = path_of(f, ".new");
    int r = path && fresh ? 0 : problem(f, -ENOMEM, "out of memory");
    if (r == 0) {
        int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        r = fd < 0 ? -errno : write_all(fd, text, strlen(text));
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
