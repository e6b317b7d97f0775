/* SPDX-License-Identifier: MIT */
/*
 * worker - one thread of a scan: takes targets, follows each to its results
 *
 * Has a loop, a resolver and OpenSSL contexts of its own.  It takes a target
 * from the source whenever it has room; each address of the target's name then
 * has a connection, all of them before the target's one deadline.  The addresses of
 * one name may take it some way above its share: they are not put off, for that
 * would eat their time.
 */
#ifndef CHECKER_WORKER_H
#define CHECKER_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/scan.h"

struct error;
struct pace;
struct worker;

/* What the workers of a scan share. */
struct worker_context {
	const struct scan_options *options;
	struct scan_sink sink;
	/* The next target, for any thread; NULL: no more. */
	const struct target *(*next)(void *arg);
	void *arg;
	struct pace *pace; /* or NULL */
	const char *helo;
	const atomic_bool *stop; /* worker_wake() after it was set */
};

/* SHARE connections at a time. */
MUST_USE struct worker *worker_new(
	const struct worker_context *context, unsigned share, struct error *err);
void worker_free(struct worker *worker);
DEFINE_CLEANUP(struct worker *, worker_free);

/* To the end of the targets, or until stopped; false with ERR set when it cannot go on. */
MUST_USE bool worker_run(struct worker *worker, struct error *err);

/* From any thread, and from a signal handler: look at `stop`. */
void worker_wake(struct worker *worker);

#endif
