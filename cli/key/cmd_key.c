/* SPDX-License-Identifier: MIT */
#include "cli/key/cmd_key.h"

#include <signal.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/key/pfx.h"
#include "cli/commands.h"
#include "cli/options/options.h"

static const struct verb {
	const char *name;
	int (*run)(const struct options *options, struct error *err);
	bool seals, places, looks;
} verbs[] = {
	{ "backup", cmd_key_backup, .seals = true },
	{ "check", cmd_key_check, .looks = true },
	{ "restore", cmd_key_restore, .places = true },
};

/* An option that says nothing here would be a promise that is not kept. */
static bool refuse_unfit(const struct verb *verb, const struct options *options, struct error *err)
{
	const struct {
		bool given, fits;
		const char *name;
	} given[] = {
		{ options->made.output, verb->seals, "--output" },
		{ options->made.output_password, verb->seals, "--output-password-file" },
		{ options->made.alias, verb->seals, "--alias" },
		{ options->made.reader != PFX_READER_COUNT, verb->seals, "--for" },
		{ options->made.key, verb->seals || verb->places, "--key" },
		{ options->proxy, verb->looks, "--proxy" },
		{ options->retries != RETRIES_DEFAULT, verb->looks, "--retries" },
	};

	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		if (given[i].given && !given[i].fits)
			return error_set(err, ERROR_USAGE, "key %s has no option %s", verb->name,
				given[i].name);
	return true;
}

int command_key(struct options *options, struct error *err)
{
	const char *name = options->args.count > 0 ? options->args.items[0] : NULL;

	(void)signal(SIGPIPE, SIG_IGN);
	options->revocation = REVOCATION_NONE;
	for (size_t i = 0; name && i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		return refuse_unfit(&verbs[i], options, err) ? verbs[i].run(options, err)
							     : EXIT_CODE_TROUBLE;
	}
	if (!name)
		return console_usage(&options->console, "key does one of: backup, check, restore");
	return console_usage(&options->console,
		"key does not know '%s'; it does one of: backup, check, restore", name);
}
