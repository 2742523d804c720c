#include "eve/lattice/basis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY = 13 }; /* characters: a sign, ten digits, two spaces or brackets */

int basis_init(struct basis *b, size_t rows, size_t columns) {
    *b = (struct basis){rows, columns, calloc(rows && columns ? rows : 1, (columns ? columns : 1) * sizeof(int32_t))};
    return b->v ? 0 : -ENOMEM;
}

void basis_deinit(struct basis *b) {
    free(b->v);
    *b = (struct basis){0};
}

size_t basis_text_max(const struct basis *b) {
    return b->rows * (b->columns * ENTRY + 8) + 64;
}

void basis_write(const struct basis *b, FILE *out) {
    fputc('[', out);
    for (size_t i = 0; i < b->rows; i++) {
        fputc('[', out);
        for (size_t j = 0; j < b->columns; j++)
            fprintf(out, j ? " %d" : "%d", basis_row(b, i)[j]);
        fputs("]\n", out);
    }
    fputs("]\n", out);
}

struct text {
    const char *p, *end;
};

static void skip_space(struct text *t) {
    while (t->p < t->end && (*t->p == ' ' || *t->p == '\n' || *t->p == '\r' || *t->p == '\t'))
        t->p++;
}

static int take(struct text *t, char c) {
    skip_space(t);
    if (t->p == t->end || *t->p != c)
        return 0;
    t->p++;
    return 1;
}

static int take_entry(struct text *t, int32_t *out) {
    skip_space(t);
    int negative = t->p < t->end && *t->p == '-';
    t->p += negative;
    int64_t value = 0;
    const char *first = t->p;
    for (; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++) {
        value = 10 * value + (*t->p - '0');
        if (value > INT32_MAX)
            return 0;
    }
    *out = (int32_t)(negative ? -value : value);
    return t->p > first;
}

int basis_read(struct basis *b, const char *text, size_t n, const char **whyp) {
    struct text t = {text, text + n};
    *whyp = "it is no matrix";
    if (!take(&t, '['))
        return 1;
    for (size_t i = 0; i < b->rows; i++) {
        *whyp = "it has too few rows";
        if (!take(&t, '['))
            return 1;
        *whyp = "a row is too short, or an entry is no number of 32 bits";
        for (size_t j = 0; j < b->columns; j++)
            if (!take_entry(&t, &basis_row(b, i)[j]))
                return 1;
        *whyp = "a row is too long";
        if (!take(&t, ']'))
            return 1;
    }
    *whyp = "it has too many rows";
    if (!take(&t, ']'))
        return 1;
    skip_space(&t);
    *whyp = "something follows the matrix";
    return t.p != t.end;
}
