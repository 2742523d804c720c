#include "alice/browser/how/answers.h"

#include "common/base/prg.h"
#include "common/base/secret.h"

#include <errno.h>
#include <sodium.h>

int answers_init(struct answers *a, const struct joint *joint) {
    SECRET32 uint8_t seed[32];
    const struct set *set = joint->set;
    *a = (struct answers){.joint = joint};
    joint_attempt(joint, SIDE_BOB, seed);
    prg_subkey(a->keys.task, seed, "task", 0); /* as bob/machine.c draws them */
    prg_subkey(a->keys.label_noise, seed, "label noise", 0);
    prg_subkey(a->keys.challenge_noise, seed, "challenge noise", 0);
    a->labels = secret_new(set_label_bytes(set, set->n_labels));
    a->fresh = secret_new(set_label_bytes(set, set_challenges(set)));
    int r = a->labels && a->fresh ? set->task->bob->teach_new(&a->teach, set, &a->keys) : -ENOMEM;
    if (r < 0) {
        answers_deinit(a);
        return r;
    }
    set->task->bob->teach_seed(a->teach, joint->seed, a->labels);
    set->task->bob->teach_chunk(a->teach, joint->vectors);
    return 0;
}

void answers_deinit(struct answers *a) {
    if (a->teach)
        a->joint->set->task->bob->teach_free(a->teach);
    secret_free(a->labels);
    secret_free(a->fresh);
    sodium_memzero(a, sizeof *a);
}

static void next_chunk(struct answers *a) {
    const struct set *set = a->joint->set;
    a->offset += set->task->chunk_bytes(set, a->chunk);
    if (++a->chunk < set->n_chunks)
        set->task->bob->teach_chunk(a->teach, a->joint->vectors + a->offset);
}

int answers_turn(struct answers *a) {
    const struct set *set = a->joint->set;
    const struct task_bob *bob = set->task->bob;
    struct job *job = bob->teach_work(a->teach);
    if (job) {
        job->run(job);
        if (bob->teach_done(a->teach, job))
            next_chunk(a);
    }
    if (!bob->teach_finished(a->teach))
        return job ? 1 : -EPROTO;
    if (a->challenged)
        return 0;
    if (memcmp(a->labels, a->joint->labels, set_label_bytes(set, set->n_labels)) != 0)
        return -EPROTO;
    a->challenged = true;
    bob->teach_challenge(a->teach, a->joint->challenge_seed, a->fresh);
    return 1;
}
