/* SPDX-License-Identifier: MIT */
#include "reports/record/line_record.h"

#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "reports/json.h"
#include "reports/json_phrase.h"
#include "rules/verdict.h"

static void put_time(struct json *json, struct instant time)
{
	char text[INSTANT_TEXT];

	instant_format(time, text);
	json_put_string(json, text);
}

/* The ids of the stores whose bit is set. */
static void put_stores(struct json *json, const struct verdict *verdict, uint32_t stores)
{
	json_begin_array(json);
	for (size_t s = 0; s < verdict->path_count; s++)
		if (stores & UINT32_C(1) << s)
			json_put_string(json, verdict->paths[s].store);
	json_end_array(json);
}

static void put_certificate(struct json *json, const struct trust_line *line, size_t at)
{
	const struct cert *cert = line->certs[at];

	json_begin_object(json);
	JSON_KEY(json, "sha256");
	json_put_string(json, cert->sha256_text);
	JSON_KEY(json, "subject");
	json_put_string(json, cert->subject);
	if (!cert_name_shows(cert->subject, cert->common_name)) {
		JSON_KEY(json, "common_name");
		json_put_string_or_null(json, cert->common_name);
	}
	JSON_KEY(json, "not_after");
	put_time(json, cert->not_after);
	JSON_KEY(json, "served");
	json_put_bool(json, line->served[at]);
	json_end_object(json);
}

/* The place of the certificate at fault. */
static void put_culprit(struct json *json, const struct trust_line *line)
{
	for (size_t i = 0; line->culprit && !line->trusted && i < line->len; i++)
		if (line->certs[i] == line->culprit) {
			json_put_integer(json, (int64_t)i);
			return;
		}
	json_put_null(json);
}

static void put_reason(struct json *json, const struct trust_line *line)
{
	char reason[sizeof line->reason];

	JSON_KEY(json, "fault");
	if (line->fault == PATH_FAULT_NONE)
		json_put_null(json);
	else
		json_put_string(json, path_fault_name(line->fault));
	phrase_render(line->reason, LANGUAGE_EN, reason, sizeof reason);
	JSON_KEY(json, "reason");
	if (reason[0])
		json_put_string(json, reason);
	else
		json_put_null(json);
	json_phrase_put(json, line->reason);
	JSON_KEY(json, "at");
	put_culprit(json, line);
}

static void put_line(
	struct json *json, const struct verdict *verdict, const struct trust_line *line)
{
	json_begin_object(json);
	JSON_KEY(json, "certificates");
	json_begin_array(json);
	for (size_t i = 0; i < line->len; i++)
		put_certificate(json, line, i);
	json_end_array(json);
	JSON_KEY(json, "trust_stores");
	put_stores(json, verdict, line->stores);
	JSON_KEY(json, "left_stores");
	put_stores(json, verdict, line->left);
	JSON_KEY(json, "trusted");
	json_put_bool(json, line->trusted);
	put_reason(json, line);
	JSON_KEY(json, "until");
	put_time(json, line->until);
	json_end_object(json);
}

void line_record_put(struct json *json, const struct verdict *verdict)
{
	if (!verdict->lines.items)
		return;
	JSON_KEY(json, "lines");
	json_begin_array(json);
	for (size_t i = 0; i < verdict->lines.count; i++)
		put_line(json, verdict, &verdict->lines.items[i]);
	json_end_array(json);
	JSON_KEY(json, "lines_cut_short");
	json_put_bool(json, verdict->lines.cut_short);
}
