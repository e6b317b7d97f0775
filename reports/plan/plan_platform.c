/* SPDX-License-Identifier: MIT */
#include "reports/plan/plan_platform.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/lang.h"
#include "checker/base/text.h"
#include "reports/plan/plan_body.h"

#define HINTS(list) .hints = (list), .hint_count = ARRAY_LEN(list)

static const struct plan_hint nginx_hints[] = {
	{ N_("The file of ssl_trusted_certificate is never sent to anybody: the intermediate does "
	     "not belong there."),
		NULL },
};

static const struct plan_hint generic_hints[] = {
	{ N_("Put the server's own certificate first, then the certificates of chain.pem, into the "
	     "file that the server sends; no root."),
		NULL },
	{ N_("The script does that for a file in PEM that is named to it; then reload the server."),
		"sh apply.sh --file FILE" },
};

/* Sorted by id; the generic one is last. */
static const struct plan_platform platforms[] = {
	{ .id = "nginx",
		.title = "nginx",
		.family = PLAN_FAMILY_SH,
		.bodies = { "nginx.sh", "common.sh" },
		.where = N_(
			"The file of ssl_certificate holds the server's certificate first, then "
			"the intermediates."),
		.reload = N_("A reload starts new workers while the old ones finish; on an error "
			     "the old configuration stays."),
		HINTS(nginx_hints) },
	{ .id = "generic",
		.title = "generic",
		.family = PLAN_FAMILY_SH,
		.bodies = { "generic.sh", "common.sh" },
		.where = N_("Most servers have one file with their own certificate first, then the "
			    "intermediates; some have a second one for the intermediates."),
		.reload = N_("Reload rather than restart where the server can."),
		HINTS(generic_hints) },
};

const char *plan_family_name(enum plan_family family)
{
	static const char *const names[] = { "sh", "powershell", "guide" };

	return names[family];
}

size_t plan_platform_count(void)
{
	return ARRAY_LEN(platforms);
}

const struct plan_platform *plan_platform_at(size_t number)
{
	return number < ARRAY_LEN(platforms) ? &platforms[number] : NULL;
}

const struct plan_platform *plan_platform_generic(void)
{
	return &platforms[ARRAY_LEN(platforms) - 1];
}

/* Does LABEL begin with ID, and does nothing but a version come behind it? */
static bool is_of(const char *label, const char *id)
{
	size_t len = strlen(id);
	char start[40];

	if (strlen(label) < len || len >= sizeof start)
		return false;
	(void)snprintf(start, sizeof start, "%.*s", (int)len, label);
	return text_equal_nocase(start, id) && !isalnum((unsigned char)label[len]);
}

const struct plan_platform *plan_platform_of(const char *label)
{
	const struct plan_platform *found = NULL;

	for (size_t i = 0; label && i < ARRAY_LEN(platforms); i++)
		if (is_of(label, platforms[i].id) &&
			(!found || strlen(platforms[i].id) > strlen(found->id)))
			found = &platforms[i];
	return found;
}

const char *plan_body(const char *name, size_t *ret_len)
{
	for (size_t i = 0; i < plan_body_count; i++) {
		if (strcmp(plan_bodies[i].name, name) != 0)
			continue;
		*ret_len = plan_bodies[i].len;
		return plan_bodies[i].text;
	}
	return NULL;
}
