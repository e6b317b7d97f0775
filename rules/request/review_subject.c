/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "checker/csr/request.h"
#include "rules/profile/profile.h"
#include "rules/request/review_parts.h"

/* X.520, as RFC 5280, A.1 and the Baseline Requirements, 7.1.4.2 have it, in characters. */
static const struct {
	const char *type;
	size_t most;
} bounds[] = {
	{ "CN", REQUEST_COMMON_NAME },
	{ "O", REQUEST_ORGANIZATION },
	{ "OU", 64 },
	{ "L", REQUEST_PLACE },
	{ "ST", REQUEST_PLACE },
	{ "emailAddress", 255 },
};

static void judge_length(struct review *review, const struct csr_attribute *attribute)
{
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		if (strcmp(bounds[i].type, attribute->type) == 0 &&
			attribute->characters > bounds[i].most)
			review_say(review, REVIEW_SUBJECT_LONG,
				"%s of the subject has %zu characters, and may have %zu",
				attribute->type, attribute->characters, bounds[i].most);
}

static void judge_country(struct review *review, const struct csr_attribute *country,
	const struct profile_request *wanted)
{
	if (!wanted->country)
		return;
	if (!country)
		review_say(review, REVIEW_SUBJECT_COUNTRY,
			"the subject has no country, and the CA wants C=%s", wanted->country);
	else if (strcmp(country->value, wanted->country) != 0)
		review_say(review, REVIEW_SUBJECT_COUNTRY,
			"the country is '%s', and the CA wants C=%s", country->value,
			wanted->country);
	else if (!country->printable)
		review_say(review, REVIEW_SUBJECT_COUNTRY,
			"the country is no PrintableString, as X.520 wants it");
}

static void judge_place(struct review *review, const struct csr_attribute *have, const char *wanted)
{
	if (have && wanted && strcmp(have->value, wanted) != 0)
		review_say(review, REVIEW_SUBJECT_PLACE,
			"%s of the subject is '%s', and the CA writes '%s'", have->type,
			have->value, wanted);
}

void review_subject(struct review *review, const struct review_statement *statement,
	const struct review_terms *terms)
{
	const struct profile_request *wanted = &terms->profile->request;
	const struct csr_attribute *unit = review_attribute(statement, "OU");
	const struct csr_attribute *email = review_attribute(statement, "emailAddress");

	for (size_t i = 0; i < statement->attribute_count; i++)
		judge_length(review, &statement->attributes[i]);
	judge_country(review, review_attribute(statement, "C"), wanted);
	judge_place(review, review_attribute(statement, "ST"), wanted->state);
	judge_place(review, review_attribute(statement, "L"), wanted->locality);
	if (unit && !terms->profile->leaf.is_private)
		review_say(review, REVIEW_SUBJECT_UNIT,
			"the subject has an OU ('%s'), which will not be in the certificate",
			unit->value);
	if (email)
		review_say(review, REVIEW_SUBJECT_EMAIL, "the subject has an e-mail address ('%s')",
			email->value);
}

static void judge_leaks(struct review *review, const struct csr_microsoft *microsoft)
{
	if (microsoft->machine)
		review_say(review, REVIEW_LEAK_MICROSOFT,
			"Microsoft's attributes tell all who see the request the name of the "
			"machine, "
			"'%s'",
			microsoft->machine);
	if (microsoft->user)
		review_say(review, REVIEW_LEAK_MICROSOFT,
			"Microsoft's attributes tell all who see the request the name of the "
			"account, "
			"'%s'",
			microsoft->user);
}

void review_extensions(
	struct review *review, const struct csr *csr, const struct review_terms *terms)
{
	if (csr->extensions_damaged)
		review_say(review, REVIEW_EXTENSIONS_DAMAGED,
			"the extensions that it asks for are damaged");
	if (csr->wants_ca)
		review_say(review, REVIEW_EXTENSIONS_CA, "it asks for the certificate of a CA");
	if (csr->wants_client && terms->profile->leaf.has_client_auth_until)
		review_say(review, REVIEW_EXTENSIONS_CLIENT,
			"it asks for client authentication, which the CA no longer puts into "
			"certificates of servers");
	if (csr->has_challenge)
		review_say(
			review, REVIEW_LEAK_PASSWORD, "it has a challenge password in the clear");
	judge_leaks(review, &csr->microsoft);
	if (csr->names_dropped > 0)
		review_say(review, REVIEW_PRODUCT_NAMES,
			"there are %zu more names than anybody takes", csr->names_dropped);
}
