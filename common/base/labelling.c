#include "common/base/labelling.h"

static void run(struct job *job) {
    const struct labelling_job *j = (struct labelling_job *)job;
    j->run(j->all->context);
}

void labelling_init(struct labelling *l, void (*noise)(void *context), void (*rows)(void *context, size_t part),
                    void (*chunk)(void *context), void *context) {
    *l = (struct labelling){
        .noise = {.job.run = run, .all = l, .run = noise},
        .chunk = {.job.run = run, .all = l, .run = chunk},
        .run_rows = rows,
        .context = context,
    };
}

void labelling_start(struct labelling *l, size_t n_parts) {
    l->rows_done = false;
    l->noise.due = true;
    batch_start(&l->rows, n_parts, l->run_rows, l->context);
}

void labelling_set_micros(struct labelling *l, unsigned noise, unsigned rows, unsigned chunk) {
    l->noise.job.micros = noise;
    batch_set_micros(&l->rows, rows);
    l->chunk.job.micros = chunk;
}

void labelling_chunk(struct labelling *l) {
    l->chunk.due = true;
}

static struct job *give_out(struct labelling_job *j) {
    j->due = false;
    j->busy = true;
    return &j->job;
}

struct job *labelling_next(struct labelling *l) {
    if (l->noise.due)
        return give_out(&l->noise);
    if (l->noise.busy)
        return NULL;
    if (l->chunk.due)
        return give_out(&l->chunk);
    return batch_next(&l->rows);
}

bool labelling_take_back(struct labelling *l, struct job *job) {
    if (job == &l->noise.job)
        l->noise.busy = false;
    else if (job == &l->chunk.job)
        l->chunk.busy = false;
    else
        batch_take_back(&l->rows, job, &l->rows_done);
    return job == &l->chunk.job;
}
