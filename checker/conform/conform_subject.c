/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "checker/conform/conform_parts.h"

#define DER_VISIBLE_STRING 0x1a
#define DER_UNIVERSAL_STRING 0x1c

static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
static const uint8_t country[] = { 0x55, 0x04, 0x06 };

static bool is(const struct der_item *oid, const uint8_t *bytes, size_t len)
{
	return oid->len == len && memcmp(oid->content, bytes, len) == 0;
}

/* PrintableString (X.680, 41.4) */
static bool is_printable(const struct der_item *value)
{
	for (size_t i = 0; i < value->len; i++) {
		char c = (char)value->content[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			!memchr(" '()+,-./:=?", c, 12))
			return false;
	}
	return true;
}

static bool is_utf8(const struct der_item *value)
{
	const char *text = (const char *)value->content;
	uint32_t point;

	for (size_t at = 0; at < value->len;) {
		size_t len = text_utf8_next(text + at, value->len - at, &point);
		if (len == 0)
			return false;
		at += len;
	}
	return true;
}

static bool is_ascii(const struct der_item *value)
{
	for (size_t i = 0; i < value->len; i++)
		if (value->content[i] >= 0x80)
			return false;
	return true;
}

/* 4.1.2.4: new names are in PrintableString or UTF8String; some attributes in an IA5String. */
static void read_value(struct conform_reading *reading, const struct der_item *value)
{
	switch (value->tag) {
	case DER_PRINTABLE_STRING:
		if (!is_printable(value))
			conform_add(reading, CONFORM_NAME_CHARACTERS);
		break;
	case DER_UTF8_STRING:
		if (!is_utf8(value))
			conform_add(reading, CONFORM_NAME_CHARACTERS);
		break;
	case DER_IA5_STRING:
	case DER_NUMERIC_STRING:
	case DER_VISIBLE_STRING:
		if (!is_ascii(value))
			conform_add(reading, CONFORM_NAME_CHARACTERS);
		break;
	case DER_T61_STRING:
	case DER_BMP_STRING:
	case DER_UNIVERSAL_STRING:
		conform_add(reading, CONFORM_NAME_STRING);
		break;
	default: /* a BIT STRING, as x500UniqueIdentifier has it */
		break;
	}
}

struct tally {
	size_t common_names;
};

static bool take_pair(
	struct conform_reading *reading, struct der_cursor *pairs, struct tally *tally)
{
	struct der_item pair, oid, value;

	if (!der_take(pairs, DER_SEQUENCE, &pair))
		return false;
	struct der_cursor inside = der_inside(&pair);
	if (!der_take(&inside, DER_OID, &oid) || !der_is_oid(oid.content, oid.len) ||
		!der_next(&inside, &value) || !der_is_done(&inside))
		return false;
	read_value(reading, &value);
	if (is(&oid, country, sizeof country) &&
		(value.tag != DER_PRINTABLE_STRING || value.len != 2))
		conform_add(reading, CONFORM_COUNTRY);
	tally->common_names += is(&oid, common_name, sizeof common_name);
	return true;
}

static bool read_name(struct conform_reading *reading, struct cert_span name, struct tally *tally)
{
	struct der_item sequence, set;

	if (!der_only(name.at, name.len, DER_SEQUENCE, &sequence))
		return false;
	for (struct der_cursor sets = der_inside(&sequence); !der_is_done(&sets);) {
		if (!der_take(&sets, DER_SET, &set) || set.len == 0)
			return false;
		for (struct der_cursor pairs = der_inside(&set); !der_is_done(&pairs);)
			if (!take_pair(reading, &pairs, tally))
				return false;
	}
	return true;
}

static bool is_empty(struct cert_span name)
{
	return name.len == 2;
}

void conform_subject(struct conform_reading *reading)
{
	const struct cert_fields *fields = &reading->fields;
	const struct conform_value *names = conform_value(reading, EXT_NAMES);
	bool critical = names && names->critical;
	struct tally tally = { 0 };

	/* The issuer's own certificate is where its name is looked at. */
	if (!read_name(reading, fields->subject, &tally) ||
		!conform_is_name(fields->issuer.at, fields->issuer.len))
		conform_add(reading, CONFORM_NAME_FORM);
	if (tally.common_names > 1 && !reading->authority)
		conform_add(reading, CONFORM_CN_TWICE);
	if (is_empty(fields->issuer))
		conform_add(reading, CONFORM_ISSUER_EMPTY);
	if (is_empty(fields->subject) && reading->authority)
		conform_add(reading, CONFORM_SUBJECT_EMPTY_CA);
	else if (is_empty(fields->subject) && !critical)
		conform_add(reading, CONFORM_SUBJECT_EMPTY);
	else if (!is_empty(fields->subject) && critical)
		conform_add(reading, CONFORM_SAN_CRITICAL);
}
