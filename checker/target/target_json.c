/* SPDX-License-Identifier: MIT */
#include "checker/target/target_json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/target/target_reader.h"

#define WORD_BYTES 64 /* of a key in a reason */

/* A record and what its row borrows from. */
struct record {
	const struct target_piece *piece;
	struct target_row row;
	struct target_json_pool pool;
};

static json_t *load(const char *bytes, size_t len, json_error_t *error)
{
	return json_loadb(bytes, len, JSON_REJECT_DUPLICATES, error);
}

json_t *target_json_load(const char *bytes, size_t len, struct target_fault *fault)
{
	json_error_t error;
	json_t *json = load(bytes, len, &error);

	if (json)
		return json;
	if (json_error_code(&error) == json_error_out_of_memory) {
		(void)error_set_memory(&fault->why);
		return NULL;
	}
	/* The position is behind what was read last, which is what did not fit. */
	size_t at = error.position > 0 ? (size_t)error.position - 1 : 0;
	(void)target_fault_set(fault, at, "not JSON: %s", error.text);
	return NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void walk_skip(struct target_json_walk *walk, const char *set)
{
	while (walk->at < walk->len &&
		(is_space(walk->text[walk->at]) || strchr(set, walk->text[walk->at])))
		walk->at++;
}

static void walk_string(struct target_json_walk *walk)
{
	for (walk->at++; walk->at < walk->len && walk->text[walk->at] != '"'; walk->at++)
		walk->at += walk->text[walk->at] == '\\';
	walk->at++;
}

/* Over a value without recursion: it may be as deep as jansson allows. */
static void walk_value(struct target_json_walk *walk)
{
	size_t depth = 0;

	while (walk->at < walk->len) {
		char c = walk->text[walk->at];

		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return;
		if (c == '"') {
			walk_string(walk);
			continue;
		}
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		walk->at++;
	}
}

void target_json_enter(struct target_json_walk *walk, size_t at)
{
	walk->at = at;
	walk_skip(walk, "");
	walk->at++;
}

void target_json_element(struct target_json_walk *walk, size_t *ret_value)
{
	walk_skip(walk, ",");
	*ret_value = walk->at;
	walk_value(walk);
}

void target_json_member(struct target_json_walk *walk, size_t *ret_key, size_t *ret_value)
{
	walk_skip(walk, ",");
	*ret_key = walk->at;
	walk_string(walk);
	walk_skip(walk, ":");
	*ret_value = walk->at;
	walk_value(walk);
}

void target_json_pool_release(struct target_json_pool *pool)
{
	while (pool->count > 0)
		free(pool->texts[--pool->count]);
}

bool target_json_text(struct target_json_pool *pool, const char *name, const json_t *value,
	size_t at, const char **ret_text, struct target_fault *fault)
{
	char word[WORD_BYTES];

	text_printable(name, strlen(name), word, sizeof word);
	if (json_is_object(value) || json_is_array(value))
		return target_fault_set(fault, at, "\"%s\" is %s, not a text, number or boolean",
			word, json_is_object(value) ? PHRASE("an object") : PHRASE("a list"));
	if (!json_is_number(value)) {
		const char *text = json_is_string(value) ? json_string_value(value) : "";

		if (json_is_boolean(value))
			text = json_is_true(value) ? "true" : "false";
		*ret_text = text[0] ? text : NULL;
		return true;
	}
	if (pool->count == ARRAY_LEN(pool->texts))
		return target_fault_set(fault, at, "more than %d numbers", TARGET_JSON_TEXTS);

	char *number = json_dumps(value, JSON_ENCODE_ANY);
	if (!number)
		return error_set_memory(&fault->why);
	pool->texts[pool->count++] = number;
	*ret_text = number;
	return true;
}

/* An inventory has groups and "_meta" where a record has texts. */
static bool is_inventory(json_t *json)
{
	const char *key;
	json_t *value;

	if (json_is_object(json_object_get(json, "_meta")))
		return true;
	json_object_foreach(json, key, value)
	{
		if (!json_is_array(value) && !json_object_get(value, "hosts") &&
			!json_object_get(value, "children"))
			return false;
	}
	return json_object_size(json) > 0;
}

enum target_json_shape target_json_shape(const char *line, size_t len)
{
	json_error_t error;
	CLEANUP(target_json_freep) json_t *json = load(line, len, &error);

	if (!json)
		return json_error_code(&error) == json_error_premature_end_of_input
			       ? TARGET_JSON_OPEN
			       : TARGET_JSON_BAD;
	return is_inventory(json) ? TARGET_JSON_INVENTORY : TARGET_JSON_RECORD;
}

static bool record_labels(
	struct record *record, json_t *labels, size_t at, struct target_fault *fault)
{
	struct target_json_walk walk = { .text = record->piece->text, .len = record->piece->len };
	const char *name, *text = NULL;
	json_t *value;

	if (json_is_null(labels))
		return true;
	if (!json_is_object(labels))
		return target_fault_set(fault, at, "\"labels\" is not an object");
	target_json_enter(&walk, at);
	json_object_foreach(labels, name, value)
	{
		size_t key_at, value_at;

		target_json_member(&walk, &key_at, &value_at);
		if (!target_json_text(&record->pool, name, value, value_at, &text, fault) ||
			(text && !target_row_mark(&record->row, name, text, key_at, fault)))
			return false;
	}
	return true;
}

/* A name must be a text: the word true is a host name, too. */
static bool check_type(const char *name, const json_t *value, size_t at, struct target_fault *fault)
{
	bool is_port = strcmp(name, "port") == 0;

	if (json_is_null(value) || json_is_string(value) || (is_port && json_is_integer(value)))
		return true;
	return target_fault_set(fault, at,
		is_port ? N_("\"%s\" is not a whole number") : N_("\"%s\" is not a text"), name);
}

static bool record_row(struct record *record, json_t *json, struct target_fault *fault)
{
	struct target_json_walk walk = { .text = record->piece->text, .len = record->piece->len };
	const char *name, *text = NULL;
	json_t *value;

	target_json_enter(&walk, 0);
	json_object_foreach(json, name, value)
	{
		struct target_cell *cell = target_row_cell(&record->row, name);
		size_t key_at, value_at;

		target_json_member(&walk, &key_at, &value_at);
		if (strcmp(name, "labels") == 0) {
			if (!record_labels(record, value, value_at, fault))
				return false;
			continue;
		}
		if (cell && !check_type(name, value, value_at, fault))
			return false;
		if (!target_json_text(&record->pool, name, value, value_at, &text, fault))
			return false;
		if (cell)
			*cell = (struct target_cell){ .text = text, .at = value_at };
		else if (text && !target_row_mark(&record->row, name, text, key_at, fault))
			return false;
	}
	return true;
}

static bool add_record(
	struct target_reader *reader, struct record *record, struct target_fault *fault)
{
	const struct target_piece *piece = record->piece;
	struct target_draft draft;

	if (!target_piece_check(piece, fault))
		return false;
	CLEANUP(target_json_freep) json_t *json = target_json_load(piece->text, piece->len, fault);
	if (!json)
		return false;
	if (!json_is_object(json))
		return target_fault_set(fault, 0, "not a JSON object");
	return record_row(record, json, fault) && target_row_parse(&record->row, &draft, fault) &&
	       target_reader_add(reader, &draft, &record->row, piece->line, fault);
}

bool target_json_line(struct target_reader *reader, const struct target_piece *piece)
{
	struct target_fault fault = TARGET_FAULT_INIT;
	struct record record = { .piece = piece };
	bool added = add_record(reader, &record, &fault);

	target_json_pool_release(&record.pool);
	return added || target_reader_reject(reader, piece, &fault);
}
