/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/der.h"
#include "checker/limits.h"

/* X.509's own are 2.5.29.N (RFC 5280, 4.2.1). */
static const uint8_t id_ce[] = { 0x55, 0x1d };

enum extension {
	EXTENSION_KEY_ID = 14,
	EXTENSION_KEY_USAGE = 15,
	EXTENSION_NAMES = 17,
	EXTENSION_BASIC = 19,
	EXTENSION_NAME_CONSTRAINTS = 30,
	EXTENSION_CRL_POINTS = 31,
	EXTENSION_POLICIES = 32,
	EXTENSION_POLICY_MAPPINGS = 33,
	EXTENSION_AUTHORITY_KEY_ID = 35,
	EXTENSION_POLICY_CONSTRAINTS = 36,
	EXTENSION_PURPOSES = 37,
	EXTENSION_INHIBIT_POLICY = 54,
	EXTENSIONS = 64,
};

/* Others that a leaf may have and no verification looks at: AIA, TLS feature, SCT list. */
static const struct {
	uint8_t oid[10];
	uint8_t len;
} idle[] = {
	{ { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01 }, 8 },
	{ { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x18 }, 8 },
	{ { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02 }, 10 },
};

/* Others that OpenSSL looks into whenever it looks at a certificate: it may do so itself.
 * Netscape's certificate type, proxy certificates, RFC 3779's resources. */
static const struct {
	uint8_t oid[9];
	uint8_t len;
} foreign[] = {
	{ { 0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01 }, 9 },
	{ { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0e }, 8 },
	{ { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x07 }, 8 },
	{ { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x08 }, 8 },
};

/* KeyUsage (4.2.1.3), the first octet */
#define KEY_CERT_SIGN 0x04
#define KEY_FOR_TLS (0x80 | 0x20 | 0x08) /* digitalSignature, keyEncipherment, keyAgreement */

struct extensions {
	struct cert_holder *holder;
	uint64_t seen;                     /* bit N: 2.5.29.N is there ... */
	struct der_item value[EXTENSIONS]; /* ... and this is its extnValue */
	bool plain;                        /* nothing but what leafs usually have */
};

/* --- General names --- */

/* OtherName (4.2.1.6): an OID and, in [0], one value of a kind that has no rules of its own. */
static bool is_other_name(const struct der_item *name)
{
	struct der_cursor inside = der_inside(name);
	struct der_item oid, outer, value;

	if (!der_take(&inside, DER_OID, &oid) || !der_is_oid(oid.content, oid.len) ||
		!der_take(&inside, DER_CONTEXT_CONSTRUCTED | 0, &outer) || !der_is_done(&inside))
		return false;
	struct der_cursor within = der_inside(&outer);
	return der_next(&within, &value) && der_is_done(&within) &&
	       (value.tag == DER_UTF8_STRING || value.tag == DER_IA5_STRING ||
		       value.tag == DER_PRINTABLE_STRING || value.tag == DER_OCTET_STRING ||
		       value.tag == DER_SEQUENCE);
}

static bool take_general(struct der_cursor *names, struct der_item *ret_name)
{
	if (!der_next(names, ret_name))
		return false;
	switch (ret_name->tag) {
	case DER_CONTEXT | GEN_EMAIL:
	case DER_CONTEXT | GEN_DNS:
	case DER_CONTEXT | GEN_URI:
	case DER_CONTEXT | GEN_IPADD:
		return true;
	case DER_CONTEXT | GEN_RID:
		return der_is_oid(ret_name->content, ret_name->len);
	case DER_CONTEXT_CONSTRUCTED | GEN_DIRNAME:
		return cert_name_is_ordinary(ret_name->content, ret_name->len);
	case DER_CONTEXT_CONSTRUCTED | GEN_OTHERNAME:
		return is_other_name(ret_name);
	default:
		return false;
	}
}

#define CONTEXT_NUMBER(tag) ((int)((tag)&0x1f))

static enum cert_reading read_sans(struct cert_holder *holder, const struct der_item *value)
{
	struct cert *cert = &holder->cert;
	struct der_item sequence = { 0 }, name;
	size_t total = 0, kept = 0;

	if (value && !der_only(value->content, value->len, DER_SEQUENCE, &sequence))
		return CERT_NOT_ORDINARY;
	for (struct der_cursor names = der_inside(&sequence); !der_is_done(&names); total++)
		if (!take_general(&names, &name))
			return CERT_NOT_ORDINARY;
	size_t room = total < LIMIT_SANS ? total : LIMIT_SANS;
	cert->san_dropped = total - room;
	cert->san = arena_take(&holder->texts, (room + 1) * sizeof *cert->san);
	holder->san_kinds = arena_take(&holder->texts, (room + 1) * sizeof *holder->san_kinds);
	if (!cert->san || !holder->san_kinds)
		return CERT_NO_MEMORY;
	struct der_cursor names = der_inside(&sequence);
	while (kept < room && !der_is_done(&names) && take_general(&names, &name)) {
		char text[CERT_GENERAL_TEXT];
		enum cert_san_kind kind = cert_general_text(
			CONTEXT_NUMBER(name.tag), name.content, name.len, text);

		if (kind == CERT_SAN_OTHER && !text[0])
			continue;
		cert->san[kept] = arena_text(&holder->texts, text, strlen(text));
		if (!cert->san[kept])
			return CERT_NO_MEMORY;
		holder->san_kinds[kept++] = kind;
	}
	return CERT_READ;
}

/* --- cRLDistributionPoints (4.2.1.13) --- */

struct urls {
	char *text[CERT_CRL_URLS + 1];
	size_t count;
};

/* False when memory runs out. */
static bool keep_url(struct cert_holder *holder, struct urls *urls, const struct der_item *name)
{
	char text[CERT_GENERAL_TEXT];

	text_printable((const char *)name->content, name->len, text, sizeof text);
	if (strncmp(text, "http", 4) != 0)
		return true;
	urls->text[urls->count] = arena_text(&holder->texts, text, strlen(text));
	return urls->text[urls->count++] != NULL;
}

/* One point that is a full name and nothing else; of its names those before the first that is no
 * URI. */
static enum cert_reading read_point(
	struct cert_holder *holder, struct urls *urls, const struct der_item *point)
{
	struct der_item outer, names, name;
	bool ended = false;

	if (!der_only(point->content, point->len, DER_CONTEXT_CONSTRUCTED | 0, &outer) ||
		!der_only(outer.content, outer.len, DER_CONTEXT_CONSTRUCTED | 0, &names))
		return CERT_NOT_ORDINARY;
	for (struct der_cursor inside = der_inside(&names); !der_is_done(&inside);) {
		if (!take_general(&inside, &name))
			return CERT_NOT_ORDINARY;
		ended = ended || name.tag != (DER_CONTEXT | GEN_URI);
		if (!ended && urls->count < CERT_CRL_URLS && !keep_url(holder, urls, &name))
			return CERT_NO_MEMORY;
	}
	return CERT_READ;
}

static enum cert_reading read_crl_urls(struct cert_holder *holder, const struct der_item *value)
{
	struct urls urls = { .count = 0 };
	struct der_item sequence = { 0 }, point;

	if (value && !der_only(value->content, value->len, DER_SEQUENCE, &sequence))
		return CERT_NOT_ORDINARY;
	for (struct der_cursor points = der_inside(&sequence); !der_is_done(&points);) {
		if (!der_take(&points, DER_SEQUENCE, &point))
			return CERT_NOT_ORDINARY;
		enum cert_reading reading = read_point(holder, &urls, &point);
		if (reading != CERT_READ)
			return reading;
	}
	holder->cert.crl_urls = arena_take(&holder->texts, (urls.count + 1) * sizeof(char *));
	if (!holder->cert.crl_urls)
		return CERT_NO_MEMORY;
	memcpy(holder->cert.crl_urls, urls.text, urls.count * sizeof(char *));
	return CERT_READ;
}

/* --- The others --- */

/* basicConstraints (4.2.1.9) */
static bool read_basic(struct extensions *extensions, const struct der_item *value)
{
	struct der_item sequence, ca = { 0 }, length = { 0 };

	if (!value)
		return true;
	if (!der_only(value->content, value->len, DER_SEQUENCE, &sequence))
		return false;
	struct der_cursor inside = der_inside(&sequence);
	if (der_has(&inside, DER_BOOLEAN) && (!der_next(&inside, &ca) || ca.len != 1 ||
						     (ca.content[0] != 0 && ca.content[0] != 0xff)))
		return false;
	if (der_has(&inside, DER_INTEGER) &&
		(!der_next(&inside, &length) || !der_is_integer(length.content, length.len) ||
			length.content[0] >= 0x80))
		return false;
	extensions->holder->cert.is_ca = ca.len == 1 && ca.content[0] != 0;
	extensions->plain &= !extensions->holder->cert.is_ca && length.len == 0;
	return der_is_done(&inside);
}

/* keyUsage (4.2.1.3): some bit has to be set, and none that is said not to be used. */
static bool read_key_usage(struct extensions *extensions, const struct der_item *value)
{
	struct der_item bits;

	extensions->holder->cert.can_sign = true;
	if (!value)
		return true;
	if (!der_only(value->content, value->len, DER_BIT_STRING, &bits) || bits.len < 2 ||
		bits.len > 3 || bits.content[0] > 7)
		return false;
	unsigned unused = (1u << bits.content[0]) - 1, first = bits.content[1];
	if (bits.content[bits.len - 1] & unused || (first == 0 && bits.content[bits.len - 1] == 0))
		return false;
	extensions->holder->cert.can_sign = (first & KEY_CERT_SIGN) != 0;
	extensions->plain &= (first & KEY_FOR_TLS) != 0;
	return true;
}

/* extKeyUsage (4.2.1.12) */
static enum cert_reading read_purposes(struct extensions *extensions, const struct der_item *value)
{
	static const uint8_t any[] = { 0x55, 0x1d, 0x25, 0x00 };
	struct cert_holder *holder = extensions->holder;
	struct cert *cert = &holder->cert;
	struct der_item sequence = { 0 }, oid;
	size_t count = 0, at = 0;

	if (value && !der_only(value->content, value->len, DER_SEQUENCE, &sequence))
		return CERT_NOT_ORDINARY;
	for (struct der_cursor oids = der_inside(&sequence); !der_is_done(&oids); count++)
		if (!der_take(&oids, DER_OID, &oid) || !der_is_oid(oid.content, oid.len))
			return CERT_NOT_ORDINARY;
	cert->has_eku = value != NULL;
	cert->eku = arena_take(&holder->texts, (count + 1) * sizeof *cert->eku);
	if (!cert->eku)
		return CERT_NO_MEMORY;
	struct der_cursor oids = der_inside(&sequence);
	while (at < count && der_next(&oids, &oid)) {
		char name[96];

		cert_object_name(&oid, name, sizeof name);
		cert->eku_server |= strcmp(name, "serverAuth") == 0;
		cert->eku_client |= strcmp(name, "clientAuth") == 0;
		cert->eku_any |= oid.len == sizeof any && memcmp(oid.content, any, oid.len) == 0;
		if (!name[0])
			memcpy(name, "unknown", sizeof "unknown");
		cert->eku[at] = arena_text(&holder->texts, name, strlen(name));
		if (!cert->eku[at++])
			return CERT_NO_MEMORY;
	}
	extensions->plain &= !value || cert->eku_server;
	return CERT_READ;
}

/* subjectKeyIdentifier (4.2.1.2), and authorityKeyIdentifier (4.2.1.1) with a key alone: an
 * issuer's name and number in it are OpenSSL's to compare. */
static bool read_key_ids(
	struct cert_holder *holder, const struct der_item *own, const struct der_item *authority)
{
	struct der_item sequence, id;

	if (own) {
		if (!der_only(own->content, own->len, DER_OCTET_STRING, &id))
			return false;
		holder->key_id = (struct cert_span){ id.content, id.len };
	}
	if (!authority)
		return true;
	if (!der_only(authority->content, authority->len, DER_SEQUENCE, &sequence))
		return false;
	if (sequence.len == 0)
		return true;
	if (!der_only(sequence.content, sequence.len, DER_CONTEXT | 0, &id))
		return false;
	holder->authority_key_id = (struct cert_span){ id.content, id.len };
	return true;
}

/* --- Finding them --- */

static bool is_foreign(const struct der_item *oid)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
		if (foreign[i].len == oid->len &&
			memcmp(foreign[i].oid, oid->content, oid->len) == 0)
			return true;
	return false;
}

static bool is_idle(const struct der_item *oid)
{
	for (size_t i = 0; i < ARRAY_LEN(idle); i++)
		if (idle[i].len == oid->len && memcmp(idle[i].oid, oid->content, oid->len) == 0)
			return true;
	return false;
}

/* Files one extension of 2.5.29; false when it is there already, which makes both worth nothing. */
static bool file(
	struct extensions *extensions, unsigned number, bool critical, const struct der_item *value)
{
	static const uint64_t usual = UINT64_C(1) << EXTENSION_KEY_USAGE |
				      UINT64_C(1) << EXTENSION_NAMES |
				      UINT64_C(1) << EXTENSION_BASIC |
				      UINT64_C(1) << EXTENSION_CRL_POINTS |
				      UINT64_C(1) << EXTENSION_POLICIES |
				      UINT64_C(1) << EXTENSION_PURPOSES;
	static const uint64_t usual_uncritical = UINT64_C(1) << EXTENSION_KEY_ID |
						 UINT64_C(1) << EXTENSION_AUTHORITY_KEY_ID;
	uint64_t bit = number < EXTENSIONS ? UINT64_C(1) << number : 0;

	if (bit == 0 || extensions->seen & bit || number == EXTENSION_NAME_CONSTRAINTS)
		return false;
	extensions->seen |= bit;
	extensions->value[number] = *value;
	extensions->plain &= (bit & (critical ? usual : usual | usual_uncritical)) != 0;
	extensions->holder->restricts |= number == EXTENSION_POLICY_MAPPINGS ||
					 number == EXTENSION_POLICY_CONSTRAINTS ||
					 number == EXTENSION_INHIBIT_POLICY;
	return true;
}

static bool take_extension(struct extensions *extensions, struct der_cursor *list)
{
	struct der_item extension, oid, flag, value;
	bool critical = false;

	if (!der_take(list, DER_SEQUENCE, &extension))
		return false;
	struct der_cursor inside = der_inside(&extension);
	if (!der_take(&inside, DER_OID, &oid) || !der_is_oid(oid.content, oid.len))
		return false;
	if (der_has(&inside, DER_BOOLEAN)) {
		if (!der_next(&inside, &flag) || flag.len != 1 ||
			(flag.content[0] != 0 && flag.content[0] != 0xff))
			return false;
		critical = flag.content[0] != 0;
	}
	if (!der_take(&inside, DER_OCTET_STRING, &value) || !der_is_done(&inside) ||
		is_foreign(&oid))
		return false;
	if (oid.len == sizeof id_ce + 1 && memcmp(oid.content, id_ce, sizeof id_ce) == 0)
		return file(extensions, oid.content[2], critical, &value);
	extensions->plain &= !critical && is_idle(&oid);
	return true;
}

static const struct der_item *value_of(const struct extensions *extensions, enum extension number)
{
	return extensions->seen >> number & 1 ? &extensions->value[number] : NULL;
}

enum cert_reading cert_read_extensions(struct cert_holder *holder)
{
	struct extensions extensions;
	struct cert_span span = holder->fields.extensions;

	extensions.holder = holder;
	extensions.seen = 0;
	extensions.plain = true;
	if (span.at) {
		struct der_cursor list = der_cursor(span.at, span.len);
		while (!der_is_done(&list))
			if (!take_extension(&extensions, &list))
				return CERT_NOT_ORDINARY;
	}
	if (!read_basic(&extensions, value_of(&extensions, EXTENSION_BASIC)) ||
		!read_key_usage(&extensions, value_of(&extensions, EXTENSION_KEY_USAGE)) ||
		!read_key_ids(holder, value_of(&extensions, EXTENSION_KEY_ID),
			value_of(&extensions, EXTENSION_AUTHORITY_KEY_ID)))
		return CERT_NOT_ORDINARY;
	enum cert_reading reading = read_purposes(
		&extensions, value_of(&extensions, EXTENSION_PURPOSES));
	if (reading == CERT_READ)
		reading = read_sans(holder, value_of(&extensions, EXTENSION_NAMES));
	if (reading == CERT_READ)
		reading = read_crl_urls(holder, value_of(&extensions, EXTENSION_CRL_POINTS));
	holder->plain_leaf = extensions.plain;
	return reading;
}
