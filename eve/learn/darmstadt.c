#include "eve/learn/darmstadt.h"

#include "eve/learn/view_lwe.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

bool darmstadt_fits(const struct view *v) {
    return v->kind && strcmp(v->kind->task, "lwe") == 0;
}

int darmstadt_write(FILE *out, const struct view *v) {
    const struct lwe_params *p = view_lwe_params(v);
    size_t m = view_labels(v);
    uint16_t *row = malloc(p->n * sizeof *row);
    if (!row)
        return -ENOMEM;
    fprintf(out, "%u\n%zu\n%u\n%.9f\n[", (unsigned)p->n, m, (unsigned)v->set->modulus,
            sqrt(p->eta / 2.0) / v->set->modulus);
    for (size_t i = 0; i < m; i++)
        fprintf(out, "%s%u", i ? " " : "", (unsigned)view_lwe_label(v, i));
    fputs("]\n", out);
    for (size_t i = 0; i < m && !ferror(out); i++) {
        view_lwe_row(v, i, row);
        for (size_t j = 0; j < p->n; j++)
            fprintf(out, "%s%u", j ? " " : i ? "[" : "[[", (unsigned)row[j]);
        fputs(i + 1 < m ? "]\n" : "]]\n", out);
    }
    free(row);
    return 0;
}
