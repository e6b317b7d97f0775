/* SPDX-License-Identifier: MIT */
/*
 * format_xlsx - a workbook: summary, owners, hosts, findings, actions, certificates
 *
 * Hosts, findings, actions and certificates are written as results come in; of the rest only
 * counts are kept, and the fingerprints of certificates that have their row already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "checker/target/target.h"
#include "reports/census.h"
#include "reports/format.h"
#include "reports/report.h"
#include "reports/step.h"
#include "reports/xlsx/book.h"
#include "rules/finding.h"
#include "rules/profile/profile.h"
#include "rules/rule.h"
#include "rules/verdict.h"

#define LINE_BYTES 32768

enum tab {
	TAB_SUMMARY,
	TAB_OWNERS,
	TAB_HOSTS,
	TAB_FINDINGS,
	TAB_ACTIONS,
	TAB_CERTIFICATES,
	TAB_COUNT
};

#define COLUMNS 17

static const struct {
	const char *name;
	struct sheet_column columns[COLUMNS];
} tabs[TAB_COUNT] = {
	[TAB_SUMMARY] = { N_("Summary"), { { N_("What"), 34 }, { N_("Value"), 60 } } },
	[TAB_OWNERS] = { N_("Owners"),
		{ { N_("Owner"), 28 }, { N_("critical"), 11 }, { N_("warning"), 11 },
			{ N_("unreachable"), 13 }, { N_("out of scope"), 13 }, { N_("ok"), 11 },
			{ N_("First due"), 12 }, { N_("What to do"), 60 },
			{ N_("Hosts with something to do"), 80 } } },
	[TAB_HOSTS] = { N_("Hosts"),
		{ { N_("Status"), 13 }, { N_("Host"), 34 }, { N_("Port"), 7 },
			{ N_("Protocol"), 10 }, { N_("Address"), 18 }, { N_("Owner"), 18 },
			{ N_("Platform"), 16 }, { N_("Calls itself"), 30 },
			{ N_("Certificate"), 30 }, { N_("Ends"), 12 }, { N_("Days left"), 10 },
			{ N_("Issued by"), 26 }, { N_("TLS"), 9 }, { N_("Findings"), 44 },
			{ N_("What to do"), 44 }, { N_("Error"), 40 }, { N_("Source"), 22 } } },
	[TAB_FINDINGS] = { N_("Findings"),
		{ { N_("Severity"), 11 }, { N_("Rule"), 32 }, { N_("What it means"), 40 },
			{ N_("Message"), 70 }, { N_("Due"), 12 }, { N_("Host"), 34 },
			{ N_("Port"), 7 }, { N_("Protocol"), 10 }, { N_("Address"), 18 },
			{ N_("Owner"), 18 }, { N_("Waived until"), 12 },
			{ N_("Waived because"), 30 }, { N_("SHA-256 of the certificate"), 66 } } },
	[TAB_ACTIONS] = { N_("Actions"),
		{ { N_("Owner"), 18 }, { N_("Host"), 34 }, { N_("Port"), 7 },
			{ N_("Protocol"), 10 }, { N_("Address"), 18 }, { N_("What to do"), 36 },
			{ N_("Certificate"), 26 }, { N_("SHA-1 thumbprint"), 42 },
			{ N_("SHA-256 of the certificate"), 66 },
			{ N_("Where the CA keeps it"), 50 }, { N_("Due"), 12 },
			{ N_("Because of"), 32 } } },
	[TAB_CERTIFICATES] = { N_("Certificates"),
		{ { N_("Role"), 9 }, { N_("Known as"), 24 }, { N_("Subject"), 50 },
			{ N_("Issuer"), 50 }, { N_("Valid from"), 12 }, { N_("Ends"), 12 },
			{ N_("Key"), 12 }, { N_("Signature"), 26 }, { N_("Serial number"), 44 },
			{ N_("Names"), 50 }, { "SHA-256", 66 } } },
};

struct xlsx {
	struct book *book;
	struct sheet *sheets[TAB_COUNT];
	struct census census;
};

static void release(void *state)
{
	struct xlsx *xlsx = state;

	book_free(xlsx->book);
	census_release(&xlsx->census);
}

static bool begin(const struct format_job *job, struct error *err)
{
	struct xlsx *xlsx = job->state;
	enum language language = job->run->language;

	xlsx->book = book_new(job->run->as_of, err);
	if (!xlsx->book)
		return false;
	for (size_t tab = 0; tab < TAB_COUNT; tab++) {
		struct sheet_column columns[COLUMNS];
		size_t count = 0;

		for (; count < COLUMNS && tabs[tab].columns[count].title; count++) {
			columns[count] = tabs[tab].columns[count];
			columns[count].title = lang_text(language, columns[count].title);
		}
		xlsx->sheets[tab] = book_sheet(
			xlsx->book, lang_text(language, tabs[tab].name), columns, count, err);
		if (!xlsx->sheets[tab])
			return false;
	}
	return true;
}

static enum book_style style_of(enum status status)
{
	static const enum book_style styles[STATUS_COUNT] = {
		[STATUS_OK] = BOOK_GOOD,
		[STATUS_OUT_OF_SCOPE] = BOOK_PLAIN,
		[STATUS_WARNING] = BOOK_WARNING,
		[STATUS_CRITICAL] = BOOK_CRITICAL,
		[STATUS_UNREACHABLE] = BOOK_UNREACHABLE,
	};

	return styles[status];
}

static enum book_style style_of_severity(enum severity severity)
{
	return severity == SEVERITY_CRITICAL  ? BOOK_CRITICAL
	       : severity == SEVERITY_WARNING ? BOOK_WARNING
					      : BOOK_PLAIN;
}

/* Host, port, protocol, address: how every row names a service. */
static void put_service(struct sheet *sheet, const struct verdict *verdict)
{
	const struct target *target = verdict->target;

	sheet_text(sheet, BOOK_PLAIN, target->unicode ? target->unicode : target->host);
	if (target->port != 0)
		sheet_number(sheet, target->port);
	else
		sheet_skip(sheet);
	sheet_text(sheet, BOOK_PLAIN, target->fault ? NULL : protocol_info(target->protocol)->name);
	sheet_text(sheet, BOOK_PLAIN, verdict->address);
}

static const struct verdict_certificate *certificate_in_role(
	const struct verdict *verdict, enum role role)
{
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (verdict->chain.items[i].role == role && verdict->chain.items[i].cert->readable)
			return &verdict->chain.items[i];
	return NULL;
}

static void put_leaf(struct sheet *sheet, const struct verdict *verdict)
{
	const struct verdict_certificate *leaf = certificate_in_role(verdict, ROLE_LEAF);
	const struct verdict_certificate *issuing = certificate_in_role(verdict, ROLE_ISSUING);

	if (!leaf) {
		for (size_t i = 0; i < 4; i++)
			sheet_skip(sheet);
		return;
	}
	sheet_text(sheet, BOOK_PLAIN,
		leaf->cert->common_name[0] ? leaf->cert->common_name : leaf->cert->subject);
	sheet_day(sheet, leaf->cert->not_after);
	sheet_number(sheet, (double)instant_days_between(verdict->as_of, leaf->cert->not_after));
	sheet_text(sheet, BOOK_PLAIN,
		issuing && issuing->known_as ? issuing->known_as : leaf->cert->issuer_common_name);
}

/* The rules that count, worst first, as one cell. */
static void put_rules(struct sheet *sheet, const struct verdict *verdict, struct buf *line)
{
	buf_clear(line);
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];
		if (finding_counts(finding))
			(void)buf_addf(line, "%s%s", line->len > 0 ? ", " : "",
				rule_at(finding->rule)->id);
	}
	sheet_text(sheet, BOOK_PLAIN, buf_text(line));
}

/* One action of a finding as its row. */
static bool put_action(struct xlsx *xlsx, const struct format_job *job,
	const struct verdict *verdict, const struct finding *finding, const struct action *action)
{
	struct sheet *sheet = xlsx->sheets[TAB_ACTIONS];
	CLEANUP(buf_release) struct buf brief = BUF_INIT(1024);
	char other[300];
	struct step step;

	if (!step_make(&step, action, verdict, job->run->profile))
		return false;
	step_brief(&step, 1, job->run->language, &brief);
	sheet_text(sheet, BOOK_PLAIN, target_label(verdict->target, "owner"));
	put_service(sheet, verdict);
	sheet_text(sheet, BOOK_PLAIN, buf_text(&brief));
	phrase_render(step.other ? step.other : "", job->run->language, other, sizeof other);
	sheet_text(sheet, BOOK_PLAIN, step.known ? step.known->id : other);
	sheet_text(sheet, BOOK_PLAIN, step.known ? step.known->sha1 : NULL);
	sheet_text(sheet, BOOK_PLAIN, step.known ? step.known->sha256_text : action->certificate);
	sheet_text(sheet, BOOK_PLAIN, step.known ? step.known->url : NULL);
	if (finding->has_due)
		sheet_day(sheet, finding->due);
	else
		sheet_skip(sheet);
	sheet_text(sheet, BOOK_PLAIN, rule_at(finding->rule)->id);
	sheet_next(sheet);
	step_release(&step);
	return true;
}

static bool put_actions(
	struct xlsx *xlsx, const struct format_job *job, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];
		if (!finding_counts(finding))
			continue;
		for (size_t k = 0; k < finding->action_count; k++)
			if (!finding_list_asks_before(&verdict->findings, i, k) &&
				!put_action(xlsx, job, verdict, finding, &finding->actions[k]))
				return false;
	}
	return true;
}

/* One thing to do: into the cell, and to what its owner has to do. */
static bool add_work(struct xlsx *xlsx, const struct format_job *job, const struct verdict *verdict,
	const struct action *action, struct buf *line)
{
	CLEANUP(buf_release) struct buf brief = BUF_INIT(1024);
	struct step step;

	if (!step_make(&step, action, verdict, job->run->profile))
		return false;
	step_brief(&step, 1, job->run->language, &brief);
	step_release(&step);
	(void)buf_add_text(line, line->len > 0 ? lang_text(job->run->language, "; ") : "");
	(void)buf_add_text(line, buf_text(&brief));
	return census_note_work(&xlsx->census, verdict, buf_text(&brief));
}

/* What has to be done, in one cell. */
static bool put_work(struct xlsx *xlsx, const struct format_job *job, const struct verdict *verdict,
	struct buf *line)
{
	buf_clear(line);
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];

		for (size_t k = 0; finding_counts(finding) && k < finding->action_count; k++)
			if (!finding_list_asks_before(&verdict->findings, i, k) &&
				!add_work(xlsx, job, verdict, &finding->actions[k], line))
				return false;
	}
	sheet_text(xlsx->sheets[TAB_HOSTS], BOOK_PLAIN, buf_text(line));
	return true;
}

static bool put_host(struct xlsx *xlsx, const struct format_job *job, const struct verdict *verdict)
{
	struct sheet *sheet = xlsx->sheets[TAB_HOSTS];
	const struct target *target = verdict->target;
	CLEANUP(buf_release) struct buf line = BUF_INIT(LINE_BYTES);
	char text[1024];

	sheet_text(sheet, style_of(verdict->status),
		lang_text(job->run->language, status_name(verdict->status)));
	put_service(sheet, verdict);
	sheet_text(sheet, BOOK_PLAIN, target_label(target, "owner"));
	sheet_text(sheet, BOOK_PLAIN, verdict_platform(verdict));
	sheet_text(sheet, BOOK_PLAIN, verdict->banner);
	put_leaf(sheet, verdict);
	sheet_text(sheet, BOOK_PLAIN, verdict->version);
	put_rules(sheet, verdict, &line);
	if (!put_work(xlsx, job, verdict, &line))
		return false;
	phrase_render(verdict->said, job->run->language, text, sizeof text);
	sheet_text(sheet, BOOK_PLAIN, verdict->outcome == OUTCOME_SERVED ? NULL : text);
	if (target->source)
		(void)snprintf(text, sizeof text, "%.900s:%zu", target->source, target->line);
	sheet_text(sheet, BOOK_PLAIN, target->source ? text : NULL);
	sheet_next(sheet);
	return true;
}

static void put_finding(struct sheet *sheet, enum language language, const struct verdict *verdict,
	const struct finding *finding)
{
	char text[FINDING_TEXT * 4];

	sheet_text(sheet, finding->waived.is ? BOOK_PLAIN : style_of_severity(finding->severity),
		lang_text(language, severity_name(finding->severity)));
	sheet_text(sheet, BOOK_PLAIN, rule_at(finding->rule)->id);
	sheet_text(sheet, BOOK_PLAIN, lang_text(language, rule_at(finding->rule)->title));
	phrase_render(finding->said, language, text, sizeof text);
	sheet_text(sheet, BOOK_WRAPPED, text);
	if (finding->has_due)
		sheet_day(sheet, finding->due);
	else
		sheet_skip(sheet);
	put_service(sheet, verdict);
	sheet_text(sheet, BOOK_PLAIN, target_label(verdict->target, "owner"));
	if (finding->waived.is) {
		sheet_day(sheet, finding->waived.until);
		(void)snprintf(
			text, sizeof text, "%s (%s)", finding->waived.reason, finding->waived.by);
		sheet_text(sheet, BOOK_PLAIN, text);
	} else {
		sheet_skip(sheet);
		sheet_skip(sheet);
	}
	sheet_text(sheet, BOOK_PLAIN, finding->certificate);
	sheet_next(sheet);
}

static void put_names(struct sheet *sheet, char *const *names, struct buf *line)
{
	buf_clear(line);
	for (; names && *names; names++)
		(void)buf_addf(line, "%s%s", line->len > 0 ? ", " : "", *names);
	sheet_text(sheet, BOOK_PLAIN, buf_text(line));
}

static void put_certificate(
	struct sheet *sheet, enum language language, const struct verdict_certificate *served)
{
	const struct cert *cert = served->cert;
	CLEANUP(buf_release) struct buf line = BUF_INIT(LINE_BYTES);

	sheet_text(sheet, BOOK_PLAIN, lang_text(language, role_name(served->role)));
	sheet_text(sheet, BOOK_PLAIN, served->known_as);
	if (cert->readable) {
		sheet_text(sheet, BOOK_PLAIN, cert->subject);
		sheet_text(sheet, BOOK_PLAIN, cert->issuer);
		sheet_day(sheet, cert->not_before);
		sheet_day(sheet, cert->not_after);
		sheet_text(sheet, BOOK_PLAIN, cert->key);
		sheet_text(sheet, BOOK_PLAIN, cert->signature);
		sheet_text(sheet, BOOK_PLAIN, cert->serial);
		put_names(sheet, cert->san, &line);
	} else {
		sheet_text(sheet, BOOK_PLAIN, lang_text(language, "cannot be decoded"));
		for (size_t i = 0; i < 7; i++)
			sheet_skip(sheet);
	}
	sheet_text(sheet, BOOK_PLAIN, cert->sha256_text);
	sheet_next(sheet);
}

static bool add(const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct xlsx *xlsx = job->state;
	enum language language = job->run->language;

	if (!census_count(&xlsx->census, verdict) || !put_host(xlsx, job, verdict) ||
		!put_actions(xlsx, job, verdict))
		return error_set_memory(err);
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		put_finding(xlsx->sheets[TAB_FINDINGS], language, verdict,
			&verdict->findings.all.items[i]);
	for (size_t i = 0; i < verdict->chain.count; i++) {
		bool fresh;

		if (!census_meet(&xlsx->census, verdict->chain.items[i].cert->sha256, &fresh))
			return error_set_memory(err);
		if (fresh)
			put_certificate(
				xlsx->sheets[TAB_CERTIFICATES], language, &verdict->chain.items[i]);
	}
	return true;
}

static void put_owner(void *arg, const struct census_owner *owner)
{
	static const enum status order[] = { STATUS_CRITICAL, STATUS_WARNING, STATUS_UNREACHABLE,
		STATUS_OUT_OF_SCOPE, STATUS_OK };
	struct sheet *sheet = arg;

	sheet_text(sheet, BOOK_BOLD, owner->name);
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		sheet_number(sheet, (double)owner->results[order[i]]);
	if (owner->has_due)
		sheet_day(sheet, owner->due);
	else
		sheet_skip(sheet);
	sheet_text(sheet, BOOK_WRAPPED, owner->work);
	sheet_text(sheet, BOOK_WRAPPED, owner->hosts);
	sheet_next(sheet);
}

static void put_fact(struct sheet *sheet, const char *what, const char *value)
{
	sheet_text(sheet, BOOK_BOLD, what);
	sheet_text(sheet, BOOK_PLAIN, value);
	sheet_next(sheet);
}

static void put_summary(
	const struct xlsx *xlsx, const struct report_run *run, const struct report_summary *summary)
{
	struct sheet *sheet = xlsx->sheets[TAB_SUMMARY];
	enum language language = run->language;
	size_t dropped = 0;

	put_fact(sheet, lang_text(language, "Profile"),
		profile_title_in(&run->profile->title, language));
	sheet_text(sheet, BOOK_BOLD, lang_text(language, "Judged as of"));
	sheet_day(sheet, run->as_of);
	sheet_next(sheet);
	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++) {
		sheet_text(sheet, style_of(status), lang_text(language, status_name(status)));
		sheet_number(sheet, (double)summary->results[status]);
		sheet_next(sheet);
	}
	if (summary->interrupted)
		put_fact(sheet, lang_text(language, "Interrupted"),
			lang_text(language, "not all targets were examined"));
	for (size_t tab = 0; tab < TAB_COUNT; tab++)
		dropped += sheet_dropped(xlsx->sheets[tab]);
	if (dropped > 0) {
		sheet_text(sheet, BOOK_WARNING,
			lang_text(language, "Rows that did not fit into a sheet"));
		sheet_number(sheet, (double)dropped);
		sheet_next(sheet);
	}
}

static bool finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	struct xlsx *xlsx = job->state;

	put_summary(xlsx, job->run, summary);
	if (!census_owners(&xlsx->census, put_owner, xlsx->sheets[TAB_OWNERS]))
		return error_set_memory(err);
	return book_write(xlsx->book, job->output, err);
}

const struct report_format format_xlsx = {
	.name = "xlsx",
	.state_size = sizeof(struct xlsx),
	.begin = begin,
	.add = add,
	.finish = finish,
	.release = release,
};
