/* The bimodal learner: from v_j = z_(m+j) + sum of z_i over recipe j, k noisy bits of the codeword of s, to s.
 *
 * It passes beliefs over the joint graph of codeword bits and plain errors and proposes candidates for s. It never sees
 * s, a sample or a plain label; the caller checks a candidate against the m plain labels and either is content or says
 * learner_reject. No clock, no randomness, no globals: the same v gives the same candidates on every machine.
 *
 *     learner_start(learner, v);
 *     for (;;) {
 *         while ((status = learner_status(learner)) == LEARNER_WORK) {
 *             for (part = 0; part < learner_n_parts(learner); part++)
 *                 learner_run(learner, part);    // independent: may run at the same time on several threads
 *             learner_advance(learner);          // once all parts are done
 *         }
 *         if (status == LEARNER_EXHAUSTED || self_check(learner_candidate(learner)))
 *             break;
 *         learner_reject(learner);
 *     }
 *
 * A part takes a few milliseconds at most. */
#ifndef PARLEY_BIMODAL_LEARNER_H
#define PARLEY_BIMODAL_LEARNER_H

#include "common/task/lpn/code.h"
#include "common/task/lpn/params.h"
#include "common/task/lpn/recipes.h"
#include "common/task/task.h"

#include <stddef.h>
#include <stdint.h>

enum learner_status {
    LEARNER_WORK,      /* run the parts, then advance */
    LEARNER_CANDIDATE, /* learner_candidate holds one */
    LEARNER_EXHAUSTED, /* nothing more to propose */
};

struct learner;

/* code and recipes are borrowed and must outlive the learner; of the recipes only the index is used. The memory holds
 * secrets and is wiped when freed: about 4 k w + 8 m + 48 k bytes, 8 MB at n8192. -ENOMEM. */
int learner_new(struct learner **learnerp, const struct params *params, const struct code *code,
                const struct recipes *recipes);
void learner_free(struct learner *learner); /* NULL is fine */

/* v: k bits, packed. May be called again for another v. */
void learner_start(struct learner *learner, const uint8_t *v);

enum learner_status learner_status(const struct learner *learner);
size_t learner_n_parts(const struct learner *learner);
void learner_run(struct learner *learner, size_t part);
void learner_advance(struct learner *learner);
void learner_turn(struct learner *learner); /* all parts one after another, and on */

/* n bits, packed; valid until the next learner_start or learner_reject. */
const uint8_t *learner_candidate(const struct learner *learner);
void learner_reject(struct learner *learner);

/* The most likely bit of each of the n as things stand, settled or not; 0 where nothing is known. out: n bits, packed.
 */
void learner_decisions(const struct learner *learner, uint8_t *out);

/* Passes along the code and over the plain errors so far. */
size_t learner_iterations(const struct learner *learner);
size_t learner_rounds(const struct learner *learner);

/* How far it had come after each pass along the code, judged by a codeword of k bits, packed: the first, which knows
 * the v_j alone, and the next; of more than TASK_ROUNDS_MAX the last one instead of the others. Returns how many. */
size_t learner_rounds_told(const struct learner *learner, const uint8_t *codeword,
                           struct learned_round rounds[static TASK_ROUNDS_MAX]);

/* How many candidates it has proposed. */
size_t learner_proposals(const struct learner *learner);

/* The share of the v_j that differ from the candidate's codeword: near p for the right one. */
double learner_error_rate(const struct learner *learner);

#endif
