/* SPDX-License-Identifier: MIT */
#include "cli/options/language.h"

#include <stdlib.h>
#include <string.h>

/* LC_ALL, LC_MESSAGES, LANG: the first that is set counts (POSIX, 8.2). */
static enum language of_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	enum language language;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *set = getenv(names[i]);
		if (set && *set)
			return language_by_name(set, &language) ? language : LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

enum language language_wanted(int argc, const char *const *argv)
{
	static const char option[] = "--lang";
	const size_t len = sizeof option - 1;
	enum language language = of_locale(), named;

	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;

		if (strncmp(argv[i], option, len) != 0)
			continue;
		if (argv[i][len] == '=')
			value = argv[i] + len + 1;
		else if (!argv[i][len] && i + 1 < argc)
			value = argv[i + 1];
		if (value && language_by_name(value, &named))
			language = named;
	}
	return language;
}
