/* eve export: the samples and labels of a session for other programs.
 *
 * text: see samples.h. csv: see csv.h. syndrome: see decoding.h. darmstadt: see darmstadt.h.
 * npz: for numpy: x (samples x n/8 bytes, packed, least significant bit first), z (samples), n, plain (how many of the
 * first are plain), theta. np.unpackbits(d["x"], axis=1, bitorder="little") gives the bits. With captions y_first,
 * y_at, y_value, u_first, u_at, u_value: scipy.sparse.csr_matrix((y_value, y_at, y_first)) is y, composed by plain
 * samples (captions.h). */
#include "eve/cli/commands.h"
#include "eve/cli/printed.h"
#include "eve/cli/select.h"
#include "eve/learn/captions.h"
#include "eve/learn/csv.h"
#include "eve/learn/darmstadt.h"
#include "eve/learn/decoding.h"
#include "eve/learn/npz.h"
#include "eve/learn/samples.h"
#include "eve/learn/view.h"
#include "eve/page/schema.h"
#include "eve/wire/capture.h"

#include "common/base/bytes.h"
#include "common/base/secret.h"
#include "common/shell/host/status.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1024 }; /* expanded at a time */

/* ---- with captions */

enum { LINE = 1 << 16 };

/* The key of the session's captions: of the last attempt that the file tells of, which is the one that was learned. */
static int read_key(struct arguments *a, const struct observe_facts *facts, uint8_t key[static 32]) {
    FILE *in = fopen(a->both, "re");
    if (!in) {
        screen_error(&a->screen, "--both %s: %s", a->both, strerror(errno));
        return STATUS_IO;
    }
    char *line = malloc(LINE), why[SCHEMA_WHY];
    unsigned long number = 0;
    bool found = false, bad = false;
    while (line && !bad && fgets(line, LINE, in)) {
        size_t n = strlen(line);
        json_t *object = schema_read_private(line, n, why);
        bad = !object;
        number++;
        const char *session = json_string_value(json_object_get(object, "session")),
                   *set = json_string_value(json_object_get(object, "params"));
        if (session && strcmp(session, facts->session) == 0 && strcmp(set, facts->set->name) == 0) {
            found = true;
            bytes_from_hex(key, 32, json_string_value(json_object_get(object, "key")));
        }
        json_decref(object);
        sodium_memzero(line, n);
    }
    int status = !line ? STATUS_INTERNAL : bad || !found ? STATUS_DATA : STATUS_OK;
    if (ferror(in)) {
        screen_error(&a->screen, "--both %s: %s", a->both, strerror(errno));
        status = STATUS_IO;
    } else if (!line)
        screen_error(&a->screen, "out of memory");
    else if (bad)
        screen_error(&a->screen, "%s: line %lu: %s", a->both, number, why);
    else if (!found)
        screen_error(&a->screen, "%s: it has no captions of session %s: alice writes them with --private-events",
                     a->both, facts->session);
    free(line);
    fclose(in);
    return status;
}

static int make_captions(struct captions **captionsp, struct arguments *a, const struct view *view,
                         const struct observe_facts *facts) {
    SECRET32 uint8_t key[32];
    int status = read_key(a, facts, key);
    if (status != STATUS_OK)
        return status;
    int r = captions_new(captionsp, view, key);
    long right = r == 0 ? captions_check(*captionsp, view) : r;
    if (right < 0) {
        screen_error(&a->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    if ((size_t)right < (*captionsp)->n) {
        screen_error(&a->screen, "%s: its captions of session %s do not explain composed sample %ld of the capture",
                     a->both, facts->session, right);
        return STATUS_DATA;
    }
    return STATUS_OK;
}

static void npz_words(struct npz *z, const char *name, const uint32_t *words, size_t n) {
    uint8_t four[4];
    npz_array(z, name, "<u4", 1, (const size_t[]){n});
    for (size_t i = 0; i < n; i++) {
        store32_le(four, words[i]);
        npz_data(z, four, 4);
    }
}

static void npz_captions(struct npz *z, const struct captions *c) {
    size_t n_y = c->y_first[c->n], n_u = c->u_first[c->n];
    uint8_t two[2];
    npz_words(z, "y_first", c->y_first, c->n + 1);
    npz_words(z, "y_at", c->y_at, n_y);
    npz_array(z, "y_value", "|i1", 1, (const size_t[]){n_y});
    npz_data(z, c->y_value, n_y);
    npz_words(z, "u_first", c->u_first, c->n + 1);
    npz_words(z, "u_at", c->u_at, n_u);
    npz_array(z, "u_value", "<u2", 1, (const size_t[]){n_u});
    for (size_t i = 0; i < n_u; i++) {
        store16_le(two, c->u_value[i]);
        npz_data(z, two, 2);
    }
}

/* ---- */

static int export_npz(const struct view *v, const struct captions *captions, FILE *out) {
    size_t bytes = view_row_bytes(v), n = view_labels(v);
    uint8_t *rows = malloc(ROWS * bytes), *labels = malloc(n);
    struct npz z;
    if (rows && labels) {
        uint64_t dimension = view_columns(v), plain = view_plain(v);
        npz_begin(&z, out);
        npz_array(&z, "x", "|u1", 2, (const size_t[]){n, bytes});
        for (size_t first = 0; first < n && !ferror(out); first += ROWS) {
            size_t now = n - first < ROWS ? n - first : ROWS;
            view_rows(v, first, now, rows);
            npz_data(&z, rows, now * bytes);
        }
        for (size_t i = 0; i < n; i++)
            labels[i] = (uint8_t)view_label(v, i);
        npz_array(&z, "z", "|u1", 1, (const size_t[]){n});
        npz_data(&z, labels, n);
        npz_number(&z, "n", dimension);
        npz_number(&z, "plain", plain);
        npz_real(&z, "theta", view_risk(v));
        if (captions)
            npz_captions(&z, captions);
        npz_end(&z);
    }
    int r = rows && labels ? 0 : -ENOMEM;
    free(rows);
    free(labels);
    return r;
}

/* The same of rows of numbers. */
static int export_numbers(const struct view *v, const struct captions *captions, FILE *out) {
    size_t columns = v->kind->numbers(v), n = view_labels(v);
    uint16_t *row = malloc(columns * sizeof *row);
    uint8_t *bytes = malloc(2 * columns), two[2];
    struct npz z;
    if (row && bytes) {
        npz_begin(&z, out);
        npz_array(&z, "x", "<u2", 2, (const size_t[]){n, columns});
        for (size_t i = 0; i < n && !ferror(out); i++) {
            v->kind->number_row(v, i, row);
            for (size_t j = 0; j < columns; j++)
                store16_le(bytes + 2 * j, row[j]);
            npz_data(&z, bytes, 2 * columns);
        }
        npz_array(&z, "z", "<u2", 1, (const size_t[]){n});
        for (size_t i = 0; i < n; i++) {
            store16_le(two, v->kind->number_label(v, i));
            npz_data(&z, two, 2);
        }
        npz_number(&z, "n", columns);
        npz_number(&z, "plain", view_plain(v));
        npz_number(&z, "modulus", v->set->modulus);
        npz_real(&z, "risk", view_risk(v));
        if (captions)
            npz_captions(&z, captions);
        npz_end(&z);
    }
    int r = row && bytes ? 0 : -ENOMEM;
    free(row);
    free(bytes);
    return r;
}

/* Formats of challenges elsewhere, each for some tasks. */
static const struct format {
    const char *name, *tasks;
    bool (*fits)(const struct view *v);
    int (*write)(FILE *out, const struct view *v); /* 1: the samples do not span all vectors */
} formats[] = {
    {"syndrome", "lpn and ring", decoding_fits, decoding_write},
    {"darmstadt", "lwe", darmstadt_fits, darmstadt_write},
};

static const struct format *format_of(const char *name) {
    for (size_t i = 0; name && i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static bool is_named(const struct arguments *a, const char *format) {
    return a->format && strcmp(a->format, format) == 0;
}

/* What the command line asks for, by itself. */
static int check_format(struct arguments *a) {
    bool npz = is_named(a, "npz"), csv = is_named(a, "csv");
    if (a->format && !npz && !csv && !format_of(a->format) && !is_named(a, "text")) {
        screen_error(&a->screen, "--format is text, csv, npz, syndrome or darmstadt, not '%s'", a->format);
        return STATUS_USAGE;
    }
    if (a->both && !npz && !csv) {
        screen_error(&a->screen, "--both: captions go into csv or npz: add --format csv");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

/* key: what the view needs, which it borrows. */
static int view_session(struct view *view, uint8_t key[static 32], struct arguments *a,
                        const struct observe_facts *facts) {
    const struct format *format = format_of(a->format);
    const struct set *set = facts->set;
    if (!view_of(view, key, facts) || (view_columns(view) == 0 && !view_numbers(view))) {
        screen_error(&a->screen, "session %s has set %s, of the task %s: its samples are no rows of bits or numbers",
                     facts->session, set->name, set->task->name);
        return STATUS_DATA;
    }
    if (format && !format->fits(view)) {
        screen_error(&a->screen, "session %s has set %s; --format %s is for the tasks %s", facts->session, set->name,
                     format->name, format->tasks);
        return STATUS_DATA;
    }
    return STATUS_OK;
}

static int write_samples(FILE *out, struct arguments *a, const struct view *view, const struct captions *captions,
                         const char *session) {
    const struct format *format = format_of(a->format);
    errno = 0;
    int r = format                ? format->write(out, view)
            : is_named(a, "csv")  ? csv_write(out, view, captions)
            : !is_named(a, "npz") ? samples_write(out, view, session, NULL, 0)
            : view_numbers(view)  ? export_numbers(view, captions, out)
                                  : export_npz(view, captions, out);
    if (r < 0)
        screen_error(&a->screen, "out of memory");
    else if (r > 0)
        screen_error(&a->screen, "the samples of this session do not span all vectors");
    return r < 0 ? STATUS_INTERNAL : r > 0 ? STATUS_DATA : STATUS_OK;
}

/* Standard output, or the file of --output; status: what has become of what was written to it. */
static int close_output(FILE *out, struct arguments *a, int status) {
    if (out == stdout)
        return printed_end(&a->screen, status);
    bool failed = fflush(out) != 0 || ferror(out);
    if (fclose(out) == 0 && !failed)
        return status;
    screen_error(&a->screen, "%s: %s", a->output, strerror(errno ? errno : EIO));
    return STATUS_IO;
}

int export_run(struct arguments *a) {
    struct capture capture;
    struct capture_session *session = NULL;
    uint8_t key[32];
    struct view view;
    struct captions *captions = NULL;
    FILE *out = stdout;
    int status = check_format(a);
    if (status != STATUS_OK)
        return status;
    status = select_one(&capture, a, &session);
    if (status == STATUS_OK)
        status = view_session(&view, key, a, session->facts);
    if (status == STATUS_OK && a->both)
        status = make_captions(&captions, a, &view, session->facts);
    if (status == STATUS_OK && a->output && !(out = fopen(a->output, "wbe"))) {
        screen_error(&a->screen, "%s: %s", a->output, strerror(errno));
        status = STATUS_IO;
    }
    if (status == STATUS_OK) {
        status = write_samples(out, a, &view, captions, session->facts->session);
        status = close_output(out, a, status);
    }
    captions_free(captions);
    capture_deinit(&capture);
    return status;
}
