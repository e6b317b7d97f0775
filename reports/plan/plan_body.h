/* SPDX-License-Identifier: MIT */
/*
 * plan_body - the files of data/platforms/, built in
 *
 * Made by data/embed.py; plan_platform.h is how to get at them.
 */
#ifndef REPORTS_PLAN_PLAN_BODY_H
#define REPORTS_PLAN_PLAN_BODY_H

#include <stddef.h>

struct plan_body {
	const char *name;
	const char *text;
	size_t len;
};

extern const struct plan_body plan_bodies[];
extern const size_t plan_body_count;

#endif
