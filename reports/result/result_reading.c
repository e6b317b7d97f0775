/* SPDX-License-Identifier: MIT */
#include "reports/result/result_reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"

bool result_fault(struct result_reading *reading, const char *what)
{
	return error_set(reading->err, ERROR_SYNTAX, "\"%s%s%s\" is not %s", reading->object,
		reading->object[0] ? "." : "", reading->key, what);
}

bool result_no_memory(struct result_reading *reading)
{
	return error_set_memory(reading->err);
}

bool result_object(struct result_reading *reading, const char *name, const json_t *value,
	const struct result_row *rows, size_t count)
{
	const char *object = reading->object, *key = reading->key;

	if (!json_is_object(value))
		return result_fault(reading, PHRASE("an object"));
	for (size_t i = 0; i < count; i++) {
		const json_t *member = json_object_get(value, rows[i].key);

		reading->object = name;
		reading->key = rows[i].key;
		if (!member && rows[i].need & RESULT_REQUIRED)
			return error_set(reading->err, ERROR_SYNTAX, "there is no \"%s%s%s\"", name,
				name[0] ? "." : "", rows[i].key);
		if (json_is_null(member) && rows[i].need == RESULT_REQUIRED)
			return result_fault(reading, PHRASE("there: it is null"));
		if (!member || (json_is_null(member) && !(rows[i].need & RESULT_NULLS)))
			continue;
		if (!rows[i].read(reading, member))
			return false;
	}
	reading->object = object;
	reading->key = key;
	return true;
}

bool result_array(struct result_reading *reading, const json_t *value, size_t most,
	bool (*read)(struct result_reading *reading, const json_t *element))
{
	size_t outer = reading->place;

	if (!json_is_array(value))
		return result_fault(reading, PHRASE("an array"));
	if (json_array_size(value) > most)
		return error_set(reading->err, ERROR_LIMIT,
			"\"%s\" has %zu elements, and %zu is the most", reading->key,
			json_array_size(value), most);
	for (size_t i = 0; i < json_array_size(value); i++) {
		reading->place = i;
		if (!read(reading, json_array_get(value, i)))
			return false;
	}
	reading->place = outer;
	return true;
}

bool result_text(struct result_reading *reading, const json_t *value, const char **ret_text)
{
	*ret_text = json_string_value(value);
	return *ret_text || result_fault(reading, PHRASE("a text"));
}

bool result_words(struct result_reading *reading, const json_t *value, char *out, size_t size)
{
	const char *text;

	if (!result_text(reading, value, &text))
		return false;
	text_printable(text, strlen(text), out, size);
	return true;
}

bool result_kept_words(
	struct result_reading *reading, const json_t *value, size_t most, const char **ret_text)
{
	const char *text;

	if (!result_text(reading, value, &text))
		return false;
	char *kept = arena_take(reading->texts, most);
	if (!kept)
		return result_no_memory(reading);
	text_printable(text, strlen(text), kept, most);
	*ret_text = kept;
	return true;
}

/* NULL with the error set. */
static const char *phrase_of(
	struct result_reading *reading, const json_t *object, size_t size, unsigned depth)
{
	const json_t *arguments = json_object_get(object, "arguments");
	const char *texts[PHRASE_PLACES] = { NULL };
	const char *text = json_string_value(json_object_get(object, "template"));
	size_t count = json_array_size(arguments);

	if (!text || count > PHRASE_PLACES || depth > PHRASE_DEPTH) {
		(void)result_fault(reading, PHRASE("a template with its arguments"));
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *argument = json_array_get(arguments, i);

		texts[i] = json_is_string(argument) ? json_string_value(argument)
						    : phrase_of(reading, argument, size, depth + 1);
		if (!texts[i])
			return NULL;
	}
	char *out = arena_take(reading->texts, size);
	if (out)
		phrase_make(out, size, text, texts, count);
	else
		(void)result_no_memory(reading);
	return out;
}

bool result_phrase(struct result_reading *reading, const json_t *object, const char *message,
	char *out, size_t size)
{
	const char *phrase = message;

	reading->key = "template";
	if (json_object_get(object, "template"))
		phrase = phrase_of(reading, object, size, 1);
	if (phrase)
		(void)snprintf(out, size, "%s", phrase);
	return phrase;
}

bool result_id(struct result_reading *reading, const json_t *value, char *out, size_t size)
{
	const char *text;

	if (!result_text(reading, value, &text))
		return false;
	if (strlen(text) >= size)
		return result_fault(reading, PHRASE("an id: it is too long"));
	text_printable(text, strlen(text), out, size);
	return strcmp(text, out) == 0 ||
	       result_fault(reading, PHRASE("an id: it is not printable"));
}

bool result_shared_id(struct result_reading *reading, const json_t *value, const char **ret_id)
{
	char id[ACTION_CERTIFICATE];

	if (!result_id(reading, value, id, sizeof id))
		return false;
	*ret_id = result_pool_id(reading->pool, id);
	return *ret_id || error_set(reading->err, ERROR_LIMIT,
				  "there are more different ids than a profile can have");
}

bool result_bool(struct result_reading *reading, const json_t *value, bool *ret_bool)
{
	*ret_bool = json_is_true(value);
	return json_is_boolean(value) || result_fault(reading, PHRASE("true or false"));
}

bool result_count(
	struct result_reading *reading, const json_t *value, uint64_t most, size_t *ret_count)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 || (uint64_t)number > most)
		return result_fault(reading, PHRASE("a number in its bounds"));
	*ret_count = (size_t)number;
	return true;
}

bool result_measure(struct result_reading *reading, const json_t *value, double *ret_ms)
{
	*ret_ms = json_number_value(value);
	return json_is_number(value) || result_fault(reading, PHRASE("a number"));
}

bool result_time(struct result_reading *reading, const json_t *value, struct instant *ret_instant)
{
	const char *text = json_string_value(value);

	return (text && instant_parse(text, ret_instant)) ||
	       result_fault(reading, PHRASE("a time or day (RFC 3339)"));
}

bool result_choice(struct result_reading *reading, const json_t *value,
	const char *(*name)(unsigned number), unsigned count, unsigned *ret_number)
{
	char shown[64];
	const char *text;

	if (!result_text(reading, value, &text))
		return false;
	for (unsigned i = 0; i < count; i++) {
		const char *word = name(i);
		if (word && strcmp(word, text) == 0) {
			*ret_number = i;
			return true;
		}
	}
	text_printable(text, strlen(text), shown, sizeof shown);
	return error_set(reading->err, ERROR_SYNTAX,
		"\"%s%s%s\": this version knows no '%s'; a newer one may have written it",
		reading->object, reading->object[0] ? "." : "", reading->key, shown);
}

bool result_texts(struct result_reading *reading, const json_t *value, size_t most,
	const char *const **ret_texts, size_t *ret_count)
{
	size_t count = json_array_size(value);

	if (!json_is_array(value) || count > most)
		return result_fault(reading, PHRASE("an array of texts in its bounds"));
	const char **texts = arena_take(reading->texts, (count + 1) * sizeof *texts);
	if (!texts)
		return result_no_memory(reading);
	for (size_t i = 0; i < count; i++)
		if (!result_text(reading, json_array_get(value, i), &texts[i]))
			return false;
	*ret_texts = texts;
	*ret_count = count;
	return true;
}
