/* SPDX-License-Identifier: MIT */
#include "reports/result/result_document.h"

#include <string.h>

#include <jansson.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"

#define SCHEMA "chainmend.run/1"

bool result_document_check(const struct buf *frame, struct error *err)
{
	json_error_t why;
	json_t *json = json_loadb(buf_text(frame), frame->len, JSON_REJECT_DUPLICATES, &why);

	if (!json && json_error_code(&why) == json_error_out_of_memory)
		return error_set_memory(err);
	if (!json)
		return error_set(err, ERROR_SYNTAX, "not JSON around the results: %s", why.text);
	const char *schema = json_string_value(json_object_get(json, "schema"));
	bool good = schema && strcmp(schema, SCHEMA) == 0;
	json_decref(json);
	return good || error_set(err, ERROR_SYNTAX, "\"schema\" is not \"%s\"", SCHEMA);
}
