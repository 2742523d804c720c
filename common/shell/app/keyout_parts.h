/* What the files that hand keys on know of each other.
 *
 *   keyout.c        keys of sessions as they come, and keys whose life is over
 *   keyout_task.c   one key into its file, then to its command; lanes, so that keys of one file follow each other
 *   keyout_log.c    the key log
 *   keyout_parts.c  what fails, and when a session may end */
#ifndef PARLEY_APP_KEYOUT_PARTS_H
#define PARLEY_APP_KEYOUT_PARTS_H

#include "common/shell/app/keyout.h"
#include "common/shell/app/lives.h"
#include "common/shell/net/errand.h"
#include "common/shell/net/hook.h"
#include "common/shell/net/timer.h"

/* Whose key it is; owner: NULL once the session has ended. */
struct keyout_origin {
    struct keyout_pending *owner;
    char session[32], peer[ADDRESS_TEXT];
};

/* All that goes into one file. */
struct keyout_lane {
    char *path;                              /* sorts it among the others */
    struct keyout_task *waiting, *under_way; /* the newest key that waits; another makes it obsolete */
    struct keyout_lane *next_ready;
    bool ready; /* in the queue of those that could go on */
};

struct keyout_task {
    struct errand *errand; /* writes the file */
    struct keyout *keyout;
    struct keyout_lane *lane;
    struct keyout_task *next; /* among those that are given up */
    struct hook *hook;        /* while the command runs */
    struct timer *again;      /* until it runs again; NULL else */
    unsigned n_failed;        /* times */
    bool expires;             /* the key is random, since there has been none in time */
    bool told;                /* and that has been said */
    bool has_identity;        /* of the peer, which is the next line; for expires alone */
    uint8_t identity[IDENTITY_KEY];
    struct roster *roster; /* of the key's life; for expires alone */
    char *command;         /* NULL for none */
    char name[CONF_NAME];  /* of the peer, for PARLEY_NAME */
    struct keyout_task *next_active, *previous_active;
    struct keyout_origin origin;
    uint8_t *key;                             /* secret_new */
    char named[ADDRESS_TEXT + IDENTITY_TEXT]; /* for PARLEY_PEER */
    int error;
};

/* One line of the key log. */
struct keyout_log_entry {
    struct keyout_log_entry *next;
    struct keyout_origin origin;
    uint8_t *key; /* secret_new */
    int error;
};

struct keyout {
    struct uv_loop_s *loop;
    const struct options *options;
    struct screen *screen;
    struct events *events;
    void *lanes; /* tsearch */
    struct keyout_lane *ready, **ready_end;
    struct keyout_task *active;
    size_t n_active, n_tasks;
    bool stopped, failed, logs;
    struct lives *lives; /* NULL without --lifetime */
    uint64_t n_failed, n_expired;
    void (*idle)(void *user);
    void *user;

    struct errand *log_errand;
    struct keyout_log_entry *log_waiting, **log_end; /* not given to the thread yet */
    struct keyout_log_entry *log_under_way;
};

/* Where a key goes. */
struct keyout_destination {
    char *path;                     /* taken */
    const struct roster_peer *peer; /* NULL where it is not pinned */
    const char *named;              /* for PARLEY_PEER */
    bool silent;                    /* there is no command */
};

/* For "%s%s%s" before what is said: nothing where a key expires that is of no session of ours. */
#define KEYOUT_OF_SESSION(origin)                                                                                      \
    *(origin)->session ? "session " : "", (origin)->session, *(origin)->session ? ": " : ""

/* ---- keyout_parts.c */

/* A copy that wipes itself (secret_free); NULL: out of memory. */
uint8_t *keyout_copy_key(const uint8_t key[static 32]);
/* The session's end mark may pass if nothing of it waits. NULL is fine. */
void keyout_settle(struct keyout_pending *pending);
/* Gives the session up, if it is still there, and says why. */
__attribute__((format(printf, 3, 4))) void keyout_fail(struct keyout *keyout, const struct keyout_origin *origin,
                                                       const char *format, ...);
/* The last of all may have been done. */
void keyout_look_whether_idle(struct keyout *keyout);

/* ---- keyout_task.c */

/* The task waits in its lane, in the place of any that did. Takes to->path. NULL: out of memory. */
struct keyout_task *keyout_task_put(struct keyout *keyout, const struct keyout_origin *origin,
                                    const struct keyout_destination *to, const uint8_t key[static 32]);
/* After that: what can start does. */
void keyout_task_go_on(struct keyout *keyout, struct keyout_lane *lane);

/* ---- keyout_log.c */

/* -ENOMEM. */
int keyout_log_open(struct keyout *keyout);
/* The key is copied. -ENOMEM. */
int keyout_log_put(struct keyout *keyout, const struct keyout_origin *origin, const uint8_t key[static 32]);
/* The session has ended: its keys on their way into the log are nobody's. */
void keyout_log_forget(struct keyout *keyout, const struct keyout_pending *pending);

#endif
