/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/conform/conform_parts.h"

#define SERIAL_LONGEST 20

/* 2049 is the last year of a UTCTime (RFC 5280, 4.1.2.5.1). */
#define UTC_TIME_BEFORE "2050"

static void read_serial(struct conform_reading *reading)
{
	struct cert_span serial = reading->fields.serial;

	if (serial.at[0] & 0x80)
		conform_add(reading, CONFORM_SERIAL_NEGATIVE);
	else if (serial.len == 1 && serial.at[0] == 0)
		conform_add(reading, CONFORM_SERIAL_ZERO);
	if (serial.len > SERIAL_LONGEST)
		conform_add(reading, CONFORM_SERIAL_LONG);
}

static void read_version(struct conform_reading *reading)
{
	const struct cert_fields *fields = &reading->fields;

	if (fields->version != 3)
		conform_add(reading, CONFORM_VERSION);
	if (fields->version != 3 && fields->extensions.at)
		conform_add(reading, CONFORM_VERSION_EXTENSIONS);
	if (!fields->unique_id)
		return;
	conform_add(reading, CONFORM_UNIQUE_ID);
	/* Version 2 brought them; 3 is for extensions. */
	if (fields->version == 1 || (fields->version == 3 && !fields->extensions.at))
		conform_add(reading, CONFORM_VERSION_UNIQUE_ID);
}

static bool are_digits(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] < '0' || bytes[i] > '9')
			return false;
	return true;
}

/* "YYMMDDHHMMSSZ", or with four digits for the year. */
static void read_time(struct conform_reading *reading, struct cert_span span)
{
	struct der_item time;
	struct der_cursor cursor = der_cursor(span.at, span.len);

	if (!der_next(&cursor, &time))
		return;
	bool generalized = time.tag == DER_GENERALIZED_TIME;
	size_t digits = generalized ? 14 : 12;
	if (time.len != digits + 1 || !are_digits(time.content, digits) ||
		time.content[digits] != 'Z')
		conform_add(reading, CONFORM_TIME_FORM);
	else if (generalized && memcmp(time.content, UTC_TIME_BEFORE, 4) < 0)
		conform_add(reading, CONFORM_TIME_KIND);
}

/* --- Algorithms --- */

struct algorithm {
	uint8_t oid[9];
	uint8_t len;
	bool null; /* wants a NULL; else nothing may follow */
	bool weak;
};

static const struct algorithm algorithms[] = {
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x02 }, 9, true, true }, /* MD2 */
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04 }, 9, true, true }, /* MD5 */
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05 }, 9, true, true }, /* SHA-1 */
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b }, 9, true, false },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c }, 9, true, false },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d }, 9, true, false },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0e }, 9, true, false },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01 }, 7, false, true }, /* ECDSA, SHA-1 */
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01 }, 8, false, false },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 }, 8, false, false },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03 }, 8, false, false },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04 }, 8, false, false },
	{ { 0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03 }, 7, false, true }, /* DSA, SHA-1 */
	{ { 0x2b, 0x65, 0x70 }, 3, false, false },
	{ { 0x2b, 0x65, 0x71 }, 3, false, false },
};

static const struct algorithm *algorithm_of(const struct der_item *oid)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (algorithms[i].len == oid->len &&
			memcmp(algorithms[i].oid, oid->content, oid->len) == 0)
			return &algorithms[i];
	return NULL;
}

static void read_algorithms(struct conform_reading *reading)
{
	struct cert_span inner = reading->fields.inner_algorithm;
	struct cert_span outer = reading->fields.outer_algorithm;
	struct der_item sequence, oid, parameters;

	if (inner.len != outer.len || memcmp(inner.at, outer.at, inner.len) != 0)
		conform_add(reading, CONFORM_ALGORITHMS);
	if (!der_only(outer.at, outer.len, DER_SEQUENCE, &sequence) ||
		!der_algorithm(&sequence, &oid, &parameters))
		return;
	const struct algorithm *algorithm = algorithm_of(&oid);
	if (!algorithm)
		return;
	if (algorithm->null ? parameters.tag != DER_NULL : parameters.content != NULL)
		conform_add(reading, CONFORM_ALGORITHM_PARAMETERS);
	/* Nobody relies on what a root says of itself, and a leaf has leaf.weak-signature. */
	if (algorithm->weak && !reading->leaf && !reading->cert->self_signed)
		conform_add(reading, CONFORM_DIGEST_WEAK);
}

void conform_fields(struct conform_reading *reading)
{
	read_version(reading);
	read_serial(reading);
	read_algorithms(reading);
	read_time(reading, reading->fields.not_before);
	read_time(reading, reading->fields.not_after);
	if (reading->cert->not_after.seconds < reading->cert->not_before.seconds)
		conform_add(reading, CONFORM_TIME_ORDER);
}
