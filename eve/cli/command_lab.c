/* eve lab: runs an experiment, joins the shards of one, or draws its figures again. What is measured is in eve/lab;
 * here are folders, words to the user and the exit status. */
#include "eve/cli/commands.h"
#include "eve/cli/printed.h"
#include "eve/lab/folder.h"
#include "eve/lab/manifest.h"
#include "eve/lab/plan.h"
#include "eve/lab/plot.h"
#include "eve/lab/report.h"
#include "eve/lab/run.h"
#include "eve/learn/duration.h"

#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/shell/host/status.h"
#include "common/shell/net/timer.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int status_of(int error) {
    switch (error) {
    case -ENOMEM:
        return STATUS_INTERNAL;
    case -EEXIST:
    case -EBADMSG:
    case -ENOENT:
        return STATUS_DATA;
    case -EBUSY:
        return STATUS_UNAVAILABLE;
    case -EACCES:
    case -EPERM:
        return STATUS_PERMISSION;
    default:
        return STATUS_IO;
    }
}

static int folder_failed(struct arguments *a, const struct folder *f, int error) {
    screen_error(&a->screen, "%s%s", f->problem,
                 error == -EEXIST  ? ": choose another --out"
                 : error == -EBUSY ? ": wait for it, or choose another --out"
                                   : "");
    return status_of(error);
}

/* What the experiment itself expects of one core. */
static void time_text(char text[static DURATION_TEXT], const struct lab_experiment *experiment, enum lab_size size) {
    struct lab_plan plan = {.size = size, .n_threads = 1};
    double seconds = 0;
    snprintf(text, DURATION_TEXT, "?"); /* of scale, where alice and bob are not found */
    if (plan_make(&plan, experiment) == 0) {
        for (size_t i = 0; i < plan.n_units; i++)
            seconds += plan.seconds[i];
        duration_text(text, seconds, 1);
    }
    plan_free(&plan);
}

enum { INDENT = 6, WIDTH = 78 };

/* Words, broken into lines. */
static void print_wrapped(FILE *out, const char *text) {
    size_t at = WIDTH;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (at + 1 + n > WIDTH)
            at = (size_t)fprintf(out, "%s%*s%.*s", at == WIDTH ? "" : "\n", INDENT, "", (int)n, text) - (at != WIDTH);
        else
            at += (size_t)fprintf(out, " %.*s", (int)n, text);
        text += n + strspn(text + n, " ");
    }
    fputc('\n', out);
}

static void list_one(FILE *out, const struct lab_experiment *experiment) {
    char quick[DURATION_TEXT], full[DURATION_TEXT];
    time_text(quick, experiment, LAB_QUICK);
    time_text(full, experiment, LAB_FULL);
    fprintf(out, "  %-11s  %12s  %12s\n", experiment->name, quick, full);
    print_wrapped(out, experiment->summary);
}

void lab_list(FILE *out, const char *name) {
    size_t n;
    const struct lab_experiment *const *table = lab_experiments(&n), *only = name ? lab_find(name) : NULL;
    fprintf(out, "  %-11s  %12s  %12s  of one core, about\n", "EXPERIMENT", "--quick", "full");
    for (size_t i = 0; i < n; i++)
        if (!only || table[i] == only)
            list_one(out, table[i]);
    if (!only)
        fputs("  merge        joins the shards of a run: eve lab merge FOLDER... --out FOLDER\n"
              "  plot         draws a run again: eve lab plot FOLDER\n",
              out);
}

/* ---- what a finished run says */

static int write_tables(struct folder *f, const struct lab_report *report) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < json_array_size(report->tables); i++) {
        const char *name;
        char file[96], *text = report_tsv(report, i, &name);
        if (!text)
            return -ENOMEM;
        snprintf(file, sizeof file, "%s.tsv", name);
        r = folder_write(f, file, text);
        free(text);
    }
    return r;
}

/* *drawnp: whether all figures are there. */
static int draw(bool *drawnp, struct arguments *a, struct folder *f, const struct lab_experiment *experiment,
                const struct lab_report *report) {
    size_t n = sizeof experiment->figures / sizeof experiment->figures[0];
    *drawnp = true;
    for (size_t i = 0; i < n && experiment->figures[i].name; i++) {
        if (!report_has_table(report, experiment->figures[i].table))
            continue;
        int r = plot_figure(f, &experiment->figures[i], report->values);
        if (r == -ENOENT) {
            screen_warning(
                &a->screen,
                "no gnuplot here, so no figures: `apt-get install gnuplot-nox`, then `eve lab plot %s` draws "
                "them from the data that is there",
                f->path);
            *drawnp = false;
            return STATUS_OK;
        }
        if (r < 0) { /* a run that came to nothing has no points to draw */
            screen_warning(&a->screen, "%s/%s.gp: gnuplot could not draw it; the data is kept", f->path,
                           experiment->figures[i].name);
            *drawnp = false;
        }
    }
    return *drawnp || strcmp(a->file, "plot") != 0 ? STATUS_OK : STATUS_IO;
}

/* Numbers of one revision are not those of another, where a learner has changed between them. */
static void warn_of_revisions(struct arguments *a, const struct folder *f) {
    const json_t *runs = json_object_get(f->manifest, "runs");
    const char *first = NULL;
    size_t i;
    json_t *run;
    json_array_foreach(runs, i, run) {
        const char *revision = json_string_value(json_object_get(run, "revision"));
        char one[96], other[96];
        if (first && revision && strcmp(first, revision) != 0) {
            text_escape(one, sizeof one, (const uint8_t *)first, strlen(first));
            text_escape(other, sizeof other, (const uint8_t *)revision, strlen(revision));
            screen_warning(&a->screen, "%s: its units are of more than one revision of the program: %.40s, %.40s",
                           f->path, one, other);
            return;
        }
        first = revision ? revision : first;
    }
}

/* Tables, result, figures: of all units, or of those that are there. */
static int finish(struct arguments *a, struct folder *f) {
    const struct lab_experiment *experiment = f->experiment;
    struct lab_report report;
    warn_of_revisions(a, f);
    int r = report_make(&report, experiment, f->manifest, f->units);
    char *text = r == 0 ? report_text(&report) : NULL;
    json_t *result = text ? report_json(&report, f->manifest) : NULL;
    if (r == 0 && !result)
        r = -ENOMEM;
    if (r == 0)
        r = folder_write_json(f, "result.json", result);
    if (r == 0)
        r = folder_write(f, "table.txt", text);
    if (r == 0)
        r = write_tables(f, &report);
    int status = STATUS_OK;
    if (r < 0) {
        screen_error(&a->screen, "%s: %s", f->path, f->problem[0] ? f->problem : strerror(-r));
        status = status_of(r);
    } else {
        fputs(text, stdout);
        bool drawn;
        status = draw(&drawn, a, f, experiment, &report);
        status = printed_end(&a->screen, status);
        screen_line(&a->screen, SCREEN_DIM, "In %s: result.json, table.txt, data%s.", f->path,
                    drawn ? ", figures (SVG, PNG, PDF)" : "; not all figures");
    }
    if (status == STATUS_OK && !report_holds(&report))
        status = STATUS_NEGATIVE;
    json_decref(result);
    free(text);
    report_free(&report);
    return status;
}

/* ---- running */

static int keep(void *context, const json_t *line) {
    return folder_append(context, line);
}

/* The seed of the run that the folder holds, unless another was asked for. */
static void choose_seed(uint8_t seed[static 32], const struct arguments *a, const char *path) {
    struct folder f;
    const char *hex = folder_read(&f, path) == 0 ? json_string_value(json_object_get(f.manifest, "seed")) : NULL;
    if (a->seeded)
        memcpy(seed, a->seed, 32);
    else if (!hex || bytes_from_hex(seed, 32, hex) < 0)
        randombytes_buf(seed, 32);
    folder_close(&f);
}

static int run_units(struct arguments *a, struct folder *f, const struct lab_experiment *experiment,
                     const struct lab_plan *plan, const uint8_t seed[static 32]) {
    char duration[DURATION_TEXT], part[48] = "", memory[48] = "";
    double bytes = plan->n_threads * json_number_value(json_object_get(plan->parameters, "memory_bytes"));
    struct lab_run run = {.experiment = experiment,
                          .plan = plan,
                          .shard = a->shard,
                          .n_shards = a->n_shards,
                          .done = calloc(plan->n_units, sizeof *run.done),
                          .keep = keep,
                          .context = f,
                          .screen = &a->screen};
    json_t *entry = manifest_run_new(plan->n_threads, a->shard, a->n_shards);
    if (!run.done || !entry) {
        free(run.done);
        json_decref(entry);
        return -ENOMEM;
    }
    memcpy(run.seed, seed, 32);
    size_t mine = 0, left = 0;
    for (size_t i = 0; i < plan->n_units; i++) {
        run.done[i] = !json_is_null(json_array_get(f->units, i));
        mine += plan_in_shard(i, a->shard, a->n_shards);
        left += plan_in_shard(i, a->shard, a->n_shards) && !run.done[i];
    }
    if (a->n_shards)
        snprintf(part, sizeof part, ", shard %u of %u", a->shard, a->n_shards);
    if (bytes > 0)
        snprintf(memory, sizeof memory, ", at most %.0f MB", ceil(bytes / 1e6));
    duration_text(duration, lab_run_estimate(&run), 1);
    if (left == 0)
        screen_line(&a->screen, SCREEN_PLAIN, "%s%s: all is in %s already.", experiment->name, part, f->path);
    else
        screen_line(&a->screen, SCREEN_PLAIN, "%s (%s%s): %zu of %zu units to do on %u threads, about %s%s.",
                    experiment->name, lab_size_name(plan->size), part, left, mine, plan->n_threads, duration, memory);
    double began = timer_now();
    int r = left ? lab_run_units(&run) : 0;
    if (left) {
        manifest_run_end(entry, timer_now() - began);
        json_array_append(json_object_get(f->manifest, "runs"), entry);
        int written = folder_write_json(f, "manifest.json", f->manifest);
        r = r == 0 ? written : r;
    }
    json_decref(entry);
    free(run.done);
    return r;
}

static int run_experiment(struct arguments *a, const struct lab_experiment *experiment, struct lab_plan *plan) {
    char path[64];
    uint8_t seed[32];
    struct folder f;
    snprintf(path, sizeof path, "lab-%s%s%s", experiment->name, plan->size == LAB_FULL ? "" : "-",
             plan->size == LAB_FULL ? "" : lab_size_name(plan->size));
    const char *out = a->output ? a->output : path;
    choose_seed(seed, a, out);
    json_t *manifest = manifest_new(experiment, plan, seed);
    int status, r = manifest ? folder_open(&f, out, manifest) : -ENOMEM;
    if (r < 0) {
        status = manifest ? folder_failed(a, &f, r) : STATUS_INTERNAL;
    } else if ((r = run_units(a, &f, experiment, plan, seed)) == -EINTR) {
        screen_line(&a->screen, SCREEN_PLAIN, "Interrupted; the same command goes on with the rest.");
        status = STATUS_SIGNAL + lab_run_signal();
    } else if (r < 0) {
        screen_error(&a->screen, "%s", f.problem[0] ? f.problem : strerror(-r));
        status = status_of(r);
    } else if (f.n_done < plan->n_units) {
        screen_line(&a->screen, SCREEN_PLAIN, "%zu of %zu units are in %s. `eve lab merge` joins the shards.", f.n_done,
                    plan->n_units, out);
        status = STATUS_OK;
    } else {
        status = finish(a, &f);
    }
    if (manifest)
        folder_close(&f);
    return status;
}

/* For each kind of claim the faults that violate it. */
static void list_faults(const struct lab_experiment *experiment) {
    printf("  %-14s  %s\n", "--fault", "violates each claim with these words");
    for (const struct lab_break *b = experiment->breaks; b->phrase; b++) {
        char names[64] = "";
        for (enum lab_fault f = LAB_FAULT_LEARNER; f; f = lab_fault_next(f))
            if (b->faults & f)
                snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", *names ? "," : "",
                         lab_fault_name(f));
        printf("  %-14s  %s\n", names, b->phrase);
    }
}

static int plan_and_run(struct arguments *a, const struct lab_experiment *experiment) {
    char bad[32];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct lab_plan plan = {
        .size = a->check_size ? LAB_CHECK
                : a->quick    ? LAB_QUICK
                              : LAB_FULL,
        .budget = a->budget,
        .n_threads = a->threads       ? a->threads
                     : processors > 0 ? (unsigned)processors
                                      : 1,
        .programs = a->programs,
    };
    if (a->fault && strcmp(a->fault, "list") == 0) {
        list_faults(experiment);
        return printed_end(&a->screen, STATUS_OK);
    }
    if (a->fault && !((plan.fault = lab_fault_find(a->fault)) & lab_faults_of(experiment))) {
        screen_error(&a->screen,
                     "%s: --fault: it has no '%.40s'; `eve lab %s --fault list` says which claims which violates",
                     experiment->name, a->fault, experiment->name);
        return STATUS_USAGE;
    }
    if (a->sets && plan_parse_sets(&plan, a->sets, bad) < 0) {
        screen_error(&a->screen,
                     "--sets: no set '%s': n64 to n8192 or any multiple of 32 from 32 on, a set of another task, "
                     "or a task, as lpn",
                     bad);
        return STATUS_USAGE;
    }
    int r = plan_make(&plan, experiment), status;
    if (r == 0 && a->sets && plan_check_sets(&plan, a->sets, bad) < 0) {
        screen_error(&a->screen, "%s: --sets: it does nothing with '%s' (eve lab %s --help)", experiment->name, bad,
                     experiment->name);
        plan_free(&plan);
        return STATUS_USAGE;
    }
    if (r == -ENOMEM) {
        screen_error(&a->screen, "out of memory");
        status = STATUS_INTERNAL;
    } else if (r == -ENOENT) {
        screen_error(&a->screen, "%s: no alice and bob %s: --programs FOLDER says where they are", experiment->name,
                     a->programs ? "there" : "beside eve or in PATH");
        status = STATUS_USAGE;
    } else if (r < 0) {
        screen_error(&a->screen, "%s: nothing to do with these sets", experiment->name);
        status = STATUS_USAGE;
    } else
        status = run_experiment(a, experiment, &plan);
    plan_free(&plan);
    return status;
}

/* ---- merge and plot */

/* Of a run's options the first that was given, which do nothing with folders that are there; NULL if none was. */
static const char *idle_option(const struct arguments *a) {
    const struct {
        const char *name;
        bool given;
    } options[] = {{"--sets", a->sets},
                   {"--quick", a->quick},
                   {"--check-size", a->check_size},
                   {"--shard", a->n_shards},
                   {"--budget", a->budget > 0},
                   {"--threads", a->threads},
                   {"--seed", a->seeded},
                   {"--fault", a->fault},
                   {"--programs", a->programs},
                   {"--out", a->output && strcmp(a->file, "plot") == 0}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (options[i].given)
            return options[i].name;
    return NULL;
}

static bool is_same_folder(const char *a, const char *b) {
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* What the folder has and `into` has not. */
static int take_over(struct arguments *a, struct folder *into, const char *path) {
    struct folder from;
    int r = folder_read(&from, path), status = STATUS_OK;
    if (r < 0)
        status = folder_failed(a, &from, r);
    else if ((r = folder_merge(into, &from)) < 0)
        status = folder_failed(a, into, r);
    folder_close(&from);
    return status;
}

static int merge(struct arguments *a) {
    struct folder into, first;
    if (!a->more[0] || !a->output) {
        screen_error(&a->screen, "eve lab merge FOLDER... --out FOLDER");
        return STATUS_USAGE;
    }
    for (size_t i = 0; a->more[i]; i++)
        if (is_same_folder(a->more[i], a->output)) {
            screen_error(&a->screen, "merge: '%s' is --out itself: choose another --out", a->more[i]);
            return STATUS_USAGE;
        }
    int r = folder_read(&first, a->more[0]), status;
    if (r < 0) {
        status = folder_failed(a, &first, r);
        folder_close(&first);
        return status;
    }
    json_t *manifest = json_deep_copy(first.manifest);
    folder_close(&first);
    json_array_clear(json_object_get(manifest, "runs"));
    r = folder_open(&into, a->output, manifest);
    status = r < 0 ? folder_failed(a, &into, r) : STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && a->more[i]; i++)
        status = take_over(a, &into, a->more[i]);
    if (status == STATUS_OK && folder_write_json(&into, "manifest.json", into.manifest) < 0)
        status = folder_failed(a, &into, -EIO);
    size_t n_units = status == STATUS_OK ? json_array_size(into.units) : 0;
    if (status == STATUS_OK && into.n_done < n_units) {
        screen_error(&a->screen, "%zu of %zu units are missing: a shard is not complete, or not named",
                     n_units - into.n_done, n_units);
        status = STATUS_DATA;
    } else if (status == STATUS_OK)
        status = finish(a, &into);
    folder_close(&into);
    return status;
}

static int plot(struct arguments *a) {
    struct folder f;
    if (!a->more[0] || a->more[1]) {
        screen_error(&a->screen, "eve lab plot FOLDER");
        return STATUS_USAGE;
    }
    int r = folder_read(&f, a->more[0]), status;
    if (r < 0)
        status = folder_failed(a, &f, r);
    else {
        if (f.n_done < json_array_size(f.units))
            screen_warning(&a->screen, "%s: only %zu of %zu units are there", f.path, f.n_done,
                           json_array_size(f.units));
        status = finish(a, &f);
    }
    folder_close(&f);
    return status;
}

int lab_run(struct arguments *a) {
    bool folders = strcmp(a->file, "merge") == 0 || strcmp(a->file, "plot") == 0;
    if (a->output && !*a->output) {
        screen_error(&a->screen, "--out: it is empty");
        return STATUS_USAGE;
    }
    if (folders && idle_option(a)) {
        screen_error(&a->screen, "%s: %s does nothing here: it takes what the folder says", a->file, idle_option(a));
        return STATUS_USAGE;
    }
    if (folders)
        return strcmp(a->file, "merge") == 0 ? merge(a) : plot(a);
    const struct lab_experiment *experiment = lab_find(a->file);
    if (!experiment || a->more[0]) {
        screen_error(&a->screen, "no experiment '%.40s'. There are:", experiment ? a->more[0] : a->file);
        lab_list(stderr, NULL);
        return STATUS_USAGE;
    }
    return plan_and_run(a, experiment);
}
