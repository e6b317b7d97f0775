/* SPDX-License-Identifier: MIT */
/*
 * html_mold - what the sections of many hosts have in common, kept once
 *
 * Ten thousand hosts that serve the same chain have sections that differ in a name, some days and
 * a fingerprint.  A section is therefore written with holes (html_slot()), and what belongs into
 * them beside it; sections with the same bytes are one mould.  The page holds a mould once, as a
 * <template>, and for each host the texts of its holes; a host that is shown without a script is
 * cast here (html_cast()), any other by the page's script, from the same two parts.
 *
 * What is kept is bounded: past LIMIT_MOLDS or LIMIT_MOLD_BYTES a section gets no mould.
 */
#ifndef REPORTS_HTML_HTML_MOLD_H
#define REPORTS_HTML_HTML_MOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/vec.h"

struct html_molds;

/* Enough for every CA a fleet may use, in every state; a page with more is slow to open. */
#define LIMIT_MOLDS 4096
#define LIMIT_MOLD_BYTES (24u << 20)

/* The holes of one section while it is written. */
struct html_slots {
	VEC(size_t) holes; /* where in the bytes, ascending */
	struct buf texts;  /* each with its NUL */
	bool failed;
};

void html_slots_init(struct html_slots *slots);
void html_slots_clear(struct html_slots *slots);
void html_slots_release(struct html_slots *slots);
void html_slots_add(struct html_slots *slots, size_t hole, const char *text);

struct html_mold {
	char *bytes;
	size_t len;
	size_t *holes;
	size_t hole_count;
};

#define NO_MOLD SIZE_MAX

MUST_USE struct html_molds *html_molds_new(void);
void html_molds_free(struct html_molds *molds);

/*
 * The number of the mould for these bytes and holes, made when there is none yet; past the limits
 * that is NO_MOLD unless ANYWAY, which is for a handful.  False when memory runs out.
 */
MUST_USE bool html_molds_find(struct html_molds *molds, const struct buf *bytes,
	const struct html_slots *slots, bool anyway, size_t *ret_number);

size_t html_molds_count(const struct html_molds *molds);
const struct html_mold *html_molds_at(const struct html_molds *molds, size_t number);

/* MOLD with TEXTS (each with its NUL) in its holes. */
void html_cast(const struct html_mold *mold, const char *texts, struct buf *out);

#endif
