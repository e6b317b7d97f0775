/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile_yaml.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "rules/profile/profile_tree.h"

/* A profile is five levels deep, other files less; a bound keeps every walk over the tree shallow.
 */
#define DEPTH_MAX 16

/* "%YAML 1.2" is one; libyaml compares each with all before it. */
#define DIRECTIVES_MAX 4

/* Where an event pass is: one line a fault, the first one counts. */
struct pass {
	const char *path;
	const struct buf *text;
	struct error *err;
	int depth;
	int documents;
};

static bool pass_fault(const struct pass *pass, size_t line, const char *reason)
{
	char why[300];

	phrase_from(why, sizeof why, reason);
	return error_set(pass->err, ERROR_SYNTAX, "%s:%zu: %s", pass->path, line, why);
}

static size_t line_of(const struct buf *text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < text->len; i++)
		line += text->data[i] == '\n';
	return line;
}

/* What has to be known before libyaml may see the text. */
static bool check_bytes(const struct pass *pass)
{
	const struct buf *text = pass->text;
	size_t directives = 0;

	for (size_t i = 0; i < text->len;) {
		uint32_t point;
		size_t bytes = text_utf8_next(text->data + i, text->len - i, &point);
		if (bytes == 0)
			return pass_fault(pass, line_of(text, i), "not UTF-8");
		directives += point == '%' && (i == 0 || text->data[i - 1] == '\n');
		if (directives > DIRECTIVES_MAX)
			return pass_fault(pass, line_of(text, i), "too many directives");
		i += bytes;
	}
	return true;
}

/* What libyaml itself could not read. */
static bool parser_fault(const struct pass *pass, const yaml_parser_t *parser)
{
	char reason[200];
	size_t line = parser->problem_mark.line + 1;

	if (parser->error == YAML_MEMORY_ERROR)
		return error_set_memory(pass->err);
	if (parser->error == YAML_READER_ERROR)
		line = line_of(pass->text, parser->problem_offset);
	(void)snprintf(reason, sizeof reason, "not YAML: %s%s%s",
		parser->context ? parser->context : "", parser->context ? ", " : "",
		parser->problem ? parser->problem : "unreadable");
	return pass_fault(pass, line, reason);
}

/* A value ends up in reports and on terminals, so nothing in it may act there or hide. */
static bool check_scalar(const struct pass *pass, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	char reason[120];

	for (size_t i = 0; i < len;) {
		uint32_t point = 0;
		size_t bytes = text_utf8_next(value + i, len - i, &point);
		if (bytes == 0 || text_is_unsafe(point)) {
			phrase_say(reason, sizeof reason,
				"a value may not hold U+%04X, which is invisible or a control",
				(unsigned)point);
			return pass_fault(pass, event->start_mark.line + 1, reason);
		}
		i += bytes;
	}
	return true;
}

/* Nobody needs them here, and libyaml's loader compares each anchor with all before it. */
static bool has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return event->type == YAML_ALIAS_EVENT;
	}
}

static bool check_event(struct pass *pass, const yaml_event_t *event)
{
	size_t line = event->start_mark.line + 1;

	if (has_anchor(event))
		return pass_fault(
			pass, line, "anchors (&name) and aliases (*name) are not supported");
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++pass->documents > 1)
			return pass_fault(pass, line, "a second document; there may be one");
		return true;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		if (++pass->depth > DEPTH_MAX)
			return pass_fault(pass, line, "nested too deeply");
		return true;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		pass->depth--;
		return true;
	case YAML_SCALAR_EVENT:
		return check_scalar(pass, event);
	default:
		return true;
	}
}

static bool start_parser(yaml_parser_t *parser, const struct buf *text)
{
	if (!yaml_parser_initialize(parser))
		return false;
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)buf_text(text), text->len);
	return true;
}

/* One event at a time, so what is nested without end stops early. */
static bool check_events(struct pass *pass)
{
	CLEANUP(yaml_parser_delete) yaml_parser_t parser = { 0 };
	bool more = true;

	if (!start_parser(&parser, pass->text))
		return error_set_memory(pass->err);
	while (more) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event))
			return parser_fault(pass, &parser);
		more = event.type != YAML_STREAM_END_EVENT;
		bool fine = check_event(pass, &event);
		yaml_event_delete(&event);
		if (!fine)
			return false;
	}
	if (pass->documents == 0)
		return pass_fault(pass, 1, "empty: nothing in it");
	return true;
}

struct profile_yaml *profile_yaml_new(const char *path, const struct buf *text, struct error *err)
{
	struct pass pass = { .path = path, .text = text, .err = err, .depth = 0, .documents = 0 };
	CLEANUP(yaml_parser_delete) yaml_parser_t parser = { 0 };

	if (text->len > LIMIT_PROFILE_BYTES) {
		error_set(err, ERROR_LIMIT, "%s: larger than %u bytes", path, LIMIT_PROFILE_BYTES);
		return NULL;
	}
	if (!check_bytes(&pass) || !check_events(&pass))
		return NULL;

	CLEANUP(profile_yaml_freep) struct profile_yaml *yaml = calloc(1, sizeof *yaml);
	if (!yaml || !(yaml->path = text_copy(path, strlen(path))) ||
		!start_parser(&parser, text)) {
		error_set_memory(err);
		return NULL;
	}
	yaml->loaded = yaml_parser_load(&parser, &yaml->document) != 0;
	if (!yaml->loaded) {
		parser_fault(&pass, &parser);
		return NULL;
	}
	return TAKE(yaml);
}

void profile_yaml_free(struct profile_yaml *yaml)
{
	if (!yaml)
		return;
	if (yaml->loaded)
		yaml_document_delete(&yaml->document);
	free(yaml->path);
	free(yaml);
}

yaml_node_t *profile_tree_node(const struct profile_yaml *yaml, int number)
{
	/* The node at NUMBER (from 1) is in a plain array; libyaml's getter wants a writable
	 * document. */
	return &yaml->document.nodes.start[number - 1];
}

bool profile_tree_is(const yaml_node_t *node, const char *text)
{
	return node->type == YAML_SCALAR_NODE && node->data.scalar.length == strlen(text) &&
	       memcmp(node->data.scalar.value, text, node->data.scalar.length) == 0;
}

int profile_tree_member(const struct profile_yaml *yaml, const yaml_node_t *node, const char *key)
{
	if (node->type != YAML_MAPPING_NODE)
		return 0;
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++)
		if (profile_tree_is(profile_tree_node(yaml, pair->key), key))
			return pair->value;
	return 0;
}

static int item(const yaml_node_t *node, size_t index)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return 0;
	const yaml_node_item_t *items = node->data.sequence.items.start;
	return index < (size_t)(node->data.sequence.items.top - items) ? items[index] : 0;
}

const char *profile_yaml_text(const struct profile_yaml *yaml, const char *key)
{
	int number = profile_tree_member(yaml, profile_tree_node(yaml, 1), key);
	const yaml_node_t *node = number ? profile_tree_node(yaml, number) : NULL;

	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
						      : NULL;
}

size_t profile_yaml_line(const struct profile_yaml *yaml, const char *place)
{
	const yaml_node_t *node = profile_tree_node(yaml, 1);

	while (*place) {
		char key[PROFILE_PLACE];
		size_t len = strcspn(place, ".[");
		int next = 0;

		if (*place == '[') {
			next = item(node, (size_t)strtoul(place + 1, NULL, 10));
			place += strcspn(place, "]");
			place += *place == ']';
		} else {
			(void)snprintf(key, sizeof key, "%.*s", (int)len, place);
			next = profile_tree_member(yaml, node, key);
			place += len;
		}
		place += *place == '.';
		if (next == 0)
			break;
		node = profile_tree_node(yaml, next);
	}
	return node->start_mark.line + 1;
}

bool profile_tree_fault(const struct profile_yaml *yaml, struct error *err, size_t line,
	const char *place, const char *reason)
{
	return error_set(err, ERROR_SYNTAX, "%s:%zu: %s%s%s", yaml->path, line, place,
		*place ? ": " : "", reason);
}

bool profile_yaml_fault(
	const struct profile_yaml *yaml, struct error *err, const char *place, const char *fmt, ...)
{
	char reason[400];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(reason, sizeof reason, fmt, args);
	va_end(args);
	return profile_tree_fault(yaml, err, profile_yaml_line(yaml, place), place, reason);
}
