#include "eve/lab/manifest.h"

#include "common/base/bytes.h"
#include "common/base/prg.h"
#include "eve/lab/plan.h"
#include "eve/lab/revision.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

/* The text of what the units follow from, hashed. */
static int digest(char hex[static 65], const json_t *identity) {
    uint8_t hash[32];
    char *text = json_dumps(identity, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));
    if (!text)
        return -ENOMEM;
    prg_derive(hash, "lab plan", (const uint8_t *)text, strlen(text));
    bytes_to_hex(hex, hash, 32);
    free(text);
    return 0;
}

json_t *manifest_new(const struct lab_experiment *experiment, const struct lab_plan *plan,
                     const uint8_t seed[static 32]) {
    char hex[65];
    bytes_to_hex(hex, seed, 32);
    json_t *manifest = json_pack("{s:i, s:s, s:s, s:s, s:s, s:I, s:O}", "schema", 1, "experiment", experiment->name,
                                 "size", lab_size_name(plan->size), "fault", lab_fault_name(plan->fault), "seed", hex,
                                 "n_units", (json_int_t)plan->n_units, "parameters", plan->parameters);
    json_t *identity = json_pack("{s:O, s:O}", "manifest", manifest, "units", plan->units);
    int r = identity ? digest(hex, identity) : -ENOMEM;
    json_decref(identity);
    if (r == 0 && json_object_set_new(manifest, "plan", json_string(hex)) == 0 &&
        json_object_set_new(manifest, "runs", json_array()) == 0)
        return manifest;
    json_decref(manifest);
    return NULL;
}

static void processor_name(char *out, size_t size) {
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    struct utsname system;
    snprintf(out, size, "%s", uname(&system) == 0 ? system.machine : "unknown");
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (colon && strncmp(line, "model name", 10) == 0) {
            snprintf(out, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    if (f)
        fclose(f);
}

static json_t *date(void) {
    char text[32];
    time_t t = time(NULL);
    struct tm tm;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
    return json_string(text);
}

static json_t *libraries(void) {
    json_t *object = json_pack("{s:s, s:s, s:s}", "libsodium", sodium_version_string(), "jansson",
                               jansson_version_str(), "libcrypto", LAB_LIBCRYPTO);
#ifdef __GLIBC__
    json_object_set_new(object, "glibc", json_string(gnu_get_libc_version()));
#endif
    return object;
}

json_t *manifest_run_new(unsigned n_threads, unsigned shard, unsigned n_shards) {
    char processor[128], part[32];
    struct utsname system = {0};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uname(&system);
    processor_name(processor, sizeof processor);
    snprintf(part, sizeof part, "%u/%u", shard, n_shards);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:o, s:o, s:s?, s:n, s:n}", "version", PARLEY_VERSION,
                     "revision", lab_revision, "system", system.sysname, "machine", system.machine, "processor",
                     processor, "processors", (json_int_t)processors, "threads", (int)n_threads, "libraries",
                     libraries(), "started", date(), "shard", n_shards ? part : NULL, "ended", "seconds");
}

int manifest_run_end(json_t *run, double seconds) {
    return json_object_set_new(run, "ended", date()) == 0 &&
                   json_object_set_new(run, "seconds", json_real(seconds)) == 0
               ? 0
               : -ENOMEM;
}
