/* SPDX-License-Identifier: MIT */
/*
 * For a ticket.  What others wrote stands in code spans: nothing in them is a link, a mention,
 * an image or HTML (CommonMark, 6.1; tables and mentions as GitHub has them).
 */
#include "reports/compare/comparison_report.h"

#include <string.h>

#include "checker/base/buf.h"
#include "reports/compare/comparison_words.h"

/* TEXT as a code span in a cell: a fence longer than any run of backticks in it. */
static void put_code(struct buf *out, const char *text)
{
	size_t run = 0, longest = 0;

	for (const char *c = text; *c; c++) {
		run = *c == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		(void)buf_add_char(out, '`');
	if (longest > 0)
		(void)buf_add_char(out, ' ');
	for (const char *c = text; *c; c++) {
		/* A bar ends a cell wherever it stands. */
		if (*c == '|')
			(void)buf_add_char(out, '\\');
		(void)buf_add_char(out, *c);
	}
	if (longest > 0)
		(void)buf_add_char(out, ' ');
	for (size_t i = 0; i <= longest; i++)
		(void)buf_add_char(out, '`');
}

/* Words of ours, with what Markdown would read otherwise escaped. */
static void put_words(struct buf *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (strchr("\\`*_[]<>|&~#", *c))
			(void)buf_add_char(out, '\\');
		(void)buf_add_char(out, *c);
	}
}

static void put_cell(struct buf *out, const char *words)
{
	(void)buf_add_text(out, " ");
	put_words(out, words);
	(void)buf_add_text(out, " |");
}

static void put_rule_line(struct buf *out, size_t texts, size_t numbers)
{
	(void)buf_add_text(out, "\n|");
	while (texts-- > 0)
		(void)buf_add_text(out, " --- |");
	while (numbers-- > 0)
		(void)buf_add_text(out, " ---: |");
	(void)buf_add_char(out, '\n');
}

static void put_counts(const struct comparison *comparison, enum language language, struct buf *out)
{
	char words[COMPARISON_WORDS];

	(void)buf_add_text(out, "|");
	put_cell(out, lang_text(language, "Owner"));
	for (enum change_class class = 0; class < CHANGE_COUNT; class ++)
		put_cell(out, comparison_words_class(language, class));
	put_rule_line(out, 1, CHANGE_COUNT);
	for (size_t i = 0; i < comparison->owners.count; i++) {
		comparison_words_owner(comparison->owners.items[i].name, words);
		(void)buf_add_text(out, "| ");
		put_code(out, words);
		(void)buf_add_text(out, " |");
		for (enum change_class class = 0; class < CHANGE_COUNT; class ++)
			(void)buf_addf(out, " %zu |", comparison->owners.items[i].counts[class]);
		(void)buf_add_char(out, '\n');
	}
	(void)buf_add_text(out, "|");
	put_cell(out, lang_text(language, "All"));
	for (enum change_class class = 0; class < CHANGE_COUNT; class ++)
		(void)buf_addf(out, " **%zu** |", comparison->counts[class]);
	(void)buf_add_char(out, '\n');
}

static void put_findings(const struct change *change, enum language language, struct buf *out)
{
	struct finding_change findings[RULE_COUNT];
	size_t count = comparison_words_findings(change, findings);
	char words[COMPARISON_WORDS];

	for (size_t i = 0; i < count; i++) {
		(void)buf_add_text(out, i > 0 ? "<br>" : "");
		put_words(out, comparison_words_finding(language, findings[i].class));
		(void)buf_add_text(out, lang_text(language, ": "));
		comparison_words_severity(&findings[i], language, words);
		put_words(out, words);
		(void)buf_add_char(out, ' ');
		put_code(out, rule_at(findings[i].rule)->id);
	}
}

static void put_change(const struct change *change, enum language language, struct buf *out)
{
	char words[COMPARISON_WORDS];

	(void)buf_add_text(out, "| ");
	comparison_words_service(change, words);
	put_code(out, words);
	comparison_words_address(change, words);
	if (words[0]) {
		(void)buf_add_char(out, ' ');
		put_code(out, words);
	}
	(void)buf_add_text(out, " |");
	comparison_words_status(change, language, words);
	put_cell(out, words);
	comparison_words_owner(change_owner(change), words);
	(void)buf_add_char(out, ' ');
	put_code(out, words);
	(void)buf_add_text(out, " | ");
	put_findings(change, language, out);
	(void)buf_add_text(out, " |\n");
}

static void put_section(const struct comparison *comparison, enum change_class class,
	enum language language, struct buf *out)
{
	(void)buf_addf(out, "\n## ");
	put_words(out, comparison_words_class(language, class));
	(void)buf_addf(out, " (%zu)\n\n|", comparison->counts[class]);
	put_cell(out, lang_text(language, "Service"));
	put_cell(out, lang_text(language, "Status"));
	put_cell(out, lang_text(language, "Owner"));
	put_cell(out, lang_text(language, "Findings"));
	put_rule_line(out, 4, 0);
}

bool comparison_markdown(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out)
{
	enum language language = view->language;
	enum change_class last = CHANGE_COUNT;
	char words[COMPARISON_WORDS];

	(void)buf_add_text(out, "# ");
	put_words(out, lang_text(language, "What has changed"));
	(void)buf_add_text(out, "\n");
	for (enum side side = SIDE_OLD; side < SIDE_COUNT; side++) {
		(void)buf_add_text(out, "\n- ");
		put_words(out, lang_text(language, side == SIDE_OLD ? N_("Before") : N_("Now")));
		(void)buf_add_text(out, lang_text(language, ": "));
		comparison_words_set(&comparison->sets[side], language, words);
		put_words(out, words);
	}
	(void)buf_add_text(out, "\n\n");
	put_counts(comparison, language, out);
	for (size_t i = 0; i < comparison->changes.count; i++) {
		const struct change *change = &comparison->changes.items[i];

		if (!comparison_words_lists(change, view->all))
			continue;
		if (change->class != last)
			put_section(comparison, change->class, language, out);
		last = change->class;
		put_change(change, language, out);
	}
	return !out->failed;
}
