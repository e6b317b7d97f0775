/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "cli/arl.h"
#include "cli/supply/setup.h"
#include "cli/supply/supply.h"
#include "reports/json.h"
#include "rules/profile/profile.h"

/* --- For people --- */

#define NAME_COLUMNS 13

/* NAME is a text of ours; what stands beside it is added by the caller. */
static void put_name(struct buf *out, enum language language, const char *name)
{
	const char *shown = lang_text(language, name);

	(void)buf_add_text(out, "  ");
	(void)buf_add_text(out, shown);
	for (size_t columns = text_columns(shown); columns < NAME_COLUMNS; columns++)
		(void)buf_add_char(out, ' ');
	(void)buf_add_char(out, ' ');
}

/* TEXT may be a phrase. */
static void put_row(struct buf *out, enum language language, const char *name, const char *text)
{
	put_name(out, language, name);
	phrase_add(out, language, "%s", text);
	(void)buf_add_char(out, '\n');
}

static const char *way_text(const struct arl *arl)
{
	switch (arl->origin->way) {
	case SUPPLY_FETCHED:
		return PHRASE("fetched now");
	case SUPPLY_UNCHANGED:
		return PHRASE("not changed since it was fetched last");
	case SUPPLY_CACHED:
		return PHRASE("from the cache, not asked for anew");
	case SUPPLY_KEPT:
		return PHRASE("from the cache: what is served now is older");
	case SUPPLY_NOT_HAD:
		break;
	}
	return PHRASE("not had");
}

static void put_state(const struct arl *arl, enum language language, struct buf *out)
{
	const char *why = revoke_list_why(arl->list);

	(void)buf_addf(out, "%s%s%s", arl->wanted->id, lang_text(language, ": "),
		lang_text(language, arl_state_name(arl)));
	if (*why)
		phrase_add(out, language, ": %s", why);
	(void)buf_add_char(out, '\n');
	put_row(out, language, "URL", arl->wanted->url ? arl->wanted->url : PHRASE("none"));
	put_row(out, language, N_("at hand"), way_text(arl));
	if (arl->origin->why[0] && arl->origin->way != SUPPLY_NOT_HAD)
		put_row(out, language, "", arl->origin->why);
	put_row(out, language, N_("issuer"), arl->wanted->issuer->name);
	put_name(out, language, "");
	if (!arl->origin->issuer)
		phrase_add(out, language,
			"its certificate is not at hand, so no signature can be checked");
	else
		(void)buf_addf(out, "SHA-256 %s", arl->origin->issuer->sha256_text);
	(void)buf_add_char(out, '\n');
}

static void put_next(const struct arl *arl, enum language language, struct buf *out)
{
	const struct revoke_description *said = &arl->said;
	char day[INSTANT_TEXT];

	put_name(out, language, N_("next update"));
	if (said->has_next) {
		long long days = (long long)instant_days_between(arl->now, said->next_update);

		instant_format(said->next_update, day);
		phrase_add(out, language, "%s (in %lld days)", day, days);
	} else {
		phrase_add(out, language, "not said");
	}
	(void)buf_add_char(out, '\n');
}

static void put_numbers(const struct arl *arl, enum language language, struct buf *out)
{
	const struct revoke_description *said = &arl->said;
	char number[REVOKE_NUMBER_TEXT], day[INSTANT_TEXT];

	revoke_number_format(&said->number, number);
	put_row(out, language, N_("number"), number[0] ? number : PHRASE("none"));
	instant_format(said->this_update, day);
	put_row(out, language, N_("this update"), day);
	put_next(arl, language, out);
	put_name(out, language, N_("entries"));
	phrase_add(out, language, "%zu, %zu bytes", said->entries, arl->origin->bytes);
	(void)buf_add_char(out, '\n');
	if (said->indirect)
		put_row(out, language, "", PHRASE("also of certificates of other issuers"));
	if (said->some_reasons)
		put_row(out, language, "", PHRASE("for some reasons of revocation only"));
	if (said->has_delta) {
		revoke_number_format(&said->delta_number, number);
		put_name(out, language, N_("delta list"));
		phrase_add(out, language, "number %s, %zu entries", number, said->delta_entries);
		(void)buf_add_char(out, '\n');
	}
}

static void put_certificate(const struct arl *arl, const struct arl_certificate *certificate,
	enum language language, struct buf *out)
{
	const struct revoke_answer *answer = &certificate->answer;
	char day[INSTANT_TEXT];

	put_name(out, language, "");
	(void)buf_addf(out, "%s%s", certificate->known->id, lang_text(language, ": "));
	instant_format_day(answer->since, day);
	if (answer->status == REVOKE_REVOKED && answer->reason)
		phrase_add(out, language, "revoked since %s, reason %s", day, answer->reason);
	else if (answer->status == REVOKE_REVOKED)
		phrase_add(out, language, "revoked since %s", day);
	else
		(void)buf_add_text(out, lang_text(language, answer->status == REVOKE_NOT_REVOKED
								    ? N_("not listed")
								    : N_("not known")));
	if (certificate->overdue)
		(void)buf_add_text(out, lang_text(language, "; "));
	if (certificate->overdue && arl->wanted->has_expect_from) {
		instant_format_day(arl->wanted->expect_from, day);
		phrase_add(out, language, "it should be listed since %s", day);
	} else if (certificate->overdue) {
		phrase_add(out, language, "it should be listed");
	}
	(void)buf_add_char(out, '\n');
}

void arl_put_text(const struct arl *arl, enum language language, struct buf *out)
{
	put_state(arl, language, out);
	if (arl->has_description)
		put_numbers(arl, language, out);
	if (arl->certificates.count > 0)
		put_row(out, language, N_("certificates"),
			PHRASE("of the profile, by this issuer"));
	for (size_t i = 0; i < arl->certificates.count; i++)
		put_certificate(arl, &arl->certificates.items[i], language, out);
}

/* --- JSON --- */

static void put_number(struct json *json, const struct revoke_number *number)
{
	char text[REVOKE_NUMBER_TEXT];

	revoke_number_format(number, text);
	json_put_string_or_null(json, text[0] ? text : NULL);
}

static void put_instant(struct json *json, struct instant instant)
{
	char text[INSTANT_TEXT];

	instant_format(instant, text);
	json_put_string(json, text);
}

static void put_json_certificate(struct json *json, const struct arl_certificate *certificate)
{
	static const char *const names[] = {
		[REVOKE_NOT_REVOKED] = "not-revoked",
		[REVOKE_REVOKED] = "revoked",
		[REVOKE_UNAVAILABLE] = "unknown",
		[REVOKE_EXPIRED] = "unknown",
		[REVOKE_INVALID] = "unknown",
		[REVOKE_NOT_COVERED] = "unknown",
	};
	const struct revoke_answer *answer = &certificate->answer;

	json_begin_object(json);
	JSON_KEY(json, "certificate");
	json_put_string(json, certificate->known->id);
	JSON_KEY(json, "sha256");
	json_put_string(json, certificate->known->sha256_text);
	JSON_KEY(json, "serial");
	json_put_string(json, certificate->known->serial);
	JSON_KEY(json, "status");
	json_put_string(json, names[answer->status]);
	JSON_KEY(json, "since");
	if (answer->status == REVOKE_REVOKED)
		put_instant(json, answer->since);
	else
		json_put_null(json);
	JSON_KEY(json, "reason");
	json_put_string_or_null(json, answer->reason);
	JSON_KEY(json, "expected");
	json_put_bool(json, certificate->expected);
	JSON_KEY(json, "overdue");
	json_put_bool(json, certificate->overdue);
	json_end_object(json);
}

static void put_json_said(struct json *json, const struct arl *arl)
{
	const struct revoke_description *said = &arl->said;

	JSON_KEY(json, "bytes");
	json_put_integer(json, (int64_t)arl->origin->bytes);
	JSON_KEY(json, "number");
	put_number(json, &said->number);
	JSON_KEY(json, "this_update");
	put_instant(json, said->this_update);
	JSON_KEY(json, "next_update");
	if (said->has_next)
		put_instant(json, said->next_update);
	else
		json_put_null(json);
	JSON_KEY(json, "entries");
	json_put_integer(json, (int64_t)said->entries);
	JSON_KEY(json, "indirect");
	json_put_bool(json, said->indirect);
	JSON_KEY(json, "delta_number");
	if (said->has_delta)
		put_number(json, &said->delta_number);
	else
		json_put_null(json);
}

static void put_json_issuer(struct json *json, const struct arl *arl)
{
	JSON_KEY(json, "issuer");
	json_begin_object(json);
	JSON_KEY(json, "id");
	json_put_string(json, arl->wanted->issuer->id);
	JSON_KEY(json, "name");
	json_put_string(json, arl->wanted->issuer->name);
	JSON_KEY(json, "sha256");
	json_put_string_or_null(
		json, arl->origin->issuer ? arl->origin->issuer->sha256_text : NULL);
	json_end_object(json);
}

bool arl_put_json(const struct arl *arl, const struct setup *setup, struct buf *out)
{
	char why[400];
	struct json json;

	phrase_render(revoke_list_why(arl->list), LANGUAGE_EN, why, sizeof why);

	json_init(&json, out);
	json_begin_object(&json);
	JSON_KEY(&json, "schema");
	json_put_string(&json, "chainmend.list/1");
	JSON_KEY(&json, "as_of");
	put_instant(&json, arl->now);
	JSON_KEY(&json, "profile");
	json_put_string(&json, setup->profile->id);
	JSON_KEY(&json, "list");
	json_put_string(&json, arl->wanted->id);
	JSON_KEY(&json, "url");
	json_put_string_or_null(&json, arl->wanted->url);
	JSON_KEY(&json, "status");
	json_put_string(&json, arl_status_name(arl->status));
	JSON_KEY(&json, "state");
	json_put_string(&json, arl_state_name(arl));
	JSON_KEY(&json, "why");
	json_put_string_or_null(&json, *why ? why : NULL);
	JSON_KEY(&json, "had");
	json_put_string(&json, arl_way_name(arl));
	put_json_issuer(&json, arl);
	if (arl->has_description)
		put_json_said(&json, arl);
	JSON_KEY(&json, "certificates");
	json_begin_array(&json);
	for (size_t i = 0; i < arl->certificates.count; i++)
		put_json_certificate(&json, &arl->certificates.items[i]);
	json_end_array(&json);
	json_end_object(&json);
	return json_end(&json);
}
