/* SPDX-License-Identifier: MIT */
/*
 * fetch_cache - files of what was fetched, and by what a server knows them again
 *
 * For fetch.c.  A body is in a file named by the SHA-256 of what identifies it, the validators of
 * it (RFC 9110, 8.8) in one of that name with ".is" behind.  Both appear whole or not at all; one
 * that is damaged is as good as none.
 */
#ifndef CHECKER_ENGINE_FETCH_CACHE_H
#define CHECKER_ENGINE_FETCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct buf;
struct fetch_request;

#define FETCH_PATH_BYTES 4096
#define FETCH_VALIDATOR_BYTES 256

struct fetch_validators {
	char etag[FETCH_VALIDATOR_BYTES];     /* as the server wrote it; "" when it did not */
	char modified[FETCH_VALIDATOR_BYTES]; /* Last-Modified, likewise */
};

/* Where the body of REQUEST is in FOLDER (NULL: no cache): by its pin, or by its URL. */
MUST_USE bool fetch_cache_path(const char *folder, const struct fetch_request *request,
	char path[static FETCH_PATH_BYTES]);

/* Appends the body; false when there is none. */
MUST_USE bool fetch_cache_read(
	const char *folder, const struct fetch_request *request, struct buf *body);

/* What is known of a body that is there. */
void fetch_cache_validators(const char *folder, const struct fetch_request *request,
	struct fetch_validators *ret_validators);

/* A cache that cannot be written to is no reason to do without what was fetched. */
void fetch_cache_write(const char *folder, const struct fetch_request *request,
	const struct fetch_validators *validators);

/* Forgets the validators, so that the body is asked for whole. */
void fetch_cache_forget(const char *folder, const struct fetch_request *request);

/* The cached body as it lies there, for a look; NULL when there is none.  Give it back. */
const uint8_t *fetch_cache_map(
	const char *folder, const struct fetch_request *request, size_t *ret_len);
void fetch_cache_unmap(const uint8_t *bytes, size_t len);

#endif
