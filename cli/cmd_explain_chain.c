/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <string.h>
#include <sys/stat.h>

#include "cli/options/options.h"

static bool is_file(const char *argument)
{
	struct stat about;

	return strcmp(argument, "-") == 0 ||
	       (stat(argument, &about) == 0 && S_ISREG(about.st_mode));
}

/* What is a file is checked, anything else is a target. */
int command_explain_chain(struct options *options, struct error *err)
{
	for (size_t i = 0; i < options->args.count; i++)
		if (!is_file(options->args.items[i]))
			return command_scan(options, err);
	return options->args.count > 0 ? command_check(options, err) : command_scan(options, err);
}
