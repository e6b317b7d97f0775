/* SPDX-License-Identifier: MIT */
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "rules/finding.h"
#include "rules/profile/profile_yaml.h"
#include "rules/waiver/waivers_list.h"

#define QUOTE 120

/* A waiver as it is written. */
struct written_waiver {
	char *rule, *host, *reason, *until, *by;
};

struct written_waivers {
	char *schema;
	struct written_waiver *waivers;
	uint32_t waivers_count;
};

#define TEXT(key, type, member, max) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_DEFAULT, type, member, 1, max)

static const cyaml_schema_field_t waiver_fields[] = {
	TEXT("rule", struct written_waiver, rule, QUOTE),
	TEXT("host", struct written_waiver, host, PLACE_FILE_BYTES - 1),
	TEXT("reason", struct written_waiver, reason, WAIVED_REASON - 1),
	TEXT("until", struct written_waiver, until, QUOTE),
	TEXT("by", struct written_waiver, by, WAIVED_BY - 1),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t a_waiver = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct written_waiver, waiver_fields),
};

static const cyaml_schema_field_t waivers_fields[] = {
	TEXT("schema", struct written_waivers, schema, QUOTE),
	CYAML_FIELD_SEQUENCE("waivers", CYAML_FLAG_POINTER, struct written_waivers, waivers,
		&a_waiver, 0, LIMIT_WAIVERS),
	CYAML_FIELD_END,
};

static const struct cyaml_schema_value waivers_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct written_waivers, waivers_fields),
};

/* What is being read, for messages. */
struct reading {
	const struct profile_yaml *yaml;
	struct error *err;
	size_t number;
};

static bool fault(const struct reading *reading, const char *key, const char *text, const char *why)
{
	char place[PROFILE_PLACE], shown[QUOTE];

	text_printable(text, strlen(text), shown, sizeof shown);
	(void)snprintf(place, sizeof place, "waivers[%zu].%s", reading->number, key);
	return profile_yaml_fault(reading->yaml, reading->err, place, "\"%s\": %s", shown, why);
}

static bool read_place(const struct reading *reading, const char *host, struct waiver *waiver)
{
	struct error why = { .code = ERROR_NONE };

	if (place_parse(host, &waiver->place, &why))
		return true;
	if (why.code == ERROR_MEMORY)
		return error_set_memory(reading->err);
	return fault(reading, "host", host, why.text);
}

static bool read_one(
	const struct reading *reading, const struct written_waiver *from, struct waiver *to)
{
	char place[PROFILE_PLACE];

	(void)snprintf(place, sizeof place, "waivers[%zu]", reading->number);
	to->line = profile_yaml_line(reading->yaml, place);
	to->host = from->host;
	to->reason = from->reason;
	to->by = from->by;
	if (!rule_by_id(from->rule, &to->rule))
		return fault(reading, "rule", from->rule,
			"there is no such rule; `chainmend explain` lists them");
	if (strlen(from->until) != strlen("YYYY-MM-DD") || !instant_parse(from->until, &to->until))
		return fault(reading, "until", from->until, "no day (YYYY-MM-DD)");
	return read_place(reading, from->host, to);
}

/* First of all: a file of another kind would be nothing but unknown keys. */
static bool check_version(const struct profile_yaml *yaml, struct error *err)
{
	const char *version = profile_yaml_text(yaml, "schema");
	char shown[QUOTE];

	if (!version || strcmp(version, WAIVERS_SCHEMA) == 0)
		return true;
	text_printable(version, strlen(version), shown, sizeof shown);
	return profile_yaml_fault(
		yaml, err, "schema", "\"%s\" is not \"%s\"", shown, WAIVERS_SCHEMA);
}

static bool keep_texts(
	struct waivers *waivers, const char *path, const struct buf *text, struct error *err)
{
	char shown[LIMIT_NAME_BYTES];

	text_printable(path, strlen(path), shown, sizeof shown);
	waivers->path = text_copy(shown, strlen(shown));
	waivers->text = text_copy(buf_text(text), text->len);
	return (waivers->path && waivers->text) || error_set_memory(err);
}

static bool read_all(struct waivers *waivers, const struct profile_yaml *yaml, struct error *err)
{
	const struct written_waivers *written = waivers->written;
	struct reading reading = { .yaml = yaml, .err = err, .number = 0 };

	waivers->items = calloc((size_t)written->waivers_count + 1, sizeof *waivers->items);
	if (!waivers->items)
		return error_set_memory(err);
	waivers->count = written->waivers_count;
	for (; reading.number < waivers->count; reading.number++)
		if (!read_one(&reading, &written->waivers[reading.number],
			    &waivers->items[reading.number]))
			return false;
	return true;
}

struct waivers *waivers_parse(const char *path, const struct buf *text, struct error *err)
{
	CLEANUP(profile_yaml_freep) struct profile_yaml *yaml = profile_yaml_new(path, text, err);

	if (!yaml || !check_version(yaml, err) || !profile_yaml_check(yaml, &waivers_schema, err))
		return NULL;
	CLEANUP(waivers_freep) struct waivers *waivers = calloc(1, sizeof *waivers);
	if (!waivers) {
		error_set_memory(err);
		return NULL;
	}
	waivers->written = profile_yaml_fill(path, text, &waivers_schema, err);
	if (!waivers->written || !keep_texts(waivers, path, text, err) ||
		!read_all(waivers, yaml, err))
		return NULL;
	return TAKE(waivers);
}

struct waivers *waivers_load(const char *path, struct error *err)
{
	struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	struct waivers *waivers = NULL;

	if (buf_read_file(&text, path, err))
		waivers = waivers_parse(
			strcmp(path, "-") == 0 ? "standard input" : path, &text, err);
	buf_release(&text);
	return waivers;
}

void waivers_free(struct waivers *waivers)
{
	if (!waivers)
		return;
	profile_yaml_drop(&waivers_schema, waivers->written);
	free(waivers->items);
	free(waivers->text);
	free(waivers->path);
	free(waivers);
}

const char *waivers_text(const struct waivers *waivers)
{
	return waivers->text;
}
