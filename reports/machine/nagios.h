/* SPDX-License-Identifier: MIT */
/*
 * nagios - what a run comes to for a monitoring system
 *
 * The states and exit codes of the Monitoring Plugins Development Guidelines.
 */
#ifndef REPORTS_MACHINE_NAGIOS_H
#define REPORTS_MACHINE_NAGIOS_H

struct report_summary;

enum nagios_state { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* What does not answer is critical; what was not examined is unknown, unless it is worse already.
 */
enum nagios_state nagios_state_of(const struct report_summary *summary);

#endif
