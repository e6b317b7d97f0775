/* SPDX-License-Identifier: MIT */
#include "checker/capture/capture_json.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/capture/capture_words.h"

static bool is_blank(const struct buf *line)
{
	const char *text = buf_text(line);

	return strspn(text, " \t") == line->len;
}

/* NULL with *RET_IS_BAD false: without memory. */
static json_t *load(struct capture_reading *reading, bool *ret_is_bad)
{
	const struct buf *line = &reading->lines.line;
	json_error_t why;
	json_t *object = json_loadb(buf_text(line), line->len, JSON_REJECT_DUPLICATES, &why);

	*ret_is_bad = false;
	if (json_is_object(object))
		return object;
	bool no_memory = !object && json_error_code(&why) == json_error_out_of_memory;
	json_decref(object);
	struct capture_item *item = no_memory ? NULL : capture_reading_add(reading);
	if (!item)
		return NULL;
	*ret_is_bad = true;
	if (object)
		capture_item_fault(item, "not an object of JSON");
	else
		capture_item_fault(item, "not JSON: %s", why.text);
	return NULL;
}

json_t *capture_json_next(struct capture_reading *reading, bool *ret_is_bad, struct error *err)
{
	*ret_is_bad = false;
	do {
		if (!lines_next(&reading->lines, err))
			return NULL;
	} while (is_blank(&reading->lines.line));
	json_t *object = load(reading, ret_is_bad);
	if (!object && !*ret_is_bad)
		(void)error_set_memory(err);
	return object;
}

const char *capture_json_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && text[0] ? text : NULL;
}

void capture_json_port(struct capture_item *item, const json_t *object)
{
	const json_t *port = json_object_get(object, "port");
	char text[32];

	if (json_is_integer(port))
		(void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(port));
	if (json_is_integer(port))
		capture_item_port(item, text);
	else if (capture_json_text(object, "port"))
		capture_item_port(item, json_string_value(port));
}

void capture_json_tls(struct capture_item *item, const char *version, const char *cipher)
{
	const char *known = version ? capture_words_version(version) : NULL;
	const char *own = cipher ? capture_words_cipher(cipher) : NULL;

	if (known)
		(void)snprintf(item->version, sizeof item->version, "%s", known);
	if (own)
		text_printable(own, strlen(own), item->cipher, sizeof item->cipher);
}
