/* SPDX-License-Identifier: MIT */
/*
 * html_places - the certificates of one host as they are shown: each with a mark of its own
 *
 * Those that were served have the number of their place, from 1; those that a path needs and
 * the server did not send follow with letters.  Who issued whom, and which are twins, comes
 * from the verdict alone, so a result that was read back looks the same.
 *
 * Borrows everything from the verdict and the profile.
 */
#ifndef REPORTS_HTML_HTML_PLACES_H
#define REPORTS_HTML_HTML_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/clock.h"
#include "checker/base/lang.h"
#include "checker/limits.h"
#include "rules/verdict.h"

struct profile;
struct profile_certificate;

#define HTML_UNSENT 24 /* certificates that were not sent and are shown all the same */
#define HTML_PLACES (LIMIT_CHAIN + HTML_UNSENT)
#define NO_PLACE SIZE_MAX

struct html_place {
	char mark[8];
	const struct verdict_certificate *served; /* NULL: not sent */
	const struct profile_certificate *known;  /* of the profile, or NULL */
	const char *print;
	uint64_t issuers; /* bit I: the certificate at place I issued this one */
	size_t twin;      /* another one with its name and key, or NO_PLACE */
	size_t first;     /* the same certificate at an earlier place, or NO_PLACE */
	bool has_not_after;
	struct instant not_after;
};

struct html_places {
	struct html_place at[HTML_PLACES];
	size_t served, count;
};

void html_places_find(struct html_places *ret_places, const struct verdict *verdict,
	const struct profile *profile);

/* The place of a fingerprint; NO_PLACE for one that is not shown. */
size_t html_places_of(const struct html_places *places, const char *print);

/* What a person calls it, never empty; printable, in OUT of SIZE. */
void html_places_name(
	const struct html_place *place, enum language language, char *out, size_t size);

/* True for one that can be read and has no issuer among the others, nor is its own. */
bool html_places_is_loose(const struct html_places *places, size_t place);

/* When the first certificate of a path ends; false when that of one is not known. */
bool html_places_until(const struct html_places *places, const struct verdict_path *path,
	struct instant *ret_until);

/* "1 > 2 > A" */
void html_places_line(
	const struct html_places *places, const struct verdict_path *path, char *out, size_t size);

#endif
