/* A lattice basis, as fplll prints it. The first two bytes: its shape. */
#include "eve/lattice/embed.h"
#include "tests/proof/fuzz/fuzz.h"

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    struct basis b, again;
    const char *why = NULL;
    size_t rows = fuzz_byte(&in) % 9, columns = fuzz_byte(&in) % 9, n = in.n;
    uint8_t *text = fuzz_block(&in, &n);
    REQUIRE(basis_init(&b, rows, columns) == 0 && basis_init(&again, rows, columns) == 0);
    int r = basis_read(&b, (const char *)text, n, &why);
    REQUIRE((r == 0 || r == 1) && why && *why);
    if (r == 0) {
        char *written = NULL;
        size_t n_written = 0;
        FILE *out = open_memstream(&written, &n_written);
        REQUIRE(out);
        basis_write(&b, out);
        REQUIRE(fclose(out) == 0 && n_written <= basis_text_max(&b));
        REQUIRE(basis_read(&again, written, n_written, &why) == 0);
        REQUIRE(memcmp(b.v, again.v, rows * columns * sizeof *b.v) == 0);
        free(written);
        struct embed embed = {columns / 2, columns - columns / 2 - (columns > 0), 3, 2};
        int8_t s[8];
        for (size_t i = 0; columns > 0 && i < rows; i++)
            if (embed_candidate(s, &embed, &b, i, 2))
                for (size_t j = 0; j < embed.n; j++)
                    REQUIRE(s[j] >= -2 && s[j] <= 2 && abs(basis_row(&b, i)[j]) == 3 * abs(s[j]));
    }
    basis_deinit(&b);
    basis_deinit(&again);
    free(text);
}
