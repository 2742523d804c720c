#include "tests/proof/fuzz/repair.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    size = LLVMFuzzerMutate(data, size, size_max);
    return seed % 8 ? repair_body(data, size, size_max, seed) : size;
}
