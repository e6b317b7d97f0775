/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/limits.h"
#include "cli/cmd_profile_new.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "rules/profile/profile.h"

static int list_profiles(const struct options *options)
{
	struct error err = { .code = ERROR_NONE };

	if (options->args.count > 1)
		return console_usage(&options->console, "profile list takes no argument");
	for (size_t i = 0; profile_builtin_id(i); i++) {
		CLEANUP(profile_freep)
		struct profile *profile = profile_load(profile_builtin_id(i), &err);
		if (!profile)
			return console_fail(&options->console, &err);
		(void)printf("%-20s  ", profile->id);
		console_print(profile_title_in(&profile->title, options->language));
		(void)putchar('\n');
	}
	return EXIT_CODE_OK;
}

/* The text of a built-in profile, or NULL for a file. */
static const char *builtin_text(const char *name)
{
	for (size_t i = 0; profile_builtin_id(i); i++)
		if (strcmp(profile_builtin_id(i), name) == 0)
			return profile_builtin_text(i);
	return NULL;
}

/* Read once, so that what is shown is what was found good. */
static bool print_file(const char *path, struct error *err)
{
	struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	struct profile *profile = NULL;

	/* A name that is no file is a slip in the name of a built-in one. */
	if (access(path, F_OK) != 0)
		profile = profile_load(path, err);
	else if (buf_read_file(&text, path, err))
		profile = profile_parse(path, &text, err);
	if (profile)
		console_print(buf_text(&text));
	profile_free(profile);
	buf_release(&text);
	return err->code == ERROR_NONE;
}

static int show_profile(const struct options *options)
{
	struct error err = { .code = ERROR_NONE };

	if (options->args.count != 2)
		return console_usage(&options->console, "profile show takes one name or file");
	const char *text = builtin_text(options->args.items[1]);
	if (text)
		(void)fputs(text, stdout);
	else if (!print_file(options->args.items[1], &err))
		return console_fail(&options->console, &err);
	return EXIT_CODE_OK;
}

static void print_complaint(void *arg, size_t line, const char *text)
{
	console_print(arg);
	(void)printf(":%zu: ", line);
	console_print(text);
	(void)putchar('\n');
}

/*
 * A profile that does not load has one complaint, the reason; a file that
 * cannot be read at all is another kind of trouble.
 */
static int lint_one(const struct options *options, const char *name)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(profile_freep) struct profile *profile = profile_load(name, &err);
	char shown[512];

	if (!profile && err.code != ERROR_SYNTAX)
		return console_fail(&options->console, &err);
	if (!profile) {
		char text[ERROR_TEXT];

		phrase_render(err.said, options->language, text, sizeof text);
		console_print(text);
		(void)putchar('\n');
		return EXIT_CODE_FAILED;
	}
	(void)snprintf(shown, sizeof shown, "%s", name);
	return profile_lint(profile, clock_now(), options->language, print_complaint, shown) > 0
		       ? EXIT_CODE_FAILED
		       : EXIT_CODE_OK;
}

static int lint_profiles(const struct options *options)
{
	int worst = EXIT_CODE_OK;

	if (options->args.count < 2)
		return console_usage(&options->console, "profile lint takes names or files");
	for (size_t i = 1; i < options->args.count; i++) {
		int code = lint_one(options, options->args.items[i]);
		worst = code > worst ? code : worst;
	}
	return worst;
}

static int new_profile(const struct options *options)
{
	struct error err = { .code = ERROR_NONE };

	return profile_new(options, &err) ? EXIT_CODE_OK : console_fail(&options->console, &err);
}

static bool has_draft_options(const struct options *options)
{
	return options->draft_from.count > 0 || options->draft_id || options->draft_output;
}

static int run_action(const struct options *options)
{
	static const struct {
		const char *name;
		int (*run)(const struct options *options);
	} actions[] = {
		{ "list", list_profiles },
		{ "show", show_profile },
		{ "lint", lint_profiles },
		{ "new", new_profile },
	};

	if (options->args.count == 0)
		return console_usage(
			&options->console, "profile needs one of: list, show, lint, new");
	if (has_draft_options(options) && strcmp(options->args.items[0], "new") != 0)
		return console_usage(
			&options->console, "--from, --id and --output are for profile new only");
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].name, options->args.items[0]) == 0)
			return console_finish(&options->console, actions[i].run(options));
	return console_usage(&options->console, "profile '%s' is none of: list, show, lint, new",
		options->args.items[0]);
}

int command_profile(struct options *options, struct error *err)
{
	int code = run_action(options);

	if (heap_ran_out())
		(void)error_set_memory(err);
	return code;
}
