/* SPDX-License-Identifier: MIT */
#include "reports/machine/sarif_place.h"

#include <stdbool.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "reports/json.h"

#define BASE "%SRCROOT%" /* the name that code scanning knows */

/* RFC 3986: everything but unreserved characters and "/" is escaped. */
static void put_uri(struct json *json, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	CLEANUP(buf_release) struct buf uri = BUF_INIT(LIMIT_RECORD_BYTES);

	if (path[0] == '/')
		(void)buf_add_text(&uri, "file://");
	for (const char *c = path; *c; c++)
		if (strchr(plain, *c))
			(void)buf_add_char(&uri, *c);
		else
			(void)buf_addf(&uri, "%%%02X", (unsigned)(unsigned char)*c);
	json_put_string(json, buf_text(&uri));
	json->out->failed |= uri.failed;
}

/* Without "./" in front, which readers that compare texts would take for another file. */
static const char *bare(const char *path)
{
	while (strncmp(path, "./", 2) == 0)
		path += 2 + strspn(path + 2, "/");
	return *path ? path : ".";
}

/* Does the path lead out of the folder that it is relative to?  Then it is not written as if it
 * were below that. */
static bool leads_out(const char *path)
{
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2]))
			return true;
	}
	return false;
}

static void put_artifact(struct json *json, const char *path)
{
	JSON_KEY(json, "artifactLocation");
	json_begin_object(json);
	JSON_KEY(json, "uri");
	put_uri(json, path);
	if (path[0] != '/' && !leads_out(path)) {
		JSON_KEY(json, "uriBaseId");
		json_put_string(json, BASE);
	}
	json_end_object(json);
}

static void put_number(struct json *json, const char *key, size_t number)
{
	json_key(json, key);
	json_put_integer(json, (int64_t)number);
}

/* 3.30.  Columns are asked for, and how long the line is nobody knows any more: its first character
 * stands for it. */
static void put_region(struct json *json, size_t line)
{
	JSON_KEY(json, "region");
	json_begin_object(json);
	put_number(json, "startLine", line);
	put_number(json, "startColumn", 1);
	put_number(json, "endLine", line);
	put_number(json, "endColumn", 2);
	json_end_object(json);
}

void sarif_place_put(struct json *json, const struct target *target)
{
	const char *path = target->source;
	size_t line = target->line;

	/* A file that was checked is its own place. */
	if (target->port == 0 && !target->fault) {
		path = target->host;
		line = 1;
	}
	if (!path || !path[0] || strcmp(path, "command line") == 0)
		path = "command-line";
	else if (strcmp(path, "-") == 0)
		path = "standard-input";
	JSON_KEY(json, "physicalLocation");
	json_begin_object(json);
	put_artifact(json, bare(path));
	put_region(json, line > 0 ? line : 1);
	json_end_object(json);
}

void sarif_place_put_bases(struct json *json)
{
	json_begin_object(json);
	json_key(json, BASE);
	json_begin_object(json);
	JSON_KEY(json, "description");
	json_begin_object(json);
	JSON_KEY(json, "text");
	json_put_string(json, "The folder that chainmend was started in.");
	json_end_object(json);
	json_end_object(json);
	json_end_object(json);
}
