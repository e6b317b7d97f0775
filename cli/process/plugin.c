/* SPDX-License-Identifier: MIT */
#include "cli/process/plugin.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cli/options/options.h"
#include "reports/report.h"

static const char name[] = "nagios";

/* What the words have said so far. */
struct heard {
	const char *format; /* the last -f */
	bool output;        /* one in this format */
	bool plain;         /* standard output in the format of -f */
	bool other;         /* standard output in another format */
};

static void hear_output(struct heard *heard, const char *value)
{
	const char *colon = strchr(value, ':');
	const char *path = colon ? colon + 1 : value;
	bool ours = colon && (size_t)(colon - value) == strlen(name) &&
		    strncmp(value, name, strlen(name)) == 0;

	heard->output |= ours;
	if (strcmp(path, "-") != 0)
		return;
	heard->plain |= !colon;
	heard->other |= colon && !ours;
}

static void hear(struct heard *heard, char option, const char *value)
{
	if (option == 'f')
		heard->format = value;
	else
		hear_output(heard, value);
}

/* The value behind a long option that WORD is; "" when it is the next word, NULL when it is none of
 * that name. */
static const char *behind(const char *word, const char *option)
{
	size_t len = strlen(option);

	if (strncmp(word, option, len) != 0)
		return NULL;
	return word[len] == '=' ? word + len + 1 : word[len] ? NULL : "";
}

/* The same of -f and -o, which may stand behind letters that take no value. */
static const char *behind_letter(const char *word, char *ret_option)
{
	size_t flags;

	if (word[0] != '-' || word[1] == '-')
		return NULL;
	flags = 1 + strspn(word + 1, "hqv");
	if (word[flags] != 'f' && word[flags] != 'o')
		return NULL;
	*ret_option = word[flags];
	return word + flags + (word[flags + 1] == '=' ? 2 : 1);
}

enum plugin plugin_wanted(int argc, const char *const *argv)
{
	struct heard heard = { .format = NULL };

	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		char option = 'f';
		const char *value = behind(argv[i], "--format");

		if (!value && (value = behind(argv[i], "--output")))
			option = 'o';
		if (!value)
			value = behind_letter(argv[i], &option);
		if (value && !*value)
			value = i + 1 < argc ? argv[++i] : NULL;
		if (value)
			hear(&heard, option, value);
	}
	bool ours = heard.format && strcmp(heard.format, name) == 0;
	if (!ours && !heard.output)
		return PLUGIN_NO;
	return heard.other || (heard.plain && !ours) ? PLUGIN_SILENT : PLUGIN_SAYS;
}

static bool is_ours(const struct report_format *format)
{
	return format && strcmp(report_format_name(format), name) == 0;
}

enum plugin plugin_of(const struct options *options, const struct report_format *format)
{
	bool found = is_ours(format), other = false;

	for (size_t i = 0; i < options->outputs.count; i++) {
		const struct output_option *output = &options->outputs.items[i];

		found |= is_ours(output->format);
		other |= !is_ours(output->format) && strcmp(output->path, "-") == 0;
	}
	return !found ? PLUGIN_NO : other ? PLUGIN_SILENT : PLUGIN_SAYS;
}
