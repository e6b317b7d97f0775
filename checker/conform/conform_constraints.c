/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/conform/conform_parts.h"
#include "checker/limits.h"

/* --- nameConstraints (RFC 5280, 4.2.1.10) --- */

/* An address and a mask of as many octets, whose ones come first (RFC 4632, 5.1). */
static bool is_network(const struct der_item *base)
{
	size_t half = base->len / 2;
	bool ended = false;

	if (base->len != 8 && base->len != 32)
		return false;
	for (size_t i = 0; i < 8 * half; i++) {
		bool one = base->content[half + i / 8] & 0x80 >> i % 8;
		if (one && ended)
			return false;
		ended |= !one;
	}
	return true;
}

/* A host; a domain with a period in front, where that is allowed. */
static bool is_domain(const struct der_item *base, bool period)
{
	const char *text = (const char *)base->content;

	if (period && base->len > 1 && text[0] == '.')
		return conform_is_host(text + 1, base->len - 1, false);
	return conform_is_host(text, base->len, false);
}

static void read_base(struct conform_reading *reading, const struct der_item *base)
{
	switch (base->tag) {
	case DER_CONTEXT | GEN_DNS:
		/* The empty name is every name. */
		if (base->len > 0 && !is_domain(base, false))
			conform_add(reading, CONFORM_NAMES_DNS);
		break;
	case DER_CONTEXT | GEN_IPADD:
		if (!is_network(base))
			conform_add(reading, CONFORM_NAMES_ADDRESS);
		break;
	case DER_CONTEXT | GEN_EMAIL:
		if (base->len > 0 && !is_domain(base, true) &&
			!conform_is_mailbox((const char *)base->content, base->len))
			conform_add(reading, CONFORM_NAMES_EMAIL);
		break;
	case DER_CONTEXT | GEN_URI:
		if (base->len > 0 && !is_domain(base, true))
			conform_add(reading, CONFORM_NAMES_URI);
		break;
	case DER_CONTEXT_CONSTRUCTED | GEN_DIRNAME:
		if (!conform_is_name(base->content, base->len))
			conform_add(reading, CONFORM_NAMES_FORM);
		break;
	case DER_CONTEXT_CONSTRUCTED | GEN_OTHERNAME:
		break;
	case DER_CONTEXT_CONSTRUCTED | GEN_X400:
	case DER_CONTEXT_CONSTRUCTED | GEN_EDIPARTY:
	case DER_CONTEXT | GEN_RID:
		conform_add(reading, CONFORM_NAMES_KIND);
		break;
	default:
		conform_add(reading, CONFORM_NAMES_FORM);
	}
}

/* GeneralSubtree: minimum is 0 and so left out, maximum is not there. */
static bool read_subtree(struct conform_reading *reading, const struct der_item *subtree)
{
	struct der_cursor inside = der_inside(subtree);
	struct der_item base;

	if (!der_next(&inside, &base))
		return false;
	read_base(reading, &base);
	if (!der_is_done(&inside))
		conform_add(reading, CONFORM_NAMES_RANGE);
	return true;
}

/* Calls EACH for the subtrees of KIND (0: permitted, 1: excluded); false where there is no such
 * list, or it cannot be read. */
static bool find_subtrees(
	const struct conform_value *value, unsigned kind, struct der_item *ret_list)
{
	struct der_item sequence;

	if (!der_only(value->at, value->len, DER_SEQUENCE, &sequence))
		return false;
	for (struct der_cursor lists = der_inside(&sequence); !der_is_done(&lists);) {
		if (!der_next(&lists, ret_list))
			return false;
		if (ret_list->tag == (DER_CONTEXT_CONSTRUCTED | kind))
			return true;
	}
	return false;
}

static void read_lists(struct conform_reading *reading, const struct der_item *sequence)
{
	struct der_item list, subtree;

	if (sequence->len == 0)
		conform_add(reading, CONFORM_NAMES_EMPTY);
	for (struct der_cursor lists = der_inside(sequence); !der_is_done(&lists);) {
		if (!der_next(&lists, &list) ||
			(list.tag != (DER_CONTEXT_CONSTRUCTED | 0) &&
				list.tag != (DER_CONTEXT_CONSTRUCTED | 1))) {
			conform_add(reading, CONFORM_NAMES_FORM);
			return;
		}
		if (list.len == 0)
			conform_add(reading, CONFORM_NAMES_EMPTY);
		for (struct der_cursor trees = der_inside(&list); !der_is_done(&trees);) {
			if (!der_take(&trees, DER_SEQUENCE, &subtree) ||
				!read_subtree(reading, &subtree)) {
				conform_add(reading, CONFORM_NAMES_FORM);
				return;
			}
		}
	}
}

void conform_constraints(struct conform_reading *reading)
{
	const struct conform_value *value = conform_value(reading, EXT_NAME_CONSTRAINTS);
	struct der_item sequence;

	if (!value)
		return;
	if (!reading->authority)
		conform_add(reading, CONFORM_NAMES_LEAF);
	if (!value->critical)
		conform_add(reading, CONFORM_NAMES_NOT_CRITICAL);
	if (der_only(value->at, value->len, DER_SEQUENCE, &sequence))
		read_lists(reading, &sequence);
	else
		conform_add(reading, CONFORM_NAMES_FORM);
}

/* --- Wildcards under an exclusion --- */

/* "*.example.hk" stands for one label more: is the excluded EXCLUDED of that kind? */
static bool stands_for(const char *wildcard, const char *excluded)
{
	const char *dot = strchr(excluded, '.');

	return wildcard[0] == '*' && wildcard[1] == '.' && dot &&
	       text_equal_nocase(wildcard + 2, dot + 1);
}

static bool is_excluded(const struct cert *leaf, const struct der_item *base)
{
	const struct cert_holder *holder = cert_holder(leaf);
	char host[LIMIT_HOST_BYTES];

	if (base->tag != (DER_CONTEXT | GEN_DNS) ||
		!conform_copy(base->content, base->len, host, sizeof host))
		return false;
	for (size_t i = 0; leaf->san[i]; i++)
		if (holder->san_kinds[i] == CERT_SAN_DNS && stands_for(leaf->san[i], host))
			return true;
	return false;
}

bool conform_wildcard_excluded(const struct cert *leaf, const struct cert *authority)
{
	struct conform unused = { { 0 } };
	struct conform_reading reading = { .cert = authority, .out = &unused };
	struct der_item list, subtree, base;
	size_t len;
	const uint8_t *der = cert_der(authority, &len);

	/* Constraints of names are among what restricts. */
	if (!leaf->readable || !cert_holder(authority)->restricts ||
		!cert_fields_read(der, len, &reading.fields) || !conform_extensions(&reading))
		return false;
	const struct conform_value *value = conform_value(&reading, EXT_NAME_CONSTRAINTS);
	if (!value || !find_subtrees(value, 1, &list))
		return false;
	for (struct der_cursor trees = der_inside(&list);
		der_take(&trees, DER_SEQUENCE, &subtree);) {
		struct der_cursor inside = der_inside(&subtree);
		if (der_next(&inside, &base) && is_excluded(leaf, &base))
			return true;
	}
	return false;
}
