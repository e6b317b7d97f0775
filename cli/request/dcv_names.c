/* SPDX-License-Identifier: MIT */
#include "cli/request/dcv_names.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/target/name.h"
#include "cli/options/options.h"

/* A thousand names, each with a comment. */
#define FILE_BYTES (1u << 20)

void dcv_names_release(struct dcv_names *names)
{
	free(names->all.items);
	*names = (struct dcv_names){ .all.items = NULL };
}

static bool is_there(const struct dcv_names *names, const struct dcv_name *name)
{
	for (size_t i = 0; i < names->all.count; i++)
		if (names->all.items[i].is_wildcard == name->is_wildcard &&
			strcmp(names->all.items[i].domain, name->domain) == 0)
			return true;
	return false;
}

static bool add(struct dcv_names *names, const char *text, size_t len, struct error *err)
{
	char ascii[LIMIT_HOST_BYTES], address[LIMIT_ADDRESS_BYTES];
	struct dcv_name name = { .is_wildcard = false };

	if (!name_to_ascii(text, len, true, ascii, err))
		return false;
	if (name_canonical_address(ascii, address))
		return error_set(
			err, ERROR_USAGE, "%s is an address; domain control is of names", ascii);
	name.is_wildcard = strncmp(ascii, "*.", 2) == 0;
	memcpy(name.domain, ascii + (name.is_wildcard ? 2 : 0),
		strlen(ascii + (name.is_wildcard ? 2 : 0)) + 1);
	if (is_there(names, &name))
		return true;
	if (names->all.count == LIMIT_DCV_NAMES)
		return error_set(err, ERROR_LIMIT, "more than %d names", LIMIT_DCV_NAMES);
	if (!vec_reserve(&names->all))
		return error_set_memory(err);
	names->all.items[names->all.count++] = name;
	return true;
}

/* What stands on a line, without blanks around it and what "#" begins. */
static size_t bare(const char **line, size_t len)
{
	const char *hash = memchr(*line, '#', len);

	len = hash ? (size_t)(hash - *line) : len;
	for (; len > 0 && (**line == ' ' || **line == '\t'); len--)
		(*line)++;
	while (len > 0 && strchr(" \t\r", (*line)[len - 1]))
		len--;
	return len;
}

static bool read_file(struct dcv_names *names, const char *path, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_BYTES);
	size_t number = 1;

	if (!buf_read_file(&text, path, err))
		return false;
	for (const char *at = buf_text(&text); *at; number++) {
		struct error own = { .code = ERROR_NONE };
		size_t whole = strcspn(at, "\n");
		const char *line = at;
		size_t len = bare(&line, whole);

		if (len > 0 && !add(names, line, len, &own))
			return error_set(err, own.code, "%s:%zu: %s", path, number, own.said);
		at += whole + (at[whole] == '\n');
	}
	return true;
}

bool dcv_names_read(struct dcv_names *names, const struct options *options, struct error *err)
{
	for (size_t i = 0; i < options->args.count; i++) {
		struct error own = { .code = ERROR_NONE };
		const char *name = options->args.items[i];

		if (!add(names, name, strlen(name), &own))
			return error_set(err, own.code, "%s: %s", name, own.said);
	}
	for (size_t i = 0; i < options->inputs.count; i++)
		if (!read_file(names, options->inputs.items[i], err))
			return false;
	return names->all.count > 0 ||
	       error_set(err, ERROR_USAGE, "which names? dcv takes at least one");
}

bool dcv_names_any_wildcard(const struct dcv_names *names)
{
	for (size_t i = 0; i < names->all.count; i++)
		if (names->all.items[i].is_wildcard)
			return true;
	return false;
}

size_t dcv_names_count(const struct dcv_names *names)
{
	size_t count = 0;

	for (size_t i = 0; i < names->all.count; i++) {
		struct dcv_name wildcard = names->all.items[i];

		wildcard.is_wildcard = true;
		count += names->all.items[i].is_wildcard || !is_there(names, &wildcard);
	}
	return count;
}
