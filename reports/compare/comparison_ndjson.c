/* SPDX-License-Identifier: MIT */
/*
 * Keys are a contract: docs/formats.md, "Changes".
 */
#include "reports/compare/comparison_report.h"

#include "checker/base/buf.h"
#include "reports/json.h"

static void put_text(struct json *json, const char *text)
{
	json_put_string_or_null(json, text && text[0] ? text : NULL);
}

static void put_target(struct json *json, const struct change *change)
{
	const struct compared_result *shown = change_shown(change);

	JSON_KEY(json, "target");
	json_begin_object(json);
	JSON_KEY(json, "host");
	json_put_string(json, shown->host);
	JSON_KEY(json, "port");
	if (shown->bad_target || shown->port == 0)
		json_put_null(json);
	else
		json_put_integer(json, shown->port);
	JSON_KEY(json, "protocol");
	put_text(json, shown->bad_target ? NULL : protocol_info(shown->protocol)->name);
	JSON_KEY(json, "address");
	put_text(json, shown->address);
	JSON_KEY(json, "sni");
	put_text(json, shown->sni);
	JSON_KEY(json, "labels");
	json_begin_object(json);
	for (size_t i = 0; i < shown->label_count; i++) {
		json_key(json, shown->labels[i].name);
		json_put_string(json, shown->labels[i].value);
	}
	json_end_object(json);
	if (shown->unicode[0]) {
		JSON_KEY(json, "unicode");
		json_put_string(json, shown->unicode);
	}
	json_end_object(json);
}

static void put_side(struct json *json, const char *key, const struct compared_result *side)
{
	json_key(json, key);
	if (!side) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	JSON_KEY(json, "status");
	json_put_string(json, status_name(side->status));
	JSON_KEY(json, "address");
	put_text(json, side->address);
	JSON_KEY(json, "error");
	put_text(json, side->outcome == OUTCOME_SERVED ? NULL : outcome_name(side->outcome));
	json_end_object(json);
}

static void put_severity(struct json *json, const char *key, const struct compared_finding *finding)
{
	json_key(json, key);
	put_text(json, finding ? severity_name(finding->severity) : NULL);
}

static void put_findings(struct json *json, const struct change *change)
{
	struct finding_change findings[RULE_COUNT];
	size_t count = change_findings(change, findings);

	JSON_KEY(json, "findings");
	json_begin_array(json);
	for (size_t i = 0; i < count; i++) {
		const struct compared_finding *new = findings[i].sides[SIDE_NEW];

		json_begin_object(json);
		JSON_KEY(json, "rule");
		json_put_string(json, rule_at(findings[i].rule)->id);
		JSON_KEY(json, "change");
		json_put_string(json, finding_class_name(findings[i].class));
		put_severity(json, "old", findings[i].sides[SIDE_OLD]);
		put_severity(json, "new", new);
		JSON_KEY(json, "waived");
		json_put_bool(json, new &&new->waived);
		json_end_object(json);
	}
	json_end_array(json);
}

bool comparison_ndjson(
	const struct comparison *comparison, const struct comparison_view *view, struct buf *out)
{
	struct json json;

	(void)view;
	for (size_t i = 0; i < comparison->changes.count; i++) {
		const struct change *change = &comparison->changes.items[i];

		json_init(&json, out);
		json_begin_object(&json);
		JSON_KEY(&json, "schema");
		json_put_string(&json, "chainmend.change/1");
		JSON_KEY(&json, "change");
		json_put_string(&json, change_class_name(change->class));
		put_target(&json, change);
		JSON_KEY(&json, "owner");
		put_text(&json, change_owner(change));
		put_side(&json, "old", change->sides[SIDE_OLD]);
		put_side(&json, "new", change->sides[SIDE_NEW]);
		put_findings(&json, change);
		json_end_object(&json);
		if (!json_end(&json) || !buf_add_char(out, '\n'))
			return false;
	}
	return true;
}
