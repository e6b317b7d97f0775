/* SPDX-License-Identifier: MIT */
#include "reports/machine/csv_hosts.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "reports/machine/csv.h"
#include "reports/machine/csv_cells.h"
#include "rules/rule.h"
#include "rules/verdict.h"

static const char *const columns[] = { CSV_CELLS_TARGET, "worst_rule", "worst_severity", "message",
	"rules", "critical", "warning", "note", "waived", "due", "actions", "leaf_subject",
	"leaf_not_after", "days_left", "leaf_key", "leaf_sha256", "issuer", "issuing", "tls",
	"trusted_by", "not_trusted_by", "sni", "unicode", "banner", "labels", CSV_CELLS_SEEN,
	"as_of" };

/* Texts joined by "; " into one cell; one buffer for all of a row. */
struct list {
	struct buf joined;
	bool failed;
};

static void list_add(struct list *list, const char *text)
{
	if (list->joined.len > 0)
		(void)buf_add_text(&list->joined, "; ");
	(void)buf_add_text(&list->joined, text);
}

static void list_put(struct list *list, struct csv *csv)
{
	list->failed |= list->joined.failed;
	csv_cell(csv, buf_text(&list->joined));
	buf_clear(&list->joined);
}

/* Findings are in order: the worst is the first, unless even that one is waived. */
static void put_worst(struct csv *csv, const struct verdict *verdict, enum language language)
{
	const struct finding *worst = verdict->findings.all.items;
	bool has = verdict->findings.all.count > 0 && !worst->waived.is;
	char message[FINDING_TEXT + MESSAGE_TEXT];

	csv_cell(csv, has ? rule_at(worst->rule)->id : NULL);
	csv_cell(csv, has ? severity_name(worst->severity) : NULL);
	if (has)
		(void)finding_text(worst, language, message, sizeof message);
	else
		phrase_render(verdict->said[0] ? verdict->said : verdict->message, language,
			message, sizeof message);
	csv_cell(csv, message);
}

static void put_rules(struct csv *csv, const struct verdict *verdict, struct list *list)
{
	const struct finding *last = NULL;

	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];

		if (!finding_counts(finding))
			continue;
		if (!last || last->rule != finding->rule)
			list_add(list, rule_at(finding->rule)->id);
		last = finding;
	}
	list_put(list, csv);
}

static void put_counts(struct csv *csv, const struct verdict *verdict)
{
	size_t severities[SEVERITY_CRITICAL + 1] = { 0 }, waived = 0;
	struct instant due = { 0 };
	bool has_due = false;

	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];

		waived += finding->waived.is;
		severities[finding->severity] += !finding->waived.is;
		if (!finding_counts(finding) || !finding->has_due)
			continue;
		if (!has_due || finding->due.seconds < due.seconds)
			due = finding->due;
		has_due = true;
	}
	csv_number(csv, severities[SEVERITY_CRITICAL]);
	csv_number(csv, severities[SEVERITY_WARNING]);
	csv_number(csv, severities[SEVERITY_NOTE]);
	csv_number(csv, waived);
	csv_cells_day(csv, has_due, due);
}

/* Of the leaf, or as many empty cells. */
static void put_leaf(struct csv *csv, const struct verdict *verdict)
{
	const struct cert *leaf = verdict_leaf(verdict);
	const char *issuing = NULL;

	if (leaf && !leaf->readable)
		leaf = NULL;
	for (size_t i = 0; i < verdict->chain.count && !issuing; i++)
		if (verdict->chain.items[i].role == ROLE_ISSUING)
			issuing = verdict->chain.items[i].known_as;
	csv_cell(csv, leaf ? leaf->subject : NULL);
	csv_cells_day(csv, leaf, leaf ? leaf->not_after : (struct instant){ 0 });
	if (leaf)
		csv_integer(csv, instant_days_between(verdict->as_of, leaf->not_after));
	else
		csv_cell(csv, NULL);
	csv_cell(csv, leaf ? leaf->key : NULL);
	csv_cell(csv, leaf ? leaf->sha256_text : NULL);
	csv_cell(csv, leaf ? leaf->issuer : NULL);
	csv_cell(csv, issuing);
	csv_cell(csv, verdict->version);
}

static void put_stores(
	struct csv *csv, const struct verdict *verdict, enum answer trusted, struct list *list)
{
	for (size_t i = 0; i < verdict->path_count; i++)
		if (verdict->paths[i].trusted == trusted)
			list_add(list, verdict->paths[i].store);
	list_put(list, csv);
}

/* "install-certificate ssl-ca-3-17-2025; remove-certificate ...": each once, of what counts. */
static void put_actions(struct csv *csv, const struct verdict *verdict, struct list *list)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++) {
		const struct finding *finding = &verdict->findings.all.items[i];

		for (size_t k = 0; finding_counts(finding) && k < finding->action_count; k++) {
			char text[ACTION_CERTIFICATE + 32];

			if (finding_list_asks_before(&verdict->findings, i, k))
				continue;
			csv_cells_action(&finding->actions[k], text, sizeof text);
			list_add(list, text);
		}
	}
	list_put(list, csv);
}

/* All further columns of the input: "site=Kowloon; rack=12". */
static void put_labels(struct csv *csv, const struct target *target, struct list *list)
{
	for (size_t i = 0; i < target->labels.count; i++) {
		const struct label *label = &target->labels.items[i];

		if (strcmp(label->name, "owner") == 0 || strcmp(label->name, "platform") == 0 ||
			!label->value || !label->value[0])
			continue;
		list_add(list, label->name);
		(void)buf_addf(&list->joined, "=%s", label->value);
	}
	list_put(list, csv);
}

void csv_hosts_head(struct csv *csv)
{
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_cell(csv, columns[i]);
	csv_end_row(csv);
}

bool csv_hosts_row(struct csv *csv, const struct verdict *verdict, enum language language)
{
	struct list list = { .joined = BUF_INIT(LIMIT_RECORD_BYTES) };

	csv_cells_target(csv, verdict);
	put_worst(csv, verdict, language);
	put_rules(csv, verdict, &list);
	put_counts(csv, verdict);
	put_actions(csv, verdict, &list);
	put_leaf(csv, verdict);
	put_stores(csv, verdict, ANSWER_YES, &list);
	put_stores(csv, verdict, ANSWER_NO, &list);
	csv_cell(csv, verdict->target->sni);
	csv_cell(csv, verdict->target->unicode);
	csv_cell(csv, verdict->banner);
	put_labels(csv, verdict->target, &list);
	csv_cells_seen(csv, verdict);
	csv_cells_day(csv, true, verdict->as_of);
	csv_end_row(csv);
	buf_release(&list.joined);
	return !list.failed;
}
