/* SPDX-License-Identifier: MIT */
/*
 * worker - one thread of a scan: takes targets whenever it has room for their connections
 *
 * Has a loop, a resolver, OpenSSL contexts and sockets of its own.
 */
#ifndef CHECKER_ENGINE_WORKER_H
#define CHECKER_ENGINE_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/engine/scan.h"

struct error;
struct gate_news;
struct manners;
struct pace;
struct worker;

/* What is worth saying, once of each. */
enum notice {
	NOTICE_CONCURRENCY, /* less of it than was asked for */
	NOTICE_FILES,       /* this machine is short of them */
	NOTICE_PORTS,
	NOTICE_MEMORY,
	NOTICE_ADDRESSES, /* a name has more than are looked at */
	NOTICE_COUNT,
};

/* What the workers of a scan share. */
struct worker_context {
	const struct scan_options *options;
	struct scan_sink sink;
	/* The next target, for any thread; NULL: no more. */
	struct target *(*next)(void *arg);
	void (*notice)(void *arg, enum notice notice, const char *words); /* for any thread */
	void *arg;
	struct pace *pace;       /* or NULL */
	struct manners *manners; /* or NULL */
	struct gate_news *news;
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
