/* SPDX-License-Identifier: MIT */
/*
 * waivers - findings that somebody has decided to live with, for a reason and until a day
 *
 * Format: docs/formats.md, "Waivers".  A waiver names a rule, the services it holds for, a
 * reason, the day on which it expires and who answers for it.  A finding it fits is marked, and
 * marked findings count for no status; nothing else about a verdict is changed, so the evidence
 * (chain, paths, every other finding) is what it is without.  From its day on a waiver fits
 * nothing.
 *
 * Threads may share them: a waiver only remembers, atomically, that it fitted something.
 */
#ifndef RULES_WAIVER_WAIVERS_H
#define RULES_WAIVER_WAIVERS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct buf;
struct error;
struct verdict;
struct waivers;

#define WAIVERS_SCHEMA "chainmend.waivers/1"

/* From the file at PATH; whatever is wrong with it is an error "PATH:LINE: reason". */
MUST_USE struct waivers *waivers_load(const char *path, struct error *err);
MUST_USE struct waivers *waivers_parse(const char *path, const struct buf *text, struct error *err);
void waivers_free(struct waivers *waivers);
DEFINE_CLEANUP(struct waivers *, waivers_free);

/* The file as it was read. */
const char *waivers_text(const struct waivers *waivers);

/*
 * Marks the findings of VERDICT that are waived on its day and settles its status anew.  Doing so
 * twice, with more findings the second time, is fine; WAIVERS may be NULL.
 */
void waivers_apply(struct waivers *waivers, struct verdict *verdict);

typedef void waivers_say(void *arg, const char *text);

/* Calls SAY for each waiver that has expired at NOW, ... */
void waivers_tell_expired(
	const struct waivers *waivers, struct instant now, waivers_say *say, void *arg);

/* ... and for each of the others that has fitted nothing so far. */
void waivers_tell_unused(
	const struct waivers *waivers, struct instant now, waivers_say *say, void *arg);

#endif
