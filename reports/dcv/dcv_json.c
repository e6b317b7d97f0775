/* SPDX-License-Identifier: MIT */
#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/target/name.h"
#include "reports/dcv/dcv_report.h"
#include "reports/json.h"
#include "reports/json_phrase.h"
#include "reports/record/caa_record.h"
#include "rules/dcv/dcv.h"
#include "rules/profile/profile.h"

#define SENTENCE 2048

static const char *const levels[] = {
	[DCV_LEVEL_NOTE] = "note",
	[DCV_LEVEL_ADVICE] = "advice",
	[DCV_LEVEL_OPEN] = "open",
	[DCV_LEVEL_FATAL] = "fatal",
};

/* A phrase in English, or null. */
static void put_phrase(struct json *json, const char *phrase)
{
	char text[SENTENCE];

	if (!phrase || !*phrase) {
		json_put_null(json);
		return;
	}
	phrase_render(phrase, LANGUAGE_EN, text, sizeof text);
	json_put_string(json, text);
}

static void put_day(struct json *json, bool has, struct instant day)
{
	char text[INSTANT_TEXT];

	instant_format_day(day, text);
	json_put_string_or_null(json, has ? text : NULL);
}

static void put_findings(struct json *json, const struct dcv_verdict *verdict)
{
	JSON_KEY(json, "findings");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->findings.count; i++) {
		const struct dcv_finding *finding = &verdict->findings.items[i];
		const struct dcv_fault_row *row = dcv_fault_row(finding->fault);

		json_begin_object(json);
		JSON_KEY(json, "id");
		json_put_string(json, row->id);
		JSON_KEY(json, "method");
		json_put_string_or_null(
			json, row->method == DCV_ALL ? NULL : dcv_method_name(row->method));
		JSON_KEY(json, "level");
		json_put_string(json, levels[row->level]);
		JSON_KEY(json, "message");
		put_phrase(json, finding->said);
		json_phrase_put(json, finding->said);
		JSON_KEY(json, "fix");
		json_put_string_or_null(json, row->fix);
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_look(struct json *json, const struct dcv_look *look)
{
	json_begin_object(json);
	JSON_KEY(json, "kind");
	json_put_string(json, look->is_resolver ? "resolver" : "authoritative");
	JSON_KEY(json, "host");
	json_put_string_or_null(json, look->host[0] ? look->host : NULL);
	JSON_KEY(json, "address");
	json_put_string_or_null(json, look->address[0] ? look->address : NULL);
	JSON_KEY(json, "answered");
	json_put_bool(json, look->answered);
	JSON_KEY(json, "reason");
	put_phrase(json, look->answered ? NULL : look->why);
	JSON_KEY(json, "code");
	if (look->answered)
		json_put_integer(json, look->code);
	else
		json_put_null(json);
	JSON_KEY(json, "authoritative");
	json_put_bool(json, look->authoritative);
	JSON_KEY(json, "signed");
	json_put_bool(json, look->is_signed);
	JSON_KEY(json, "authentic");
	json_put_bool(json, look->authentic);
	JSON_KEY(json, "bogus");
	json_put_bool(json, look->bogus);
	JSON_KEY(json, "serial");
	if (look->has_serial)
		json_put_integer(json, look->serial);
	else
		json_put_null(json);
	JSON_KEY(json, "ttls");
	json_begin_array(json);
	for (size_t i = 0; i < look->texts.count; i++)
		json_put_integer(json, look->texts.items[i].ttl);
	json_end_array(json);
	json_end_object(json);
}

static void put_visit(struct json *json, const struct dcv_visit *visit)
{
	static const char *const ends[] = {
		[DCV_END_ANSWERED] = "answered",
		[DCV_END_FAILED] = "failed",
		[DCV_END_NO_ROUTE] = "no-route",
		[DCV_END_HOST] = "no-host",
		[DCV_END_PRIVATE] = "private",
		[DCV_END_MANY] = "too-many",
	};

	json_begin_object(json);
	JSON_KEY(json, "scheme");
	json_put_string(json, visit->https ? "https" : "http");
	JSON_KEY(json, "address");
	json_put_string(json, visit->address);
	JSON_KEY(json, "end");
	json_put_string(json, ends[visit->end]);
	JSON_KEY(json, "reason");
	put_phrase(json, visit->why);
	JSON_KEY(json, "hops");
	json_begin_array(json);
	for (size_t i = 0; i < visit->hops.count; i++) {
		const struct dcv_hop *hop = &visit->hops.items[i];

		json_begin_object(json);
		JSON_KEY(json, "url");
		json_put_string(json, hop->url);
		JSON_KEY(json, "address");
		json_put_string(json, hop->address);
		JSON_KEY(json, "status");
		json_put_integer(json, hop->status);
		JSON_KEY(json, "location");
		json_put_string_or_null(json, hop->location);
		json_end_object(json);
	}
	json_end_array(json);
	JSON_KEY(json, "content_type");
	json_put_string_or_null(json, visit->type[0] ? visit->type : NULL);
	JSON_KEY(json, "bytes");
	json_put_integer(json, (int64_t)visit->body.len);
	JSON_KEY(json, "certificate");
	json_put_string_or_null(json, visit->certificate);
	json_end_object(json);
}

static void put_seen(struct json *json, const struct dcv_seen *seen)
{
	JSON_KEY(json, "alias_of");
	json_put_string_or_null(json, text_equal_nocase(seen->at, seen->name) ? NULL : seen->at);
	JSON_KEY(json, "zone");
	json_put_string_or_null(json, seen->zone[0] ? seen->zone : NULL);
	caa_record_put(json, &seen->caa);
	JSON_KEY(json, "servers");
	json_begin_array(json);
	for (size_t i = 0; i < seen->looks.count; i++)
		put_look(json, &seen->looks.items[i]);
	json_end_array(json);
	JSON_KEY(json, "visits");
	json_begin_array(json);
	for (size_t i = 0; i < seen->visits.count; i++)
		put_visit(json, &seen->visits.items[i]);
	json_end_array(json);
}

bool dcv_report_json(const struct dcv_request *request, const struct dcv_seen *seen,
	const struct dcv_verdict *verdict, struct buf *out)
{
	char time[INSTANT_TEXT], shown[SENTENCE];
	struct instant last = { 0 };
	bool has_last = dcv_last_day(request, &last);
	struct json json;

	instant_format(request->now, time);
	name_to_unicode(seen->name, shown, sizeof shown);
	json_init(&json, out);
	json_begin_object(&json);
	JSON_KEY(&json, "schema");
	json_put_string(&json, "chainmend.dcv/1");
	JSON_KEY(&json, "as_of");
	json_put_string(&json, time);
	JSON_KEY(&json, "profile");
	json_put_string(&json, request->profile->id);
	JSON_KEY(&json, "product");
	json_put_string_or_null(&json, request->product ? request->product->id : NULL);
	JSON_KEY(&json, "name");
	json_put_string(&json, verdict->name);
	JSON_KEY(&json, "unicode");
	json_put_string(&json, shown);
	JSON_KEY(&json, "outcome");
	json_put_string(&json, dcv_outcome_name(verdict->outcome));
	JSON_KEY(&json, "methods");
	json_begin_object(&json);
	for (enum dcv_method method = DCV_FILE; method < DCV_METHODS; method++) {
		json_key(&json, dcv_method_name(method));
		json_put_string(&json, dcv_outcome_name(verdict->methods[method]));
	}
	json_end_object(&json);
	JSON_KEY(&json, "code_until");
	put_day(&json, has_last, last);
	JSON_KEY(&json, "perspectives");
	json_put_integer(&json, dcv_perspectives(request->now));
	put_findings(&json, verdict);
	put_seen(&json, seen);
	json_end_object(&json);
	return json_end(&json);
}
