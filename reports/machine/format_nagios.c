/* SPDX-License-Identifier: MIT */
/*
 * format_nagios - a line for the monitoring system, with figures, and the worst results below
 *
 * A plug-in's output is a protocol: "|" begins the figures, and a line end the long output. Neither
 * comes out of a text of somebody else's.
 */
#include "reports/format.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/digest_text.h"
#include "reports/machine/nagios.h"
#include "reports/output.h"
#include "reports/report.h"
#include "rules/verdict.h"

#define LINES 40 /* of each status: receivers take 8 KiB and cut the rest */
#define LINE_BYTES 160
#define PAGE_BYTES 65536

struct nagios {
	struct buf lines[STATUS_COUNT];
	size_t counts[STATUS_COUNT];
};

enum nagios_state nagios_state_of(const struct report_summary *summary)
{
	const size_t *results = summary->results;
	size_t all = 0;

	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++)
		all += results[status];
	if (results[STATUS_CRITICAL] > 0 || results[STATUS_UNREACHABLE] > 0)
		return NAGIOS_CRITICAL;
	if (summary->interrupted || summary->inspected > 0 || all == 0)
		return NAGIOS_UNKNOWN;
	return results[STATUS_WARNING] > 0 ? NAGIOS_WARNING : NAGIOS_OK;
}

static void add_text(struct buf *out, const char *text)
{
	char shown[LINE_BYTES];

	text_printable(text, strlen(text), shown, sizeof shown);
	for (char *c = shown; (c = strchr(c, '|'));)
		*c = '/';
	(void)buf_add_text(out, shown);
}

static const struct finding *worst_of(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (!verdict->findings.all.items[i].waived.is)
			return &verdict->findings.all.items[i];
	return NULL;
}

static bool nagios_begin(const struct format_job *job, struct error *err)
{
	struct nagios *nagios = job->state;

	(void)err;
	for (size_t i = 0; i < STATUS_COUNT; i++)
		nagios->lines[i] = (struct buf)BUF_INIT(PAGE_BYTES);
	return true;
}

static bool nagios_add(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct nagios *nagios = job->state;
	struct buf *out = &nagios->lines[verdict->status];
	const struct finding *worst = worst_of(verdict);

	if (verdict->status == STATUS_OK || verdict->status == STATUS_OUT_OF_SCOPE ||
		++nagios->counts[verdict->status] > LINES)
		return true;
	char *service = digest_text_service(verdict->target, LANGUAGE_EN);
	if (!service)
		return error_set_memory(err);
	(void)buf_addf(out, "%s: ", status_name(verdict->status));
	add_text(out, service);
	(void)buf_add_text(out, ": ");
	add_text(out, worst ? worst->message : verdict->message);
	(void)buf_add_char(out, '\n');
	free(service);
	return !out->failed || error_set_memory(err);
}

static bool nagios_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	static const enum status order[] = { STATUS_CRITICAL, STATUS_UNREACHABLE, STATUS_WARNING };
	struct nagios *nagios = job->state;
	const size_t *results = summary->results;
	CLEANUP(buf_release) struct buf out = BUF_INIT(4 * PAGE_BYTES);

	(void)buf_addf(&out,
		"CHAINMEND %s - %s%zu critical, %zu warning, %zu unreachable, %zu ok, %zu out of "
		"scope | critical=%zu;;0;0 warning=%zu;0;;0 unreachable=%zu;;0;0 ok=%zu;;;0 "
		"out_of_scope=%zu;;;0\n",
		words[nagios_state_of(summary)],
		summary->interrupted ? "not all targets were examined: " : "",
		results[STATUS_CRITICAL], results[STATUS_WARNING], results[STATUS_UNREACHABLE],
		results[STATUS_OK], results[STATUS_OUT_OF_SCOPE], results[STATUS_CRITICAL],
		results[STATUS_WARNING], results[STATUS_UNREACHABLE], results[STATUS_OK],
		results[STATUS_OUT_OF_SCOPE]);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const struct buf *lines = &nagios->lines[order[i]];

		(void)buf_add_text(&out, buf_text(lines));
		if (nagios->counts[order[i]] > LINES)
			(void)buf_addf(&out, "%s: %zu more\n", status_name(order[i]),
				nagios->counts[order[i]] - LINES);
	}
	if (out.failed)
		return error_set_memory(err);
	return output_append(job->output, out.data, out.len, err);
}

static void nagios_release(void *state)
{
	struct nagios *nagios = state;

	for (size_t i = 0; i < STATUS_COUNT; i++)
		buf_release(&nagios->lines[i]);
}

const struct report_format format_nagios = {
	.name = "nagios",
	.state_size = sizeof(struct nagios),
	.begin = nagios_begin,
	.add = nagios_add,
	.finish = nagios_finish,
	.release = nagios_release,
};
