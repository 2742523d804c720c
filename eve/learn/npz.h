/* Writes numpy's .npz: arrays (.npy) in a zip without compression. Streams; nothing is sought, so a pipe will do.
 * Errors stay in the FILE. At most NPZ_MAX arrays and 4 GiB. */
#ifndef PARLEY_EVE_NPZ_H
#define PARLEY_EVE_NPZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { NPZ_MAX = 16, NPZ_NAME = 16 };

struct npz {
    FILE *out;
    uint64_t at;
    size_t n_members;
    struct {
        char name[NPZ_NAME];
        uint32_t crc;
        uint64_t at, n;
    } members[NPZ_MAX];
};

void npz_begin(struct npz *z, FILE *out);
/* type: "|u1", "<u2", "<u8", "<f8". Its bytes follow by npz_data. */
void npz_array(struct npz *z, const char *name, const char *type, size_t n_dimensions, const size_t *dimensions);
void npz_data(struct npz *z, const void *p, size_t n);
void npz_number(struct npz *z, const char *name, uint64_t value);
void npz_real(struct npz *z, const char *name, double value);
void npz_end(struct npz *z);

#endif
