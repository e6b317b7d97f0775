/* SPDX-License-Identifier: MIT */
/*
 * csv_cells - the cells that rows of findings and rows of hosts have in common
 */
#ifndef REPORTS_MACHINE_CSV_CELLS_H
#define REPORTS_MACHINE_CSV_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/clock.h"

struct action;
struct csv;
struct verdict;

/* Both begin with these: host, port, protocol, address, owner, platform, status, error. */
#define CSV_CELLS_TARGET \
	"host", "port", "protocol", "address", "owner", "platform", "status", "error"
void csv_cells_target(struct csv *csv, const struct verdict *verdict);

/* A day, or nothing. */
void csv_cells_day(struct csv *csv, bool has, struct instant instant);

/* "install-certificate ssl-ca-3-17-2025" */
void csv_cells_action(const struct action *action, char *out, size_t size);

/* ... and end with these: source, line, time. */
#define CSV_CELLS_SEEN "source", "line", "time"
void csv_cells_seen(struct csv *csv, const struct verdict *verdict);

#endif
