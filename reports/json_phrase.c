/* SPDX-License-Identifier: MIT */
#include "reports/json_phrase.h"

#include <string.h>

#include "checker/base/phrase.h"
#include "reports/json.h"

static void put_parts(struct json *json, const struct phrase_parts *parts, size_t depth);

static void put_argument(struct json *json, const struct phrase_part *argument, size_t depth)
{
	struct phrase_parts parts;

	if (!phrase_take(argument->at, argument->len, &parts)) {
		json_put_string_len(json, argument->at, argument->len);
		return;
	}
	if (depth == PHRASE_DEPTH) {
		json_put_string(json, "");
		return;
	}
	json_begin_object(json);
	put_parts(json, &parts, depth + 1);
	json_end_object(json);
}

static void put_parts(struct json *json, const struct phrase_parts *parts, size_t depth)
{
	JSON_KEY(json, "template");
	json_put_string_len(json, parts->text.at, parts->text.len);
	JSON_KEY(json, "arguments");
	json_begin_array(json);
	for (size_t i = 0; i < parts->count; i++)
		put_argument(json, &parts->arguments[i], depth);
	json_end_array(json);
}

void json_phrase_put(struct json *json, const char *phrase)
{
	struct phrase_parts parts;

	if (phrase_take(phrase, strlen(phrase), &parts))
		put_parts(json, &parts, 1);
}
