/* SPDX-License-Identifier: MIT */
#include "reports/machine/csv_cells.h"

#include <stdio.h>

#include "checker/target/target.h"
#include "reports/machine/csv.h"
#include "rules/verdict.h"

void csv_cells_target(struct csv *csv, const struct verdict *verdict)
{
	const struct target *target = verdict->target;

	csv_cell(csv, target->host);
	if (target->fault || target->port == 0)
		csv_cell(csv, NULL);
	else
		csv_number(csv, target->port);
	csv_cell(csv, target->fault ? NULL : protocol_info(target->protocol)->name);
	csv_cell(csv, verdict->address);
	csv_cell(csv, target_label(target, "owner"));
	csv_cell(csv, verdict_platform(verdict));
	csv_cell(csv, status_name(verdict->status));
	csv_cell(csv, outcome_name(verdict->outcome));
}

void csv_cells_day(struct csv *csv, bool has, struct instant instant)
{
	char day[INSTANT_TEXT];

	instant_format_day(instant, day);
	csv_cell(csv, has ? day : NULL);
}

void csv_cells_action(const struct action *action, char *out, size_t size)
{
	(void)snprintf(out, size, "%s%s%s", action_kind_name(action->kind),
		action->certificate[0] ? " " : "", action->certificate);
}

void csv_cells_seen(struct csv *csv, const struct verdict *verdict)
{
	char time[INSTANT_TEXT];

	csv_cell(csv, verdict->target->source);
	if (verdict->target->source)
		csv_number(csv, verdict->target->line);
	else
		csv_cell(csv, NULL);
	instant_format(verdict->time, time);
	csv_cell(csv, time);
}
