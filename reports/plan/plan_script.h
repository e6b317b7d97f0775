/* SPDX-License-Identifier: MIT */
/*
 * plan_script - a script: a head that is made, before a body that is not
 *
 * The head is assignments and nothing else, each value quoted by plan_quote.h; bodies read them
 * and take nothing else from a plan.  docs/plan.md lists them.
 */
#ifndef REPORTS_PLAN_PLAN_SCRIPT_H
#define REPORTS_PLAN_PLAN_SCRIPT_H

#include "checker/base/attr.h"
#include "reports/plan/plan.h"

/* False when it did not fit. */
MUST_USE bool plan_script_add(const struct plan *plan, const struct plan_host *host,
	const struct plan_piece *piece, struct buf *out);

/* How chainmend takes the service at PIECE ("smtp://mail.example.hk@192.0.2.1:25"). */
void plan_script_target(
	const struct plan_host *host, const struct plan_piece *piece, struct buf *out);

/* What openssl s_client -starttls calls the protocol; "" where TLS comes first, NULL where it
 * cannot speak it. */
const char *plan_script_starttls(enum protocol protocol);

#endif
