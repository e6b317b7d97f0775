/* SPDX-License-Identifier: MIT */
/*
 * plan_request - the request for a new certificate, as input for whatever makes it on the server
 *
 * For the names of the certificate that is served now, so that the new one covers what the old one
 * did; the key is made on the server, by the program of its platform.
 */
#ifndef REPORTS_PLAN_PLAN_REQUEST_H
#define REPORTS_PLAN_PLAN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define PLAN_REQUEST_BYTES (1u << 20) /* a thousand names */

struct buf;
struct plan;
struct plan_host;
struct plan_piece;

/* "www.example.hk.cnf", after the first name; pieces of one leaf share a file, those of others that
 * would have the same name have a number in it. */
void plan_request_name(const struct plan *plan, const struct plan_host *host, size_t piece,
	char *out, size_t size);

/* False when none is to be made or can be: there are no names that DNS could have, or the program
 * of the platform cannot make such a request or hold its texts. */
bool plan_request_add(const struct plan *plan, const struct plan_host *host,
	const struct plan_piece *piece, struct buf *out);

#endif
