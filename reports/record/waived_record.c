/* SPDX-License-Identifier: MIT */
#include "reports/record/waived_record.h"

#include "checker/base/clock.h"
#include "reports/json.h"
#include "rules/finding.h"

void waived_record_put(struct json *json, const struct waived *waived)
{
	char day[INSTANT_TEXT];

	if (!waived->is)
		return;
	instant_format_day(waived->until, day);
	JSON_KEY(json, "waived");
	json_begin_object(json);
	JSON_KEY(json, "reason");
	json_put_string(json, waived->reason);
	JSON_KEY(json, "until");
	json_put_string(json, day);
	JSON_KEY(json, "by");
	json_put_string(json, waived->by);
	json_end_object(json);
}
