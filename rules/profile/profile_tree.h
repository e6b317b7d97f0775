/* SPDX-License-Identifier: MIT */
/*
 * profile_tree - the libyaml document inside a profile_yaml
 *
 * For those who walk over it: profile_yaml.c, which reads it, profile_check.c, which holds it
 * against a schema, and the configuration of a scan (cli/config.c), which has none.  Nodes are
 * numbered from 1; 0 is none.
 */
#ifndef RULES_PROFILE_PROFILE_TREE_H
#define RULES_PROFILE_PROFILE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

struct error;

struct profile_yaml {
	char *path;
	bool loaded;
	yaml_document_t document;
};

yaml_node_t *profile_tree_node(const struct profile_yaml *yaml, int number);
bool profile_tree_is(const yaml_node_t *node, const char *text);

/* The value of KEY when NODE is a mapping that has it, else 0. */
int profile_tree_member(const struct profile_yaml *yaml, const yaml_node_t *node, const char *key);

/* "PATH:LINE: PLACE: REASON"; false. */
bool profile_tree_fault(const struct profile_yaml *yaml, struct error *err, size_t line,
	const char *place, const char *reason);

#endif
