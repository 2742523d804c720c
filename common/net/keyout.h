/* What becomes of a session key outside the session: --key-out, then --on-key; and --keylog. Files are written on the
 * thread pool, one session's keys one after the other, each command after its file and before the session's next key.
 * PARLEY_PEER is the peer's public key where it has proved one, its address otherwise.
 */
#ifndef PARLEY_NET_KEYOUT_H
#define PARLEY_NET_KEYOUT_H

#include "common/net/events.h"
#include "common/net/options.h"
#include "common/net/screen.h"

struct keyout;
struct uv_loop_s;

/* What fails is reported on the screen and in the events. -ENOMEM. */
int keyout_new(struct keyout **keyoutp, struct uv_loop_s *loop, const struct options *options, struct screen *screen,
               struct events *events);
/* Nothing may be under way, or the process is about to exit. NULL is fine. */
void keyout_free(struct keyout *keyout);

/* A key that waits until the peer is known to have accepted it: embedded in the owner of a session, zeroed at first. */
struct keyout_pending {
    uint8_t *key; /* secret_new, NULL for none */
};

/* The key of SESSION_CONFIRMED (Alice at once, Bob with SESSION_OPEN) and of each SESSION_REKEYED goes to keyout_key.
 */
void keyout_event(struct keyout *keyout, struct keyout_pending *pending, enum side side, const struct conn *conn,
                  const struct session_event *e);
void keyout_pending_deinit(struct keyout_pending *pending);

/* A key that this side's peer is known to hold too. The key is copied and wiped after use. */
void keyout_key(struct keyout *keyout, const struct conn *conn, const uint8_t key[static 32]);

/* Whether anything has failed so far. */
bool keyout_failed(const struct keyout *keyout);
/* Whether anything is under way. */
bool keyout_busy(const struct keyout *keyout);
/* Called after each failure. */
void keyout_on_failure(struct keyout *keyout, void (*failed)(void *user), void *user);

#endif
