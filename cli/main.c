/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/engine/libraries.h"
#include "cli/commands.h"
#include "cli/options/language.h"
#include "cli/options/options.h"
#include "cli/process/console.h"
#include "cli/process/plugin.h"

static const struct command {
	const char *name;
	const struct options_page *page;
	int (*run)(struct options *options, struct error *err);
	const char *about;
} commands[] = {
	{ "scan", &options_scan, command_scan,
		N_("connect to every target, judge what it serves") },
	{ "check", &options_check, command_check, N_("judge chain files") },
	{ "arl", &options_arl, command_arl, N_("the state of the profile's revocation lists") },
	{ "bundle", &options_bundle, command_bundle,
		N_("make the file that a server should serve for a certificate") },
	{ "compare", &options_compare, command_compare,
		N_("what has changed between two sets of results") },
	{ "csr", &options_csr, command_csr, N_("make a key and a signing request, or judge one") },
	{ "dcv", &options_dcv, command_dcv, N_("check that domain control validation will pass") },
	{ "explain", &options_explain, command_explain,
		N_("what a rule means, why it exists, how to fix it") },
	{ "explain-chain", &options_explain_chain, command_explain_chain,
		N_("every path of a chain, drawn") },
	{ "history", &options_history, command_history,
		N_("earlier runs: what they found, the burn-down, one host through time") },
	{ "import", &options_import, command_import,
		N_("judge what tlsx, zgrab2 or openssl s_client captured") },
	{ "key", &options_key, command_key,
		N_("back a private key up, prove a backup, restore one") },
	{ "plan", &options_plan, command_plan,
		N_("results to work: a folder for each host, with what to do and scripts") },
	{ "profile", &options_profile, command_profile, N_("list, show, lint or draft profiles") },
	{ "report", &options_report, command_report, N_("render saved results again") },
};

static void print_usage(FILE *stream, enum language language)
{
	(void)fprintf(stream, "%s\n\n",
		lang_text(language, "Usage: chainmend COMMAND [OPTION...] [ARGUMENT...]"));
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void)fprintf(stream, "  %-13s %s\n", commands[i].name,
			lang_text(language, commands[i].about));
	(void)fprintf(stream, "  %-13s %s\n\n%s\n", "help",
		lang_text(language, "this text, or the help of a command"),
		lang_text(language, "`chainmend COMMAND --help` lists the options of a command."));
}

static int run(const struct command *command, int argc, const char **argv)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(options_release) struct options options;
	const struct console *console = &options.console;

	switch (options_read(&options, command->page, argc, argv, &err)) {
	case OPTIONS_HELP:
		return console_finish(console, EXIT_CODE_OK);
	case OPTIONS_WRONG:
		return exit_code_said(console_fail(console, &err), &options);
	case OPTIONS_READ:
		break;
	}
	int code = command->run(&options, &err);
	if (err.code != ERROR_NONE)
		code = console_fail(console, &err);
	else if (code == EXIT_CODE_INTERRUPTED && console->plugin != PLUGIN_NO)
		code = console_usage(console, "interrupted, and nothing was written");
	return exit_code_said(code, &options);
}

static int run_command(const struct console *console, const char *name, int argc, const char **argv)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(1024);

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void)buf_addf(&names, "%s%s", i > 0 ? ", " : "", commands[i].name);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return run(&commands[i], argc, argv);
	return console_usage(
		console, "there is no command '%s'; there are: %s", name, buf_text(&names));
}

static int help(const struct console *console, int argc, const char **argv)
{
	const char *asked[] = { argc > 1 ? argv[1] : NULL, "--help", NULL };

	if (argc > 2)
		return console_usage(console, "help takes one command");
	if (argc == 2 && strcmp(argv[1], "help") != 0)
		return run_command(console, argv[1], 2, asked);
	print_usage(stdout, console->language);
	return console_finish(console, EXIT_CODE_OK);
}

int main(int argc, char **argv)
{
	/* Nobody writes to them; popt and the standard only differ in how they say so. */
	const char **rest = (const char **)(void *)(argv + 1);

	const struct console said = { .language = language_wanted(argc - 1, rest),
		.plugin = plugin_wanted(argc - 1, rest) };
	const struct console *console = &said;

	/* What is opened later must not become the standard output or error of anybody. */
	if (!console_hold_descriptors())
		return EXIT_CODE_TROUBLE;
	if (!libraries_watch())
		return console_usage(console, "out of memory");
	if (argc < 2) {
		print_usage(stderr, console->language);
		return EXIT_CODE_TROUBLE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("chainmend " CHAINMEND_VERSION);
		return console_finish(console, EXIT_CODE_OK);
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
		strcmp(argv[1], "-h") == 0)
		return help(console, argc - 1, rest);
	if (argv[1][0] == '-')
		return console_usage(
			console, "%s: there is no such option; a command comes first", argv[1]);
	return run_command(console, argv[1], argc - 1, rest);
}
