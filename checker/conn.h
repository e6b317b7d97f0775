/* SPDX-License-Identifier: MIT */
/*
 * conn - everything that is done with one address of one target
 *
 * Connects, speaks the dialogue that leads to TLS, shakes hands, and does so
 * again where another try or another offer may help; all of it before one
 * deadline.  A table of states, each with a step, and one function that
 * changes the state.  However it ends, it ends with one call of `done`.
 */
#ifndef CHECKER_CONN_H
#define CHECKER_CONN_H

#include <stdint.h>

#include "checker/base/attr.h"

struct address;
struct conn;
struct loop;
struct observation;
struct pace;
struct tls;

/* What the connections of one thread share; outlives them. */
struct conn_context {
	struct loop *loop;
	struct tls *tls;
	struct pace *pace; /* further tries count; NULL: no limit */
	const char *helo;  /* how this machine calls itself to mail servers */
	unsigned retries;  /* after a network failure */
	double timeout_s;  /* for messages */
	void (*done)(void *arg, struct observation *observation); /* the conn is gone then */
};

/*
 * Begins with ADDRESS, of OBSERVATION's target.  From here on the observation is
 * the connection's, until `done` gets it with ARG, which is never from in here.
 * DEADLINE_US is of clock_monotonic_us().  NULL when memory runs out; the
 * observation is still the caller's then.
 */
MUST_USE struct conn *conn_new(const struct conn_context *context, struct observation *observation,
	const struct address *address, uint64_t deadline_us, void *arg);

/* Drops everything; nobody is called. */
void conn_free(struct conn *conn);

#endif
