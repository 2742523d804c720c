/* One table says who may send what when, and how long it may be. WIRE.md section 4. */
#ifndef PARLEY_PROTO_ORDER_H
#define PARLEY_PROTO_ORDER_H

#include "common/task/task.h"
#include "proto/message.h"

enum side { SIDE_ALICE, SIDE_BOB };

/* The step that is due next. STEP_OPEN: agreed, sealed frames in both directions. */
enum step { STEP_A1, STEP_B1, STEP_A2, STEP_B2, STEP_A3, STEP_B3, STEP_A4, STEP_B4, STEP_OPEN };

/* Which side speaks in this step (STEP_OPEN: both; returns SIDE_ALICE). */
enum side step_speaker(enum step step);

/* The step that follows this one. learned: what A3 says; a step other than A3 does not ask. */
enum step order_next(enum step step, bool learned);

/* The next step in which this side itself speaks, after the attempt that `step` is part of has gone on (learned). From
 * STEP_OPEN on it is STEP_OPEN. For whoever hears one direction alone. */
enum step order_next_of(enum side side, enum step step, bool learned);

/* Whether `from` may send a message of this kind when `step` is due. Abort is not in this table: the caller decides. */
bool order_allows(enum step step, enum side from, enum message_kind kind);

/* Longest body of a frame in this step; set may be NULL in A1 and B1 only. Enough for Abort in each step. */
size_t order_body_max(enum step step, const struct set *set);

/* "A1", ... "B4", "open". */
const char *step_name(enum step step);

/* One plain sentence on what happens in the step, for people: of A2, B2, A3 and B3 it is the task's. set may be NULL in
 * A1 and B1 only. */
const char *step_sentence(enum step step, const struct set *set);

#endif
