/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/conform/conform_parts.h"
#include "checker/limits.h"
#include "checker/target/domain.h"
#include "checker/target/name.h"

#define COMMON_NAME_BYTES 256

/* --- Alternative names (RFC 5280, 4.2.1.6) --- */

static void read_dns(struct conform_reading *reading, const struct der_item *name)
{
	char host[LIMIT_HOST_BYTES];

	if (!conform_copy(name->content, name->len, host, sizeof host)) {
		conform_add(reading, CONFORM_SAN_DNS);
		return;
	}
	if (name_is_address(host, NULL))
		conform_add(reading, CONFORM_SAN_DNS_ADDRESS);
	else if (strchr(host, '*') && (host[0] != '*' || host[1] != '.' || strchr(host + 1, '*')))
		conform_add(reading, CONFORM_SAN_WILDCARD);
	else if (!conform_is_host(host, name->len, true))
		conform_add(reading, CONFORM_SAN_DNS);
}

/* OtherName ::= SEQUENCE { type-id, [0] EXPLICIT value } */
static bool is_other_name(const struct der_item *name)
{
	struct der_cursor inside = der_inside(name);
	struct der_item oid, value;

	return der_take(&inside, DER_OID, &oid) && der_is_oid(oid.content, oid.len) &&
	       der_take(&inside, DER_CONTEXT_CONSTRUCTED | 0, &value) && der_is_done(&inside);
}

static void read_general(
	struct conform_reading *reading, const struct der_item *name, enum conform_fault form)
{
	const char *text = (const char *)name->content;

	switch (name->tag) {
	case DER_CONTEXT | GEN_DNS:
		read_dns(reading, name);
		break;
	case DER_CONTEXT | GEN_IPADD:
		if (name->len != 4 && name->len != 16)
			conform_add(reading, CONFORM_SAN_ADDRESS);
		break;
	case DER_CONTEXT | GEN_EMAIL:
		if (!conform_is_mailbox(text, name->len))
			conform_add(reading, CONFORM_SAN_EMAIL);
		break;
	case DER_CONTEXT | GEN_URI:
		if (!conform_is_uri(text, name->len))
			conform_add(reading, CONFORM_SAN_URI);
		break;
	case DER_CONTEXT | GEN_RID:
		if (!der_is_oid(name->content, name->len))
			conform_add(reading, form);
		break;
	case DER_CONTEXT_CONSTRUCTED | GEN_DIRNAME:
		if (!conform_is_name(name->content, name->len))
			conform_add(reading, form);
		break;
	case DER_CONTEXT_CONSTRUCTED | GEN_OTHERNAME:
		if (!is_other_name(name))
			conform_add(reading, form);
		break;
	case DER_CONTEXT_CONSTRUCTED | GEN_X400:
	case DER_CONTEXT_CONSTRUCTED | GEN_EDIPARTY:
		break;
	default:
		conform_add(reading, form);
	}
}

static void read_alternatives(
	struct conform_reading *reading, const struct conform_value *value, enum conform_fault form)
{
	struct der_item sequence, name;

	if (!conform_sequence(value, &sequence)) {
		conform_add(reading, form);
		return;
	}
	for (struct der_cursor names = der_inside(&sequence); !der_is_done(&names);) {
		if (!der_next(&names, &name)) {
			conform_add(reading, form);
			return;
		}
		read_general(reading, &name, form);
	}
}

/* --- The common name (Baseline Requirements, 7.1.4.3) --- */

/* Does it claim to be the name of a host? */
static bool looks_like_host(const char *text)
{
	size_t dots = 0;

	for (const char *at = text; *at; at++) {
		unsigned char c = (unsigned char)*at;
		dots += c == '.';
		if (c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9') && !strchr("-._*", c))
			return false;
	}
	return dots > 0 && text[0] != '.' && text[strlen(text) - 1] != '.';
}

/* Addresses as inet_aton() and its like take them: any number of parts, octal, hexadecimal. */
static bool looks_like_address(const char *text)
{
	bool digit = false;

	if (name_is_address(text, NULL))
		return true;
	for (const char *at = text; *at;) {
		bool hex = at[0] == '0' && (at[1] == 'x' || at[1] == 'X');
		const char *digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
		size_t len = strspn(at + (hex ? 2 : 0), digits);

		if (len == 0)
			return false;
		digit = true;
		at += len + (hex ? 2 : 0);
		if (*at == '.')
			at++;
		else if (*at)
			return false;
	}
	return digit;
}

/* A name of this machine alone or of a test, which no CA of the Baseline Requirements certifies
 * (RFC 6761, 6.2 to 6.4; RFC 1122, 3.2.1.3 (g); RFC 4291, 2.5.3). */
static bool is_nobodys(const char *name)
{
	static const char *const domains[] = { "localhost", "test", "invalid" };
	const char *dot = strrchr(name, '.'), *last = dot ? dot + 1 : name;

	for (size_t i = 0; i < ARRAY_LEN(domains); i++)
		if (text_equal_nocase(last, domains[i]))
			return true;
	return strncmp(name, "127.", 4) == 0 || strcmp(name, "::1") == 0;
}

static bool is_below(const char *name, const char *domain)
{
	size_t len = strlen(name), tail = strlen(domain);

	return len > tail && name[len - tail - 1] == '.' &&
	       text_equal_nocase(name + len - tail, domain);
}

/*
 * What the common name claims is held against alternative names of its kind.  It claims nothing
 * more than they do when it is the domain that one of them is in.
 */
static bool is_claimed(const struct cert *cert, const char *name)
{
	const struct cert_holder *holder = cert_holder(cert);
	bool any = false;

	for (size_t i = 0; cert->san[i]; i++) {
		const char *san = cert->san[i];

		if (is_nobodys(san))
			return true;
		if (holder->san_kinds[i] != CERT_SAN_DNS)
			continue;
		any = true;
		if (strcmp(san, name) == 0 || is_below(san, name))
			return true;
	}
	return !any;
}

static bool has_address(const struct cert *cert, const char *address)
{
	const struct cert_holder *holder = cert_holder(cert);

	for (size_t i = 0; cert->san[i]; i++)
		if (holder->san_kinds[i] == CERT_SAN_ADDRESS && strcmp(cert->san[i], address) == 0)
			return true;
	return false;
}

/* The same for addresses: only where there are some, and none is this machine's. */
static bool is_address_claimed(const struct cert *cert, const char *address)
{
	const struct cert_holder *holder = cert_holder(cert);
	bool any = false;

	for (size_t i = 0; cert->san[i]; i++) {
		if (is_nobodys(cert->san[i]))
			return true;
		any |= holder->san_kinds[i] == CERT_SAN_ADDRESS;
	}
	return !any || has_address(cert, address);
}

static void read_common_name(struct conform_reading *reading)
{
	const struct cert *cert = reading->cert;
	const char *name = cert->common_name;
	char canonical[LIMIT_ADDRESS_BYTES];

	if (!name[0] || !cert->san[0])
		return;
	if (looks_like_address(name)) {
		if (!name_canonical_address(name, canonical) || strcmp(name, canonical) != 0)
			conform_add(reading, CONFORM_CN_ADDRESS);
		else if (!is_address_claimed(cert, name))
			conform_add(reading, CONFORM_CN_NOT_SAN);
	} else if (looks_like_host(name) && !is_claimed(cert, name)) {
		conform_add(reading, CONFORM_CN_NOT_SAN);
	}
}

void conform_names(struct conform_reading *reading)
{
	const struct conform_value *names = conform_value(reading, EXT_NAMES);
	const struct conform_value *issuer = conform_value(reading, EXT_ISSUER_NAMES);

	if (names)
		read_alternatives(reading, names, CONFORM_SAN_FORM);
	if (issuer)
		read_alternatives(reading, issuer, CONFORM_IAN_FORM);
	if (!reading->authority)
		read_common_name(reading);
}

/* --- Wildcards --- */

static bool is_listed(const struct cert *cert, const char *name)
{
	const struct cert_holder *holder = cert_holder(cert);

	for (size_t i = 0; cert->san[i]; i++)
		if (holder->san_kinds[i] == CERT_SAN_DNS && text_equal_nocase(cert->san[i], name))
			return true;
	return false;
}

static bool is_public_wildcard(const char *name)
{
	char suffix[LIMIT_HOST_BYTES];

	if (name[0] != '*' || name[1] != '.' ||
		!conform_copy((const uint8_t *)name + 2, strlen(name + 2), suffix, sizeof suffix))
		return false;
	text_lower(suffix);
	return suffix[0] && !domain_registered(suffix);
}

const char *conform_public_wildcard(const struct cert *leaf, const char *name)
{
	const struct cert_holder *holder = cert_holder(leaf);
	const char *found = NULL;

	for (size_t i = 0; leaf->readable && leaf->san[i]; i++) {
		const char *san = leaf->san[i];

		if (holder->san_kinds[i] != CERT_SAN_DNS || (name && !name_matches(san, name)))
			continue;
		if (is_public_wildcard(san)) {
			if (name || !is_listed(leaf, san + 2))
				found = san;
		} else if (name) {
			return NULL;
		}
	}
	return found;
}
