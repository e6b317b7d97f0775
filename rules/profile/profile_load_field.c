/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "rules/profile/profile_load.h"

/* Ids are words of the command line, of records and of file names. */
#define ID_MAX 64

/* What a message shows of a value. */
#define QUOTE 120

static void quote(const char *text, char out[static QUOTE])
{
	text_printable(text, strlen(text), out, QUOTE);
}

void *profile_load_keep(struct load *load, size_t count, size_t size)
{
	struct profile_whole *whole = load->whole;
	void *items = calloc(count ? count : 1, size);

	if (!items || !vec_reserve(&whole->kept)) {
		free(items);
		error_set_memory(load->err);
		return NULL;
	}
	whole->kept.items[whole->kept.count++] = items;
	return items;
}

void profile_load_place(char out[static PROFILE_PLACE], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(out, PROFILE_PLACE, fmt, args);
	va_end(args);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool profile_load_id(const struct load *load, const char *place, const char *id)
{
	size_t len = strlen(id);
	bool fine = len <= ID_MAX && is_word(id[0]);
	char shown[QUOTE];

	for (size_t i = 0; i < len && fine; i++)
		fine = is_word(id[i]) || strchr("-_.", id[i]);
	if (fine)
		return true;
	quote(id, shown);
	return profile_yaml_fault(load->yaml, load->err, place,
		"\"%s\" is no id (letters, digits, \"-\", \"_\" and \".\", at most %d)", shown,
		ID_MAX);
}

bool profile_load_url(const struct load *load, const char *place, const char *url)
{
	static const char *const schemes[] = { "http://", "https://" };
	char shown[QUOTE];

	if (!url)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t len = strlen(schemes[i]);
		if (strncmp(url, schemes[i], len) == 0 && url[len] != '\0' && url[len] != '/' &&
			!strpbrk(url, " \"<>\\"))
			return true;
	}
	quote(url, shown);
	return profile_yaml_fault(
		load->yaml, load->err, place, "\"%s\" is no http or https URL", shown);
}

bool profile_load_day(const struct load *load, const char *place, const char *text, bool *ret_has,
	struct instant *ret_day)
{
	char shown[QUOTE];

	if (!text)
		return true;
	if (strlen(text) == strlen("YYYY-MM-DD") && instant_parse(text, ret_day)) {
		*ret_has = true;
		return true;
	}
	quote(text, shown);
	return profile_yaml_fault(
		load->yaml, load->err, place, "\"%s\" is no day (YYYY-MM-DD)", shown);
}

bool profile_load_hex(const struct load *load, const char *place, char *text, size_t len)
{
	char shown[QUOTE];

	if (!text)
		return true;
	if (strlen(text) != len || strspn(text, "0123456789abcdefABCDEF") != len) {
		quote(text, shown);
		return profile_yaml_fault(load->yaml, load->err, place,
			"\"%s\" is no fingerprint of %zu hex digits", shown, len);
	}
	text_lower(text);
	return true;
}

bool profile_load_range(const struct load *load, const char *place, const uint32_t *value,
	uint32_t min, uint32_t max)
{
	if (!value || (*value >= min && *value <= max))
		return true;
	return profile_yaml_fault(load->yaml, load->err, place, "%u is not between %u and %u",
		(unsigned)*value, (unsigned)min, (unsigned)max);
}

bool profile_load_one(const struct load *load, const char *place, const char *id,
	const struct profile_certificate **ret_certificate)
{
	char shown[QUOTE];

	if (!id)
		return true;
	*ret_certificate = profile_by_id(&load->whole->profile, id);
	if (*ret_certificate)
		return true;
	quote(id, shown);
	return profile_yaml_fault(
		load->yaml, load->err, place, "no certificate has the id \"%s\"", shown);
}

bool profile_load_words(
	const struct load *load, const char *place, char *const *words, size_t count)
{
	char inner[PROFILE_PLACE], shown[QUOTE];

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++) {
			if (strcmp(words[i], words[j]) != 0)
				continue;
			quote(words[i], shown);
			profile_load_place(inner, "%s[%zu]", place, i);
			return profile_yaml_fault(
				load->yaml, load->err, inner, "\"%s\" is listed twice", shown);
		}
	return true;
}

bool profile_load_several(struct load *load, const char *place, char *const *ids, size_t count,
	const struct profile_certificate *const **ret_certificates)
{
	const struct profile_certificate **found;
	char inner[PROFILE_PLACE];

	if (!profile_load_words(load, place, ids, count))
		return false;
	found = profile_load_keep(load, count, sizeof(struct profile_certificate *));
	if (!found)
		return false;
	for (size_t i = 0; i < count; i++) {
		profile_load_place(inner, "%s[%zu]", place, i);
		if (!profile_load_one(load, inner, ids[i], &found[i]))
			return false;
	}
	*ret_certificates = found;
	return true;
}

bool profile_load_texts(struct load *load, const char *place, char *const *words, size_t count,
	const char *const **ret_texts)
{
	const char **texts;

	if (count == 0)
		return true;
	if (!profile_load_words(load, place, words, count))
		return false;
	texts = profile_load_keep(load, count + 1, sizeof(char *));
	if (!texts)
		return false;
	for (size_t i = 0; i < count; i++)
		texts[i] = words[i];
	*ret_texts = texts;
	return true;
}
