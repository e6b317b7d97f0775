/* SPDX-License-Identifier: MIT */
#include "checker/tls/wire.h"

#include <string.h>

#include "checker/base/phrase.h"
#include "checker/tls/bytes.h"

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* RFC 5321, 4.2 and RFC 959, 4.2: three digits, then a blank or a dash. */
static bool is_reply(const uint8_t *bytes, size_t len)
{
	return len >= 4 && is_digit(bytes[0]) && is_digit(bytes[1]) && is_digit(bytes[2]) &&
	       (bytes[3] == ' ' || bytes[3] == '-');
}

/* A length of three bytes, a sequence number, protocol version 10. */
static bool is_mysql(const uint8_t *bytes, size_t len)
{
	return len >= 5 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0 && bytes[4] == 10;
}

static const char *guess(const uint8_t *bytes, size_t len)
{
	static const struct {
		const char *begins, *words;
	} known[] = {
		{ "HTTP/", PHRASE("answers plain HTTP") },
		{ "<html", PHRASE("answers plain HTTP") },
		{ "<!DOC", PHRASE("answers plain HTTP") },
		{ "SSH-", PHRASE("speaks SSH") },
		{ "+OK", PHRASE("speaks plain POP3") },
		{ "-ERR", PHRASE("speaks plain POP3") },
		{ "* OK", PHRASE("speaks plain IMAP") },
		{ "* BYE", PHRASE("speaks plain IMAP") },
		{ "* PRE", PHRASE("speaks plain IMAP") },
		{ "RFB ", PHRASE("speaks VNC") },
		{ "<?xml", PHRASE("speaks plain XMPP") },
		{ "<stre", PHRASE("speaks plain XMPP") },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		size_t need = strlen(known[i].begins);
		if (len >= need && memcmp(bytes, known[i].begins, need) == 0)
			return known[i].words;
	}
	if (is_reply(bytes, len))
		return PHRASE("greets in plain text, as SMTP and FTP servers do");
	if (is_mysql(bytes, len))
		return PHRASE("speaks plain MySQL");
	return PHRASE("does not answer with a TLS record");
}

enum wire_kind wire_kind(const uint8_t *bytes, size_t len, bool last, const char **ret_words)
{
	/* RFC 8446, 5.1: change_cipher_spec to heartbeat, then a version of 3.x. */
	bool record = len >= 1 && bytes[0] >= 0x14 && bytes[0] <= 0x18;

	if (record && len >= 3 && bytes[1] == 3 && bytes[2] <= 4)
		return WIRE_TLS;
	if (len < (len > 0 && (bytes[0] & 0x80) ? WIRE_OPENING : 5) && !last)
		return WIRE_SHORT;
	/* A two-byte length, SERVER-HELLO, session id hit, certificate type, version 0.2. */
	if (len >= 7 && (bytes[0] & 0x80) && bytes[2] == 4 && bytes[5] == 0 && bytes[6] == 2)
		return WIRE_SSL2;
	*ret_words = guess(bytes, len);
	return WIRE_OTHER;
}

bool wire_certificates(const uint8_t *body, size_t len, bool tls13,
	bool (*each)(void *arg, const uint8_t *der, size_t len), void *arg)
{
	struct bytes in = { body, len }, context, list, der, extensions;

	if (tls13 && !bytes_take_vector(&in, 1, &context))
		return true;
	if (!bytes_take_vector(&in, 3, &list))
		return true;
	while (list.len > 0) {
		if (!bytes_take_vector(&list, 3, &der))
			return true;
		if (!each(arg, der.at, der.len))
			return false;
		if (tls13 && !bytes_take_vector(&list, 2, &extensions))
			return true;
	}
	return true;
}
