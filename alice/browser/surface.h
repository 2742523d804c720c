/* Alice in a browser: one session, as functions that JavaScript can call. machine.js is their only caller; what a page
 * may use is the worker alice.js.
 *
 * One instance of the program is one session. Nothing here waits, has a clock or draws randomness: the caller brings
 * bytes, milliseconds (of any clock that does not jump back) and 32 random bytes.
 *
 * What goes in as bytes lies in the area of surface_input, what comes out in that of surface_result: functions that
 * return a number of bytes there say so, and the next call of any of them takes it away, wiped if it was secret. A
 * negative return is an errno. */
#ifndef PARLEY_ALICE_BROWSER_SURFACE_H
#define PARLEY_ALICE_BROWSER_SURFACE_H

#include <stddef.h>
#include <stdint.h>

enum {
    SURFACE_INPUT = 64 * 1024, /* bytes that go in at a time, at most */
    SURFACE_WANTS_INPUT = 1,   /* bits of surface_wants */
    SURFACE_WANTS_DATA = 2,
    SURFACE_FINISHED = 4,
};

uint8_t *surface_input(void);
const uint8_t *surface_result(void);

/* In the input: 32 bytes of fresh randomness, which are wiped, then the set's name, then Alice's. -EINVAL for a set
 * that there is none of, a name of more than 64 bytes, or a second call; -ENOMEM. */
int surface_start(size_t n_set, size_t n_name, double now_ms);

/* n bytes from Bob. What they are worth is told by events. */
void surface_receive(size_t n, double now_ms);
/* Bob has closed the connection; it broke, and the n bytes of input say how. */
void surface_eof(double now_ms);
void surface_broken(size_t n);

/* The next bytes for Bob, 0 if there are none now. */
size_t surface_output(double now_ms);
/* The next event as one JSON object, 0 if there is none. Those of `alice --events` (common/shell/told/EVENTS.md,
 * without clock and peer), and two more: "name", with Bob's `name`, and "peer_end", after which he says nothing more.
 */
size_t surface_event(double now_ms);
/* Bytes that Bob has said in the chat, 0 if there are none. */
size_t surface_data(void);
/* The n bytes of input as one line of text that can be shown: what would move the cursor or reorder text is escaped. */
size_t surface_escape(size_t n);
/* Where she is, as one JSON object: step, sentence (what happens there), done and total (both 0 where unknown). */
size_t surface_progress(void);

/* Runs one job, a slice of some milliseconds. 1 if there was one. */
int surface_work(double now_ms);

/* Says n bytes of input in the chat; returns how many it took. */
size_t surface_send(size_t n);
/* Says that she has said all. */
void surface_send_end(void);

/* SURFACE_WANTS_INPUT, SURFACE_WANTS_DATA, SURFACE_FINISHED. */
unsigned surface_wants(void);

/* When surface_tick is to be called, in ms; infinite for never. */
double surface_deadline(void);
void surface_tick(double now_ms);

/* Ends the session, if it has not, and wipes what it knew. Idempotent. */
void surface_free(void);

#endif
