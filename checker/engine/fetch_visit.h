/* SPDX-License-Identifier: MIT */
/*
 * fetch_visit - one URL at one address, as a CA looks at it, and nothing followed
 *
 * Where fetch.h is after bytes, this is after the answer itself: status, Location, type, body.  It
 * connects to the address that the caller has chosen, whatever the URL's host is or leads to, sends
 * no cookie, password or encoding, goes through no proxy, and follows no redirect: the next URL is
 * the caller's to judge.  A certificate is looked at and not relied on: CAs need not verify it.
 * Bounded in bytes of the head, bytes of the body, and time.
 */
#ifndef CHECKER_ENGINE_FETCH_VISIT_H
#define CHECKER_ENGINE_FETCH_VISIT_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"

struct error;

#define FETCH_WORD_BYTES 120

struct fetch_visit {
	const char *url;     /* http or https */
	const char *connect; /* "192.0.2.7:80", "[2001:db8::7]:443" */
	/* Results; fetch_visit_release() */
	bool answered;
	bool no_route; /* this machine has no way to such an address */
	bool too_large;
	long status;
	char *location; /* where a redirect leads, made absolute; NULL: nowhere */
	char type[FETCH_WORD_BYTES], encoding[FETCH_WORD_BYTES]; /* of the content, printable */
	struct buf body;
	const char *certificate; /* what is wrong with it, in OpenSSL's words; NULL: nothing */
	char why[200];           /* a phrase; why there is no answer */
};

/* Visits all COUNT, some at the same time, each for TIMEOUT_S at most.  No answer is a result. */
MUST_USE bool fetch_visit_all(
	struct fetch_visit *visits, size_t count, double timeout_s, struct error *err);
void fetch_visit_release(struct fetch_visit *visit);

#endif
