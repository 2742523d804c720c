/* A learning task: what a protocol needs of it, and nothing of how it does it. One folder of common/task is one task,
 * and gives one row of this kind; its parameter sets say how large what goes on the wire is.
 *
 * Alice composes data of which she knows recipes, Bob labels them by a task that only he knows, Alice learns from data,
 * recipes and labels, and predicts labels of new data without recipes. The types keep the conditions under which that
 * says something: no function of hers takes anything of Bob's but public seeds and labels; none of his takes anything
 * of hers but what she sends; predicting takes the hypothesis and public data alone.
 *
 * Objects are wiped when freed; no job of theirs is out then, and NULL is fine. What takes long is handed out as jobs
 * (common/base/job.h); all else is called on one thread. Keys and seeds are 32 bytes. A function that returns int
 * returns 0, or -ENOMEM, unless it says more.
 *
 * Labels are integers modulo the set's modulus Q. For Q = 2 they are bits, packed; for any other Q, at most 65536, each
 * takes two bytes, the least significant first. No array of labels is aligned to more than one byte. */
#ifndef PARLEY_TASK_H
#define PARLEY_TASK_H

#include "common/base/bytes.h"
#include "common/base/job.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SETS_MAX = 32, /* that one side may name */
    SET_NAME_MAX = 15,
    SET_DISTILLATE_LOG2 = 9,
    SET_DISTILLATE = 1 << SET_DISTILLATE_LOG2, /* D: distillate bits */
    TASK_HYPOTHESIS_MAX = 2304,                /* bytes of the longest hypothesis */
    TASK_FIGURES_MAX = 4,                      /* that a learner shows */
    TASK_ROUNDS_MAX = 32,                      /* of its work, of which it tells */
};

/* How it is known that an honest attempt is learned. */
enum failure { FAILURE_BOUND, FAILURE_MEASURED };

/* Why nobody tells composed data from plain ones. */
enum hiding { HIDING_STATISTICAL, HIDING_ASSUMED };

struct task;

/* A parameter set. A task has its own numbers around it. */
struct set {
    char name[SET_NAME_MAX + 1]; /* "n2048": the task's letter, and a number */
    const struct task *task;
    uint32_t modulus;      /* Q of the labels: 2, or more. Above 2 noise is below Q/4 in size, always */
    size_t n_labels;       /* of B2 */
    size_t n_plain;        /* the first of these, which are of plain data; the others are of composed ones */
    size_t expanded;       /* bytes that the seed of A2 expands to, the plain data */
    size_t chunk_max;      /* bytes of the longest chunk of A2 */
    uint32_t n_chunks;     /* of A2 */
    uint32_t repeat;       /* N: how often a distillate bit is masked; odd */
    uint32_t least_masked; /* noise of an honest bob in B3: the sum over the L masked labels of how far each lies from
                              what the majority of its N says is less than this once in 2^40 times */
    double risk;           /* chance that a fresh label is not what the true task predicts; above Q = 2, its top bit,
                              whether it is floor(Q/2) or more */
    double failure_log2;   /* log2 of a bound on, or of what was measured for, the chance that an honest A3 says no */
    enum failure failure;
    double hide_log2; /* of composed against uniform data, log2: statistical, a bound on their distance, below 0;
                         assumed, the estimated bit operations of who tells them apart */
    enum hiding hiding;
    const char *toy; /* how soon an eavesdropper finds a key, "in seconds"; NULL: no toy */
};

/* L = D N: the number of challenges. */
static inline size_t set_challenges(const struct set *set) {
    return (size_t)SET_DISTILLATE * set->repeat;
}

/* Bytes of n labels. */
static inline size_t set_label_bytes(const struct set *set, size_t n) {
    return set->modulus == 2 ? bits_to_bytes(n) : 2 * n;
}

/* Whether these bytes are n labels as they must be: no more and no less of them, each below Q, and unused bits zero.
 * labels is public: time depends on it. */
static inline bool set_labels_fit(const struct set *set, size_t n, const uint8_t *labels, size_t n_bytes) {
    if (n_bytes != set_label_bytes(set, n))
        return false;
    if (set->modulus == 2)
        return n % 8 == 0 || labels[n_bytes - 1] >> n % 8 == 0;
    for (size_t i = 0; i < n; i++)
        if (load16_le(labels + 2 * i) >= set->modulus)
            return false;
    return true;
}

/* A number that the user is shown beside what it should be. */
struct figure {
    const char *name;   /* in events: "symbol_error" */
    const char *what;   /* for people, in at most 28 characters: "symbol error rate" */
    const char *symbol; /* of what is expected, in the task's letters: "p" */
    double measured, expected;
};

/* How far a learner had come in a round, judged by what it found in the end. */
struct learned_round {
    uint32_t wrong;     /* code bits that leaned to the other value */
    uint32_t unsettled; /* of those that did not: known with less than 99 percent */
};

/* What a learner tells the user, and nobody else, of its work. Expected numbers are constants of the set. */
struct learned_numbers {
    struct figure figures[TASK_FIGURES_MAX];
    size_t n_figures;
    uint32_t iterations;
    struct learned_round rounds[TASK_ROUNDS_MAX]; /* the first knows the noisy code bits alone; of more rounds than fit
                                                     the last one stands in the place of the others */
    size_t n_rounds;                              /* 0 where nothing was found, or the task tells of none */
    uint32_t code_bits;                           /* of which the rounds tell */
    uint32_t disagreements, n_checked, most;      /* labels that the hypothesis misses, of how many, how many it may */
};

/* What became of learning. */
struct learned {
    bool accepted;
    uint8_t h[TASK_HYPOTHESIS_MAX]; /* the hypothesis */
    struct learned_numbers numbers;
    struct {
        const char *what; /* NULL: labels are as noisy as an honest bob's. Else which of them, in the plural, are not */
        uint32_t wrong;   /* how many of the n are wrong; above Q = 2, what the size of their noise adds up to */
        uint32_t n, least;
    } quiet;
    const char *weak; /* NULL: h can be an honest bob's secret. Else why it cannot, a sentence without a full stop */
};

/* What Bob alone knows of an attempt. */
struct teach_keys {
    uint8_t task[32], label_noise[32], challenge_noise[32];
};

struct compose; /* a task's own: Alice's data and recipes */
struct learn;   /* the learner at work */
struct teach;   /* Bob's task and labels */

struct task_alice {
    /* key is hers alone: recipes are drawn from it, at once, before the seed is known. */
    int (*compose_new)(struct compose **cp, const struct set *set, const uint8_t key[static 32]);
    /* seed: public, sent before all chunks. From now on there are chunks. May be called while recipes are drawn. */
    int (*compose_seed)(struct compose *c, const uint8_t seed[static 32]);
    /* A job that can run now, NULL if there is none. place: where the next chunk is to be written, all of it, until
     * compose_done says that it is; NULL if there is no place yet. */
    struct job *(*compose_work)(struct compose *c, uint8_t *place);
    /* 1 if by this the next chunk is written, which is then sent: its place is not the task's any more. 2 if moreover
     * compose_work has the writing of the one after it at hand. */
    int (*compose_done)(struct compose *c, struct job *job);
    void (*compose_free)(struct compose *c);

    /* c, whose chunks are all written, and labels (n_labels of them, which set_labels_fit has let pass) are borrowed.
     */
    int (*learn_new)(struct learn **lp, const struct compose *c, const uint8_t *labels);
    struct job *(*learn_work)(struct learn *l);
    int (*learn_done)(struct learn *l, struct job *job); /* 1 when the result is known */
    void (*learn_result)(const struct learn *l, struct learned *out);
    void (*learn_free)(struct learn *l);

    /* results -= what h predicts of the L challenges of this public seed, modulo Q: XOR for Q = 2. Parts may run side
     * by side. */
    size_t (*predict_parts)(const struct set *set);
    void (*predict)(uint8_t *results, const struct set *set, const uint8_t *h, const uint8_t seed[static 32],
                    size_t part);
    /* What a part takes: struct job. NULL: not known. */
    unsigned (*predict_micros)(const struct set *set);
};

struct task_bob {
    /* Draws the task: hardly ever one that labels all data alike. */
    int (*teach_new)(struct teach **tp, const struct set *set, const struct teach_keys *keys);
    /* Alice's seed has come: n_labels labels, all 0, are to be filled, with noise first. */
    void (*teach_seed)(struct teach *t, const uint8_t seed[static 32], uint8_t *labels);
    /* The next chunk has come, all of it, and chunk_fits has let it pass; the noise and plain labels may still be at
     * work. It stays where it is until it is dealt with. */
    void (*teach_chunk)(struct teach *t, const uint8_t *chunk);
    /* All labels are there: now those of the L challenges of this public seed are to be filled into masked, zero. */
    void (*teach_challenge)(struct teach *t, const uint8_t seed[static 32], uint8_t *masked);
    struct job *(*teach_work)(struct teach *t);
    bool (*teach_done)(struct teach *t, struct job *job); /* true if by this the chunk is dealt with */
    bool (*teach_finished)(const struct teach *t);        /* the labels, later the challenges, are all there */
    void (*teach_free)(struct teach *t);
};

/* How the user is told what the task does: short plain sentences in the field's terms, or nouns that stand in the
 * middle of one. Nothing is NULL but where it says so. */
struct task_words {
    const char *a2, *b2, *a3, *b3;           /* what happens in these steps, as a sentence that says who does it */
    const char *seen_a2, *seen_b2, *seen_b3; /* what who listens has of them, as nouns */
    /* For the reader of pictures and captions, a sentence each: what a picture, its caption and its label are; what
     * cancels when labels are put together as a caption says, what is left, and how the secret is read off that. */
    const char *picture, *caption, *label, *cancelled, *left, *read_off;
    const char *captions;   /* in the plural: "recipes" */
    const char *risk;       /* the symbol of the set's risk: "theta" */
    const char *checked;    /* the labels that n_checked counts: "plain labels" */
    const char *iterations; /* what iterations counts: "rounds of belief propagation" */
};

struct task {
    const char *name;
    const char *assumption; /* for the user: what its secrecy rests on, "LPN with noise 1/sqrt(n)" */
    bool experimental;      /* nobody outside has looked at it yet: the user is told so */
    const struct task_words *words;
    const struct task_alice *alice;
    const struct task_bob *bob;
    /* The sets that the wire knows, in the order of their size; NULL from the first i on that there is none. */
    const struct set *(*set)(size_t i);
    /* Bytes of chunk index of A2; 0 for an index that there is none of. */
    size_t (*chunk_bytes)(const struct set *set, uint32_t index);
    /* Whether these chunk_bytes bytes can be chunk index, unused bits being zero, say. NULL: any can. */
    bool (*chunk_fits)(const struct set *set, uint32_t index, const uint8_t *chunk);
    /* Whether no job of either side takes more than some tenths of a millisecond on this processor: less than to wake
     * another thread for it, and to be woken again. NULL: some do. */
    bool (*is_brief)(const struct set *set);
    /* Expected distance of a label from what the true task says, modulo Q. NULL for Q = 2: it is the risk. */
    double (*label_noise)(const struct set *set);
    /* For the user: its numbers, "n = 2048, theta = 0.0221". */
    void (*describe)(const struct set *set, char *text, size_t size);
    /* For the user: what an eavesdropper would have to do, and how hard that is taken to be. */
    void (*secrecy)(const struct set *set, char *text, size_t size);
};

#endif
