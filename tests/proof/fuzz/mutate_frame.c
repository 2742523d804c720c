#include "tests/proof/fuzz/repair.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

enum { SETTINGS = 2 };

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    size = LLVMFuzzerMutate(data, size, size_max);
    if (size > SETTINGS && seed % 8)
        repair_headers(data + SETTINGS, size - SETTINGS);
    return size;
}
