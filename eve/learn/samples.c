#include "eve/learn/samples.h"

#include <errno.h>
#include <stdlib.h>

enum { ROWS = 1024 }; /* expanded at a time */

static void write_line(FILE *out, char *line, const uint8_t *row, size_t n, unsigned label) {
    for (size_t j = 0; j < n; j++)
        line[j] = (char)('0' + bit_get(row, j));
    line[n] = ' ';
    line[n + 1] = (char)('0' + label);
    line[n + 2] = '\n';
    fwrite(line, 1, n + 3, out);
}

/* Numbers as decimals, the label last. */
static int write_numbers(FILE *out, const struct view *v, const uint32_t *ids, size_t n) {
    size_t columns = v->kind->numbers(v);
    uint16_t *row = malloc(columns * sizeof *row);
    for (size_t i = 0; row && i < n && !ferror(out); i++) {
        size_t id = ids ? ids[i] : i;
        v->kind->number_row(v, id, row);
        for (size_t j = 0; j < columns; j++)
            fprintf(out, "%u ", (unsigned)row[j]);
        fprintf(out, "%u\n", (unsigned)v->kind->number_label(v, id));
    }
    free(row);
    return row ? 0 : -ENOMEM;
}

int samples_write(FILE *out, const struct view *v, const char *session, const uint32_t *ids, size_t n_ids) {
    size_t bytes = view_row_bytes(v), n = ids ? n_ids : view_labels(v), n_plain = ids ? 0 : view_plain(v);
    bool numbers = view_numbers(v);
    size_t columns = numbers ? v->kind->numbers(v) : view_columns(v);
    while (ids && n_plain < n && ids[n_plain] < view_plain(v))
        n_plain++;
    fputs("# parley samples 1\n", out);
    if (session)
        fprintf(out, "# session %s\n", session);
    fprintf(out, "# params %s\n# n %zu\n# plain %zu\n# composed %zu\n", view_set(v)->name, columns, n_plain,
            n - n_plain);
    if (numbers) {
        fprintf(out, "# modulus %u\n# risk %.17g\n", (unsigned)v->set->modulus, view_risk(v));
        return write_numbers(out, v, ids, n);
    }
    fprintf(out, "# theta %.17g\n", view_risk(v));
    uint8_t *rows = malloc(ROWS * bytes);
    char *line = malloc(columns + 4);
    for (size_t first = 0; rows && line && first < n && !ferror(out); first += ROWS) {
        size_t now = n - first < ROWS ? n - first : ROWS;
        if (ids)
            for (size_t i = 0; i < now; i++)
                view_row(v, ids[first + i], rows + i * bytes);
        else
            view_rows(v, first, now, rows);
        for (size_t i = 0; i < now; i++)
            write_line(out, line, rows + i * bytes, columns, view_label(v, ids ? ids[first + i] : first + i));
    }
    int r = rows && line ? 0 : -ENOMEM;
    free(rows);
    free(line);
    return r;
}
