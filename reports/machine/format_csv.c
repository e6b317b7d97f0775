/* SPDX-License-Identifier: MIT */
/*
 * format_csv - a row a finding, or a row a host (csv_hosts.h); of findings, a result without one
 * has a row of its own, its finding empty
 *
 * The columns are a contract: docs/formats.md, "CSV".
 */
#include "reports/format.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/limits.h"
#include "reports/machine/csv.h"
#include "reports/machine/csv_cells.h"
#include "reports/machine/csv_hosts.h"
#include "reports/output.h"
#include "reports/report.h"
#include "rules/verdict.h"

static const char *const columns[] = { CSV_CELLS_TARGET, "rule", "severity", "message", "due",
	"certificate", "actions", "waived_until", "leaf_not_after", CSV_CELLS_SEEN, "look" };

/* "install-certificate ssl-ca-3-17-2025; remove-certificate ..." */
static void put_actions(struct csv *csv, const struct finding *finding)
{
	char text[FINDING_ACTIONS * (ACTION_CERTIFICATE + 32)];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < finding->action_count; i++) {
		if (i > 0)
			used += (size_t)snprintf(text + used, sizeof text - used, "; ");
		csv_cells_action(&finding->actions[i], text + used, sizeof text - used);
		used += strlen(text + used);
	}
	csv_cell(csv, text);
}

static void put_finding(
	struct csv *csv, const struct finding *finding, const struct report_run *run)
{
	char message[FINDING_TEXT];

	phrase_render(finding->said[0] ? finding->said : finding->message, run->language, message,
		sizeof message);
	csv_cell(csv, rule_at(finding->rule)->id);
	csv_cell(csv, severity_name(finding->severity));
	csv_cell(csv, message);
	csv_cells_day(csv, finding->has_due, finding->due);
	csv_cell(csv, finding->certificate);
	put_actions(csv, finding);
	csv_cells_day(csv, finding->waived.is, finding->waived.until);
}

static void put_row(struct csv *csv, const struct verdict *verdict, const struct finding *finding,
	const struct report_run *run)
{
	const struct cert *leaf = verdict_leaf(verdict);

	csv_cells_target(csv, verdict);
	if (finding)
		put_finding(csv, finding, run);
	for (int i = 0; !finding && i < 7; i++)
		csv_cell(csv, NULL);
	csv_cells_day(csv, leaf && leaf->readable, leaf ? leaf->not_after : (struct instant){ 0 });
	csv_cells_seen(csv, verdict);
	csv_cell(csv, finding && finding->look != LOOK_MAIN ? look_name(finding->look) : NULL);
	csv_end_row(csv);
}

static bool flush(const struct format_job *job, struct buf *out, struct error *err)
{
	bool good = !out->failed ? output_append(job->output, buf_text(out), out->len, err)
				 : error_set_memory(err);

	buf_release(out);
	return good;
}

static bool csv_begin(const struct format_job *job, struct error *err)
{
	struct buf out = BUF_INIT(LIMIT_RECORD_BYTES);
	struct csv csv = { .out = &out };

	if (job->run->csv == CSV_HOSTS) {
		csv_hosts_head(&csv);
		return flush(job, &out, err);
	}
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_cell(&csv, columns[i]);
	csv_end_row(&csv);
	return flush(job, &out, err);
}

static bool csv_add(const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct buf out = BUF_INIT(LIMIT_RECORD_BYTES);
	struct csv csv = { .out = &out };

	if (job->run->csv == CSV_HOSTS) {
		out.failed |= !csv_hosts_row(&csv, verdict, job->run->language);
		return flush(job, &out, err);
	}
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		put_row(&csv, verdict, &verdict->findings.all.items[i], job->run);
	if (verdict->findings.all.count == 0)
		put_row(&csv, verdict, NULL, job->run);
	return flush(job, &out, err);
}

const struct report_format format_csv = {
	.name = "csv",
	.begin = csv_begin,
	.add = csv_add,
};
