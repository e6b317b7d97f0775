/* SPDX-License-Identifier: MIT */
#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "rules/profile/profile_tree.h"
#include "rules/profile/profile_yaml.h"

#define QUOTE 100

struct check {
	const struct profile_yaml *yaml;
	struct error *err;
};

static bool check_value(const struct check *check, const yaml_node_t *node,
	const cyaml_schema_value_t *schema, const char *place);

static bool PRINTF_LIKE(4, 5) fault(
	const struct check *check, const yaml_node_t *node, const char *place, const char *fmt, ...)
{
	char reason[400];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(reason, sizeof reason, fmt, args);
	va_end(args);
	return profile_tree_fault(
		check->yaml, check->err, node->start_mark.line + 1, place, reason);
}

static void quote(const yaml_node_t *node, char out[static QUOTE])
{
	text_printable((const char *)node->data.scalar.value, node->data.scalar.length, out, QUOTE);
}

static const char *kind(const yaml_node_t *node)
{
	switch (node->type) {
	case YAML_MAPPING_NODE:
		return PHRASE("a mapping");
	case YAML_SEQUENCE_NODE:
		return PHRASE("a list");
	default:
		return PHRASE("a single value");
	}
}

static bool is_plain(const yaml_node_t *node)
{
	return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* YAML 1.2, 10.3.2: what is null without quotes. */
static bool is_null(const yaml_node_t *node)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (is_plain(node) && profile_tree_is(node, words[i]))
			return true;
	return false;
}

static bool is_boolean(const yaml_node_t *node)
{
	return is_plain(node) && (profile_tree_is(node, "true") || profile_tree_is(node, "false"));
}

static bool check_scalar(
	const struct check *check, const yaml_node_t *node, const char *place, const char *wanted)
{
	if (node->type != YAML_SCALAR_NODE)
		return fault(check, node, place, "has to be %s, not %s", wanted, kind(node));
	if (is_null(node))
		return fault(check, node, place, "has no value");
	return true;
}

static bool check_string(const struct check *check, const yaml_node_t *node,
	const cyaml_schema_value_t *schema, const char *place)
{
	if (!check_scalar(check, node, place, PHRASE("text")))
		return false;
	if (is_boolean(node))
		return fault(check, node, place, "has to be text, not true or false");
	if (node->data.scalar.length < schema->string.min)
		return fault(check, node, place, "may not be empty");
	if (node->data.scalar.length > schema->string.max)
		return fault(
			check, node, place, "longer than %u bytes", (unsigned)schema->string.max);
	return true;
}

static bool check_number(const struct check *check, const yaml_node_t *node, const char *place)
{
	const char *text = (const char *)node->data.scalar.value;
	char shown[QUOTE];
	uint64_t value;

	if (!check_scalar(check, node, place, PHRASE("a whole number")))
		return false;
	/* A leading zero would make it octal in YAML 1.1 and decimal in 1.2. */
	bool octal = node->data.scalar.length > 1 && text[0] == '0';
	if (is_plain(node) && !octal && text_to_uint(text, UINT32_MAX, &value))
		return true;
	quote(node, shown);
	return fault(check, node, place, "\"%s\" is not a whole number", shown);
}

/* libcyaml takes whatever is not "false" for true. */
static bool check_bool(const struct check *check, const yaml_node_t *node, const char *place)
{
	char shown[QUOTE];

	if (!check_scalar(check, node, place, PHRASE("true or false")))
		return false;
	if (is_boolean(node))
		return true;
	quote(node, shown);
	return fault(check, node, place, "\"%s\" is neither true nor false", shown);
}

static bool check_word(const struct check *check, const yaml_node_t *node,
	const cyaml_schema_value_t *schema, const char *place)
{
	char shown[QUOTE], words[QUOTE] = "";

	if (!check_scalar(check, node, place, PHRASE("a word")))
		return false;
	for (uint32_t i = 0; i < schema->enumeration.count; i++) {
		const char *word = schema->enumeration.strings[i].str;
		size_t used = strlen(words);

		if (profile_tree_is(node, word))
			return true;
		(void)snprintf(words + used, sizeof words - used, "%s%s", i ? ", " : "", word);
	}
	quote(node, shown);
	return fault(check, node, place, "\"%s\" is none of: %s", shown, words);
}

static bool check_items(const struct check *check, const yaml_node_t *node,
	const cyaml_schema_value_t *schema, const char *place)
{
	const yaml_node_item_t *items = node->data.sequence.items.start;
	size_t count = (size_t)(node->data.sequence.items.top - items);
	bool words = schema->type == CYAML_FLAGS;

	for (size_t i = 0; i < count; i++) {
		const yaml_node_t *item = profile_tree_node(check->yaml, items[i]);
		char inner[PROFILE_PLACE];

		(void)snprintf(inner, sizeof inner, "%s[%zu]", place, i);
		if (words ? !check_word(check, item, schema, inner)
			  : !check_value(check, item, schema->sequence.entry, inner))
			return false;
	}
	return true;
}

static bool check_list(const struct check *check, const yaml_node_t *node,
	const cyaml_schema_value_t *schema, const char *place)
{
	bool words = schema->type == CYAML_FLAGS;

	if (node->type == YAML_SCALAR_NODE && is_null(node))
		return fault(check, node, place, "has no value");
	if (node->type != YAML_SEQUENCE_NODE)
		return fault(check, node, place, "has to be a list, not %s", kind(node));

	size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
	size_t min = words ? 1 : schema->sequence.min;
	size_t max = words ? schema->enumeration.count : schema->sequence.max;
	if (count < min)
		return fault(check, node, place, "may not be an empty list");
	if (count > max)
		return fault(
			check, node, place, "a list of %zu, at most %zu are allowed", count, max);
	return check_items(check, node, schema, place);
}

static const cyaml_schema_field_t *field_of(
	const cyaml_schema_field_t *fields, const yaml_node_t *key)
{
	for (; fields->key; fields++)
		if (profile_tree_is(key, fields->key))
			return fields;
	return NULL;
}

/* A key that its mapping does not know, or has already (YAML 1.2, 3.2.1.3: keys are unique). */
static bool check_key(const struct check *check, const yaml_node_t *mapping,
	const yaml_node_pair_t *pair, const cyaml_schema_value_t *schema, const char *place)
{
	const yaml_node_t *key = profile_tree_node(check->yaml, pair->key);
	char shown[QUOTE];

	if (key->type != YAML_SCALAR_NODE)
		return fault(check, key, place, "a key has to be text, not %s", kind(key));
	quote(key, shown);
	if (!field_of(schema->mapping.fields, key) && strcmp(place, "severity") == 0)
		return fault(check, key, "", "unknown rule '%s' in %s", shown, place);
	if (!field_of(schema->mapping.fields, key))
		return fault(check, key, "",
			*place ? N_("unknown key '%s' in %s") : N_("unknown key '%s'"), shown,
			place);
	for (const yaml_node_pair_t *other = mapping->data.mapping.pairs.start; other < pair;
		other++)
		if (profile_tree_is(profile_tree_node(check->yaml, other->key),
			    (const char *)key->data.scalar.value))
			return fault(check, key, "",
				*place ? N_("key '%s' is written twice in %s")
				       : N_("key '%s' is written twice"),
				shown, place);
	return true;
}

static bool check_mapping(const struct check *check, const yaml_node_t *node,
	const cyaml_schema_value_t *schema, const char *place)
{
	const cyaml_schema_field_t *field;

	if (node->type == YAML_SCALAR_NODE && is_null(node))
		return fault(check, node, place, "has no value");
	if (node->type != YAML_MAPPING_NODE)
		return fault(check, node, place,
			*place ? N_("has to be a mapping, not %s")
			       : N_("a profile has to be a mapping, not %s"),
			kind(node));

	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		char inner[PROFILE_PLACE];

		if (!check_key(check, node, pair, schema, place))
			return false;
		field = field_of(schema->mapping.fields, profile_tree_node(check->yaml, pair->key));
		if (!field)
			return false;
		(void)snprintf(inner, sizeof inner, "%s%s%s", place, *place ? "." : "", field->key);
		if (!check_value(check, profile_tree_node(check->yaml, pair->value), &field->value,
			    inner))
			return false;
	}
	for (field = schema->mapping.fields; field->key; field++)
		if (!(field->value.flags & CYAML_FLAG_OPTIONAL) &&
			!profile_tree_member(check->yaml, node, field->key))
			return fault(check, node, "",
				*place ? N_("missing key '%s' in %s") : N_("missing key '%s'"),
				field->key, place);
	return true;
}

static bool check_value(const struct check *check, const yaml_node_t *node,
	const cyaml_schema_value_t *schema, const char *place)
{
	switch (schema->type) {
	case CYAML_MAPPING:
		return check_mapping(check, node, schema, place);
	case CYAML_SEQUENCE:
	case CYAML_FLAGS:
		return check_list(check, node, schema, place);
	case CYAML_UINT:
		return check_number(check, node, place);
	case CYAML_BOOL:
		return check_bool(check, node, place);
	case CYAML_ENUM:
		return check_word(check, node, schema, place);
	default:
		return check_string(check, node, schema, place);
	}
}

bool profile_yaml_check(
	const struct profile_yaml *yaml, const struct cyaml_schema_value *schema, struct error *err)
{
	struct check check = { .yaml = yaml, .err = err };

	return check_value(&check, profile_tree_node(yaml, 1), schema, "");
}
