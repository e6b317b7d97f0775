/* SPDX-License-Identifier: MIT */
/*
 * fetch - bounded HTTP GETs and the cache of what they brought
 *
 * The only door to libcurl.  URLs of a profile are the user's own choice; those
 * that certificates name are some remote's, and lead to public addresses only
 * (fetch_guard.h).  What any of them answers is not trusted: sizes, time,
 * redirects and protocols (http, https) are bounded, and every caller checks
 * what it got by fingerprint or signature.
 *
 * Cached files are named by the SHA-256 of what identifies them, written
 * whole or not at all, and checked again by the caller when read back.  What
 * a server said to know a body again by (RFC 9110, 8.8) is kept beside it, so
 * that one that has not changed is not transferred again.
 */
#ifndef CHECKER_ENGINE_FETCH_H
#define CHECKER_ENGINE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	/* May FRESH, accepted, take the place of OLD in the cache?  If not, OLD is the body.
	 * NULL: always. */
	bool (*follows)(void *arg, const uint8_t *old, size_t old_len, const struct buf *fresh,
		const char **ret_why);
	const void *post; /* POST these bytes (an OCSP request), and nothing is cached; NULL: GET */
	size_t post_len;
	bool transient; /* of this moment: nothing is cached */
	bool by_remote; /* a remote chose the URL */
	/* Results: */
	struct buf body; /* the caller releases it; empty when not had */
	bool had;
	bool from_cache;
	bool unchanged;     /* ... because the server says that it is still the same */
	bool refused_fresh; /* ... because what it serves now may not take its place; `why` */
	char why[200];      /* printable; why it was not had, or what was wrong with what came */
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
