/* One line on standard error for one event of a session, for grep and for programs:
 *     EVENT peer=ADDRESS session=ID step=STEP bytes=N seconds=S time=T and what else belongs to the event, as KEY=VALUE
 * The six keys come with every event, in this order; an id that is not known yet is "-". A value that may hold spaces
 * is between quotation marks, and holds none itself (\x22 stands for one). The man pages tell the events. */
#ifndef PARLEY_TOLD_LOG_H
#define PARLEY_TOLD_LOG_H

#include "common/shell/net/conn.h"
#include "common/shell/term/screen.h"

/* What the line of "open" tells from earlier events. Zeroed at the start. */
struct log {
    char fingerprint[FINGERPRINT_TEXT];
    char name[4 * 64 + 1]; /* as the peer calls itself, escaped; "" for none */
    bool opened;           /* its line is out */
};

/* "connected", only with -v. */
void log_connected(struct screen *screen, const struct conn *conn);

/* "step", "learned", "agreed", only with -v; "confirmed", with the words, which are shown whatever becomes of the
 * session; "open", when the peer's name is known; "failed", an attempt to learn; "rekeyed"; and "closed", also with -q
 * if it went wrong and `expected` is false. Other events are silent. */
void log_session(struct log *log, struct screen *screen, const struct conn *conn, const struct session_event *e,
                 bool expected);

/* "expired", also with -q: a key file that has had no fresh key for so many seconds. peer: as PARLEY_PEER tells it. */
void log_expired(struct screen *screen, const char *peer, const char *session, double seconds, const char *file);

#endif
