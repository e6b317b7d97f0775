/* SPDX-License-Identifier: MIT */
#include "tests/forge_asn1.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/objects.h>

#include "checker/base/text.h"

#define NAME_PARTS 16

const EVP_MD *forge_digest(const EVP_PKEY *key, const char *name)
{
	if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448"))
		return NULL;
	const EVP_MD *digest = EVP_get_digestbyname(name ? name : "SHA256");

	forge_must(digest != NULL, "a digest");
	return digest;
}

ASN1_INTEGER *forge_integer(const char *hex)
{
	BIGNUM *number = NULL;

	forge_must(BN_hex2bn(&number, hex) > 0, "a serial number");
	ASN1_INTEGER *integer = BN_to_ASN1_INTEGER(number, NULL);

	forge_must(integer != NULL, "a serial number");
	BN_free(number);
	return integer;
}

ASN1_TIME *forge_time(struct instant instant)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)instant.seconds);

	forge_must(time != NULL, "a time");
	return time;
}

size_t forge_unescape(const char *text, size_t len, uint8_t *out)
{
	size_t made = 0;

	for (size_t i = 0; i < len; i++) {
		char hex[3] = { 0 };

		if (text[i] != '\\' || i + 1 >= len) {
			out[made++] = (uint8_t)text[i];
		} else if (text[i + 1] == 'x' && i + 3 < len) {
			memcpy(hex, text + i + 2, 2);
			forge_must(text_to_bytes(hex, &out[made++], 1), text);
			i += 3;
		} else {
			out[made++] = (uint8_t)text[++i];
		}
	}
	return made;
}

static bool is_utf8(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0, step; i < len; i += step) {
		uint32_t point;

		step = text_utf8_next((const char *)bytes + i, len - i, &point);
		if (step == 0)
			return false;
	}
	return true;
}

/* OpenSSL refuses names whose UTF8String is none; a TeletexString may hold any byte. */
static int string_kind(const char *type, const uint8_t *value, size_t len)
{
	if (!is_utf8(value, len))
		return V_ASN1_T61STRING;
	return strcmp(type, "C") == 0 ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
}

static void name_add(X509_NAME *name, const char *part, size_t len)
{
	const char *equals = memchr(part, '=', len);
	char *type = equals ? text_copy(part, (size_t)(equals - part)) : NULL;
	uint8_t *value = malloc(len + 1);

	forge_must(type && value, "a name: TYPE=VALUE is needed");
	size_t bytes = forge_unescape(equals + 1, len - (size_t)(equals + 1 - part), value);
	ASN1_OBJECT *object = OBJ_txt2obj(type, 0);

	/* A type without MBSTRING_FLAG takes the bytes as they are: hostile ones too. */
	int kind = string_kind(type, value, bytes);

	forge_must(
		object && X509_NAME_add_entry_by_OBJ(name, object, kind, value, (int)bytes, -1, 0),
		"a name");
	ASN1_OBJECT_free(object);
	free(value);
	free(type);
}

X509_NAME *forge_name(const char *text)
{
	X509_NAME *name = X509_NAME_new();
	const char *parts[NAME_PARTS];
	size_t lens[NAME_PARTS], count = 0;

	forge_must(name != NULL, "a name");
	while (text && *text) {
		size_t len = 0;

		while (text[len] && text[len] != ',')
			len += text[len] == '\\' && text[len + 1] ? 2 : 1;
		forge_must(count < NAME_PARTS, "a name of that many parts");
		parts[count] = text;
		lens[count++] = len;
		text += len + (text[len] == ',');
	}
	while (count-- > 0)
		name_add(name, parts[count], lens[count]);
	return name;
}
