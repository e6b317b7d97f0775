/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/csr/csr.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "checker/target/name.h"
#include "reports/json.h"
#include "reports/json_phrase.h"
#include "reports/request/reviewed.h"
#include "rules/profile/profile.h"
#include "rules/request/review.h"

static void put_name(const char *text, struct json *json)
{
	char unicode[LIMIT_HOST_BYTES * 4];

	json_begin_object(json);
	JSON_KEY(json, "name");
	json_put_string(json, text);
	JSON_KEY(json, "unicode");
	name_to_unicode(text, unicode, sizeof unicode);
	json_put_string_or_null(json, strcmp(unicode, text) == 0 ? NULL : unicode);
	json_end_object(json);
}

static void put_wish(const struct request *wish, struct json *json)
{
	JSON_KEY(json, "names");
	json_begin_array(json);
	for (size_t i = 0; i < wish->count; i++)
		put_name(wish->names[i], json);
	json_end_array(json);
	JSON_KEY(json, "key");
	json_put_string(json, wish->key->shown);
}

static void put_csr(const struct csr *csr, struct json *json)
{
	char hash[FINGERPRINT_TEXT];

	text_from_bytes(csr->spki_sha256, sizeof csr->spki_sha256, hash);
	JSON_KEY(json, "subject");
	json_put_string(json, csr->subject);
	JSON_KEY(json, "names");
	json_begin_array(json);
	for (size_t i = 0; i < csr->names.count; i++)
		put_name(csr->names.items[i].text, json);
	json_end_array(json);
	JSON_KEY(json, "key");
	json_put_string(json, csr->key.text);
	JSON_KEY(json, "spki_sha256");
	json_put_string(json, hash);
	JSON_KEY(json, "signature");
	json_put_string(json, csr->signature);
}

static void put_review(const struct review *review, struct json *json)
{
	JSON_KEY(json, "product");
	json_put_string_or_null(json, review->product ? review->product->id : NULL);
	JSON_KEY(json, "reasons");
	json_begin_array(json);
	for (size_t i = 0; i < review->reasons.count; i++) {
		const struct review_reason *reason = &review->reasons.items[i];

		json_begin_object(json);
		JSON_KEY(json, "id");
		json_put_string(json, review_fault_id(reason->fault));
		JSON_KEY(json, "weight");
		json_put_string(json, review_weight_name(review_fault_weight(reason->fault)));
		JSON_KEY(json, "message");
		json_put_string(json, reason->message);
		json_phrase_put(json, reason->said);
		JSON_KEY(json, "fix");
		json_put_string(json, review_fault_fix(reason->fault));
		json_end_object(json);
	}
	json_end_array(json);
}

static void put_made(const struct reviewed *reviewed, struct json *json)
{
	JSON_KEY(json, "request_file");
	json_put_string_or_null(json, reviewed->request_file);
	JSON_KEY(json, "key_file");
	json_put_string_or_null(json, reviewed->key_file);
	JSON_KEY(json, "key_is_new");
	json_put_bool(json, reviewed->new_key);
	JSON_KEY(json, "key_is_encrypted");
	json_put_bool(json, reviewed->encrypted);
}

/* Records are in English. */
static void put_error(const char *why, struct json *json)
{
	char text[REVIEW_TEXT * 2];

	phrase_render(why, LANGUAGE_EN, text, sizeof text);
	JSON_KEY(json, "error");
	json_put_string(json, text);
}

void reviewed_put_json(const struct reviewed *reviewed, struct json *json)
{
	json_begin_object(json);
	JSON_KEY(json, "schema");
	json_put_string(json, "chainmend.request/1");
	JSON_KEY(json, "file");
	json_put_string_or_null(json, reviewed->path);
	JSON_KEY(json, "line");
	json_put_integer(json, (int64_t)reviewed->line);
	JSON_KEY(json, "verdict");
	json_put_string(json, reviewed_verdict(reviewed));
	if (reviewed->why)
		put_error(reviewed->why, json);
	if (reviewed->csr)
		put_csr(reviewed->csr, json);
	if (reviewed->wish)
		put_wish(reviewed->wish, json);
	if (reviewed->review)
		put_review(reviewed->review, json);
	if (!reviewed->path)
		put_made(reviewed, json);
	json_end_object(json);
}
