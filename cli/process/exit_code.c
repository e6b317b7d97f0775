/* SPDX-License-Identifier: MIT */
#include "cli/process/exit_code.h"

#include "reports/machine/nagios.h"
#include "reports/report.h"

int exit_code_of(
	const struct report_summary *summary, const struct options *options, bool interrupted)
{
	enum fail_on fail_on = options->fail_on;
	const size_t *results = summary->results;

	if (options->console.plugin != PLUGIN_NO)
		return EXIT_CODE_NAGIOS + (int)nagios_state_of(summary);
	if (interrupted)
		return EXIT_CODE_INTERRUPTED;
	if (fail_on != FAIL_ON_NEVER && results[STATUS_CRITICAL] > 0)
		return EXIT_CODE_FAILED;
	if (fail_on == FAIL_ON_WARNING && results[STATUS_WARNING] > 0)
		return EXIT_CODE_FAILED;
	return results[STATUS_UNREACHABLE] + summary->inspected > 0 ? EXIT_CODE_UNEXAMINED
								    : EXIT_CODE_OK;
}

int exit_code_said(int code, const struct options *options)
{
	if (options->console.plugin == PLUGIN_NO || code == EXIT_CODE_OK)
		return code;
	return code >= EXIT_CODE_NAGIOS ? code - EXIT_CODE_NAGIOS : (int)NAGIOS_UNKNOWN;
}
