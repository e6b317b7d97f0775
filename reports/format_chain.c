/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/target/target.h"
#include "reports/format.h"
#include "rules/verdict.h"

/* What a remote said is printable where it enters the model; here it is made so once more. */
static void put(struct buf *out, const char *text)
{
	char shown[300];

	text_printable(text, strlen(text), shown, sizeof shown);
	(void)buf_add_text(out, shown);
}

static void put_stores(struct buf *out, const struct verdict *verdict, uint32_t stores)
{
	bool first = true;

	for (size_t s = 0; s < verdict->path_count; s++) {
		if (!(stores & UINT32_C(1) << s))
			continue;
		(void)buf_add_text(out, first ? "" : ", ");
		put(out, verdict->paths[s].store);
		first = false;
	}
}

/* What stands behind the last certificate of a line. */
static void put_end(struct buf *out, const struct verdict *verdict, const struct trust_line *line)
{
	if (line->stores) {
		(void)buf_add_text(out, ", anchor of ");
		put_stores(out, verdict, line->stores);
	}
	if (line->left) {
		(void)buf_add_text(out, ", no longer anchor of ");
		put_stores(out, verdict, line->left);
	}
}

static const char *place_of(const struct trust_line *line, size_t at)
{
	if (line->served[at])
		return "served";
	return at + 1 == line->len && (line->stores || line->left) ? "held by clients"
								   : "not served";
}

static void put_certificate(
	struct buf *out, const struct verdict *verdict, const struct trust_line *line, size_t at)
{
	const struct cert *cert = line->certs[at];
	char day[INSTANT_TEXT];

	instant_format_day(cert->not_after, day);
	(void)buf_addf(out, "     %*s%s", (int)(2 * at), "", at > 0 ? "\xe2\x94\x94 " : "");
	put(out, cert->common_name[0] ? cert->common_name : cert->subject);
	(void)buf_addf(out, "  [%.8s, ends %s, %s", cert->sha256_text, day, place_of(line, at));
	if (at + 1 == line->len)
		put_end(out, verdict, line);
	(void)buf_add_char(out, ']');
	if (line->culprit == cert && !line->trusted)
		(void)buf_add_text(out, "  <- here");
	(void)buf_add_char(out, '\n');
}

static void put_line(struct buf *out, const struct verdict *verdict, size_t number)
{
	const struct trust_line *line = &verdict->lines.items[number];
	char reason[sizeof line->reason], day[INSTANT_TEXT];

	if (line->trusted) {
		instant_format_day(line->until, day);
		(void)buf_addf(out, "  %zu. trusted, ends %s\n", number + 1, day);
	} else {
		phrase_render(line->reason, LANGUAGE_EN, reason, sizeof reason);
		(void)buf_addf(
			out, "  %zu. rejected, %s: ", number + 1, path_fault_name(line->fault));
		put(out, reason);
		(void)buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < line->len; i++)
		put_certificate(out, verdict, line, i);
}

static const char *answer_of(const struct verdict_path *path)
{
	if (path->trusted == ANSWER_UNKNOWN)
		return "unknown";
	if (path->trusted == ANSWER_NO)
		return "no path";
	return path->completed_by == COMPLETION_SERVED
		       ? "trusts it"
		       : "trusts it only if it fetches what is missing";
}

static void put_answers(struct buf *out, const struct verdict *verdict)
{
	for (size_t s = 0; s < verdict->path_count; s++) {
		const struct verdict_path *path = &verdict->paths[s];
		char day[INSTANT_TEXT];

		(void)buf_add_text(out, "  ");
		put(out, path->store);
		(void)buf_addf(out, ": %s", answer_of(path));
		if (path->has_until) {
			instant_format_day(path->until, day);
			(void)buf_addf(out, ", until %s", day);
		} else if (path->reason[0]) {
			(void)buf_add_text(out, "; ");
			put(out, path->reason);
		}
		(void)buf_add_char(out, '\n');
	}
}

static bool chain_render(struct renderer *renderer, const struct verdict *verdict, struct buf *out)
{
	(void)renderer;
	put(out, verdict->target->host);
	if (verdict->target->port > 0)
		(void)buf_addf(out, ":%u", (unsigned)verdict->target->port);
	if (verdict->address[0]) {
		(void)buf_add_text(out, " at ");
		put(out, verdict->address);
	}
	(void)buf_add_char(out, '\n');
	if (verdict->message[0]) {
		(void)buf_add_text(out, "  ");
		put(out, verdict->message);
		(void)buf_add_char(out, '\n');
	}
	put_answers(out, verdict);
	for (size_t i = 0; i < verdict->lines.count; i++)
		put_line(out, verdict, i);
	if (verdict->lines.cut_short)
		(void)buf_add_text(out, "  There may be more: the search was cut short.\n");
	return !out->failed;
}

/* Every line of issuers, drawn: what --explain asks for. */
const struct report_format format_chain = {
	.name = "chain",
	.render = chain_render,
};
