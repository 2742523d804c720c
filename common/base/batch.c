#include "common/base/batch.h"

static void run_slot(struct job *job) {
    struct batch_slot *slot = (struct batch_slot *)job;
    slot->batch->run(slot->batch->context, slot->part);
}

void batch_start(struct batch *b, size_t n_parts, void (*run)(void *context, size_t part), void *context) {
    *b = (struct batch){.run = run, .context = context, .n_parts = n_parts};
    for (size_t i = 0; i < BATCH_SLOTS; i++)
        b->slots[i] = (struct batch_slot){.job.run = run_slot, .batch = b};
}

void batch_set_micros(struct batch *b, unsigned micros) {
    for (size_t i = 0; i < BATCH_SLOTS; i++)
        b->slots[i].job.micros = micros;
}

void batch_set_last_micros(struct batch *b, unsigned micros) {
    b->last_micros = micros;
}

struct job *batch_next(struct batch *b) {
    for (size_t i = 0; b->n_given < b->n_parts && i < BATCH_SLOTS; i++)
        if (!b->slots[i].busy) {
            b->slots[i].busy = true;
            b->slots[i].part = b->n_given++;
            if (b->n_given == b->n_parts && b->last_micros)
                b->slots[i].job.micros = b->last_micros;
            return &b->slots[i].job;
        }
    return NULL;
}

bool batch_take_back(struct batch *b, struct job *job, bool *finishedp) {
    for (size_t i = 0; i < BATCH_SLOTS; i++)
        if (job == &b->slots[i].job) {
            b->slots[i].busy = false;
            *finishedp = ++b->n_done == b->n_parts;
            return true;
        }
    return false;
}
