/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "reports/format.h"
#include "reports/output.h"
#include "reports/report.h"
#include "rules/profile/profile.h"
#include "rules/verdict.h"

#define STORES_BYTES 4096 /* the ids of all stores, joined */

/* What is drawn of one service. */
struct chain_page {
	struct buf *out;
	const struct verdict *verdict;
	const struct profile *profile;
	enum language language;
};

/* What a remote said is printable where it enters the model; here it is made so once more. */
static void put(struct buf *out, const char *text)
{
	char shown[300];

	text_printable(text, strlen(text), shown, sizeof shown);
	(void)buf_add_text(out, shown);
}

static void put_stores(struct buf *out, const struct chain_page *page, uint32_t stores)
{
	bool first = true;

	for (size_t s = 0; s < page->verdict->path_count; s++) {
		if (!(stores & UINT32_C(1) << s))
			continue;
		(void)buf_add_text(out, first ? "" : lang_text(page->language, ", "));
		put(out, page->verdict->paths[s].store);
		first = false;
	}
}

/* LINE at its last certificate, in words, when that one is an anchor or was one. */
static bool put_anchor(struct chain_page *page, const struct trust_line *line, const char *hash,
	const char *day, const char *place)
{
	CLEANUP(buf_release) struct buf stores = BUF_INIT(STORES_BYTES);
	CLEANUP(buf_release) struct buf left = BUF_INIT(STORES_BYTES);

	put_stores(&stores, page, line->stores);
	put_stores(&left, page, line->left);
	if (line->stores && line->left)
		phrase_add(page->out, page->language,
			"[%s, ends %s, %s, anchor of %s, no longer anchor of %s]", hash, day, place,
			buf_text(&stores), buf_text(&left));
	else if (line->stores)
		phrase_add(page->out, page->language, "[%s, ends %s, %s, anchor of %s]", hash, day,
			place, buf_text(&stores));
	else if (line->left)
		phrase_add(page->out, page->language, "[%s, ends %s, %s, no longer anchor of %s]",
			hash, day, place, buf_text(&left));
	return line->stores || line->left;
}

static const char *place_of(const struct trust_line *line, size_t at)
{
	if (line->served[at])
		return PHRASE("served");
	return at + 1 == line->len && (line->stores || line->left) ? PHRASE("held by clients")
								   : PHRASE("not served");
}

static void put_certificate(struct chain_page *page, const struct trust_line *line, size_t at)
{
	const struct cert *cert = line->certs[at];
	const char *place = place_of(line, at);
	const struct profile_certificate *known = profile_by_fingerprint(
		page->profile, cert->sha256);
	char day[INSTANT_TEXT], hash[9];

	instant_format_day(cert->not_after, day);
	(void)snprintf(hash, sizeof hash, "%.8s", cert->sha256_text);
	(void)buf_addf(page->out, "     %*s%s", (int)(2 * at), "", at > 0 ? "\xe2\x94\x94 " : "");
	put(page->out, cert->common_name[0] ? cert->common_name : cert->subject);
	/* Twins have one name; the profile's id tells them apart. */
	if (known)
		(void)buf_addf(page->out, " (%s)", known->id);
	(void)buf_add_text(page->out, "  ");
	if (at + 1 < line->len || !put_anchor(page, line, hash, day, place))
		phrase_add(page->out, page->language, "[%s, ends %s, %s]", hash, day, place);
	if (line->culprit == cert && !line->trusted)
		(void)buf_addf(page->out, "  <- %s", lang_text(page->language, "here"));
	(void)buf_add_char(page->out, '\n');
}

static void put_line(struct chain_page *page, size_t number)
{
	const struct trust_line *line = &page->verdict->lines.items[number];
	char day[INSTANT_TEXT];

	(void)buf_addf(page->out, "  %zu. ", number + 1);
	if (line->trusted) {
		instant_format_day(line->until, day);
		phrase_add(page->out, page->language, "trusted, ends %s", day);
	} else {
		phrase_add(page->out, page->language, "rejected, %s: %s",
			path_fault_name(line->fault), line->reason);
	}
	(void)buf_add_char(page->out, '\n');
	for (size_t i = 0; i < line->len; i++)
		put_certificate(page, line, i);
}

static const char *answer_of(const struct verdict_path *path)
{
	if (path->trusted == ANSWER_UNKNOWN)
		return PHRASE("unknown");
	if (path->trusted == ANSWER_NO)
		return PHRASE("no path");
	return path->completed_by == COMPLETION_SERVED
		       ? PHRASE("trusts it")
		       : PHRASE("trusts it only if it fetches what is missing");
}

static void put_answers(struct chain_page *page)
{
	for (size_t s = 0; s < page->verdict->path_count; s++) {
		const struct verdict_path *path = &page->verdict->paths[s];
		const char *answer = answer_of(path);
		char day[INSTANT_TEXT];

		(void)buf_add_text(page->out, "  ");
		if (path->has_until) {
			instant_format_day(path->until, day);
			phrase_add(page->out, page->language, "%s: %s, until %s", path->store,
				answer, day);
		} else if (path->reason[0]) {
			phrase_add(page->out, page->language, "%s: %s; %s", path->store, answer,
				path->said);
		} else {
			phrase_add(page->out, page->language, "%s: %s", path->store, answer);
		}
		(void)buf_add_char(page->out, '\n');
	}
}

static void put_target(struct chain_page *page)
{
	const struct verdict *verdict = page->verdict;
	char shown[300], port[8];

	(void)snprintf(port, sizeof port, ":%u", (unsigned)verdict->target->port);
	(void)snprintf(shown, sizeof shown, "%s%s", verdict->target->host,
		verdict->target->port > 0 ? port : "");
	if (verdict->address[0])
		phrase_add(page->out, page->language, "%s at %s", shown, verdict->address);
	else
		put(page->out, shown);
	(void)buf_add_char(page->out, '\n');
	if (verdict->message[0]) {
		phrase_render(verdict->said, page->language, shown, sizeof shown);
		(void)buf_addf(page->out, "  %s\n", shown);
	}
}

static bool chain_add(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(LIMIT_RECORD_BYTES);
	struct chain_page page = {
		.out = &out,
		.verdict = verdict,
		.profile = job->run->profile,
		.language = job->run->language,
	};

	put_target(&page);
	put_answers(&page);
	for (size_t i = 0; i < verdict->lines.count; i++)
		put_line(&page, i);
	if (verdict->lines.cut_short)
		(void)buf_addf(&out, "  %s\n",
			lang_text(page.language, "There may be more: the search was cut short."));
	if (out.failed)
		return error_set_memory(err);
	return output_append(job->output, buf_text(&out), out.len, err);
}

/* Every line of issuers, drawn: what --explain asks for. */
const struct report_format format_chain = {
	.name = "chain",
	.add = chain_add,
};
