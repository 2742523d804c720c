/* What becomes of a session key outside the session: --key-out, then --on-key; and --keylog.
 *
 * Files are written on the thread pool. Keys for one file are handed on one after the other, each command after its
 * file and before the file's next key. While one is being handed on, one more may wait: a newer one takes its place,
 * since the older one is no use any more. So what waits is bounded by the files, however often there are keys and
 * however slow the command is; and a command that fails while a newer key waits is a warning, since that one's command
 * is next. The key log gets every key.
 *
 * A command that fails may be tried again (--on-key-retries), until there is a newer key.
 *
 * With --lifetime a file that has had no fresh key in time gets random bytes, and the command runs with
 * PARLEY_EVENT=expired (see lives.h).
 *
 * A session whose key cannot be handed on is given up: it closes without an end mark, so that the peer, who holds a key
 * that nobody uses here, sees it too. That is why end marks wait for the keys (session_config.hold_end_ms).
 *
 * PARLEY_PEER is the peer's public key where it has proved one, its address otherwise. */
#ifndef PARLEY_APP_KEYOUT_H
#define PARLEY_APP_KEYOUT_H

#include "common/shell/app/options.h"
#include "common/shell/term/screen.h"
#include "common/shell/told/events.h"

struct keyout;
struct keyout_task;
struct uv_loop_s;

/* What fails is reported on the screen and in the events; logs: with log lines. -ENOMEM. */
int keyout_new(struct keyout **keyoutp, struct uv_loop_s *loop, const struct options *options, struct screen *screen,
               struct events *events, bool logs);
/* Nothing may be under way, or the process is about to exit. NULL is fine. */
void keyout_free(struct keyout *keyout);

/* From now on this file's clock runs, before there is a key: what an earlier process has left there must not stay.
 * pattern: without %s. key: whose file it is, NULL where that is not known. -ENOMEM. */
int keyout_watch(struct keyout *keyout, const char *pattern, const uint8_t *key);

/* What is to be handed on of one session: embedded in its owner, zeroed at first. */
struct keyout_pending {
    uint8_t *key; /* until the peer is known to have accepted it, too: secret_new, NULL for none */
    struct conn *conn;
    struct keyout_task *waiting, *under_way;
    unsigned n_logged; /* keys on their way into the key log */
};

/* The key of SESSION_CONFIRMED (Alice at once, Bob with SESSION_OPEN) and of each SESSION_REKEYED is handed on. */
void keyout_event(struct keyout *keyout, struct keyout_pending *pending, enum side side, struct conn *conn,
                  const struct session_event *e);
/* The session has ended; its keys are handed on all the same. Idempotent. */
void keyout_pending_deinit(struct keyout *keyout, struct keyout_pending *pending);

/* Whether anything has failed so far. */
bool keyout_failed(const struct keyout *keyout);
/* How many commands have failed, each of their tries, and how many files have had no fresh key in time. */
uint64_t keyout_failures(const struct keyout *keyout);
uint64_t keyout_expirations(const struct keyout *keyout);
/* How many keys wait or are under way. */
size_t keyout_count(const struct keyout *keyout);
/* Called when the last of them is done. */
void keyout_on_idle(struct keyout *keyout, void (*idle)(void *user), void *user);

/* We have been told to go: nothing expires, no command is started any more, and a key that waits for one is not handed
 * on, which is a failure. */
void keyout_stop(struct keyout *keyout);
/* Kills the commands that run. NULL is fine. */
void keyout_kill(struct keyout *keyout);

#endif
