/* The conversation of one session whose key Eve has: its sealed messages opened as they come, and its last lines.
 *
 * What passed before she had the key is read from the capture, once and some packets at a time; from the packet on at
 * which that is done, the owner gives each message that whoever follows the capture sees. So a line costs what it is
 * long, and not what the capture is. */
#ifndef PARLEY_EVE_PAGE_OPENED_H
#define PARLEY_EVE_PAGE_OPENED_H

#include "eve/page/said.h"
#include "proto/message.h"
#include "proto/order.h"

#include <stdbool.h>
#include <stdint.h>

enum { OPENED_LINES = 50 }; /* the last are kept */

struct opened;

/* line: each line as it comes, which the owner may change; then it is kept. -ENOMEM. The texts are copied. */
int opened_new(struct opened **openedp, const char *capture, const char *session, const uint8_t key[static 32],
               void (*line)(void *user, struct said *line), void *user);
/* Reads on, up to behind the packet of this number and no further. 1: it is there, and opened_message is due from the
 * next packet on; 0: later; -EINVAL, -EIO and the like: the capture cannot be read, and what comes is not opened. */
int opened_catch_up(struct opened *o, uint64_t n_packets);
bool opened_follows(const struct opened *o); /* it has caught up */
/* ns: when it was captured. */
void opened_message(struct opened *o, enum side from, const struct message *m, uint64_t ns);
/* The lines that are kept, in order. */
size_t opened_n_lines(const struct opened *o);
struct said *opened_line(struct opened *o, size_t i);
/* Bytes of this side's lines that are not kept any more, with their newlines. */
uint64_t opened_forgotten(const struct opened *o, enum side side);
const char *opened_session(const struct opened *o);
void opened_free(struct opened *o); /* NULL is fine */

#endif
