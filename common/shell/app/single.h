/* One session as the whole purpose of a process: narrated step by step, with standard input and output as its
 * conversation, and its outcome as the exit status. Alice, and a bob with --once. With --reconnect there is no
 * conversation, and one session after the other. */
#ifndef PARLEY_APP_SINGLE_H
#define PARLEY_APP_SINGLE_H

#include "common/shell/app/program.h"
#include "common/shell/net/conn.h"

struct single;

/* OPTIONS_GO_ON, or the status to exit with, after saying why. */
int single_new(struct single **singlep, struct program *program);

/* The operations of its connection (user: the single). */
extern const struct conn_ops single_ops;

/* This connection is the one. The caller gives it single_ops, by conn_new or conn_set_ops. */
void single_begin(struct single *single, struct conn *conn);

/* It is not, after all: there will be another. In the place of the closed operation. */
void single_let_go(struct single *single);

/* --reconnect: its session has ended, and there will be another. In the place of the closed operation. */
void single_renew(struct single *single);

/* Whether the session of the moment has been open. */
bool single_is_open(const struct single *single);

/* --reconnect: ends an open session in order. */
void single_end(struct single *single);

/* SIGINT or SIGTERM. */
void single_interrupt(struct single *single, int number);

/* After program_run: the exit status. */
int single_status(const struct single *single);
void single_free(struct single *single); /* NULL is fine */

#endif
