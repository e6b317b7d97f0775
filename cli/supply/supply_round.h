/* SPDX-License-Identifier: MIT */
/*
 * supply_round - one round of requests for what a profile names
 *
 * Private to supply.c, which asks and takes certificates, and supply_lists.c.
 */
#ifndef CLI_SUPPLY_SUPPLY_ROUND_H
#define CLI_SUPPLY_SUPPLY_ROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "cli/supply/supply.h"

struct buf;
struct cert;
struct error;
struct fetch;
struct fetch_request;
struct options;
struct profile;
struct profile_certificate;
struct profile_list;
struct revoke_list;
struct trust;

/* One URL, and what is expected behind it. */
struct supply_download {
	const struct profile *profile;
	const char *url;
	bool list;
	bool refused; /* something came that is no list */
	const struct trust *trust;
	const struct profile_list *wanted; /* NULL: a certificate, or a delta list */
};

struct supply_round {
	const struct supply_needs *needs;
	struct trust *trust;
	struct supply_download *downloads;
	struct fetch_request *requests;
	size_t count;
};

/* The request for URL; NULL: nobody asked for it. */
struct fetch_request *supply_request_of(
	const struct supply_round *round, const char *url, bool list);

/* A fetch as the options want it. */
MUST_USE struct fetch *supply_fetch(const struct options *options, struct error *err);

/* Says what is amiss, more quietly when that was to be expected. */
void supply_complain(const struct supply_needs *needs, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Is BODY what is expected behind a URL (ARG is a struct supply_download)? */
bool supply_accept(void *arg, const struct buf *body, const char **ret_why);

/* --- supply_lists.c --- */

/* May FRESH take the place of a list that is cached?  (fetch.h) */
bool supply_follows(void *arg, const uint8_t *old, size_t old_len, const struct buf *fresh,
	const char **ret_why);

/* Makes the lists of what came. */
MUST_USE bool supply_make_lists(const struct supply_round *round, struct revoke_list **ret_lists,
	struct supply_origin *ret_origins, struct error *err);

#endif
