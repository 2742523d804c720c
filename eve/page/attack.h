/* Eve's learners at work on a session of a capture: `eve learn` as a process of its own, so that its figures are those
 * that anybody gets, and once it has the key `eve read` for what the sealed messages say. */
#ifndef PARLEY_EVE_PAGE_ATTACK_H
#define PARLEY_EVE_PAGE_ATTACK_H

#include <jansson.h>
#include <stdbool.h>

struct attack;
struct uv_loop_s;

struct attack_config {
    const char *capture, *session;
    const char *folder;  /* of the page: for what passes between the processes */
    const char *learner; /* as --learner takes it; "": the default */
    const char *seed;    /* "": none */
    double budget;
    unsigned threads; /* 0: all */
    int source;
    bool learn_only;   /* somebody else reads what is said under the key */
    const char *files; /* how names of its files begin, since others may be at the same session; NULL: "learn" */
    void (*event)(void *user, json_t *object); /* takes the object */
    void *user;
};

/* The texts are copied. -ENOMEM and the like. */
int attack_start(struct attack **attackp, struct uv_loop_s *loop, const struct attack_config *config);
void attack_poll(struct attack *attack);
/* More has been said under the key: read it again, if there is a key. */
void attack_read(struct attack *attack);
/* As ctrl-C: it reports what it has. */
void attack_interrupt(struct attack *attack);
bool attack_ended(const struct attack *attack);
/* It is being read. */
bool attack_reads(const struct attack *attack);
void attack_free(struct attack *attack); /* NULL is fine */

#endif
