/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/conform/conform_parts.h"

#define DER_VISIBLE_STRING 0x1a

static const uint8_t any_policy[] = { 0x55, 0x1d, 0x20, 0x00 };
/* id-qt (RFC 5280, 4.2.1.4): 1.3.6.1.5.5.7.2.N, CPS and user notice */
static const uint8_t id_qt[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02 };
#define QT_CPS 1
#define QT_NOTICE 2

static bool is_any(const struct der_item *oid)
{
	return oid->len == sizeof any_policy && memcmp(oid->content, any_policy, oid->len) == 0;
}

static bool same(const struct der_item *a, const struct der_item *b)
{
	return a->len == b->len && memcmp(a->content, b->content, a->len) == 0;
}

/* --- certificatePolicies (4.2.1.4) --- */

/* explicitText: UTF8String, or IA5String; no control characters. */
static void read_text(struct conform_reading *reading, const struct der_item *text)
{
	bool fine = text->tag == DER_UTF8_STRING || text->tag == DER_IA5_STRING;

	for (size_t i = 0; fine && i < text->len; i++)
		fine = text->content[i] >= ' ' && text->content[i] != 0x7f;
	if (!fine)
		conform_add(reading, CONFORM_POLICIES_TEXT);
}

/* UserNotice: a reference to a notice, or the text of one, or both. */
static bool read_notice(struct conform_reading *reading, const struct der_item *notice)
{
	struct der_item part;

	for (struct der_cursor inside = der_inside(notice); !der_is_done(&inside);) {
		if (!der_next(&inside, &part))
			return false;
		if (part.tag != DER_SEQUENCE)
			read_text(reading, &part);
	}
	return true;
}

static bool read_qualifier(
	struct conform_reading *reading, const struct der_item *qualifier, bool any)
{
	struct der_cursor inside = der_inside(qualifier);
	struct der_item oid, value;

	if (!der_take(&inside, DER_OID, &oid) || !der_next(&inside, &value) ||
		!der_is_done(&inside))
		return false;
	bool qt = oid.len == sizeof id_qt + 1 && memcmp(oid.content, id_qt, sizeof id_qt) == 0;
	uint8_t kind = qt ? oid.content[sizeof id_qt] : 0;
	if (any && kind != QT_CPS && kind != QT_NOTICE)
		conform_add(reading, CONFORM_POLICIES_QUALIFIER);
	if (kind == QT_CPS)
		return value.tag == DER_IA5_STRING;
	return kind != QT_NOTICE || (value.tag == DER_SEQUENCE && read_notice(reading, &value));
}

static bool take_policy(
	struct conform_reading *reading, struct der_cursor *policies, struct der_item *ret_oid)
{
	struct der_item policy, list, qualifier;

	if (!der_take(policies, DER_SEQUENCE, &policy))
		return false;
	struct der_cursor inside = der_inside(&policy);
	if (!der_take(&inside, DER_OID, ret_oid) || !der_is_oid(ret_oid->content, ret_oid->len))
		return false;
	if (der_is_done(&inside))
		return true;
	if (!der_take(&inside, DER_SEQUENCE, &list) || !der_is_done(&inside) || list.len == 0)
		return false;
	for (struct der_cursor qualifiers = der_inside(&list); !der_is_done(&qualifiers);)
		if (!der_take(&qualifiers, DER_SEQUENCE, &qualifier) ||
			!read_qualifier(reading, &qualifier, is_any(ret_oid)))
			return false;
	return true;
}

/* How often OID is among the policies of VALUE. */
static size_t count_policy(const struct conform_value *value, const struct der_item *oid)
{
	struct der_item sequence, policy, other;
	size_t count = 0;

	if (!value || !conform_sequence(value, &sequence))
		return 0;
	struct der_cursor policies = der_inside(&sequence);
	while (der_take(&policies, DER_SEQUENCE, &policy)) {
		struct der_cursor inside = der_inside(&policy);
		count += der_take(&inside, DER_OID, &other) && same(&other, oid);
	}
	return count;
}

static void read_policies(struct conform_reading *reading, const struct conform_value *value)
{
	struct der_item sequence, oid;
	size_t seen = 0;

	if (!conform_sequence(value, &sequence)) {
		conform_add(reading, CONFORM_POLICIES_FORM);
		return;
	}
	for (struct der_cursor policies = der_inside(&sequence); !der_is_done(&policies); seen++) {
		if (!take_policy(reading, &policies, &oid)) {
			conform_add(reading, CONFORM_POLICIES_FORM);
			return;
		}
		/* Real ones have a handful; more are not compared with each other. */
		if (seen < 64 && count_policy(value, &oid) > 1)
			conform_add(reading, CONFORM_POLICIES_TWICE);
	}
}

/* --- policyMappings (4.2.1.5) --- */

static void read_mappings(struct conform_reading *reading, const struct conform_value *value)
{
	const struct conform_value *policies = conform_value(reading, EXT_POLICIES);
	struct der_item sequence, pair, from, to;

	if (!value->critical)
		conform_add(reading, CONFORM_MAPPINGS_NOT_CRITICAL);
	if (!conform_sequence(value, &sequence)) {
		conform_add(reading, CONFORM_MAPPINGS_FORM);
		return;
	}
	for (struct der_cursor pairs = der_inside(&sequence); !der_is_done(&pairs);) {
		if (!der_take(&pairs, DER_SEQUENCE, &pair)) {
			conform_add(reading, CONFORM_MAPPINGS_FORM);
			return;
		}
		struct der_cursor inside = der_inside(&pair);
		if (!der_take(&inside, DER_OID, &from) || !der_take(&inside, DER_OID, &to) ||
			!der_is_done(&inside)) {
			conform_add(reading, CONFORM_MAPPINGS_FORM);
			return;
		}
		if (is_any(&from) || is_any(&to))
			conform_add(reading, CONFORM_MAPPINGS_ANY);
		else if (count_policy(policies, &from) == 0)
			conform_add(reading, CONFORM_MAPPINGS_UNKNOWN);
	}
}

/* --- policyConstraints (4.2.1.11), inhibitAnyPolicy (4.2.1.14) --- */

static bool is_skip_count(const struct der_item *number)
{
	return der_is_integer(number->content, number->len) && !(number->content[0] & 0x80);
}

static void read_demands(struct conform_reading *reading, const struct conform_value *value)
{
	struct der_item sequence, part;
	unsigned last = 0;

	if (!value->critical)
		conform_add(reading, CONFORM_DEMANDS_NOT_CRITICAL);
	if (!conform_sequence(value, &sequence)) {
		conform_add(reading, CONFORM_DEMANDS_FORM);
		return;
	}
	for (struct der_cursor inside = der_inside(&sequence); !der_is_done(&inside);) {
		if (!der_next(&inside, &part) || part.tag < (DER_CONTEXT | 0) ||
			part.tag > (DER_CONTEXT | 1) || part.tag <= last || !is_skip_count(&part)) {
			conform_add(reading, CONFORM_DEMANDS_FORM);
			return;
		}
		last = part.tag;
	}
}

static void read_inhibition(struct conform_reading *reading, const struct conform_value *value)
{
	struct der_item number;

	if (!value->critical)
		conform_add(reading, CONFORM_INHIBIT_NOT_CRITICAL);
	if (!der_only(value->at, value->len, DER_INTEGER, &number) || !is_skip_count(&number))
		conform_add(reading, CONFORM_INHIBIT_FORM);
}

void conform_policies(struct conform_reading *reading)
{
	const struct conform_value *policies = conform_value(reading, EXT_POLICIES);
	const struct conform_value *mappings = conform_value(reading, EXT_MAPPINGS);
	const struct conform_value *demands = conform_value(reading, EXT_POLICY_CONSTRAINTS);
	const struct conform_value *inhibition = conform_value(reading, EXT_INHIBIT);

	if (policies)
		read_policies(reading, policies);
	if (mappings)
		read_mappings(reading, mappings);
	if (demands)
		read_demands(reading, demands);
	if (inhibition)
		read_inhibition(reading, inhibition);
	if (!reading->authority && (mappings || demands || inhibition))
		conform_add(reading, CONFORM_POLICIES_LEAF);
}
