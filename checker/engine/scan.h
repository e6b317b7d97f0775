/* SPDX-License-Identifier: MIT */
/*
 * scan - the engine: many targets at once, one observation for every address
 *
 * Workers share nothing but the source of targets, the sink of results and the manners: each
 * thread has its own loop, resolver, OpenSSL contexts and connections.  Targets are taken in a
 * random order (window.h).  Whatever a remote
 * does, each address of each target gives exactly one observation, and a target
 * whose name does not resolve gives one without an address.
 */
#ifndef CHECKER_ENGINE_SCAN_H
#define CHECKER_ENGINE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/engine/probe.h"

struct error;
struct observation;
struct proxy;
struct target;

struct scan_options {
	unsigned concurrency; /* connections in flight, all threads together; > 0 */
	unsigned threads;     /* > 0 */
	double timeout_s;     /* for one target, from its start to its end: names, tries, offers */
	unsigned retries;     /* further tries after a network failure */
	double rate;          /* new connections a second, all threads together; 0: no limit */
	double per_address;   /* ... to one address, whoever's; 0: no limit */
	double per_network;   /* ... to one /24 of IPv4 or /48 of IPv6; 0: no limit */
	bool first_address;   /* only the first address of a name */
	bool complete;        /* OpenSSL's whole handshake instead of our reader */
	struct probe_choice
		probe;        /* further looks at an address, each with `timeout_s` of its own */
	bool caa;             /* ask DNS who may issue for the name of a target that served */
	const char *resolver; /* name servers (resolve.h); NULL: the system's */
	const struct proxy *proxy; /* every connection goes through it; NULL: none */
};

/*
 * Where targets come from.  `next` is called from any worker, one at a time, and hands
 * over a reference; NULL ends the scan.
 */
struct scan_source {
	struct target *(*next)(void *arg);
	void *arg;
};

/*
 * Where results go.  `observed` is called from the workers, several at once, and
 * owns the observation from then on.  All addresses of a target are handed over
 * by the same worker.  It must not block for long: that thread's connections wait.
 */
struct scan_sink {
	void (*observed)(void *arg, struct observation *observation);
	/* This machine has less than the scan could use, said once for each kind of it: a sentence
	 * without a full stop.  From any worker; may be NULL. */
	void (*noticed)(void *arg, const char *what);
	void *arg;
};

struct scan;

/* Prepares a scan; false with ERR set when this machine does not let it run. */
MUST_USE struct scan *scan_new(const struct scan_options *options, struct scan_source source,
	struct scan_sink sink, struct error *err);

/*
 * Runs it to its end.  False with ERR set only when the scan itself failed; what
 * was observed until then has reached the sink.
 */
MUST_USE bool scan_run(struct scan *scan, struct error *err);

/*
 * Asks a running scan to end: no new targets, open connections are dropped and
 * give no result.  Safe from a signal handler and from any thread.
 */
void scan_stop(struct scan *scan);

void scan_free(struct scan *scan);
DEFINE_CLEANUP(struct scan *, scan_free);

#endif
