/* SPDX-License-Identifier: MIT */
/*
 * format_junit - JUnit XML for CI: a test case a result
 *
 * A result with findings that count is a failure, one element with all of them, because readers
 * look at the first alone; one that could not be examined is an error, one out of scope is skipped.
 * The counts stand in front, so the cases wait in memory for the end.
 */
#include "reports/format.h"

#include <stdlib.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/target/target.h"
#include "reports/digest_text.h"
#include "reports/machine/xml.h"
#include "reports/output.h"
#include "reports/report.h"
#include "rules/verdict.h"

#define CASES_BYTES (2u << 30) /* two kilobytes for each of a million results */

struct junit {
	struct buf cases;
	size_t tests, failures, errors, skipped;
};

static void put_finding(struct buf *out, const struct finding *finding)
{
	char day[INSTANT_TEXT];

	xml_text(out, severity_name(finding->severity));
	(void)buf_add_char(out, ' ');
	xml_text(out, rule_at(finding->rule)->id);
	(void)buf_add_text(out, ": ");
	xml_text(out, finding->message);
	if (finding->has_due) {
		instant_format_day(finding->due, day);
		(void)buf_addf(out, " (due %s)", day);
	}
	for (size_t i = 0; i < finding->action_count; i++) {
		(void)buf_addf(out, "\n  %s ", action_kind_name(finding->actions[i].kind));
		xml_text(out, finding->actions[i].certificate);
	}
	if (finding->waived.is) {
		(void)buf_add_text(out, "\n  waived: ");
		xml_text(out, finding->waived.reason);
	}
	(void)buf_add_char(out, '\n');
}

static void put_findings(struct buf *out, const struct verdict *verdict, bool counting)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (finding_counts(&verdict->findings.all.items[i]) == counting)
			put_finding(out, &verdict->findings.all.items[i]);
}

static const struct finding *first_that_counts(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (finding_counts(&verdict->findings.all.items[i]))
			return &verdict->findings.all.items[i];
	return NULL;
}

static void put_failure(struct junit *junit, const struct verdict *verdict)
{
	const struct finding *first = first_that_counts(verdict);
	struct buf *out = &junit->cases;

	junit->failures++;
	(void)buf_add_text(out, "<failure");
	xml_attribute(out, "type", first ? rule_at(first->rule)->id : status_name(verdict->status));
	xml_attribute(out, "message", first ? first->message : status_name(verdict->status));
	(void)buf_add_char(out, '>');
	put_findings(out, verdict, true);
	(void)buf_add_text(out, "</failure>\n");
}

static void put_outcome(struct junit *junit, const struct verdict *verdict)
{
	struct buf *out = &junit->cases;

	if (verdict->status == STATUS_UNREACHABLE) {
		junit->errors++;
		(void)buf_add_text(out, "<error");
		xml_attribute(out, "type", outcome_name(verdict->outcome));
		xml_attribute(out, "message", verdict->message);
		(void)buf_add_text(out, "/>\n");
	} else if (verdict->status == STATUS_OUT_OF_SCOPE) {
		junit->skipped++;
		(void)buf_add_text(out,
			"<skipped message=\"not issued under the authority of the profile\"/>\n");
	} else if (verdict->status != STATUS_OK) {
		put_failure(junit, verdict);
	}
}

static bool junit_begin(const struct format_job *job, struct error *err)
{
	struct junit *junit = job->state;

	(void)err;
	junit->cases = (struct buf)BUF_INIT(CASES_BYTES);
	return true;
}

static bool junit_add(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct junit *junit = job->state;
	struct buf *out = &junit->cases;
	const struct target *target = verdict->target;
	const char *owner = target_label(target, "owner");
	char *service = digest_text_service(target, LANGUAGE_EN);
	CLEANUP(buf_release) struct buf name = BUF_INIT(8192);
	CLEANUP(buf_release) struct buf said = BUF_INIT(CASES_BYTES);

	if (!service)
		return error_set_memory(err);
	(void)buf_add_text(&name, service);
	if (verdict->addresses > 1)
		(void)buf_addf(&name, " at %s", verdict->address);
	free(service);
	junit->tests++;
	(void)buf_add_text(out, "<testcase");
	xml_attribute(out, "classname",
		owner && owner[0] ? owner
		: target->fault   ? "bad-target"
				  : protocol_info(target->protocol)->name);
	xml_attribute(out, "name", buf_text(&name));
	xml_attribute(out, "file", target->source);
	if (target->source)
		(void)buf_addf(out, " line=\"%zu\"", target->line);
	(void)buf_add_text(out, ">\n");
	put_outcome(junit, verdict);
	/* Also what an out-of-scope or unreachable one shows. */
	if (verdict->status == STATUS_OUT_OF_SCOPE || verdict->status == STATUS_UNREACHABLE)
		put_findings(&said, verdict, true);
	put_findings(&said, verdict, false);
	if (said.len > 0) {
		(void)buf_add_text(out, "<system-out>");
		(void)buf_add(out, said.data, said.len);
		(void)buf_add_text(out, "</system-out>\n");
	}
	(void)buf_add_text(out, "</testcase>\n");
	return (!out->failed && !name.failed && !said.failed) || error_set_memory(err);
}

static bool junit_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	struct junit *junit = job->state;
	CLEANUP(buf_release) struct buf head = BUF_INIT(8192);
	CLEANUP(buf_release) struct buf sums = BUF_INIT(1024);

	(void)buf_addf(&sums, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		junit->tests, junit->failures, junit->errors, junit->skipped);
	(void)buf_addf(&head,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"chainmend\"%s>\n"
		"<testsuite",
		buf_text(&sums));
	xml_attribute(&head, "name", job->run->profile->id);
	(void)buf_addf(&head, "%s>\n", buf_text(&sums));
	if (summary->interrupted)
		(void)buf_add_text(&head,
			"<properties><property name=\"interrupted\" value=\"true\"/>"
			"</properties>\n");
	static const char tail[] = "</testsuite>\n</testsuites>\n";
	if (head.failed || sums.failed)
		return error_set_memory(err);
	return output_append(job->output, head.data, head.len, err) &&
	       output_append(job->output, buf_text(&junit->cases), junit->cases.len, err) &&
	       output_append(job->output, tail, sizeof tail - 1, err);
}

static void junit_release(void *state)
{
	buf_release(&((struct junit *)state)->cases);
}

const struct report_format format_junit = {
	.name = "junit",
	.state_size = sizeof(struct junit),
	.begin = junit_begin,
	.add = junit_add,
	.finish = junit_finish,
	.release = junit_release,
};
