/* The text of a basis, and LWE samples as a basis. */
#include "eve/lattice/embed.h"
#include "tests/lib/unit.h"

static const char *text_of(const struct basis *b, char **textp, size_t *np) {
    FILE *out = open_memstream(textp, np);
    assert_non_null(out);
    basis_write(b, out);
    assert_int_equal(fclose(out), 0);
    return *textp;
}

/* What is written is read again, and is what sscanf sees. */
static void text_round_trip(void **state) {
    (void)state;
    struct prg g;
    unit_random(&g, "text_round_trip");
    for (int i = 0; i < 300; i++) {
        struct basis b, again;
        size_t rows = prg_below(&g, 9), columns = prg_below(&g, 9), n, at = 0;
        assert_int_equal(basis_init(&b, rows, columns), 0);
        assert_int_equal(basis_init(&again, rows, columns), 0);
        for (size_t j = 0; j < rows * columns; j++) {
            uint32_t size = prg_below(&g, 32);
            int32_t value = (int32_t)(prg_below(&g, UINT32_MAX) >> 1 >> size);
            b.v[j] = prg_below(&g, 2) ? value : -value;
        }
        char *text;
        const char *why;
        text_of(&b, &text, &n);
        assert_true(n <= basis_text_max(&b));
        uint8_t *copy = unit_copy(text, n);
        assert_int_equal(basis_read(&again, (const char *)copy, n, &why), 0);
        assert_memory_equal(again.v, b.v, rows * columns * sizeof *b.v);
        for (size_t j = 0; j < rows * columns; j++) {
            int value, used;
            at += strcspn(text + at, "-0123456789");
            assert_int_equal(sscanf(text + at, "%d%n", &value, &used), 1);
            assert_int_equal(value, b.v[j]);
            at += (size_t)used;
        }
        /* cut anywhere before its last bracket, it is no basis */
        size_t cut = prg_below(&g, (uint32_t)n - 1);
        assert_int_equal(basis_read(&again, (const char *)copy, cut, &why), 1);
        free(copy);
        free(text);
        basis_deinit(&b);
        basis_deinit(&again);
    }
    prg_deinit(&g);
}

static void other_text_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *why;
    } wrong[] = {
        {"", "it is no matrix"},
        {"Failure: BKZ\n", "it is no matrix"},
        {"[]", "it has too few rows"},
        {"[1 2]", "it has too few rows"},
        {"[[1 2]]", "it has too few rows"},
        {"[[1 2][3 4][5 6]]", "it has too many rows"},
        {"[[1 2][3 4]", "it has too many rows"},
        {"[[1 2 3][4 5 6]]", "a row is too long"},
        {"[[1 2,][3 4]]", "a row is too long"},
        {"[[1.5 2][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1 -][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1 - 2][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1 --2][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1 nan][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1 2147483648][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1 -99999999999999999999999999][3 4]]", "a row is too short, or an entry is no number of 32 bits"},
        {"[[1 2][3 4]]]", "something follows the matrix"},
        {"[[1 2][3 4]]\n[[1 2][3 4]]", "something follows the matrix"},
    };
    struct basis b;
    const char *why, *odd = "\n[ [-2147483647\t2147483647]\r\n[-0 007] ] \n";
    assert_int_equal(basis_init(&b, 2, 2), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(basis_read(&b, wrong[i].text, strlen(wrong[i].text), &why), 1);
        assert_string_equal(why, wrong[i].why);
    }
    assert_int_equal(basis_read(&b, odd, strlen(odd), &why), 0);
    const int32_t expected[] = {-2147483647, 2147483647, 0, 7};
    assert_memory_equal(b.v, expected, sizeof expected);
    basis_deinit(&b);
}

/* The vector wanted is the sum of rows that the drawing in embed.h promises, and its secret is read off again. */
static void secret_is_in_the_lattice(void **state) {
    (void)state;
    enum { N_MAX = 12, M_MAX = 20 };
    struct prg g;
    unit_random(&g, "secret_is_in_the_lattice");
    for (int i = 0; i < 200; i++) {
        size_t n = 1 + prg_below(&g, N_MAX), m = 1 + prg_below(&g, M_MAX), d = n + m + 1;
        uint16_t a[M_MAX * N_MAX], z[M_MAX];
        int8_t s[N_MAX], found[N_MAX];
        int32_t e[M_MAX];
        struct embed embed;
        struct basis b;
        embed_init(&embed, n, m, 1 + prg_below(&g, 40), 1);
        for (size_t j = 0; j < n; j++)
            s[j] = (int8_t)((int)prg_below(&g, 5) - 2);
        for (size_t k = 0; k < m; k++) {
            e[k] = (int32_t)prg_below(&g, 201) - 100;
            z[k] = (uint16_t)e[k];
            for (size_t j = 0; j < n; j++) {
                a[k * n + j] = (uint16_t)prg_below(&g, 65536);
                z[k] = (uint16_t)(z[k] + a[k * n + j] * s[j]);
            }
        }
        assert_int_equal(embed_basis(&b, &embed, a, z), 0);
        assert_true(b.rows == d && b.columns == d);
        int64_t sum[N_MAX + M_MAX + 1];
        for (size_t c = 0; c < d; c++) {
            sum[c] = basis_row(&b, d - 1)[c];
            for (size_t j = 0; j < n; j++)
                sum[c] -= (int64_t)s[j] * basis_row(&b, m + j)[c];
        }
        for (size_t k = 0; k < m; k++) { /* rows of 2^16 */
            int64_t times = (sum[n + k] - e[k]) / 65536;
            for (size_t c = 0; c < d; c++)
                sum[c] -= times * basis_row(&b, k)[c];
            assert_int_equal(sum[n + k], e[k]);
        }
        assert_int_equal(sum[d - 1], embed.factor);
        int sign = prg_below(&g, 2) ? 1 : -1;
        for (size_t c = 0; c < d; c++)
            basis_row(&b, 0)[c] = (int32_t)(sign * sum[c]);
        assert_true(embed_candidate(found, &embed, &b, 0, 2));
        assert_memory_equal(found, s, n);

        /* not the form wanted: a secret's number too large, or between two, or another last number */
        int32_t *row = basis_row(&b, 0), kept = row[0];
        row[0] = 3 * embed.scale;
        assert_false(embed_candidate(found, &embed, &b, 0, 2));
        assert_true(embed_candidate(found, &embed, &b, 0, 3));
        row[0] = embed.scale + 1;
        assert_true(embed_candidate(found, &embed, &b, 0, 2) == (embed.scale == 1));
        row[0] = INT32_MIN;
        assert_false(embed_candidate(found, &embed, &b, 0, 2));
        row[0] = kept;
        row[d - 1] = embed.factor + 1;
        assert_false(embed_candidate(found, &embed, &b, 0, 2));
        row[d - 1] = 0;
        assert_false(embed_candidate(found, &embed, &b, 0, 2));
        basis_deinit(&b);
    }
    prg_deinit(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_round_trip),
        cmocka_unit_test(other_text_is_refused),
        cmocka_unit_test(secret_is_in_the_lattice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
