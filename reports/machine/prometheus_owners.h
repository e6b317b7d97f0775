/* SPDX-License-Identifier: MIT */
/*
 * prometheus_owners - results by owner, in as many series as a monitoring system can bear
 *
 * A label with a value a host, or one that a list of targets makes up, would be a series each for
 * ever.  So the owners who have most to do have theirs, and all others share one.
 */
#ifndef REPORTS_MACHINE_PROMETHEUS_OWNERS_H
#define REPORTS_MACHINE_PROMETHEUS_OWNERS_H

#include <stdbool.h>

#include "checker/base/attr.h"

struct buf;
struct census;

#define PROMETHEUS_OWNERS 50

/* Samples of NAME without its HELP and TYPE.  Those whom nobody named are "none", and those beyond
 * PROMETHEUS_OWNERS "other".  False when memory runs out. */
MUST_USE bool prometheus_owners_put(struct buf *out, const char *name, const struct census *census);

#endif
