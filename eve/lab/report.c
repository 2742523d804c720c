#include "eve/lab/report.h"

#include "common/base/text.h"
#include "common/task/table/table.h"
#include "eve/lab/plan.h"
#include "eve/lab/statistics.h"
#include "eve/learn/duration.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whatever text comes out may have come in from a file: it is escaped where it is printed, and a note is one line.
 *
 * A table in report->tables: {"name", "columns": [{"key", "heading", "cell", "digits"}], "rows": [...]}. */

json_t *lab_real(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *find_table(const struct lab_report *report, const char *name) {
    size_t i;
    json_t *table;
    json_array_foreach(report->tables, i, table) {
        if (strcmp(json_string_value(json_object_get(table, "name")), name) == 0)
            return table;
    }
    return NULL;
}

bool report_has_table(const struct lab_report *report, const char *name) {
    return find_table(report, name);
}

int lab_table(struct lab_report *report, const char *name, const struct lab_column *columns, size_t n_columns) {
    json_t *list = json_array();
    for (size_t i = 0; i < n_columns; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:i, s:i}", "key", columns[i].key, "heading", columns[i].heading,
                                        "cell", (int)columns[i].cell, "digits", columns[i].digits));
    return json_array_size(list) == n_columns &&
                   json_array_append_new(report->tables,
                                         json_pack("{s:s, s:o, s:[]}", "name", name, "columns", list, "rows")) == 0
               ? 0
               : -ENOMEM;
}

int lab_row(struct lab_report *report, const char *table, json_t *row) {
    return json_array_append_new(json_object_get(find_table(report, table), "rows"), row) < 0 ? -ENOMEM : 0;
}

__attribute__((format(printf, 1, 0))) static char *text_of(const char *format, va_list args) {
    char *text;
    return vasprintf(&text, format, args) < 0 ? NULL : text;
}

/* In the JSON "holds" is false of what is violated alone; "verdict" has all three. */
enum verdict { VIOLATED, HOLDS, NOT_CONTRADICTED };

static const char *const verdict_names[] = {"violated", "holds", "not contradicted"};

/* Names of the faults that violate a claim: none if the experiment has forgotten it. */
static json_t *faults_of(const struct lab_report *report, const char *text) {
    json_t *names = json_array();
    const struct lab_break *b = report->breaks;
    while (b && b->phrase && !strstr(text, b->phrase))
        b++;
    for (enum lab_fault f = LAB_FAULT_LEARNER; b && f; f = lab_fault_next(f))
        if (b->faults & f)
            json_array_append_new(names, json_string(lab_fault_name(f)));
    return names;
}

/* Frees text. */
static int add_claim(struct lab_report *report, enum verdict verdict, double value, double low, double high,
                     char *text) {
    json_t *interval = isnan(low) && isnan(high) ? json_null() : json_pack("[o, o]", lab_real(low), lab_real(high));
    json_t *claim = json_pack("{s:s, s:b, s:s, s:o, s:o, s:o}", "text", text ? text : "", "holds", verdict != VIOLATED,
                              "verdict", verdict_names[verdict], "value", lab_real(value), "interval", interval,
                              "faults", faults_of(report, text ? text : ""));
    int r = text && json_array_append_new(report->claims, claim) == 0 ? 0 : -ENOMEM;
    free(text);
    return r;
}

int lab_claim(struct lab_report *report, bool holds, double value, double low, double high, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = text_of(format, args);
    va_end(args);
    return add_claim(report, holds ? HOLDS : VIOLATED, value, low, high, text);
}

int lab_claim_seen(struct lab_report *report, int seen, double value, double low, double high, const char *format,
                   ...) {
    va_list args;
    va_start(args, format);
    char *text = text_of(format, args);
    va_end(args);
    return add_claim(report, seen > 0 ? HOLDS : seen < 0 ? VIOLATED : NOT_CONTRADICTED, value, low, high, text);
}

int lab_claim_at_most(struct lab_report *report, double bound, size_t x, size_t n, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = text_of(format, args);
    va_end(args);
    double least = NAN, unused, most = statistics_upper95(x, n);
    if (n > 0)
        statistics_exact(&least, &unused, x, n, LAB_CERTAIN);
    enum verdict verdict = !(least <= bound) ? VIOLATED : most <= bound ? HOLDS : NOT_CONTRADICTED;
    /* what speaks for the verdict: how often at least, or at most */
    return add_claim(report, verdict, (double)x / (double)n, verdict == VIOLATED ? least : NAN,
                     verdict == VIOLATED ? NAN : most, text);
}

int lab_claim_between(struct lab_report *report, double least, double most, double value, double low, double high,
                      const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = text_of(format, args);
    va_end(args);
    enum verdict verdict = !(low <= most && high >= least) ? VIOLATED
                           : low >= least && high <= most  ? HOLDS
                                                           : NOT_CONTRADICTED;
    return add_claim(report, verdict, value, low, high, text);
}

int lab_claim_is(struct lab_report *report, double expected, double tolerance, double value, double low, double high,
                 const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = text_of(format, args);
    va_end(args);
    enum verdict verdict = !(low <= expected && expected <= high)                        ? VIOLATED
                           : low >= expected - tolerance && high <= expected + tolerance ? HOLDS
                                                                                         : NOT_CONTRADICTED;
    return add_claim(report, verdict, value, low, high, text);
}

int lab_value(struct lab_report *report, const char *name, double value) {
    return json_object_set_new(report->values, name, lab_real(value)) < 0 ? -ENOMEM : 0;
}

int lab_line(struct lab_report *report, const char *name, const struct statistics_line *line) {
    const struct {
        const char *suffix;
        double value;
    } parts[] = {{"a", exp(line->intercept)}, {"b", line->slope},   {"n", line->n},         {"mean", line->mean},
                 {"squares", line->squares},  {"half", line->half}, {"least", line->least}, {"most", line->most}};
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++) {
        char full[64];
        snprintf(full, sizeof full, "%s_%s", name, parts[i].suffix);
        r = lab_value(report, full, parts[i].value);
    }
    return r;
}

int lab_note(struct lab_report *report, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = text_of(format, args);
    va_end(args);
    int r = text && json_array_append_new(report->notes, json_string(text)) == 0 ? 0 : -ENOMEM;
    free(text);
    return r;
}

/* ---- making and describing */

int report_make(struct lab_report *report, const struct lab_experiment *experiment, const json_t *manifest,
                const json_t *units) {
    const char *size = json_string_value(json_object_get(manifest, "size"));
    const char *fault = json_string_value(json_object_get(manifest, "fault"));
    *report = (struct lab_report){
        .size = !size || strcmp(size, "full") == 0 ? LAB_FULL
                : strcmp(size, "quick") == 0       ? LAB_QUICK
                                                   : LAB_CHECK,
        .fault = fault ? lab_fault_find(fault) : LAB_NO_FAULT,
        .breaks = experiment->breaks,
        .parameters = json_object_get(manifest, "parameters"),
        .complete = true,
        .done = json_array(),
        .claims = json_array(),
        .tables = json_array(),
        .values = json_object(),
        .notes = json_array(),
    };
    size_t i;
    json_t *unit;
    json_array_foreach(units, i, unit) {
        if (json_is_null(unit))
            report->complete = false;
        else if (json_array_append(report->done, unit) < 0)
            return -ENOMEM;
    }
    report->units = report->done;
    if (!report->claims || !report->tables || !report->values || !report->notes)
        return -ENOMEM;
    int r = experiment->report(report);
    const struct task *task;
    for (size_t t = 0; r == 0 && (task = table_task(t)); t++)
        if (task->experimental && lab_has_task(report, task))
            r = lab_note(report, "%s is experimental: nobody outside has looked at it.", task->name);
    return r;
}

void report_free(struct lab_report *report) {
    json_decref(report->done);
    json_decref(report->claims);
    json_decref(report->tables);
    json_decref(report->values);
    json_decref(report->notes);
}

bool report_holds(const struct lab_report *report) {
    size_t i;
    json_t *claim;
    json_array_foreach(report->claims, i, claim) {
        if (!json_is_true(json_object_get(claim, "holds")))
            return false;
    }
    return report->complete && json_array_size(report->claims) > 0;
}

json_t *report_json(const struct lab_report *report, const json_t *manifest) {
    json_t *tables = json_object();
    size_t i;
    json_t *table;
    json_array_foreach(report->tables, i, table) {
        json_object_set(tables, json_string_value(json_object_get(table, "name")), json_object_get(table, "rows"));
    }
    return json_pack("{s:i, s:O, s:b, s:b, s:O, s:O, s:o, s:O, s:O}", "schema", 1, "experiment",
                     json_object_get(manifest, "experiment"), "complete", report->complete, "holds",
                     report_holds(report), "claims", report->claims, "values", report->values, "tables", tables,
                     "notes", report->notes, "manifest", manifest);
}

/* ---- text */

static void print_text(FILE *out, const json_t *text) {
    const char *p = json_string_value(text);
    size_t n = json_string_length(text);
    char *safe = malloc(4 * n + 1);
    if (safe) {
        text_escape(safe, 4 * n + 1, (const uint8_t *)p, n);
        fputs(safe, out);
    }
    free(safe);
}

enum { CELL = 192 };

static void cell_text(char out[static CELL], const json_t *column, const json_t *value) {
    enum lab_cell cell = (enum lab_cell)json_integer_value(json_object_get(column, "cell"));
    int digits = (int)json_integer_value(json_object_get(column, "digits"));
    double number = json_number_value(value);
    char duration[DURATION_TEXT];
    if (!value || json_is_null(value))
        snprintf(out, CELL, "-");
    else if (json_is_string(value))
        text_escape(out, CELL, (const uint8_t *)json_string_value(value), json_string_length(value));
    else if (json_is_boolean(value))
        snprintf(out, CELL, "%s", json_is_true(value) ? "yes" : "no");
    else if (cell == LAB_FIXED)
        snprintf(out, CELL, "%.*f", digits, number);
    else if (cell == LAB_SHORT)
        snprintf(out, CELL, "%.*g", digits, number);
    else if (cell == LAB_DURATION) {
        duration_text(duration, number, 1);
        snprintf(out, CELL, "%s", duration);
    } else
        snprintf(out, CELL, "%.0f", number);
}

static bool shown(const json_t *column) {
    return json_integer_value(json_object_get(column, "cell")) != LAB_HIDDEN;
}

static size_t width_of(const json_t *column, const json_t *rows) {
    char text[CELL];
    size_t width = strlen(json_string_value(json_object_get(column, "heading"))), i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        cell_text(text, column, json_object_get(row, json_string_value(json_object_get(column, "key"))));
        width = strlen(text) > width ? strlen(text) : width;
    }
    return width;
}

static void print_row(FILE *out, const json_t *columns, const json_t *rows, const json_t *row) {
    char text[CELL], line[1024];
    size_t i, used = 0;
    json_t *column;
    line[0] = 0;
    json_array_foreach(columns, i, column) {
        if (!shown(column))
            continue;
        if (row)
            cell_text(text, column, json_object_get(row, json_string_value(json_object_get(column, "key"))));
        else
            snprintf(text, sizeof text, "%s", json_string_value(json_object_get(column, "heading")));
        int width = (int)width_of(column, rows);
        if (json_integer_value(json_object_get(column, "cell")) == LAB_TEXT)
            width = -width;
        used += (size_t)snprintf(line + used, sizeof line - used, "%*s  ", width, text);
        used = used < sizeof line ? used : sizeof line - 1;
    }
    while (used > 0 && line[used - 1] == ' ')
        line[--used] = 0;
    fprintf(out, "%s\n", line);
}

static void print_table(FILE *out, const json_t *table) {
    const json_t *columns = json_object_get(table, "columns"), *rows = json_object_get(table, "rows");
    bool any = false;
    size_t i;
    json_t *one;
    json_array_foreach(columns, i, one) {
        any |= shown(one);
    }
    if (!any)
        return;
    print_row(out, columns, rows, NULL);
    json_array_foreach(rows, i, one) {
        print_row(out, columns, rows, one);
    }
    fputc('\n', out);
}

static void print_claim(FILE *out, const json_t *claim, bool complete) {
    const json_t *interval = json_object_get(claim, "interval"), *value = json_object_get(claim, "value");
    const char *verdict = json_string_value(json_object_get(claim, "verdict"));
    fprintf(out, "%-9s ",
            strcmp(verdict, verdict_names[HOLDS]) == 0              ? "holds:"
            : strcmp(verdict, verdict_names[NOT_CONTRADICTED]) == 0 ? "not contradicted:"
            : complete                                              ? "VIOLATED:"
                                                                    : "not yet:");
    print_text(out, json_object_get(claim, "text"));
    if (json_is_number(value))
        fprintf(out, ": %.4g", json_number_value(value));
    if (json_is_array(interval)) {
        const json_t *low = json_array_get(interval, 0), *high = json_array_get(interval, 1);
        if (json_is_number(low) && json_is_number(high))
            fprintf(out, " (%.4g to %.4g)", json_number_value(low), json_number_value(high));
        else if (json_is_number(high))
            fprintf(out, " (at most %.4g)", json_number_value(high));
        else if (json_is_number(low))
            fprintf(out, " (at least %.4g)", json_number_value(low));
    }
    fputc('\n', out);
}

char *report_text(const struct lab_report *report) {
    char *text = NULL;
    size_t size = 0, i;
    json_t *one;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    json_array_foreach(report->tables, i, one) {
        print_table(out, one);
    }
    json_array_foreach(report->notes, i, one) {
        print_text(out, one);
        fputc('\n', out);
    }
    if (json_array_size(report->notes))
        fputc('\n', out);
    json_array_foreach(report->claims, i, one) {
        print_claim(out, one, report->complete);
    }
    if (!report->complete)
        fputs("INCOMPLETE: not all units are done.\n", out);
    return fclose(out) == 0 ? text : NULL;
}

static void print_value(FILE *out, const json_t *value) {
    if (json_is_string(value))
        print_text(out, value);
    else if (json_is_integer(value))
        fprintf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        fprintf(out, "%.9g", json_real_value(value));
    else if (json_is_boolean(value))
        fputc(json_is_true(value) ? '1' : '0', out);
    else
        fputs("NaN", out);
}

char *report_tsv(const struct lab_report *report, size_t number, const char **namep) {
    const json_t *table = json_array_get(report->tables, number), *columns = json_object_get(table, "columns");
    char *text = NULL;
    size_t size = 0, i, j;
    json_t *row, *column;
    FILE *out = table ? open_memstream(&text, &size) : NULL;
    if (!out)
        return NULL;
    *namep = json_string_value(json_object_get(table, "name"));
    json_array_foreach(columns, j, column) {
        fprintf(out, "%s%s", j ? "\t" : "", json_string_value(json_object_get(column, "key")));
    }
    fputc('\n', out);
    json_array_foreach(json_object_get(table, "rows"), i, row) {
        json_array_foreach(columns, j, column) {
            fputs(j ? "\t" : "", out);
            print_value(out, json_object_get(row, json_string_value(json_object_get(column, "key"))));
        }
        fputc('\n', out);
    }
    return fclose(out) == 0 ? text : NULL;
}
