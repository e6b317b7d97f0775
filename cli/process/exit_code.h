/* SPDX-License-Identifier: MIT */
/*
 * exit_code - what a command comes to, for whoever started it
 */
#ifndef CLI_PROCESS_EXIT_CODE_H
#define CLI_PROCESS_EXIT_CODE_H

#include <stdbool.h>

#include "cli/options/options.h"

struct report_summary;

/* A contract that schedulers and monitoring rely on. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAILED = 1, /* something at or above --fail-on */
	EXIT_CODE_TROUBLE =
		2, /* wrong usage, unreadable input, unwritable output, a fault of ours */
	EXIT_CODE_UNEXAMINED = 3, /* nothing to fail on, but some targets could not be examined */
	EXIT_CODE_INTERRUPTED = 130,
	EXIT_CODE_NAGIOS = 256, /* and a state (nagios.h), until exit_code_said() */
};

/* Of results that are whole, unless the run was INTERRUPTED. */
int exit_code_of(
	const struct report_summary *summary, const struct options *options, bool interrupted);

/* CODE as the program ends with it: for a monitoring system a fault of ours is its UNKNOWN. */
int exit_code_said(int code, const struct options *options);

#endif
