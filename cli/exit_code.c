/* SPDX-License-Identifier: MIT */
#include "cli/exit_code.h"

#include "reports/report.h"

int exit_code_of(const struct report_summary *summary, enum fail_on fail_on, bool interrupted)
{
	const size_t *results = summary->results;

	if (interrupted)
		return EXIT_CODE_INTERRUPTED;
	if (fail_on != FAIL_ON_NEVER && results[STATUS_CRITICAL] > 0)
		return EXIT_CODE_FAILED;
	if (fail_on == FAIL_ON_WARNING && results[STATUS_WARNING] > 0)
		return EXIT_CODE_FAILED;
	return results[STATUS_UNREACHABLE] + summary->inspected > 0 ? EXIT_CODE_UNEXAMINED
								    : EXIT_CODE_OK;
}
