/* SPDX-License-Identifier: MIT */
#include "reports/record/caa_record.h"

#include "checker/base/phrase.h"
#include "checker/caa.h"
#include "reports/json.h"

void caa_record_put(struct json *json, const struct caa *caa)
{
	char why[200];

	if (!caa)
		return;
	JSON_KEY(json, "caa");
	json_begin_object(json);
	JSON_KEY(json, "status");
	json_put_string(json, caa_status_name(caa->status));
	JSON_KEY(json, "domain");
	json_put_string_or_null(json, caa->domain[0] ? caa->domain : NULL);
	JSON_KEY(json, "reason");
	if (caa->why)
		phrase_render(caa->why, LANGUAGE_EN, why, sizeof why);
	json_put_string_or_null(json, caa->why ? why : NULL);
	JSON_KEY(json, "records");
	json_begin_array(json);
	for (size_t i = 0; i < caa->count; i++) {
		json_begin_object(json);
		JSON_KEY(json, "critical");
		json_put_bool(json, caa->records[i].critical);
		JSON_KEY(json, "tag");
		json_put_string(json, caa->records[i].tag);
		JSON_KEY(json, "value");
		json_put_string(json, caa->records[i].value);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}
