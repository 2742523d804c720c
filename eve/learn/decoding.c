#include "eve/learn/decoding.h"

#include "common/base/bytes.h"
#include "common/task/ring/poly.h"
#include "eve/learn/view_ring.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

size_t decoding_weight(size_t n, double p) {
    const double limit = ldexp(1, -40), size = (double)n;
    double sum = 0;
    for (size_t w = n; w > 0; w--) { /* from the far end, where terms are smallest */
        double k = (double)w, log_term = lgamma(size + 1) - lgamma(k + 1) - lgamma(size - k + 1);
        sum += exp(log_term + k * log(p) + (size - k) * log1p(-p));
        if (sum > limit)
            return w;
    }
    return 0;
}

/* ---- LPN: the code that the rows of all samples span */

/* Rows that are no sum of others: reduced, one for each column, and of which members of the information set each is the
 * sum. */
struct information {
    size_t n, bytes, n_found;
    uint8_t *rows, *sums; /* by column, n x bytes each */
    bool *has;            /* by column */
    uint8_t *inside;      /* by sample, a bit: whether it is of the information set */
};

static void information_deinit(struct information *s) {
    free(s->rows);
    free(s->sums);
    free(s->has);
    free(s->inside);
}

static int information_init(struct information *s, const struct view *v) {
    *s = (struct information){.n = view_columns(v), .bytes = view_row_bytes(v)};
    s->rows = calloc(s->n, s->bytes);
    s->sums = calloc(s->n, s->bytes);
    s->has = calloc(s->n, sizeof *s->has);
    s->inside = calloc(bits_to_bytes(view_labels(v)), 1);
    return s->rows && s->sums && s->has && s->inside ? 0 : -ENOMEM;
}

/* Reduces row, and what it is the sum of, by those that are there. Its first column of 1, n if there is none. */
static size_t reduce(const struct information *s, uint8_t *row, uint8_t *sum) {
    for (size_t c = 0; c < s->n; c++) { /* none of them has a 1 in the column of another */
        if (s->has[c] && bit_get(row, c)) {
            bytes_xor(row, s->rows + c * s->bytes, s->bytes);
            bytes_xor(sum, s->sums + c * s->bytes, s->bytes);
        }
    }
    size_t first = 0;
    while (first < s->n && !bit_get(row, first))
        first++;
    return first;
}

/* Takes sample i unless it depends on those before it. row: scratch, two rows. */
static void information_add(struct information *s, const struct view *v, size_t i, uint8_t *row) {
    uint8_t *sum = row + s->bytes;
    view_row(v, i, row);
    memset(sum, 0, s->bytes);
    bit_xor(sum, s->n_found, 1);
    size_t column = reduce(s, row, sum);
    if (column == s->n)
        return;
    for (size_t c = 0; c < s->n; c++) {
        if (s->has[c] && bit_get(s->rows + c * s->bytes, column)) {
            bytes_xor(s->rows + c * s->bytes, row, s->bytes);
            bytes_xor(s->sums + c * s->bytes, sum, s->bytes);
        }
    }
    memcpy(s->rows + column * s->bytes, row, s->bytes);
    memcpy(s->sums + column * s->bytes, sum, s->bytes);
    s->has[column] = true;
    s->n_found++;
    bit_xor(s->inside, i, 1);
}

/* Rows of C, for the samples outside the information set, and the syndrome: each label plus those of the information
 * set that the row is the sum of. */
static void fill(const struct information *s, const struct view *v, uint8_t *c, uint8_t *syndrome, uint8_t *row) {
    uint8_t *labels = row + s->bytes; /* of the information set */
    size_t member = 0, at = 0;
    memset(labels, 0, s->bytes);
    for (size_t i = 0; i < view_labels(v); i++)
        if (bit_get(s->inside, i))
            bit_xor(labels, member++, view_label(v, i));
    for (size_t i = 0; i < view_labels(v); i++) {
        if (bit_get(s->inside, i))
            continue;
        uint8_t *out = c + at * s->bytes;
        unsigned label = view_label(v, i);
        view_row(v, i, row);
        for (size_t j = 0; j < s->n; j++)
            if (bit_get(row, j))
                bytes_xor(out, s->sums + j * s->bytes, s->bytes);
        for (size_t j = 0; j < s->n; j++)
            label ^= bit_get(out, j) & bit_get(labels, j);
        bit_xor(syndrome, at++, label);
    }
}

static void write_code(FILE *out, const struct information *s, const struct view *v, const uint8_t *c,
                       const uint8_t *syndrome, char *line) {
    size_t n = view_labels(v), rows = n - s->n;
    fprintf(out, "# n\n%zu\n# k\n%zu\n# w\n%zu\n", n, s->n, decoding_weight(n, view_risk(v)));
    fputs("# H^transpose (each line corresponds to column of H, the identity part is omitted)\n", out);
    line[rows] = '\n';
    for (size_t j = 0; j < s->n && !ferror(out); j++) {
        for (size_t i = 0; i < rows; i++)
            line[i] = (char)('0' + bit_get(c + i * s->bytes, j));
        fwrite(line, 1, rows + 1, out);
    }
    fputs("# s^transpose\n", out);
    for (size_t i = 0; i < rows; i++)
        line[i] = (char)('0' + bit_get(syndrome, i));
    fwrite(line, 1, rows + 1, out);
}

static int write_lpn(FILE *out, const struct view *v) {
    struct information s;
    size_t n = view_labels(v), rows = n - view_columns(v);
    int r = information_init(&s, v);
    uint8_t *row = malloc(2 * s.bytes), *c = calloc(rows, s.bytes), *syndrome = calloc(bits_to_bytes(rows), 1);
    char *line = malloc(rows + 1);
    if (r == 0 && !(row && c && syndrome && line))
        r = -ENOMEM;
    for (size_t i = 0; r == 0 && i < n && s.n_found < s.n; i++)
        information_add(&s, v, i, row);
    if (r == 0 && s.n_found < s.n)
        r = 1;
    if (r == 0) {
        fill(&s, v, c, syndrome, row);
        write_code(out, &s, v, c, syndrome, line);
    }
    free(row);
    free(c);
    free(syndrome);
    free(line);
    information_deinit(&s);
    return r;
}

/* ---- the ring task */

static void write_ring(FILE *out, const struct view *v) {
    const struct ring_params *p = view_ring_params(v);
    uint64_t h[POLY_WORDS];
    view_ring_h(v, h);
    fprintf(out, "# n\n%u\n# w\n%u\n", (unsigned)(2 * p->n), (unsigned)(p->w_e + p->w_s));
    fputs("# A vector h of length (0.5 n) which describes the parity-check matrix H\n", out);
    for (size_t i = 0; i < p->n; i++)
        fputc('0' + (int)(h[i / 64] >> i % 64 & 1), out);
    fputs("\n# s^transpose\n", out);
    for (size_t i = 0; i < p->n; i++)
        fputc('0' + (int)view_label(v, i), out);
    fputc('\n', out);
}

bool decoding_fits(const struct view *v) {
    return !v->kind || strcmp(v->kind->task, "ring") == 0;
}

int decoding_write(FILE *out, const struct view *v) {
    if (!v->kind)
        return write_lpn(out, v);
    write_ring(out, v);
    return 0;
}
