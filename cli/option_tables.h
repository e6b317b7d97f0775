/* SPDX-License-Identifier: MIT */
/*
 * option_tables - which options each subcommand has, and its help
 *
 * For options.c, which says what they mean.
 */
#ifndef CLI_OPTION_TABLES_H
#define CLI_OPTION_TABLES_H

#include <popt.h>

#include "checker/base/lang.h"

enum option {
	OPTION_END, /* popt gives 0 to nobody */
	OPTION_HELP,
	OPTION_PROFILE,
	OPTION_TRUST_STORE,
	OPTION_WAIVERS,
	OPTION_AS_OF,
	OPTION_FAIL_ON,
	OPTION_FORMAT,
	OPTION_OUTPUT,
	OPTION_LANG,
	OPTION_COLOR,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_CACHE,
	OPTION_OFFLINE,
	OPTION_FETCH,
	OPTION_REVOCATION,
	OPTION_INPUT,
	OPTION_CONCURRENCY,
	OPTION_THREADS,
	OPTION_TIMEOUT,
	OPTION_RETRIES,
	OPTION_RATE,
	OPTION_PER_ADDRESS,
	OPTION_PER_NETWORK,
	OPTION_PROXY,
	OPTION_HANDSHAKE,
	OPTION_PROBE,
	OPTION_CAA,
	OPTION_IDENTIFY,
	OPTION_RESOLVER,
	OPTION_REPEAT,
	OPTION_CHECKPOINT,
	OPTION_RESUME,
	OPTION_SKIP_BAD_INPUT,
	OPTION_FIRST_ADDRESS,
	OPTION_ORDERED,
	OPTION_NO_PROGRESS,
	OPTION_NAME,
	OPTION_PASSWORD_FILE,
	OPTION_DRAFT_FROM,
	OPTION_DRAFT_ID,
	OPTION_DRAFT_OUTPUT,
	OPTION_STORE,
	OPTION_CONFIG,
	OPTION_NOTIFY,
	OPTION_NOTIFY_ON,
};

struct options_page {
	const char *usage;
	const char *about;
	const struct poptOption *table;
};

void options_print_help(const struct options_page *page, enum language language);

#endif
