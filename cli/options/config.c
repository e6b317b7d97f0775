/* SPDX-License-Identifier: MIT */
#include "cli/options/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <yaml.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "rules/profile/profile_tree.h"
#include "rules/profile/profile_yaml.h"

#define CONFIG_BYTES (1u << 20) /* some options; a file of targets is what --input is for */
#define SCHEMA "chainmend.config/1"

struct reading {
	const char *path;
	const struct profile_yaml *yaml;
	bool (*take)(void *arg, const struct config_entry *entry, struct error *err);
	void *arg;
	struct error *err;
};

static bool config_fault(const struct reading *reading, const yaml_node_t *node, const char *reason)
{
	char why[ERROR_TEXT];

	phrase_from(why, sizeof why, reason);
	return error_set(reading->err, ERROR_SYNTAX, "%s:%zu: %s", reading->path,
		node->start_mark.line + 1, why);
}

static const char *text_of(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static bool hand_on(
	const struct reading *reading, const yaml_node_t *node, const char *key, const char *value)
{
	struct config_entry entry = { reading->path, node->start_mark.line + 1, key, value };

	return reading->take(reading->arg, &entry, reading->err);
}

/* NAME: FILE under trust-store. */
static bool take_pairs(const struct reading *reading, const yaml_node_t *node, const char *key)
{
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;

	for (; pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *name = profile_tree_node(reading->yaml, pair->key);
		const yaml_node_t *file = profile_tree_node(reading->yaml, pair->value);
		CLEANUP(buf_release) struct buf both = BUF_INIT(8192);

		if (!text_of(name) || !text_of(file))
			return config_fault(reading, name, "a name and a file are wanted here");
		if (!buf_addf(&both, "%s=%s", text_of(name), text_of(file)))
			return config_fault(reading, name, "too long");
		if (!hand_on(reading, name, key, buf_text(&both)))
			return false;
	}
	return true;
}

static bool take_list(const struct reading *reading, const yaml_node_t *node, const char *key)
{
	const yaml_node_item_t *item = node->data.sequence.items.start;

	for (; item < node->data.sequence.items.top; item++) {
		const yaml_node_t *value = profile_tree_node(reading->yaml, *item);

		if (!text_of(value))
			return config_fault(reading, value, "a text or a number is wanted here");
		if (!hand_on(reading, value, key, text_of(value)))
			return false;
	}
	return true;
}

static bool take_value(
	const struct reading *reading, const yaml_node_t *name, const yaml_node_t *value)
{
	const char *key = text_of(name);

	if (!key)
		return config_fault(reading, name, "the name of an option is wanted here");
	if (strcmp(key, "schema") == 0)
		return true;
	if (value->type == YAML_SEQUENCE_NODE)
		return take_list(reading, value, key);
	if (value->type == YAML_MAPPING_NODE && strcmp(key, "trust-store") == 0)
		return take_pairs(reading, value, key);
	if (!text_of(value))
		return config_fault(reading, value, "a value or a list of values is wanted here");
	return hand_on(reading, value, key, text_of(value));
}

/* A key that stands twice would be a list in disguise, or one value that hides another. */
static bool is_first(
	const struct reading *reading, const yaml_node_t *root, const yaml_node_pair_t *pair)
{
	const yaml_node_t *name = profile_tree_node(reading->yaml, pair->key);
	const yaml_node_pair_t *other = root->data.mapping.pairs.start;

	for (; other < pair; other++)
		if (text_of(name) && profile_tree_is(profile_tree_node(reading->yaml, other->key),
					     text_of(name)))
			return config_fault(
				reading, name, "this key stands here for the second time");
	return true;
}

static bool take_all(const struct reading *reading)
{
	const yaml_node_t *root = profile_tree_node(reading->yaml, 1);
	const char *schema = profile_yaml_text(reading->yaml, "schema");

	if (!root || root->type != YAML_MAPPING_NODE || !schema || strcmp(schema, SCHEMA) != 0)
		return error_set(reading->err, ERROR_SYNTAX,
			"%s:1: not a configuration: it has to say `schema: %s`", reading->path,
			SCHEMA);
	const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
	for (; pair < root->data.mapping.pairs.top; pair++)
		if (!is_first(reading, root, pair) ||
			!take_value(reading, profile_tree_node(reading->yaml, pair->key),
				profile_tree_node(reading->yaml, pair->value)))
			return false;
	return true;
}

bool config_read(const char *path,
	bool (*take)(void *arg, const struct config_entry *entry, struct error *err), void *arg,
	struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(CONFIG_BYTES);

	if (!buf_read_file(&text, path, err))
		return false;
	CLEANUP(profile_yaml_freep) struct profile_yaml *yaml = profile_yaml_new(path, &text, err);
	struct reading reading = { path, yaml, take, arg, err };
	return yaml && take_all(&reading);
}

const char *config_wanted(int argc, const char *const *argv)
{
	static const char option[] = "--config";
	const size_t len = sizeof option - 1;
	const char *found = NULL;

	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], option, len) != 0)
			continue;
		if (argv[i][len] == '=')
			found = argv[i] + len + 1;
		else if (!argv[i][len] && i + 1 < argc)
			found = argv[i + 1];
	}
	return found;
}

enum config_lock config_lock(const char *path, struct error *err)
{
	/* Left open: the lock is the process's. */
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return CONFIG_LOCKED;
	if (fd >= 0 && errno == EWOULDBLOCK)
		return CONFIG_BUSY;
	(void)error_set_errno(err, errno, "%s", path);
	return CONFIG_TROUBLE;
}
