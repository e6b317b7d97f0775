/* SPDX-License-Identifier: MIT */
#include "reports/record/revocation_record.h"

#include "checker/base/clock.h"
#include "reports/json.h"
#include "rules/verdict.h"

const char *revocation_record_status(enum revoke_status status)
{
	static const char *const names[] = {
		[REVOKE_NOT_REVOKED] = "not-revoked",
		[REVOKE_REVOKED] = "revoked",
		[REVOKE_UNAVAILABLE] = "unknown",
		[REVOKE_EXPIRED] = "expired",
		[REVOKE_INVALID] = "invalid",
		[REVOKE_NOT_COVERED] = "not-covered",
	};

	return names[status];
}

static void put_revocation(struct json *json, const struct verdict_revocation *one)
{
	char since[INSTANT_TEXT] = "";

	if (one->answer.status == REVOKE_REVOKED)
		instant_format(one->answer.since, since);
	json_begin_object(json);
	JSON_KEY(json, "certificate");
	json_put_string(json, one->certificate);
	JSON_KEY(json, "by");
	json_put_string(json, one->by);
	JSON_KEY(json, "source");
	json_put_string_or_null(json, one->source[0] ? one->source : NULL);
	JSON_KEY(json, "status");
	json_put_string(json, revocation_record_status(one->answer.status));
	JSON_KEY(json, "since");
	json_put_string_or_null(json, since[0] ? since : NULL);
	JSON_KEY(json, "reason");
	json_put_string_or_null(json, one->answer.reason);
	json_end_object(json);
}

/* Only where there is something to say: it would be the same for every host. */
void revocation_record_put(struct json *json, const struct verdict *verdict)
{
	if (verdict->revocations.count == 0)
		return;
	JSON_KEY(json, "revocation");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->revocations.count; i++)
		put_revocation(json, &verdict->revocations.items[i]);
	json_end_array(json);
}
