#include "eve/learn/csv.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <stdlib.h>

enum { ROWS = 1024 }; /* expanded at a time */

static void write_head(FILE *out, size_t columns, bool both) {
    fputs(both ? "plain,y,u" : "plain", out);
    for (size_t j = 0; j < columns; j++)
        fprintf(out, ",x%zu", j);
    fputs(",z\n", out);
}

/* ",y,u" of sample i. */
static void write_caption(FILE *out, const struct view *v, const struct captions *c, size_t i) {
    if (i < view_plain(v)) {
        fputs(",,", out);
        return;
    }
    size_t j = i - view_plain(v);
    for (size_t e = c->y_first[j]; e < c->y_first[j + 1]; e++)
        fprintf(out, "%c%u:%d", e == c->y_first[j] ? ',' : ' ', (unsigned)c->y_at[e], c->y_value[e]);
    fputs(c->y_first[j] == c->y_first[j + 1] ? ",," : ",", out);
    for (size_t e = c->u_first[j]; e < c->u_first[j + 1]; e++)
        fprintf(out, "%s%u:%u", e == c->u_first[j] ? "" : " ", (unsigned)c->u_at[e], (unsigned)c->u_value[e]);
}

static int write_numbers(FILE *out, const struct view *v, const struct captions *captions, size_t columns) {
    uint16_t *row = malloc(columns * sizeof *row);
    for (size_t i = 0; row && i < view_labels(v) && !ferror(out); i++) {
        v->kind->number_row(v, i, row);
        fputc(i < view_plain(v) ? '1' : '0', out);
        if (captions)
            write_caption(out, v, captions, i);
        for (size_t j = 0; j < columns; j++)
            fprintf(out, ",%u", (unsigned)row[j]);
        fprintf(out, ",%u\n", (unsigned)v->kind->number_label(v, i));
    }
    free(row);
    return row ? 0 : -ENOMEM;
}

static int write_bits(FILE *out, const struct view *v, const struct captions *captions, size_t columns) {
    size_t bytes = view_row_bytes(v), n = view_labels(v), length = 2 * (columns + 2);
    uint8_t *rows = malloc(ROWS * bytes);
    char *line = malloc(length); /* a digit and what follows it, columns + 2 times */
    for (size_t j = 1; line && j < length; j += 2)
        line[j] = j == length - 1 ? '\n' : ',';
    for (size_t first = 0; rows && line && first < n && !ferror(out); first += ROWS) {
        size_t now = n - first < ROWS ? n - first : ROWS;
        view_rows(v, first, now, rows);
        for (size_t i = 0; i < now; i++) {
            line[0] = first + i < view_plain(v) ? '1' : '0';
            for (size_t j = 0; j < columns; j++)
                line[2 * (j + 1)] = (char)('0' + bit_get(rows + i * bytes, j));
            line[length - 2] = (char)('0' + view_label(v, first + i));
            fwrite(line, 1, 1, out);
            if (captions)
                write_caption(out, v, captions, first + i);
            fwrite(line + 1, 1, length - 1, out);
        }
    }
    int r = rows && line ? 0 : -ENOMEM;
    free(rows);
    free(line);
    return r;
}

int csv_write(FILE *out, const struct view *v, const struct captions *captions) {
    bool numbers = view_numbers(v);
    size_t columns = numbers ? v->kind->numbers(v) : view_columns(v);
    write_head(out, columns, captions);
    return numbers ? write_numbers(out, v, captions, columns) : write_bits(out, v, captions, columns);
}
