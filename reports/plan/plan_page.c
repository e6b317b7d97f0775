/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_page.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "reports/markdown.h"
#include "reports/plan/plan_step.h"
#include "rules/profile/profile.h"

const char *plan_page_effort(enum work_need need, enum language language)
{
	static const char *const words[WORK_NEED_COUNT] = {
		N_("Swap a file"),
		N_("Change a setting"),
		N_("Serve another certificate"),
		N_("Request a certificate"),
		N_("Find out"),
	};

	return lang_text(language, words[need]);
}

static void put_code(struct buf *out, const char *text)
{
	char safe[600];

	text_printable(text, strlen(text), safe, sizeof safe);
	markdown_put_code(out, safe);
}

void plan_page_row(struct buf *out, enum language language, const char *label, const char *text)
{
	if (!text || !text[0])
		return;
	(void)buf_addf(out, "- %s%s", label, lang_text(language, ": "));
	put_code(out, text);
	(void)buf_add_char(out, '\n');
}

static void put_head(const struct plan *plan, const struct plan_host *host, struct buf *out)
{
	enum language language = plan->terms.language;
	char name[320], day[INSTANT_TEXT] = "";

	plan_host_name(host, name, sizeof name);
	(void)buf_add_text(out, "# ");
	markdown_put_code(out, name);
	(void)buf_add_text(out, "\n\n");
	plan_page_row(out, language, lang_text(language, "Owner"), host->owner);
	plan_page_row(out, language, lang_text(language, "Platform"), host->platform->title);
	(void)buf_addf(out, "- %s%s%s\n", lang_text(language, "Status"), lang_text(language, ": "),
		lang_text(language, status_name(host->status)));
	(void)buf_addf(out, "- %s%s%s\n", lang_text(language, "Effort"), lang_text(language, ": "),
		plan_page_effort(host->effort, language));
	if (host->has_due)
		instant_format_day(host->due, day);
	plan_page_row(out, language, lang_text(language, "Due"), day);
	instant_format_day(plan->terms.today, day);
	plan_page_row(out, language, lang_text(language, "As of"), day);
}

static void put_findings(const struct work *work, enum language language, struct buf *out)
{
	char text[FINDING_TEXT * 3];

	(void)buf_addf(out, "\n**%s**\n\n", lang_text(language, "What was found"));
	if (work->error) {
		phrase_render(work->error, language, text, sizeof text);
		(void)buf_add_text(out, "- ");
		markdown_put_text(out, text);
		(void)buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < work->findings.count; i++) {
		const struct work_finding *finding = &work->findings.items[i];

		phrase_render(finding->said, language, text, sizeof text);
		(void)buf_addf(out, "- %s ", lang_text(language, severity_name(finding->severity)));
		put_code(out, rule_at(finding->rule)->id);
		(void)buf_add_text(out, lang_text(language, ": "));
		markdown_put_text(out, text);
		(void)buf_add_char(out, '\n');
	}
}

static void put_certificates(
	const struct work_certificates *list, enum language language, struct buf *out)
{
	if (list->all.count == 0)
		(void)buf_addf(out, "\n- %s\n",
			lang_text(language, "Nothing but the server's own certificate."));
	else
		(void)buf_add_char(out, '\n');
	for (size_t i = 0; i < list->all.count; i++) {
		const struct work_certificate *one = &list->all.items[i];

		(void)buf_addf(out, "%zu. ", i + 1);
		put_code(out, one->known ? one->known->id : one->name[0] ? one->name : "?");
		if (one->sha1[0]) {
			(void)buf_add_text(out, " SHA-1 ");
			put_code(out, one->sha1);
		}
		(void)buf_add_text(out, " SHA-256 ");
		put_code(out, one->sha256);
		if (one->url) {
			(void)buf_add_char(out, ' ');
			put_code(out, one->url);
		}
		(void)buf_add_char(out, '\n');
	}
}

static void put_chain(const struct plan_piece *piece, enum language language, struct buf *out)
{
	const struct work *work = &piece->work;

	if (work->serve.all.count == 0 ||
		!(work->needs[WORK_NEED_CHAIN] || work->needs[WORK_NEED_REQUEST]))
		return;
	(void)buf_addf(
		out, "\n**%s**\n", lang_text(language, "Above the server's own certificate, now"));
	put_certificates(&work->served, language, out);
	(void)buf_addf(out, "\n**%s**\n",
		lang_text(language, "Above the server's own certificate, as it should be"));
	put_certificates(&work->serve, language, out);
	if (piece->chain_file[0]) {
		(void)buf_add_char(out, '\n');
		plan_page_row(out, language,
			lang_text(language, "These certificates, in this order"),
			piece->chain_file);
		return;
	}
	(void)buf_addf(out, "\n%s\n",
		lang_text(language,
			"Not all of them were at hand when this plan was made. The "
			"script takes what is missing from the server's present file, or "
			"fetches it from the CA, and uses nothing that has another "
			"SHA-256."));
}

static void put_request(const struct plan_piece *piece, enum language language, struct buf *out)
{
	if (!piece->request_file[0])
		return;
	(void)buf_addf(out, "\n**%s**\n\n", lang_text(language, "The request"));
	plan_page_row(out, language,
		lang_text(language, "Input for the program that makes key and request on the "
				    "server; how it is used stands at its head"),
		piece->request_file);
	(void)buf_addf(out, "- %s\n",
		lang_text(language, "The names are those of the certificate that is served now. "
				    "Back up the key before the request is submitted: whoever "
				    "loses it cannot use the certificate."));
}

static void put_step(enum plan_step step, size_t *number, const struct plan_host *host,
	const struct plan_piece *piece, enum language language, struct buf *out)
{
	CLEANUP(buf_release) struct buf command = BUF_INIT(64u << 10);

	plan_step_command(step, host, piece, &command);
	(void)buf_addf(out, "%zu. %s\n", ++*number, plan_step_text(step, piece, language));
	/* It begins with a word of ours, so no line of it can end the fence. */
	if (command.len > 0)
		(void)buf_addf(out, "\n   ```\n   %s\n   ```\n\n", buf_text(&command));
}

static void put_steps(const struct plan_host *host, const struct plan_piece *piece,
	enum language language, struct buf *out)
{
	size_t number = 0;

	(void)buf_addf(out, "\n**%s**\n\n", lang_text(language, "What to do"));
	for (size_t step = 0; step < PLAN_STEP_UNDO; step++)
		if (plan_step_is_of((enum plan_step)step, host, piece))
			put_step((enum plan_step)step, &number, host, piece, language, out);
	if (!plan_step_is_of(PLAN_STEP_UNDO, host, piece))
		return;
	number = 0;
	(void)buf_addf(out, "\n**%s**\n\n", lang_text(language, "How to take it back"));
	put_step(PLAN_STEP_UNDO, &number, host, piece, language, out);
}

static void put_piece(const struct plan_host *host, const struct plan_piece *piece,
	enum language language, struct buf *out)
{
	const struct work *work = &piece->work;
	bool several = host->pieces.count > 1 || host->addresses > 1;

	if (several || work->look != LOOK_MAIN) {
		char name[200];

		(void)snprintf(name, sizeof name, "%s%s%s", work->address,
			work->look == LOOK_MAIN ? "" : " ",
			work->look == LOOK_MAIN ? "" : look_name(work->look));
		(void)buf_add_text(out, "\n## ");
		put_code(out, name);
		(void)buf_add_char(out, '\n');
	}
	put_findings(work, language, out);
	put_chain(piece, language, out);
	put_request(piece, language, out);
	put_steps(host, piece, language, out);
}

static void put_platform(const struct plan_host *host, enum language language, struct buf *out)
{
	const struct plan_platform *platform = host->platform;

	(void)buf_addf(out, "\n## %s\n\n- %s\n- %s\n", platform->title,
		lang_text(language, platform->where), lang_text(language, platform->reload));
	for (size_t i = 0; i < platform->hint_count; i++) {
		const struct plan_hint *hint = &platform->hints[i];

		(void)buf_addf(out, "- %s\n", lang_text(language, hint->text));
		if (hint->command)
			(void)buf_addf(out, "\n  ```\n  %s\n  ```\n", hint->command);
	}
}

bool plan_page_host(const struct plan *plan, const struct plan_host *host, struct buf *out)
{
	put_head(plan, host, out);
	for (size_t i = 0; i < host->pieces.count; i++)
		put_piece(host, &host->pieces.items[i], plan->terms.language, out);
	put_platform(host, plan->terms.language, out);
	return !out->failed;
}
