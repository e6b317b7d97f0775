/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/der.h"
#include "checker/cert/pubkey.h"

/* RFC 8017, A.2.4; RFC 5758, 3.2; RFC 8410, 3. */
static const struct cert_scheme schemes[] = {
	{ "sha256WithRSAEncryption", "SHA256", KEY_RSA, false,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b }, 9, 0 },
	{ "sha384WithRSAEncryption", "SHA384", KEY_RSA, false,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c }, 9, 0 },
	{ "sha512WithRSAEncryption", "SHA512", KEY_RSA, false,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d }, 9, 0 },
	{ "sha224WithRSAEncryption", "SHA224", KEY_RSA, false,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0e }, 9, 0 },
	{ "sha1WithRSAEncryption", "SHA1", KEY_RSA, true,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05 }, 9, 0 },
	{ "md5WithRSAEncryption", "MD5", KEY_RSA, true,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04 }, 9, 0 },
	{ "ecdsa-with-SHA256", "SHA256", KEY_EC, false,
		{ 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 }, 8, 0 },
	{ "ecdsa-with-SHA384", "SHA384", KEY_EC, false,
		{ 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03 }, 8, 0 },
	{ "ecdsa-with-SHA512", "SHA512", KEY_EC, false,
		{ 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04 }, 8, 0 },
	{ "ecdsa-with-SHA224", "SHA224", KEY_EC, false,
		{ 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x01 }, 8, 0 },
	{ "ecdsa-with-SHA1", "SHA1", KEY_EC, true, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01 }, 7,
		0 },
	{ "rsassaPss", "SHA256", KEY_RSA, false,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a }, 9, 32 },
	{ "rsassaPss", "SHA384", KEY_RSA, false,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a }, 9, 48 },
	{ "rsassaPss", "SHA512", KEY_RSA, false,
		{ 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a }, 9, 64 },
	{ "ED25519", NULL, KEY_EDWARDS, false, { 0x2b, 0x65, 0x70 }, 3, 0 },
	{ "ED448", NULL, KEY_EDWARDS, false, { 0x2b, 0x65, 0x71 }, 3, 0 },
};

/* The number of the COUNT digits at *AT, which moves behind them; -1 when they are none. */
static int take_digits(const uint8_t **at, unsigned count)
{
	int number = 0;

	while (count-- > 0) {
		uint8_t digit = *(*at)++;
		if (digit < '0' || digit > '9')
			return -1;
		number = number * 10 + (digit - '0');
	}
	return number;
}

/*
 * RFC 5280, 4.1.2.5: with seconds and "Z", of the year 2049 at most in a UTCTime.  What else
 * OpenSSL takes for a time, it reads itself.
 */
bool cert_read_time(struct cert_span time, struct instant *ret_instant)
{
	if (time.len < 2)
		return false;
	bool utc = time.at[0] == DER_UTC_TIME;
	size_t len = utc ? 13 : 15;
	const uint8_t *at = time.at + 2;

	if (time.len != len + 2 || at[len - 1] != 'Z')
		return false;
	int year = take_digits(&at, utc ? 2 : 4);
	int month = take_digits(&at, 2), day = take_digits(&at, 2);
	int hour = take_digits(&at, 2), minute = take_digits(&at, 2), second = take_digits(&at, 2);
	if (year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
		second > 59)
		return false;
	if (utc)
		year += year < 50 ? 2000 : 1900;
	if (!instant_from_day(year, month, day, ret_instant))
		return false;
	ret_instant->seconds += hour * 3600 + minute * 60 + second;
	return true;
}

/* A negative one is none of RFC 5280, 4.1.2.2, and long ones are for OpenSSL, too. */
#define SERIAL_BYTES 64

static enum cert_reading read_serial(struct cert_holder *holder)
{
	const uint8_t *at = holder->fields.serial.at;
	size_t len = holder->fields.serial.len;
	char hex[2 * SERIAL_BYTES + 1];

	if (at[0] >= 0x80 || len > SERIAL_BYTES)
		return CERT_NOT_ORDINARY;
	if (at[0] == 0) {
		at++;
		len--;
	}
	text_from_bytes(at, len, hex);
	holder->cert.serial = len == 0 ? arena_text(&holder->texts, "0", 1)
				       : arena_text(&holder->texts, hex, 2 * len);
	return holder->cert.serial ? CERT_READ : CERT_NO_MEMORY;
}

/* The content of [NUMBER] EXPLICIT, which has to be next and a SEQUENCE. */
static bool take_parameter(
	struct der_cursor *parameters, unsigned number, struct der_item *ret_sequence)
{
	struct der_item outer;

	return der_take(parameters, DER_CONTEXT_CONSTRUCTED | number, &outer) &&
	       der_only(outer.content, outer.len, DER_SEQUENCE, ret_sequence);
}

/* SHA-256, 384 and 512 are id-sha2 with a last octet of 1, 2 and 3; its digest's length or 0. */
static uint8_t digest_bytes(const struct der_item *algorithm)
{
	static const uint8_t id_sha2[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };
	static const uint8_t bytes[] = { 0, 32, 48, 64 };
	struct der_item oid, parameters;

	if (!der_algorithm(algorithm, &oid, &parameters) || oid.len != sizeof id_sha2 + 1 ||
		memcmp(oid.content, id_sha2, sizeof id_sha2) != 0 ||
		oid.content[sizeof id_sha2] >= sizeof bytes ||
		(parameters.content && (parameters.tag != DER_NULL || parameters.len > 0)))
		return 0;
	return bytes[oid.content[sizeof id_sha2]];
}

/*
 * RSASSA-PSS-params (RFC 4055, 3.1) as everybody uses them: one digest for all, a salt as long.
 * The length of that, or 0.
 */
static uint8_t read_pss(const struct der_item *parameters)
{
	static const uint8_t id_mgf1[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08 };
	struct der_item hash, mask, oid, mask_hash, outer, salt;

	if (parameters->tag != DER_SEQUENCE)
		return 0;
	struct der_cursor inside = der_inside(parameters);
	if (!take_parameter(&inside, 0, &hash) || !take_parameter(&inside, 1, &mask) ||
		!der_algorithm(&mask, &oid, &mask_hash) || mask_hash.tag != DER_SEQUENCE ||
		oid.len != sizeof id_mgf1 || memcmp(oid.content, id_mgf1, oid.len) != 0 ||
		!der_take(&inside, DER_CONTEXT_CONSTRUCTED | 2, &outer) ||
		!der_only(outer.content, outer.len, DER_INTEGER, &salt) || !der_is_done(&inside))
		return 0;
	uint8_t bytes = digest_bytes(&hash);
	return salt.len == 1 && salt.content[0] == bytes && digest_bytes(&mask_hash) == bytes
		       ? bytes
		       : 0;
}

const struct cert_scheme *cert_scheme_of(struct cert_span algorithm)
{
	struct der_item sequence, oid, parameters;

	if (!der_only(algorithm.at, algorithm.len, DER_SEQUENCE, &sequence) ||
		!der_algorithm(&sequence, &oid, &parameters))
		return NULL;
	uint8_t salt = read_pss(&parameters);
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (schemes[i].oid_len == oid.len &&
			(!schemes[i].salt || schemes[i].salt == salt) &&
			memcmp(schemes[i].oid, oid.content, oid.len) == 0)
			return &schemes[i];
	return NULL;
}

static bool read_signature(struct cert_holder *holder)
{
	holder->scheme = cert_scheme_of(holder->fields.outer_algorithm);
	return holder->scheme != NULL;
}

bool cert_set_key(struct cert_holder *holder, const struct pubkey *pubkey)
{
	struct cert *cert = &holder->cert;

	cert->key_kind = pubkey->kind;
	cert->key_bits = pubkey->bits;
	memcpy(cert->curve, pubkey->curve, sizeof cert->curve);
	holder->slow_key = pubkey->slow;
	cert->key = arena_text(&holder->texts, pubkey->text, strlen(pubkey->text));
	return cert->key != NULL;
}

static enum cert_reading read_names(struct cert_holder *holder)
{
	struct cert *cert = &holder->cert;
	const struct cert_fields *fields = &holder->fields;
	struct cert_name subject, issuer;

	cert->self_issued = fields->subject.len == fields->issuer.len &&
			    memcmp(fields->subject.at, fields->issuer.at, fields->issuer.len) == 0;
	enum cert_reading reading = cert_read_name(&holder->texts, fields->issuer, &issuer);
	if (reading == CERT_READ)
		reading = cert_read_name(&holder->texts, fields->subject, &subject);
	if (reading != CERT_READ)
		return reading;
	cert->subject = subject.text;
	cert->issuer = issuer.text;
	cert->common_name = subject.common;
	cert->issuer_common_name = issuer.common;
	holder->subject_canon = subject.canon;
	holder->issuer_canon = issuer.canon;
	if (subject.canon.at && issuer.canon.at)
		cert->self_issued = subject.canon.len == issuer.canon.len &&
				    memcmp(subject.canon.at, issuer.canon.at, issuer.canon.len) ==
					    0;
	else if (!cert->self_issued)
		return CERT_NOT_ORDINARY; /* OpenSSL has to compare them */
	return read_serial(holder);
}

enum cert_reading cert_read_ordinary(struct cert_holder *holder)
{
	struct cert *cert = &holder->cert;
	struct pubkey pubkey;

	if (!cert_fields_read(holder->der, holder->der_len, &holder->fields) ||
		!cert_read_time(holder->fields.not_before, &cert->not_before) ||
		!cert_read_time(holder->fields.not_after, &cert->not_after) ||
		!read_signature(holder))
		return CERT_NOT_ORDINARY;
	enum cert_reading reading = read_names(holder);
	if (reading == CERT_READ)
		reading = cert_read_extensions(holder);
	if (reading != CERT_READ)
		return reading;
	pubkey_describe(holder->fields.spki.at, holder->fields.spki.len, &pubkey);
	if (!cert_set_key(holder, &pubkey))
		return CERT_NO_MEMORY;
	cert->signature = arena_text(
		&holder->texts, holder->scheme->name, strlen(holder->scheme->name));
	cert->weak_signature = holder->scheme->weak;
	holder->plain_leaf &= pubkey.sound && holder->fields.version == 3 && !cert->self_issued;
	holder->ordinary = cert->readable = true;
	return cert->signature ? CERT_READ : CERT_NO_MEMORY;
}
