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

/*
 * The scripts of Chinese by what stands after "zh-": a script (BCP 47) or a
 * territory, as POSIX locales have it.
 */
static bool chinese_by_subtag(const char *subtag, enum language *ret_language)
{
	static const struct {
		const char *subtag;
		enum language language;
	} rows[] = {
		{ "", LANGUAGE_ZH_HANS },
		{ "hant", LANGUAGE_ZH_HANT },
		{ "hans", LANGUAGE_ZH_HANS },
		{ "hk", LANGUAGE_ZH_HANT },
		{ "mo", LANGUAGE_ZH_HANT },
		{ "tw", LANGUAGE_ZH_HANT },
		{ "cn", LANGUAGE_ZH_HANS },
		{ "my", LANGUAGE_ZH_HANS },
		{ "sg", LANGUAGE_ZH_HANS },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(subtag, rows[i].subtag) == 0) {
			*ret_language = rows[i].language;
			return true;
		}
	return false;
}

bool language_by_name(const char *name, enum language *ret_language)
{
	char tag[64];
	size_t len = strcspn(name, ".@"); /* zh_HK.UTF-8@euro */

	if (len == 0 || len >= sizeof tag)
		return false;
	memcpy(tag, name, len);
	tag[len] = '\0';
	text_lower(tag);

	size_t first = strcspn(tag, "-_");
	const char *rest = tag[first] ? tag + first + 1 : "";
	char subtag[sizeof tag];
	size_t second = strcspn(rest, "-_");
	memcpy(subtag, rest, second);
	subtag[second] = '\0';
	tag[first] = '\0';

	if (strcmp(tag, "zh") == 0)
		return chinese_by_subtag(subtag, ret_language);
	if (strcmp(tag, "en") != 0 && strcmp(tag, "c") != 0 && strcmp(tag, "posix") != 0)
		return false;
	*ret_language = LANGUAGE_EN;
	return true;
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

const struct profile_certificate *profile_by_id(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < profile->certificate_count; i++)
		if (strcmp(profile->certificates[i].id, id) == 0)
			return &profile->certificates[i];
	return NULL;
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
