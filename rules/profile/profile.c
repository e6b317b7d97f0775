/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "rules/profile/profile_builtin.h"

static const char *const role_names[] = {
	[PROFILE_ROLE_ROOT] = "root",
	[PROFILE_ROLE_ISSUING] = "issuing",
	[PROFILE_ROLE_CROSS] = "cross",
};

const char *profile_role_name(enum profile_role role)
{
	assert(role < ARRAY_LEN(role_names));
	return role_names[role];
}

const char *profile_title_in(const struct profile_title *title, enum language language)
{
	assert(language < LANGUAGE_COUNT);
	const char *text = title->text[language];
	return text ? text : title->text[LANGUAGE_EN];
}

const char *profile_builtin_id(size_t number)
{
	return number < profile_builtin_count ? profile_builtins[number].id : NULL;
}

const char *profile_builtin_text(size_t number)
{
	return number < profile_builtin_count ? profile_builtins[number].text : NULL;
}

const struct profile_certificate *profile_by_fingerprint(
	const struct profile *profile, const uint8_t sha256[FINGERPRINT_BYTES])
{
	for (size_t i = 0; i < profile->certificate_count; i++)
		if (memcmp(profile->certificates[i].sha256, sha256, FINGERPRINT_BYTES) == 0)
			return &profile->certificates[i];
	return NULL;
}

bool profile_deadline(const struct profile *profile, struct instant *ret_deadline)
{
	bool found = false;

	for (size_t i = 0; i < profile->certificate_count; i++) {
		const struct profile_certificate *one = &profile->certificates[i];
		if (one->has_remove_by &&
			(!found || one->remove_by.seconds > ret_deadline->seconds)) {
			*ret_deadline = one->remove_by;
			found = true;
		}
	}
	return found;
}

const struct profile_certificate *profile_by_id(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < profile->certificate_count; i++)
		if (strcmp(profile->certificates[i].id, id) == 0)
			return &profile->certificates[i];
	return NULL;
}

const struct profile_product *profile_product_by_id(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < profile->request.product_count; i++)
		if (strcmp(profile->request.products[i].id, id) == 0)
			return &profile->request.products[i];
	return NULL;
}

const struct profile_certificate *profile_replacement(const struct profile_certificate *retired)
{
	const struct profile_certificate *next = retired;

	/* Replacements do not go round in circles: profile_check.c has looked. */
	while (next && next->state == PROFILE_STATE_RETIRED)
		next = next->replaced_by;
	return next;
}

static struct profile *load_builtin(const struct profile_builtin *builtin, struct error *err)
{
	struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	struct profile *profile = NULL;

	if (!buf_add(&text, builtin->text, builtin->len))
		error_set_memory(err);
	else
		profile = profile_parse("built in", &text, err);
	buf_release(&text);
	return profile;
}

static struct profile *load_file(const char *path, struct error *err)
{
	struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	struct profile *profile = NULL;

	if (buf_read_file(&text, path, err))
		profile = profile_parse(path, &text, err);
	buf_release(&text);
	return profile;
}

struct profile *profile_load(const char *name, struct error *err)
{
	struct buf names = BUF_INIT(400);

	for (size_t i = 0; i < profile_builtin_count; i++)
		if (strcmp(profile_builtins[i].id, name) == 0)
			return load_builtin(&profile_builtins[i], err);
	if (strpbrk(name, "/.") || access(name, F_OK) == 0)
		return load_file(name, err);

	for (size_t i = 0; i < profile_builtin_count; i++)
		(void)buf_addf(&names, "%s%s", i ? ", " : "", profile_builtins[i].id);
	error_set(err, ERROR_USAGE, "no profile \"%s\": neither a file nor built in (built in: %s)",
		name, buf_text(&names));
	buf_release(&names);
	return NULL;
}
