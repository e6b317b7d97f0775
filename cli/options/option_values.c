/* SPDX-License-Identifier: MIT */
#include "cli/options/option_values.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/engine/probe.h"
#include "checker/target/name.h"
#include "reports/report.h"

/* Long enough for every format's name; a longer prefix is none. */
#define FORMAT_BYTES 32

/* The digits of a number; more are no number that anybody means. */
#define DECIMAL_DIGITS 12

#define NEAR_EDITS 2
#define NEAR_BYTES 64

bool value_server(
	const char *option, const char *text, char out[static LIMIT_HOST_BYTES], struct error *err)
{
	struct error own = { .code = ERROR_NONE };

	return name_canonical_address(text, out) ||
	       name_to_ascii(text, strlen(text), false, out, &own) ||
	       error_set(err, ERROR_USAGE, "%s '%s': %s", option, text, own.said);
}

bool value_whole(const char *option, const char *text, unsigned min, unsigned max,
	unsigned *ret_value, struct error *err)
{
	uint64_t value;

	if (!text_to_uint(text, max, &value) || value < min)
		return error_set(err, ERROR_USAGE, "%s '%s' is not a whole number from %u to %u",
			option, text, min, max);
	*ret_value = (unsigned)value;
	return true;
}

/* A number without sign, exponent or locale; false when TEXT is none. */
static bool parse_decimal(const char *text, double *ret_value)
{
	double value = 0, place = 1;
	size_t digits = 0, points = 0, i;

	for (i = 0; text[i] && digits <= DECIMAL_DIGITS; i++) {
		if (text[i] == '.' && points == 0) {
			points++;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			break;
		digits++;
		place = points > 0 ? place / 10 : 1;
		value = points > 0 ? value + (text[i] - '0') * place : value * 10 + (text[i] - '0');
	}
	*ret_value = value;
	return !text[i] && digits > 0;
}

bool value_decimal(
	const char *option, const char *text, double max, double *ret_value, struct error *err)
{
	double value;

	if (!parse_decimal(text, &value) || value <= 0 || value > max)
		return error_set(err, ERROR_USAGE, "%s '%s' is not a number above 0 and up to %.0f",
			option, text, max);
	*ret_value = value;
	return true;
}

bool value_limit(
	const char *option, const char *text, double max, double *ret_value, struct error *err)
{
	double value;

	if (!parse_decimal(text, &value) || value > max)
		return error_set(err, ERROR_USAGE,
			"%s '%s' is neither 0, for no limit, nor a number up to %.0f", option, text,
			max);
	*ret_value = value;
	return true;
}

bool value_choice(const char *option, const char *text, const char *const names[], size_t count,
	size_t *ret_choice, struct error *err)
{
	struct buf all = BUF_INIT(512);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0) {
			buf_release(&all);
			*ret_choice = i;
			return true;
		}
		buf_addf(&all, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	(void)error_set(err, ERROR_USAGE, "%s '%s' is none of: %s", option, text, buf_text(&all));
	buf_release(&all);
	return false;
}

bool value_format(const char *option, const char *text, const struct report_format **ret_format,
	struct error *err)
{
	const struct report_format *format = report_format_by_name(text);

	if (!format)
		return error_set(err, ERROR_USAGE, "%s: there is no format '%s'; there are: %s",
			option, text, report_format_names());
	*ret_format = format;
	return true;
}

bool value_output(const char *text, const struct report_format **ret_format, const char **ret_path,
	struct error *err)
{
	const char *colon = strchr(text, ':');
	char name[FORMAT_BYTES];
	size_t len = colon ? (size_t)(colon - text) : 0;

	*ret_format = NULL;
	*ret_path = text;
	if (!*text)
		return error_set(err, ERROR_USAGE, "--output '' names no file");
	if (len == 0 || len >= sizeof name)
		return true;
	memcpy(name, text, len);
	name[len] = '\0';
	if (!report_format_by_name(name))
		return true;
	if (!colon[1])
		return error_set(err, ERROR_USAGE, "--output '%s' names no file", text);
	*ret_path = colon + 1;
	return value_format("--output", name, ret_format, err);
}

bool value_store(const char *text, size_t *ret_name_len, const char **ret_file, struct error *err)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return error_set(err, ERROR_USAGE, "--trust-store '%s' is not NAME=FILE", text);
	*ret_name_len = (size_t)(equals - text);
	*ret_file = equals + 1;
	return true;
}

/* One name of the list; false when it is none. */
static bool choose_probe(struct probe_choice *choice, const char *name, size_t len)
{
	const struct {
		const char *name;
		bool *chosen;
	} table[] = {
		{ "key-types", &choice->key_types },
		{ "sni", &choice->sni },
		{ "versions", &choice->versions },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0) {
			*table[i].chosen = true;
			return true;
		}
	}
	return false;
}

bool value_probe(const char *text, bool *ret_auto, struct probe_choice *choice, struct error *err)
{
	bool all = strcmp(text, "all") == 0, none = strcmp(text, "none") == 0;

	*ret_auto = strcmp(text, "auto") == 0;
	choice->key_types = choice->sni = choice->versions = all || *ret_auto;
	if (all || none || *ret_auto)
		return true;
	for (const char *name = text;;) {
		size_t len = strcspn(name, ",");

		if (!choose_probe(choice, name, len))
			return error_set(err, ERROR_USAGE,
				"--probe '%s' is neither auto, all, none nor a list of: key-types, "
				"sni, versions",
				text);
		if (!name[len])
			return true;
		name += len + 1;
	}
}

/* Levenshtein's distance, for short texts. */
static size_t edits(const char *a, const char *b)
{
	size_t row[NEAR_BYTES + 1], b_len = strlen(b);

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			size_t drop = row[j] + 1, add = row[j - 1] + 1;
			corner = row[j];
			row[j] = change < drop ? change : drop;
			row[j] = row[j] < add ? row[j] : add;
		}
	}
	return row[b_len];
}

bool value_is_near(const char *a, const char *b)
{
	size_t len = strlen(a);

	if (len < 3 || len > NEAR_BYTES || strlen(b) > NEAR_BYTES)
		return false;
	return strstr(b, a) || edits(a, b) <= NEAR_EDITS;
}
