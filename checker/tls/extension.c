/* SPDX-License-Identifier: MIT */
#include "checker/tls/extension.h"

#define LEGACY (1u << HANDSHAKE_OFFER_LEGACY)
/* Whatever has TLS 1.3 in it, and those without. */
#define NEW (1u << HANDSHAKE_OFFER_MODERN | 1u << HANDSHAKE_OFFER_RSA | 1u << HANDSHAKE_OFFER_ECDSA)
#define MODERN (NEW | 1u << HANDSHAKE_OFFER_TLS12)
#define BOTH (MODERN | LEGACY)

#define HELLO_12 (1u << PLACE_SERVER_HELLO_12)
#define HELLO (1u << PLACE_SERVER_HELLO)
#define RETRY (1u << PLACE_RETRY)
#define ENCRYPTED (1u << PLACE_ENCRYPTED_EXTENSIONS)
#define CERTIFICATE (1u << PLACE_CERTIFICATE)

/* Places: the table of RFC 8446, 4.2.  supported_groups is sent with TLS 1.2 by servers that
 * should not, and does no harm there.  LEGACY says renegotiation_info by a cipher suite. */
static const struct extension table[] = {
	{ EXTENSION_SERVER_NAME, HELLO_12 | ENCRYPTED, BOTH },
	{ EXTENSION_EXTENDED_MASTER_SECRET, HELLO_12, MODERN },
	{ EXTENSION_RENEGOTIATION_INFO, HELLO_12, MODERN },
	{ EXTENSION_SUPPORTED_GROUPS, HELLO_12 | ENCRYPTED, BOTH },
	{ EXTENSION_EC_POINT_FORMATS, HELLO_12, BOTH },
	{ EXTENSION_STATUS_REQUEST, HELLO_12 | CERTIFICATE, BOTH },
	{ EXTENSION_SCT, HELLO_12 | CERTIFICATE, MODERN },
	{ EXTENSION_SIGNATURE_ALGORITHMS, 0, BOTH },
	{ EXTENSION_SUPPORTED_VERSIONS, HELLO | RETRY, NEW },
	{ EXTENSION_COOKIE, RETRY, NEW },
	{ EXTENSION_KEY_SHARE, HELLO | RETRY, NEW },
};

const struct extension *extension_table(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(table);
	return table;
}

bool extension_offered(
	const struct extension *extension, enum handshake_offer offer, bool with_name)
{
	return offer_has(extension->offers, offer) &&
	       (with_name || extension->code != EXTENSION_SERVER_NAME);
}

/* The row of an extension that may stand here. */
static bool permit(const struct extension_reading *reading, unsigned code, size_t *ret_row,
	struct fault *ret_fault)
{
	size_t row = 0;

	while (row < ARRAY_LEN(table) && table[row].code != code)
		row++;
	bool signalled = code == EXTENSION_RENEGOTIATION_INFO; /* by its cipher suite */
	if (row == ARRAY_LEN(table) ||
		(!signalled && !extension_offered(&table[row], reading->offer, reading->with_name)))
		return fault_set(ret_fault, ALERT_UNSUPPORTED_EXTENSION,
			"answered with the extension %u, which was not offered", code);
	if ((table[row].places >> reading->place & 1u) == 0)
		return fault_set(ret_fault, ALERT_ILLEGAL_PARAMETER,
			"sent the extension %u in a message where it must not be", code);
	*ret_row = row;
	return true;
}

bool extension_read(
	const struct extension_reading *reading, struct bytes list, struct fault *ret_fault)
{
	unsigned seen = 0;
	size_t row = 0;

	while (list.len > 0) {
		struct bytes body;
		uint32_t code;

		if (!bytes_take_number(&list, 2, &code) || !bytes_take_vector(&list, 2, &body))
			return fault_set(ret_fault, ALERT_DECODE_ERROR,
				"sent extensions with a length that lies");
		if (!permit(reading, code, &row, ret_fault))
			return false;
		if (seen >> row & 1u)
			return fault_set(ret_fault, ALERT_ILLEGAL_PARAMETER,
				"sent the extension %u twice", code);
		seen |= 1u << row;
		if (!reading->each(reading->arg, code, body, ret_fault))
			return false;
	}
	return true;
}
