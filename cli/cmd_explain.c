/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/lang.h"
#include "checker/base/text.h"
#include "cli/options/option_values.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "rules/rule.h"

/* Lines longer than this are hard to read, however wide the terminal. */
#define COLUMNS_MAX 100
#define SEVERITY_COLUMNS 8

static int list_rules(enum language language)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = rule_at((enum rule_id)i);
		const char *severity = lang_text(language, severity_name(rule->severity));
		(void)printf("%-32s %s%*s  %s\n", rule->id, severity,
			(int)(SEVERITY_COLUMNS - text_columns(severity)), "",
			lang_text(language, rule->title));
	}
	return EXIT_CODE_OK;
}

static void print_part(const char *title, const char *text, unsigned columns)
{
	(void)printf("\n%s\n", title);
	console_wrap(text, 2, columns);
}

static int show_rule(const struct rule *rule, enum language language)
{
	unsigned columns = console_columns(STDOUT_FILENO);

	if (columns == 0 || columns > COLUMNS_MAX)
		columns = COLUMNS_MAX;
	(void)printf("%s\n", rule->id);
	console_wrap(lang_text(language, rule->title), 2, columns);
	(void)printf("\n%s\n  ", lang_text(language, "Severity"));
	(void)printf(lang_text(language, "%s at worst"),
		lang_text(language, severity_name(rule->severity)));
	(void)putchar('\n');
	print_part(lang_text(language, "Reference"), rule->reference, columns);
	print_part(lang_text(language, "Why"), lang_text(language, rule->explanation), columns);
	print_part(lang_text(language, "What to do"), lang_text(language, rule->fix), columns);
	return EXIT_CODE_OK;
}

/* "chain.foo" and "chain.order" are of one family. */
static bool is_family(const char *a, const char *b)
{
	size_t len = strcspn(a, ".");

	return a[len] && strncmp(a, b, len + 1) == 0;
}

static int miss_rule(const struct options *options, const char *name)
{
	struct buf near = BUF_INIT(1024), family = BUF_INIT(1024);

	for (size_t i = 0; i < RULE_COUNT; i++) {
		const char *id = rule_at((enum rule_id)i)->id;
		if (value_is_near(name, id))
			buf_addf(&near, "%s%s", near.len > 0 ? ", " : "", id);
		if (is_family(name, id))
			buf_addf(&family, "%s%s", family.len > 0 ? ", " : "", id);
	}
	const struct buf *best = near.len > 0 ? &near : &family;
	int code = best->len > 0
			   ? console_usage(&options->console,
				     "there is no rule '%s'; did you mean: %s", name,
				     buf_text(best))
			   : console_usage(&options->console,
				     "there is no rule '%s'; `chainmend explain` lists all", name);
	buf_release(&near);
	buf_release(&family);
	return code;
}

int command_explain(struct options *options, struct error *err)
{
	enum rule_id rule;

	(void)err;
	if (options->args.count == 0)
		return console_finish(&options->console, list_rules(options->language));
	if (options->args.count > 1)
		return console_usage(&options->console, "explain takes one rule at a time");
	if (!rule_by_id(options->args.items[0], &rule))
		return miss_rule(options, options->args.items[0]);
	return console_finish(&options->console, show_rule(rule_at(rule), options->language));
}
