/* SPDX-License-Identifier: MIT */
/*
 * fetch - bounded HTTP GETs and the cache of what they brought
 *
 * The only door to libcurl.  URLs come from a profile, so they are the user's
 * own choice; what they answer is not trusted: sizes, time, redirects and
 * protocols (http, https) are bounded, and every caller checks what it got by
 * fingerprint or signature.
 *
 * Cached files are named by the SHA-256 of what identifies them, written
 * whole or not at all, and checked again by the caller when read back.
 */
#ifndef CHECKER_ENGINE_FETCH_H
#define CHECKER_ENGINE_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"

struct error;
struct fetch;

struct fetch_options {
	const char *cache; /* folder, made when missing; NULL: no cache */
	bool offline;      /* never connect */
	double timeout_s;  /* for all requests of one fetch_all() together */
};

MUST_USE struct fetch *fetch_new(const struct fetch_options *options, struct error *err);
void fetch_free(struct fetch *fetch);
DEFINE_CLEANUP(struct fetch *, fetch_free);

struct fetch_request {
	const char *url;
	const char *pin; /* the fingerprint the bytes have to have, or NULL */
	size_t max;      /* bytes, after decoding */
	/* Is this body what was asked for?  Called on cached and on fresh bytes; a
	 * body that is refused is not cached and counts as a failure. */
	bool (*accept)(void *arg, const struct buf *body, const char **ret_why);
	void *arg;
	/* Results: */
	struct buf body; /* the caller releases it; empty when not had */
	bool had;
	bool from_cache;
	char why[200]; /* printable; why it was not had */
};

/*
 * Gets all COUNT requests, at the same time.  A pinned body is cached under its
 * pin and taken from there without asking, because one URL may stand for other
 * bytes tomorrow.  Without a pin the network comes first, and the body cached
 * under the URL is what is left when that fails.  A request that fails is a
 * result, not an error; false only when this program cannot go on.
 */
MUST_USE bool fetch_all(
	struct fetch *fetch, struct fetch_request *requests, size_t count, struct error *err);

#endif
