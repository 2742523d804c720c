/* An allocator for protobuf-c that hands out zeroed memory up to a fixed total. */
#ifndef PARLEY_PROTO_BUDGET_H
#define PARLEY_PROTO_BUDGET_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

struct budget {
    ProtobufCAllocator allocator; /* its data is this budget, which therefore must not move */
    size_t left;
    bool exceeded;
};

/* For the unpacking of n bytes: 8 n + 64 KiB in all, what was freed again included. */
void budget_init(struct budget *b, size_t n);

#endif
