/* SPDX-License-Identifier: MIT */
#include "reports/record/run_record.h"

#include "reports/json.h"
#include "rules/verdict.h"

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

void run_record_put(struct json *json, const struct verdict_run *run)
{
	if (!run)
		return;
	JSON_KEY(json, "run");
	json_begin_object(json);
	JSON_KEY(json, "version");
	json_put_string_or_null(json, or_null(run->version));
	JSON_KEY(json, "profile");
	json_put_string(json, run->profile);
	JSON_KEY(json, "profile_sha256");
	json_put_string_or_null(json, or_null(run->profile_sha256));
	JSON_KEY(json, "targets");
	json_put_integer(json, (int64_t)run->targets);
	JSON_KEY(json, "duplicates");
	json_put_integer(json, (int64_t)run->duplicates);
	json_end_object(json);
}
