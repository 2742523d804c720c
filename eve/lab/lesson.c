#include "eve/lab/lesson.h"

#include "common/base/prg.h"
#include "eve/lab/lab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint32_t lesson_size(const struct set *set) {
    return (uint32_t)strtoul(set->name + strcspn(set->name, "0123456789"), NULL, 10);
}

/* ---- data and labels */

static size_t vectors_bytes(const struct set *set) {
    size_t sum = 0;
    for (uint32_t i = 0; i < set->n_chunks; i++)
        sum += set->task->chunk_bytes(set, i);
    return sum;
}

static int compose(struct lesson *l, const uint8_t seed[static 32]) {
    const struct task_alice *alice = l->set->task->alice;
    uint8_t key[32];
    prg_subkey(key, seed, "lab lesson recipes", 0);
    double began = lab_thread_seconds();
    int r = alice->compose_new(&l->compose, l->set, key);
    if (r == 0)
        r = alice->compose_seed(l->compose, l->matrix_seed);
    uint8_t *place = l->vectors;
    for (uint32_t chunk = 0; r == 0 && chunk < l->set->n_chunks;) {
        struct job *job = alice->compose_work(l->compose, place);
        if (!job)
            return -EINVAL; /* not of a task that keeps its word */
        job->run(job);
        r = alice->compose_done(l->compose, job);
        if (r > 0) {
            place += l->set->task->chunk_bytes(l->set, chunk++);
            r = 0;
        }
    }
    l->compose_seconds = lab_thread_seconds() - began;
    return r;
}

/* Until Bob waits for something, which may be the next chunk. */
static bool work(struct lesson *l) {
    const struct task_bob *bob = l->set->task->bob;
    bool dealt_with = false;
    for (struct job *job; (job = bob->teach_work(l->teach));) {
        job->run(job);
        dealt_with |= bob->teach_done(l->teach, job);
    }
    return dealt_with;
}

static int teach(struct lesson *l, const uint8_t seed[static 32]) {
    const struct task_bob *bob = l->set->task->bob;
    struct teach_keys keys;
    prg_subkey(keys.task, seed, "lab lesson task", 0);
    prg_subkey(keys.label_noise, seed, "lab lesson noise", 0);
    prg_subkey(keys.challenge_noise, seed, "lab lesson noise", 1);
    double began = lab_thread_seconds();
    int r = bob->teach_new(&l->teach, l->set, &keys);
    if (r < 0)
        return r;
    bob->teach_seed(l->teach, l->matrix_seed, l->labels);
    const uint8_t *chunk = l->vectors;
    for (uint32_t i = 0; i < l->set->n_chunks; i++) {
        bob->teach_chunk(l->teach, chunk);
        if (!work(l))
            return -EINVAL;
        chunk += l->set->task->chunk_bytes(l->set, i);
    }
    l->teach_seconds = lab_thread_seconds() - began;
    return bob->teach_finished(l->teach) ? 0 : -EINVAL;
}

int lesson_make(struct lesson *l, const struct set *set, const uint8_t seed[static 32]) {
    return lesson_make_between(l, set, seed, seed);
}

int lesson_make_between(struct lesson *l, const struct set *set, const uint8_t alice[static 32],
                        const uint8_t bob[static 32]) {
    *l = (struct lesson){.set = set, .n_vectors = vectors_bytes(set)};
    prg_subkey(l->matrix_seed, alice, "lab lesson matrix", 0);
    l->vectors = malloc(l->n_vectors);
    l->labels = calloc(set_label_bytes(set, set->n_labels), 1);
    int r = l->vectors && l->labels ? compose(l, alice) : -ENOMEM;
    if (r == 0)
        r = teach(l, bob);
    if (r < 0)
        lesson_free(l);
    return r;
}

void lesson_free(struct lesson *l) {
    if (l->set) {
        l->set->task->alice->compose_free(l->compose);
        l->set->task->bob->teach_free(l->teach);
    }
    free(l->vectors);
    free(l->labels);
    *l = (struct lesson){0};
}

int lesson_learn(struct lesson *l, struct learned *out, double *secondsp) {
    const struct task_alice *alice = l->set->task->alice;
    struct learn *learn = NULL;
    double began = lab_thread_seconds();
    int r = alice->learn_new(&learn, l->compose, l->labels);
    while (r == 0) {
        struct job *job = alice->learn_work(learn);
        if (!job)
            r = -EINVAL;
        else {
            job->run(job);
            r = alice->learn_done(learn, job);
        }
    }
    if (r == 1) {
        alice->learn_result(learn, out);
        r = 0;
    }
    *secondsp = lab_thread_seconds() - began;
    alice->learn_free(learn);
    return r;
}

/* ---- challenges */

void lesson_challenge(struct lesson *l, const uint8_t seed[static 32], uint8_t *labels) {
    memset(labels, 0, set_label_bytes(l->set, set_challenges(l->set)));
    l->set->task->bob->teach_challenge(l->teach, seed, labels);
    work(l);
}

void lesson_subtract(uint8_t *labels, const struct set *set, const uint8_t *h, const uint8_t seed[static 32]) {
    const struct task_alice *alice = set->task->alice;
    size_t n_parts = alice->predict_parts(set);
    for (size_t part = 0; part < n_parts; part++)
        alice->predict(labels, set, h, seed, part);
}

static void put(const struct set *set, uint8_t *labels, size_t i, uint32_t label) {
    if (set->modulus == 2)
        bit_xor(labels, i, bit_get(labels, i) ^ label);
    else
        store16_le(labels + 2 * i, (uint16_t)label);
}

void lesson_predict(uint8_t *predictions, const struct set *set, const uint8_t *h, const uint8_t seed[static 32]) {
    size_t n = set_challenges(set);
    memset(predictions, 0, set_label_bytes(set, n));
    lesson_subtract(predictions, set, h, seed);
    for (size_t i = 0; set->modulus > 2 && i < n; i++) /* for Q = 2 it is its own negative */
        put(set, predictions, i, (set->modulus - lesson_label(set, predictions, i)) % set->modulus);
}

int lesson_is_task(struct lesson *l, const uint8_t *h, const uint8_t seeds[static 64]) {
    size_t bytes = set_label_bytes(l->set, set_challenges(l->set));
    uint8_t *left = malloc(2 * bytes);
    int same = -ENOMEM;
    if (left) {
        for (size_t i = 0; i < 2; i++) {
            lesson_challenge(l, seeds + 32 * i, left + i * bytes);
            lesson_subtract(left + i * bytes, l->set, h, seeds + 32 * i);
        }
        same = memcmp(left, left + bytes, bytes) == 0;
    }
    free(left);
    return same;
}

void lesson_minus(uint8_t *labels, const struct set *set, const uint8_t *predictions, size_t n) {
    if (set->modulus == 2)
        bytes_xor(labels, predictions, bits_to_bytes(n));
    else
        for (size_t i = 0; i < n; i++)
            put(set, labels, i,
                (lesson_label(set, labels, i) + set->modulus - lesson_label(set, predictions, i)) % set->modulus);
}

bool lesson_agree(const struct set *set, const uint8_t *a, const uint8_t *b, size_t i) {
    uint32_t off = (lesson_label(set, a, i) + set->modulus - lesson_label(set, b, i)) % set->modulus;
    return 4 * (uint64_t)off < set->modulus || 4 * (uint64_t)off > 3 * (uint64_t)set->modulus;
}

uint32_t lesson_label(const struct set *set, const uint8_t *labels, size_t i) {
    return set->modulus == 2 ? bit_get(labels, i) : load16_le(labels + 2 * i);
}

unsigned lesson_bit(const struct set *set, const uint8_t *labels, size_t i) {
    return lesson_label(set, labels, i) >= set->modulus / 2;
}

void lesson_disturb(uint8_t *labels, const struct set *set, size_t n, double probability,
                    const uint8_t seed[static 32]) {
    uint8_t key[32];
    struct prg g;
    prg_subkey(key, seed, "lab lesson fault", 0);
    prg_init(&g, key, 0);
    uint32_t most = (uint32_t)(probability * UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        if (prg_u32(&g) < most)
            put(set, labels, i, (lesson_label(set, labels, i) + set->modulus / 2) % set->modulus);
}
