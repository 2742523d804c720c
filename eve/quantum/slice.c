#include "eve/quantum/slice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int slice_init(struct slice *slice, size_t n_qubits) {
    *slice = (struct slice){.n_qubits = n_qubits};
    slice->rows = aligned_alloc(64, (n_qubits ? n_qubits : 1) * SLICE_WORDS * sizeof *slice->rows);
    return slice->rows ? 0 : -ENOMEM;
}

void slice_deinit(struct slice *slice) {
    free(slice->rows);
    slice->rows = NULL;
}

/* Word `word` of the row that selection qubit `qubit` has at the start. */
static uint64_t selection(unsigned qubit, size_t index, size_t word) {
    static const uint64_t within[] = {0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
                                      0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000};
    if (qubit < 6)
        return within[qubit];
    return (index * SLICE_WORDS + word) >> (qubit - 6) & 1 ? ~UINT64_C(0) : 0;
}

void slice_start(struct slice *slice, unsigned b, size_t index) {
    memset(slice->rows, 0, slice->n_qubits * SLICE_WORDS * sizeof *slice->rows);
    for (unsigned t = 0; t < b; t++)
        for (size_t w = 0; w < SLICE_WORDS; w++)
            slice_row(slice, t)[w] = selection(t, index, w);
}

bool slice_is_start(const struct slice *slice, unsigned b, size_t index) {
    uint64_t other = 0;
    for (unsigned t = 0; t < b; t++)
        for (size_t w = 0; w < SLICE_WORDS; w++)
            other |= slice_row(slice, t)[w] ^ selection(t, index, w);
    for (size_t i = (size_t)b * SLICE_WORDS; i < slice->n_qubits * SLICE_WORDS; i++)
        other |= slice->rows[i];
    return other == 0;
}
