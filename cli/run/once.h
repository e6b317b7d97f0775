/* SPDX-License-Identifier: MIT */
/*
 * once - what is fetched at URLs that certificates name, each once a run
 *
 * For inquiry.c.  Threads that want the same thing at the same time wait for the first of them.
 * Lists and certificates stay for the run and are shared; an answer of a responder is copied.
 * Where a certificate sends us is bounded in number, size and time, and leads to public addresses
 * only, unless the profile names the very host (fetch_guard.h).
 */
#ifndef CLI_RUN_ONCE_H
#define CLI_RUN_ONCE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"

struct cert;
struct error;
struct once;
struct options;
struct revoke_list;
struct setup;

MUST_USE struct once *once_new(
	const struct setup *setup, const struct options *options, struct error *err);
void once_free(struct once *once);
DEFINE_CLEANUP(struct once *, once_free);

/* The list at URL that ISSUER keeps, in whatever state, and its number among all lists of the run;
 * NULL only without memory. */
const struct revoke_list *once_list(
	struct once *once, const char *url, const struct cert *issuer, size_t *ret_number);

/* The certificate at URL, or NULL. */
const struct cert *once_certificate(struct once *once, const char *url);

/*
 * What RESPONDER says to REQUEST, appended to BODY.  False when nothing came, and WHY is why.
 */
MUST_USE bool once_answer(struct once *once, const char *responder, const struct buf *request,
	struct buf *body, char why[static 160]);

#endif
