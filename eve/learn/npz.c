/* PKWARE's APPNOTE 6.3: local headers with the sizes in a data descriptor behind the data, then the central directory.
 * numpy.lib.format: NPY version 1.0. */
#include "eve/learn/npz.h"

#include "common/base/bytes.h"

#include <string.h>

enum { DESCRIPTOR = 8, STORED = 0, VERSION = 20, DATE = 0x21 /* 1 January 1980 */ };

static uint32_t crc32_update(uint32_t crc, const uint8_t *p, size_t n) {
    static uint32_t table[256];
    if (!table[1]) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int bit = 0; bit < 8; bit++)
                c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
            table[i] = c;
        }
    }
    crc = ~crc;
    for (size_t i = 0; i < n; i++)
        crc = crc >> 8 ^ table[(crc ^ p[i]) & 255];
    return ~crc;
}

static void put(struct npz *z, const void *p, size_t n) {
    fwrite(p, 1, n, z->out);
    z->at += n;
}

static void put16(struct npz *z, unsigned v) {
    put(z, (const uint8_t[]){(uint8_t)v, (uint8_t)(v >> 8)}, 2);
}

static void put32(struct npz *z, uint64_t v) {
    uint8_t p[4];
    store32_le(p, (uint32_t)v);
    put(z, p, 4);
}

void npz_begin(struct npz *z, FILE *out) {
    *z = (struct npz){.out = out};
}

static void end_member(struct npz *z) {
    if (z->n_members == 0)
        return;
    put32(z, 0x08074b50);
    put32(z, z->members[z->n_members - 1].crc);
    put32(z, z->members[z->n_members - 1].n);
    put32(z, z->members[z->n_members - 1].n);
}

static void put_header(struct npz *z, const char *name, bool central, size_t i) {
    put32(z, central ? 0x02014b50 : 0x04034b50);
    if (central)
        put16(z, VERSION);
    put16(z, VERSION);
    put16(z, DESCRIPTOR);
    put16(z, STORED);
    put16(z, 0);
    put16(z, DATE);
    put32(z, central ? z->members[i].crc : 0);
    put32(z, central ? z->members[i].n : 0);
    put32(z, central ? z->members[i].n : 0);
    put16(z, (unsigned)strlen(name));
    put16(z, 0);
    if (central) {
        put16(z, 0);
        put16(z, 0);
        put16(z, 0);
        put32(z, 0);
        put32(z, z->members[i].at);
    }
    put(z, name, strlen(name));
}

void npz_data(struct npz *z, const void *p, size_t n) {
    size_t i = z->n_members - 1;
    z->members[i].crc = crc32_update(z->members[i].crc, p, n);
    z->members[i].n += n;
    put(z, p, n);
}

void npz_array(struct npz *z, const char *name, const char *type, size_t n_dimensions, const size_t *dimensions) {
    char shape[64] = "", text[128];
    end_member(z);
    size_t i = z->n_members++;
    snprintf(z->members[i].name, NPZ_NAME, "%s.npy", name);
    z->members[i].at = z->at;
    put_header(z, z->members[i].name, false, i);
    for (size_t d = 0; d < n_dimensions; d++)
        snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%zu,", dimensions[d]);
    /* magic, version, length; padded so that the data begins at a multiple of 64 */
    snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%s)}", type, shape);
    uint8_t header[192] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    size_t length = strlen(text) + 1, total = (10 + length + 63) / 64 * 64;
    memset(header + 10, ' ', total - 10);
    memcpy(header + 10, text, length - 1);
    header[total - 1] = '\n';
    header[8] = (uint8_t)(total - 10);
    header[9] = (uint8_t)((total - 10) >> 8);
    npz_data(z, header, total);
}

void npz_number(struct npz *z, const char *name, uint64_t value) {
    uint8_t p[8];
    store64_le(p, value);
    npz_array(z, name, "<u8", 0, NULL);
    npz_data(z, p, 8);
}

void npz_real(struct npz *z, const char *name, double value) {
    uint64_t bits;
    uint8_t p[8];
    memcpy(&bits, &value, 8);
    store64_le(p, bits);
    npz_array(z, name, "<f8", 0, NULL);
    npz_data(z, p, 8);
}

void npz_end(struct npz *z) {
    end_member(z);
    uint64_t directory = z->at;
    for (size_t i = 0; i < z->n_members; i++)
        put_header(z, z->members[i].name, true, i);
    uint64_t n = z->at - directory;
    put32(z, 0x06054b50);
    put16(z, 0);
    put16(z, 0);
    put16(z, (unsigned)z->n_members);
    put16(z, (unsigned)z->n_members);
    put32(z, n);
    put32(z, directory);
    put16(z, 0);
}
