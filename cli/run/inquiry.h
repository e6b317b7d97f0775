/* SPDX-License-Identifier: MIT */
/*
 * inquiry - whom certificates name is asked about them, between looking and judging
 *
 * Only with --revocation full.  Scanning threads hand their observations over and go on; a few
 * threads of its own put the answers into each (answers.h) and pass it on to be judged.  So
 * nothing of judgement touches the network, and a slow responder holds up neither a connection
 * nor, beyond its own host, a result.  More observations than may wait are passed on unasked.
 *
 * Asked are: the leaf's OCSP responder; the leaf's list, when that gave no answer; the lists of the
 * CA certificates above it, unless the profile's lists know them; and where the leaf's issuer is
 * not at hand, its certificate.
 */
#ifndef CLI_RUN_INQUIRY_H
#define CLI_RUN_INQUIRY_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct error;
struct inquiry;
struct observation;
struct options;
struct setup;

struct inquiry_sink {
	/* Takes the observation over; from several threads at once. */
	void (*answered)(void *arg, struct observation *observation);
	/* Once, when observations were passed on unasked. */
	void (*noticed)(void *arg, const char *what);
	/* Is there no sense in asking any more? */
	bool (*hurries)(void *arg);
	void *arg;
};

/* SETUP and OPTIONS are borrowed, and outlive it; so does it every observation's answers. */
MUST_USE struct inquiry *inquiry_new(const struct setup *setup, const struct options *options,
	struct inquiry_sink sink, struct error *err);

/* Takes OBSERVATION over; from any thread, without waiting. */
void inquiry_hand(struct inquiry *inquiry, struct observation *observation);

/* Everything was handed over: waits until all of it has been passed on. */
void inquiry_finish(struct inquiry *inquiry);
void inquiry_free(struct inquiry *inquiry); /* finishes it first */
DEFINE_CLEANUP(struct inquiry *, inquiry_free);

#endif
