/* SPDX-License-Identifier: MIT */
#include "checker/caa.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/text.h"

const char *caa_status_name(enum caa_status status)
{
	static const char *const names[CAA_STATUSES] = {
		[CAA_NONE] = "none",
		[CAA_FOUND] = "found",
		[CAA_UNKNOWN] = "unknown",
	};

	return names[status];
}

static bool has(const struct caa *caa, const char *tag)
{
	for (size_t i = 0; i < caa->count; i++)
		if (text_equal_nocase(caa->records[i].tag, tag))
			return true;
	return false;
}

/* RFC 8659, 4.3: issuewild counts for wildcards, and there alone, when there is any. */
static const char *tag_for(const struct caa *caa, bool wildcard)
{
	return wildcard && has(caa, "issuewild") ? "issuewild" : "issue";
}

/* RFC 8659, 4.2: blanks, the issuer's domain, and parameters behind a semicolon. */
static size_t issuer_of(const char *value, const char **ret_issuer)
{
	value += strspn(value, " \t");
	*ret_issuer = value;
	return strcspn(value, " \t;");
}

static bool is_name(const char *issuer, size_t len, char *const names[], size_t count)
{
	char text[LIMIT_HOST_BYTES];

	(void)snprintf(text, sizeof text, "%.*s", (int)len, issuer);
	for (size_t i = 0; i < count; i++)
		if (text_equal_nocase(text, names[i]))
			return true;
	return false;
}

/* RFC 8659, 4.1: who does not know a critical property must not issue. */
static bool is_understood(const struct caa_record *record)
{
	static const char *const tags[] = { "issue", "issuewild", "iodef", "issuemail",
		"contactemail", "contactphone" };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (text_equal_nocase(record->tag, tags[i]))
			return true;
	return !record->critical;
}

enum caa_answer caa_judge(const struct caa *caa, char *const names[], size_t count, bool wildcard)
{
	bool allowed = false;

	if (caa->status == CAA_UNKNOWN)
		return CAA_SAYS_NOTHING;
	if (caa->status == CAA_NONE)
		return CAA_ALLOWS;
	const char *tag = tag_for(caa, wildcard);
	for (size_t i = 0; i < caa->count; i++) {
		const struct caa_record *record = &caa->records[i];
		const char *issuer;

		if (!is_understood(record))
			return CAA_FORBIDS;
		if (!text_equal_nocase(record->tag, tag))
			continue;
		size_t len = issuer_of(record->value, &issuer);
		allowed |= is_name(issuer, len, names, count);
	}
	/* What is not kept may allow it, or may be an unknown critical one. */
	if (caa->dropped > 0)
		return CAA_SAYS_NOTHING;
	return allowed || !has(caa, tag) ? CAA_ALLOWS : CAA_FORBIDS;
}

void caa_list(const struct caa *caa, bool wildcard, char *out, size_t size)
{
	const char *tag = tag_for(caa, wildcard);
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < caa->count; i++) {
		const char *issuer;
		size_t len = issuer_of(caa->records[i].value, &issuer);

		if (!text_equal_nocase(caa->records[i].tag, tag) || len == 0 ||
			used + len + 3 > size)
			continue;
		used += (size_t)snprintf(
			out + used, size - used, "%s%.*s", used ? ", " : "", (int)len, issuer);
	}
}
