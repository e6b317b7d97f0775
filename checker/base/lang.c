/* SPDX-License-Identifier: MIT */
#include "checker/base/lang.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/lang_catalogue.h"
#include "checker/base/text.h"

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

const char *language_name(enum language language)
{
	static const char *const names[LANGUAGE_COUNT] = {
		[LANGUAGE_EN] = "en",
		[LANGUAGE_ZH_HANT] = "zh-Hant",
		[LANGUAGE_ZH_HANS] = "zh-Hans",
	};

	assert(language < LANGUAGE_COUNT);
	return names[language];
}

static int compare(const void *text, const void *row)
{
	return strcmp(text, ((const struct lang_row *)row)->text);
}

static const struct lang_row *row_of(const char *text)
{
	return bsearch(text, lang_rows, lang_row_count, sizeof *lang_rows, compare);
}

const char *lang_text(enum language language, const char *text)
{
	assert(language < LANGUAGE_COUNT);
	const struct lang_row *row = language == LANGUAGE_EN ? NULL : row_of(text);

	return row && row->translated[language] ? row->translated[language] : text;
}

const char *lang_plural(enum language language, const char *one, const char *many, size_t count)
{
	const char *text = lang_text(language, one);

	return text == one && count != 1 ? many : text;
}

bool lang_knows(const char *text)
{
	return row_of(text) != NULL;
}
