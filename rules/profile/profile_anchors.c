/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile_anchors.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "rules/profile/profile_tree.h"

#define UNTIL " until "

/* A text that is copied piece by piece; marks of libyaml count characters, not bytes. */
struct copy {
	const struct buf *from;
	struct buf *to;
	size_t byte, character;
};

/* The byte of a CHARACTER further on. */
static size_t byte_of(const struct copy *copy, size_t character)
{
	size_t byte = copy->byte;

	for (size_t i = copy->character; i < character && byte < copy->from->len; i++) {
		uint32_t point;
		size_t len = text_utf8_next(
			copy->from->data + byte, copy->from->len - byte, &point);
		byte += len > 0 ? len : 1;
	}
	return byte;
}

static void copy_until(struct copy *copy, size_t character)
{
	size_t byte = byte_of(copy, character);

	(void)buf_add(copy->to, copy->from->data + copy->byte, byte - copy->byte);
	copy->byte = byte;
	copy->character = character;
}

/* Passes over a mapping; lines stay lines, and what stands behind the last of them stays, too. */
static void skip_until(struct copy *copy, size_t character)
{
	size_t byte = byte_of(copy, character), last = copy->byte;

	for (size_t i = copy->byte; i < byte; i++) {
		if (copy->from->data[i] != '\n')
			continue;
		(void)buf_add_char(copy->to, '\n');
		last = i + 1;
	}
	/* A block ends where the next one begins, behind its indentation. */
	while (last < byte && copy->from->data[last] == ' ')
		(void)buf_add_char(copy->to, copy->from->data[last++]);
	copy->byte = byte;
	copy->character = character;
}

static const char *scalar(const struct profile_yaml *yaml, int number)
{
	const yaml_node_t *node = number ? profile_tree_node(yaml, number) : NULL;

	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
						      : NULL;
}

/* Is it a word that needs no quotes?  Ids and days are; what is not will be refused as it is. */
static bool is_word(const char *text)
{
	return text && *text &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") ==
		       strlen(text);
}

static void flatten_one(struct copy *copy, const struct profile_yaml *yaml, const yaml_node_t *node)
{
	const char *id = scalar(yaml, profile_tree_member(yaml, node, "id"));
	const char *until = scalar(yaml, profile_tree_member(yaml, node, "until"));
	bool whole = node->type == YAML_MAPPING_NODE &&
		     node->data.mapping.pairs.top - node->data.mapping.pairs.start == 2;

	if (!whole || !is_word(id) || !is_word(until))
		return;
	copy_until(copy, node->start_mark.index);
	(void)buf_addf(copy->to, "\"%s" UNTIL "%s\"", id, until);
	skip_until(copy, node->end_mark.index);
}

bool profile_anchors_flatten(const struct profile_yaml *yaml, const struct buf *text,
	struct buf *ret_text, struct error *err)
{
	struct copy copy = { .from = text, .to = ret_text };
	int number = profile_tree_member(yaml, profile_tree_node(yaml, 1), "trust_stores");
	const yaml_node_t *stores = number ? profile_tree_node(yaml, number) : NULL;

	for (const yaml_node_item_t *store = stores && stores->type == YAML_SEQUENCE_NODE
						     ? stores->data.sequence.items.start
						     : NULL;
		store && store < stores->data.sequence.items.top; store++) {
		int list = profile_tree_member(yaml, profile_tree_node(yaml, *store), "anchors");
		const yaml_node_t *anchors = list ? profile_tree_node(yaml, list) : NULL;

		if (!anchors || anchors->type != YAML_SEQUENCE_NODE)
			continue;
		for (const yaml_node_item_t *one = anchors->data.sequence.items.start;
			one < anchors->data.sequence.items.top; one++)
			flatten_one(&copy, yaml, profile_tree_node(yaml, *one));
	}
	(void)buf_add(ret_text, text->data + copy.byte, text->len - copy.byte);
	return !ret_text->failed || error_set_memory(err);
}

const char *profile_anchor_cut(char *anchor)
{
	char *until = strstr(anchor, UNTIL);

	if (!until)
		return NULL;
	*until = '\0';
	return until + strlen(UNTIL);
}
