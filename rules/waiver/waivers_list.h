/* SPDX-License-Identifier: MIT */
/*
 * waivers_list - waivers as they are kept
 *
 * Private to rules/waiver/: waivers_load.c makes them, waivers.c uses them.
 */
#ifndef RULES_WAIVER_WAIVERS_LIST_H
#define RULES_WAIVER_WAIVERS_LIST_H

#include <stdatomic.h>
#include <stddef.h>

#include "checker/target/place.h"
#include "rules/rule.h"
#include "rules/waiver/waivers.h"

struct written_waivers;

struct waiver {
	enum rule_id rule;
	struct place place;
	const char *host; /* as written */
	const char *reason, *by;
	struct instant until; /* from this day on it fits nothing */
	size_t line;
	atomic_bool fitted;
};

struct waivers {
	char *path; /* printable */
	char *text;
	struct written_waivers *written; /* whose texts the waivers point at */
	struct waiver *items;
	size_t count;
};

#endif
