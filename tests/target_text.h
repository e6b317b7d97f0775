/* SPDX-License-Identifier: MIT */
/*
 * target_text - targets as one line of text, for the expectations of tests
 *
 * "LINE PROTOCOL://HOST(UNICODE)@ADDRESS:PORT?SNI LABEL=VALUE ..."; what a
 * target does not have is left out.  "LINE BAD HOST (FAULT)" for a bad one.
 */
#ifndef TESTS_TARGET_TEXT_H
#define TESTS_TARGET_TEXT_H

#include "checker/base/buf.h"
#include "checker/target/target.h"

static inline void target_text(const struct target *target, struct buf *out)
{
	(void)buf_addf(out, "%s%zu ", out->len ? "\n" : "", target->line);
	if (target->fault) {
		(void)buf_addf(out, "BAD %s (%s)", target->host, target->fault);
		return;
	}
	(void)buf_addf(out, "%s://%s", protocol_info(target->protocol)->name, target->host);
	if (target->unicode)
		(void)buf_addf(out, "(%s)", target->unicode);
	if (target->address)
		(void)buf_addf(out, "@%s", target->address);
	(void)buf_addf(out, ":%d", (int)target->port);
	if (target->sni)
		(void)buf_addf(out, "?%s", target->sni);
	for (size_t i = 0; i < target->labels.count; i++)
		(void)buf_addf(
			out, " %s=%s", target->labels.items[i].name, target->labels.items[i].value);
}

/* All targets of LIST, one a line. */
static inline void target_text_all(const struct target_list *list, struct buf *out)
{
	for (size_t i = 0; i < target_list_count(list); i++)
		target_text(target_list_at(list, i), out);
}

#endif
