/* SPDX-License-Identifier: MIT */
/*
 * format_prometheus - metrics for the textfile collector of the node exporter
 *
 * No label has more values than we gave it: statuses, rules, severities, and a bounded number of
 * owners.  Samples have no timestamps, which that collector refuses; what times there are, are
 * values.
 */
#include "reports/format.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "reports/census.h"
#include "reports/machine/prometheus_owners.h"
#include "reports/output.h"
#include "reports/report.h"
#include "rules/verdict.h"

#define PAGE_BYTES (1u << 20)

static const struct {
	int64_t seconds;
} bounds[] = { { 0 }, { 7 * SECONDS_A_DAY }, { 14 * SECONDS_A_DAY }, { 30 * SECONDS_A_DAY },
	{ 60 * SECONDS_A_DAY }, { 90 * SECONDS_A_DAY }, { 180 * SECONDS_A_DAY },
	{ 398 * SECONDS_A_DAY } };

struct metrics {
	size_t findings[RULE_COUNT][SEVERITY_CRITICAL + 1];
	size_t waived[RULE_COUNT];
	size_t ending[ARRAY_LEN(bounds)]; /* leafs that end by then */
	size_t leafs, open;
	int64_t left; /* seconds of all leafs */
	bool any;
	struct instant last;
	struct census census;
};

static void count_findings(struct metrics *metrics, const struct verdict *verdict)
{
	bool open = false;

	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];

		if (finding->waived.is) {
			metrics->waived[finding->rule]++;
			continue;
		}
		metrics->findings[finding->rule][finding->severity]++;
		open |= finding->severity != SEVERITY_NOTE &&
			strncmp(rule_at(finding->rule)->id, "migration.", 10) == 0;
	}
	metrics->open += open;
}

static bool prometheus_add(
	const struct format_job *job, const struct verdict *verdict, struct error *err)
{
	struct metrics *metrics = job->state;
	const struct cert *leaf = verdict_leaf(verdict);

	if (!census_count(&metrics->census, verdict))
		return error_set_memory(err);
	count_findings(metrics, verdict);
	if (!metrics->any || verdict->time.seconds > metrics->last.seconds)
		metrics->last = verdict->time;
	metrics->any = true;
	if (!leaf || !leaf->readable)
		return true;
	int64_t left = leaf->not_after.seconds - job->run->as_of.seconds;
	metrics->leafs++;
	metrics->left += left;
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		metrics->ending[i] += left <= bounds[i].seconds;
	return true;
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	(void)buf_addf(
		out, "# HELP chainmend_%s %s\n# TYPE chainmend_%s %s\n", name, help, name, type);
}

static void gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	head(out, name, "gauge", help);
	(void)buf_addf(out, "chainmend_%s %lld\n", name, (long long)value);
}

static void put_findings(struct buf *out, const struct metrics *metrics)
{
	head(out, "findings", "gauge", "Findings that count, by rule and severity.");
	for (size_t rule = 0; rule < RULE_COUNT; rule++)
		for (enum severity s = SEVERITY_NOTE; s <= SEVERITY_CRITICAL; s++)
			if (metrics->findings[rule][s] > 0)
				(void)buf_addf(out,
					"chainmend_findings{rule=\"%s\",severity=\"%s\"} %zu\n",
					rule_at((enum rule_id)rule)->id, severity_name(s),
					metrics->findings[rule][s]);
	head(out, "waived_findings", "gauge", "Findings that are waived, by rule.");
	for (size_t rule = 0; rule < RULE_COUNT; rule++)
		if (metrics->waived[rule] > 0)
			(void)buf_addf(out, "chainmend_waived_findings{rule=\"%s\"} %zu\n",
				rule_at((enum rule_id)rule)->id, metrics->waived[rule]);
}

static void put_leafs(struct buf *out, const struct metrics *metrics)
{
	static const char name[] = "leaf_remaining_seconds";

	head(out, name, "histogram", "Time that is left to leaf certificates.");
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		(void)buf_addf(out, "chainmend_%s_bucket{le=\"%lld\"} %zu\n", name,
			(long long)bounds[i].seconds, metrics->ending[i]);
	(void)buf_addf(out,
		"chainmend_%s_bucket{le=\"+Inf\"} %zu\nchainmend_%s_sum %lld\n"
		"chainmend_%s_count %zu\n",
		name, metrics->leafs, name, (long long)metrics->left, name, metrics->leafs);
}

static bool prometheus_finish(
	const struct format_job *job, const struct report_summary *summary, struct error *err)
{
	const struct metrics *metrics = job->state;
	CLEANUP(buf_release) struct buf out = BUF_INIT(PAGE_BYTES);
	struct instant deadline;

	/* An id of a profile is letters, digits and -_. (docs/formats.md): nothing to escape. */
	head(&out, "run_info", "gauge", "The profile that was judged by.");
	(void)buf_addf(&out, "chainmend_run_info{profile=\"%s\"} 1\n", job->run->profile->id);
	gauge(&out, "run_as_of_timestamp_seconds", "The point in time judged for.",
		job->run->as_of.seconds);
	if (metrics->any)
		gauge(&out, "run_last_result_timestamp_seconds", "When the last result was seen.",
			metrics->last.seconds);
	gauge(&out, "run_complete", "1 when all targets were examined.", !summary->interrupted);
	gauge(&out, "targets", "Targets that were to be examined.", (int64_t)summary->targets);
	head(&out, "results", "gauge", "Results by status.");
	for (enum status status = STATUS_OK; status < STATUS_COUNT; status++)
		(void)buf_addf(&out, "chainmend_results{status=\"%s\"} %zu\n", status_name(status),
			summary->results[status]);
	head(&out, "owner_results", "gauge",
		"Results by owner and status; owners beyond the busiest are other.");
	if (!prometheus_owners_put(&out, "chainmend_owner_results", &metrics->census))
		return error_set_memory(err);
	put_findings(&out, metrics);
	gauge(&out, "migration_open_results", "Results with a migration to finish.",
		(int64_t)metrics->open);
	if (profile_deadline(job->run->profile, &deadline))
		gauge(&out, "deadline_timestamp_seconds",
			"The last day on which a certificate has to be gone.", deadline.seconds);
	put_leafs(&out, metrics);
	if (out.failed)
		return error_set_memory(err);
	return output_append(job->output, out.data, out.len, err);
}

static void prometheus_release(void *state)
{
	census_release(&((struct metrics *)state)->census);
}

const struct report_format format_prometheus = {
	.name = "prometheus",
	.state_size = sizeof(struct metrics),
	.add = prometheus_add,
	.finish = prometheus_finish,
	.release = prometheus_release,
};
