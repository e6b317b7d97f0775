/* SPDX-License-Identifier: MIT */
/*
 * history_text - a history as people and programs read it
 *
 * For people: the list of runs with what each found, and for each profile the burn-down to the
 * deadline with a forecast; or one host through time, a line for each change. For programs: an
 * object a line, of every run or of every result.
 */
#ifndef REPORTS_HISTORY_HISTORY_TEXT_H
#define REPORTS_HISTORY_HISTORY_TEXT_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct curve;
struct error;
struct history;
struct page;

MUST_USE bool history_text_runs(struct history *history, struct page *page, struct error *err);
MUST_USE bool history_text_host(struct history *history, const char *host, unsigned port,
	struct page *page, struct error *err);

/* The burn-down of PROFILE alone: bars, the deadline, the forecast. */
MUST_USE bool history_text_curve(
	const struct curve *curve, const char *profile, struct page *page, struct error *err);

MUST_USE bool history_json_runs(struct history *history, struct buf *out, struct error *err);
MUST_USE bool history_json_host(struct history *history, const char *host, unsigned port,
	struct buf *out, struct error *err);

#endif
