/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/target/domain.h"
#include "checker/target/name.h"
#include "rules/profile/profile.h"
#include "rules/request/product.h"
#include "rules/request/review_parts.h"

/* The names as they are compared: A-labels in small letters. */
struct listing {
	char (*texts)[LIMIT_HOST_BYTES];
	const char **names;
	size_t count;
};

static void listing_release(struct listing *listing)
{
	free(listing->texts);
	free(listing->names);
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Domains that are nobody's to have (RFC 6761, 6762, 7686, 9476; ICANN's for private use). */
static bool is_reserved(const char *name)
{
	static const char *const reserved[] = { "example", "internal", "invalid", "local",
		"localhost", "onion", "test", "alt", "arpa" };
	size_t len = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
		size_t tail = strlen(reserved[i]);

		if (len >= tail && strcmp(name + len - tail, reserved[i]) == 0 &&
			(len == tail || name[len - tail - 1] == '.'))
			return true;
	}
	return false;
}

/* --- One name --- */

/* What its form as an A-label in small letters is; false when it has none. */
static bool take_form(struct review *review, const char *text, char ascii[static LIMIT_HOST_BYTES])
{
	struct error why = { .code = ERROR_NONE };
	size_t len = strlen(text);

	if (!name_to_ascii(text, len, true, ascii, &why)) {
		if (strchr(text, '*'))
			review_say(review, REVIEW_NAME_WILDCARD,
				"'%s' has an asterisk that is not its whole first label", text);
		else
			review_say(review, REVIEW_NAME_SYNTAX, "'%s' is no host name: %s", text,
				why.said);
		return false;
	}
	if (!is_ascii(text)) {
		review_say(review, REVIEW_NAME_UNICODE,
			"'%s' is not in ASCII, as names in certificates are; its A-label is '%s'",
			text, ascii);
		return true;
	}
	if (text[len - 1] == '.')
		review_say(review, REVIEW_NAME_SYNTAX, "'%s' ends in a dot", text);
	if (strchr(ascii, '_'))
		review_say(review, REVIEW_NAME_UNDERSCORE, "'%s' has an underscore", text);
	return true;
}

static bool has_a_label(const char *name)
{
	return strncmp(name, "xn--", 4) == 0 || strstr(name, ".xn--");
}

static void judge_place(struct review *review, const char *name)
{
	const char *bare = strncmp(name, "*.", 2) == 0 ? name + 2 : name;

	if (!strchr(bare, '.') && !domain_is_suffix(bare))
		review_say(review, REVIEW_NAME_INTERNAL,
			"'%s' is a name without a domain, which exists in a private network only",
			name);
	else if (is_reserved(bare) || !domain_is_public(bare))
		review_say(review, REVIEW_NAME_INTERNAL,
			"'%s' is under no domain that a registry has, so it exists in a private "
			"network only",
			name);
	else if (domain_is_suffix(bare))
		review_say(review, REVIEW_NAME_SUFFIX,
			"'%s': '%s' is a public suffix, under which others have their domains",
			name, bare);
}

static bool judge_name(struct review *review, const struct csr_name *name, bool is_private,
	char ascii[static LIMIT_HOST_BYTES])
{
	char unicode[LIMIT_HOST_BYTES * 4];

	if (name->kind == CSR_NAME_OTHER) {
		review_say(review, REVIEW_NAME_KIND,
			"'%s' is no host name, and will not be in the certificate", name->text);
		return false;
	}
	if (name->kind == CSR_NAME_ADDRESS || name_is_address(name->text, NULL)) {
		if (!is_private)
			review_say(review, REVIEW_NAME_ADDRESS, "'%s' is an address, not a name",
				name->text);
		return false;
	}
	if (!take_form(review, name->text, ascii))
		return false;
	name_to_unicode(ascii, unicode, sizeof unicode);
	if (has_a_label(ascii) && strcmp(unicode, ascii) == 0)
		review_say(review, REVIEW_NAME_IDN,
			"'%s' has an A-label that no Unicode name leads to by IDNA2008",
			name->text);
	if (!is_private)
		judge_place(review, ascii);
	return true;
}

/* --- All of them --- */

static bool has(const struct listing *listing, const char *name)
{
	for (size_t i = 0; i < listing->count; i++)
		if (strcmp(listing->names[i], name) == 0)
			return true;
	return false;
}

static void list_name(struct review *review, const struct csr_name *name,
	const struct review_terms *terms, struct listing *listing)
{
	char *ascii = listing->texts[listing->count];

	if (!judge_name(review, name, terms->profile->leaf.is_private, ascii))
		return;
	if (has(listing, ascii))
		review_say(review, REVIEW_NAME_TWICE, "'%s' is named twice", ascii);
	else
		listing->names[listing->count++] = ascii;
}

static bool list_names(struct review *review, const struct review_statement *statement,
	const struct review_terms *terms, struct listing *listing)
{
	listing->texts = calloc(statement->count + 1, sizeof *listing->texts);
	listing->names = calloc(statement->count + 1, sizeof *listing->names);
	if (!listing->texts || !listing->names)
		return false;
	for (size_t i = 0; i < statement->count; i++) {
		char *ascii = listing->texts[listing->count];

		if (!judge_name(
			    review, &statement->names[i], terms->profile->leaf.is_private, ascii))
			continue;
		if (has(listing, ascii))
			review_say(review, REVIEW_NAME_TWICE, "'%s' is named twice", ascii);
		else
			listing->names[listing->count++] = ascii;
	}
	return true;
}

static void say_unfit(struct review *review, enum product_fit fit,
	const struct profile_product *product, const struct listing *listing)
{
	switch (fit) {
	case PRODUCT_FITS:
		break;
	case PRODUCT_TOO_MANY:
		review_say(review, REVIEW_PRODUCT_NAMES,
			"the product '%s' takes %u names at most, and there are %zu", product->id,
			product->names, listing->count);
		break;
	case PRODUCT_NO_WILDCARDS:
		review_say(review, REVIEW_PRODUCT_WILDCARD,
			"the product '%s' takes no wildcard names", product->id);
		break;
	case PRODUCT_NO_OTHERS:
		review_say(review, REVIEW_PRODUCT_OTHER,
			"the product '%s' takes a wildcard and its bare name, and no other names",
			product->id);
		break;
	case PRODUCT_WANTS_WILDCARD:
		review_say(review, REVIEW_PRODUCT_WILDCARD_MISSING,
			"the product '%s' is for a wildcard name, and there is none", product->id);
		break;
	}
}

static void judge_product(
	struct review *review, const struct listing *listing, const struct review_terms *terms)
{
	const struct profile_product *product = terms->product;

	if (listing->count == 0 || terms->profile->request.product_count == 0)
		return;
	if (!product)
		product = product_for(terms->profile, listing->names, listing->count);
	review->product = product;
	if (!product)
		review_say(review, REVIEW_PRODUCT_NONE,
			"no product of the profile '%s' takes these %zu names together",
			terms->profile->id, listing->count);
	else
		say_unfit(review, product_fit(product, listing->names, listing->count), product,
			listing);
}

/* Its A-label, or the text itself when it has none. */
static void form_of(const char *text, char out[static LIMIT_HOST_BYTES])
{
	if (name_to_ascii(text, strlen(text), true, out, NULL))
		return;
	text_printable(text, strlen(text), out, LIMIT_HOST_BYTES);
	text_lower(out);
}

/* The Baseline Requirements, 7.1.4.3: a copy of one of the names, letter for letter. */
static void judge_common(
	struct review *review, const struct listing *listing, const struct csr_attribute *common)
{
	char ascii[LIMIT_HOST_BYTES];

	form_of(common->value, ascii);
	if (!is_ascii(common->value))
		review_say(review, REVIEW_COMMON_NAME_UNICODE,
			"the common name '%s' is not in ASCII; its A-label is '%s'", common->value,
			ascii);
	if (listing->count > 0 && !has(listing, ascii))
		review_say(review, REVIEW_COMMON_NAME_OTHER,
			"the common name '%s' is none of the subject alternative names",
			common->value);
}

static void judge_commons(struct review *review, const struct listing *listing,
	const struct review_statement *statement)
{
	size_t count = 0;

	for (size_t i = 0; i < statement->attribute_count; i++) {
		if (strcmp(statement->attributes[i].type, "CN") != 0)
			continue;
		judge_common(review, listing, &statement->attributes[i]);
		count++;
	}
	if (count == 0)
		review_say(review, REVIEW_COMMON_NAME_MISSING, "there is no common name");
	else if (count > 1)
		review_say(review, REVIEW_COMMON_NAME_SEVERAL, "there are %zu common names", count);
}

static void judge_application(struct review *review, const struct listing *listing,
	const struct csr_attribute *common, const struct review_terms *terms)
{
	char ascii[LIMIT_HOST_BYTES] = "";

	if (!terms->name)
		return;
	if (common)
		form_of(common->value, ascii);
	if (common && strcmp(ascii, terms->name) != 0)
		review_say(review, REVIEW_APPLICATION_NAME,
			"the common name is '%s', and the application's server name '%s'",
			common->value, terms->name);
	else if (listing->count > 0 && !has(listing, terms->name))
		review_say(review, REVIEW_APPLICATION_NAME,
			"the application's server name '%s' is none of the names", terms->name);
}

/*
 * Windows asks for a wildcard by its common name alone, and its CAs know the names from the
 * application. Of other requests the common name is all that is left to be judged.
 */
static void judge_missing(struct review *review, const struct csr_attribute *common,
	const struct review_terms *terms, struct listing *listing)
{
	const struct csr_name name = { CSR_NAME_DNS, common ? common->value : "" };
	char ascii[LIMIT_HOST_BYTES];

	if (common && is_ascii(common->value))
		list_name(review, &name, terms, listing);
	if (common && name_to_ascii(common->value, strlen(common->value), true, ascii, NULL) &&
		strncmp(ascii, "*.", 2) == 0)
		review_say(review, REVIEW_NAMES_WILDCARD,
			"there are no subject alternative names, only the wildcard as common name");
	else
		review_say(review, REVIEW_NAMES_MISSING, "there are no subject alternative names");
}

void review_names(struct review *review, const struct review_statement *statement,
	const struct review_terms *terms)
{
	const struct csr_attribute *common = review_attribute(statement, "CN");
	CLEANUP(listing_release) struct listing listing = { NULL, NULL, 0 };

	if (!list_names(review, statement, terms, &listing)) {
		review->full = true;
		return;
	}
	if (!statement->has_san)
		judge_missing(review, common, terms, &listing);
	else if (listing.count == 0)
		review_say(review, REVIEW_NAMES_MISSING,
			"there is no host name among the subject alternative names");
	judge_commons(review, &listing, statement);
	judge_application(review, &listing, common, terms);
	judge_product(review, &listing, terms);
}
