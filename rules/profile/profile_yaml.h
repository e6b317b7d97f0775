/* SPDX-License-Identifier: MIT */
/*
 * profile_yaml - a profile's YAML as a tree that knows its lines
 *
 * Private to rules/profile/ and rules/waiver/, whose files are read the same way.  libcyaml fills
 * structs but remembers no line once it is done, overwrites a key that is written twice, takes any
 * word for a boolean, and its messages differ between releases.  So the file is read as a libyaml
 * document first: what is wrong with it is found and said here, with file and line, and a later
 * stage can ask where a value stands.
 *
 * A place in the document is a text such as "certificates[3].issuer"; the top
 * is "".
 */
#ifndef RULES_PROFILE_PROFILE_YAML_H
#define RULES_PROFILE_PROFILE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct buf;
struct cyaml_schema_value;
struct error;
struct profile_yaml;

#define PROFILE_PLACE 256

/*
 * Reads TEXT, which has to outlive nothing.  Not UTF-8, not YAML, empty, more
 * than one document, anchors, nesting beyond any profile's, or invisible
 * characters in a value: errors "PATH:LINE: reason".
 */
MUST_USE struct profile_yaml *profile_yaml_new(
	const char *path, const struct buf *text, struct error *err);
void profile_yaml_free(struct profile_yaml *yaml);
DEFINE_CLEANUP(struct profile_yaml *, profile_yaml_free);

/* The text of a top-level key, or NULL: what the file says it is, before anything else is held
 * against it. */
const char *profile_yaml_text(const struct profile_yaml *yaml, const char *key);

/* Holds the document against SCHEMA: keys unknown, missing or twice, wrong types, counts, words. */
MUST_USE bool profile_yaml_check(const struct profile_yaml *yaml,
	const struct cyaml_schema_value *schema, struct error *err);

/*
 * Fills the structs that SCHEMA describes from TEXT, which has passed profile_yaml_check() with it;
 * profile_yaml_drop() frees them and takes NULL.
 */
MUST_USE void *profile_yaml_fill(const char *path, const struct buf *text,
	const struct cyaml_schema_value *schema, struct error *err);
void profile_yaml_drop(const struct cyaml_schema_value *schema, void *written);

/* The line of PLACE, or of as much of the way there as exists. */
size_t profile_yaml_line(const struct profile_yaml *yaml, const char *place);

/* Sets "PATH:LINE: PLACE: reason"; the line is that of what stands nearest to PLACE.  False. */
bool profile_yaml_fault(const struct profile_yaml *yaml, struct error *err, const char *place,
	const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
