/* SPDX-License-Identifier: MIT */
#include "checker/capture/capture_words.h"

#include <ctype.h>
#include <string.h>

#include <openssl/ssl.h>

#include "checker/base/attr.h"

#define WORDS_BYTES 512u

/* In lower case, the more particular first. */
static const struct {
	const char *words;
	enum outcome outcome;
} meanings[] = {
	{ "connection refused", OUTCOME_REFUSED },
	{ "connection-refused", OUTCOME_REFUSED },
	{ "actively refused", OUTCOME_REFUSED },
	{ "no such host", OUTCOME_DNS },
	{ "name or service not known", OUTCOME_DNS },
	{ "no address associated", OUTCOME_DNS },
	{ "name resolution", OUTCOME_DNS },
	{ "could not resolve", OUTCOME_DNS },
	{ "nodename nor servname", OUTCOME_DNS },
	{ "no route to host", OUTCOME_UNREACHABLE },
	{ "is unreachable", OUTCOME_UNREACHABLE },
	{ "timed out", OUTCOME_TIMEOUT },
	{ "timeout", OUTCOME_TIMEOUT },
	{ "deadline exceeded", OUTCOME_TIMEOUT },
	{ "wrong version number", OUTCOME_NOT_TLS },
	{ "does not look like a tls handshake", OUTCOME_NOT_TLS },
	{ "packet length too long", OUTCOME_NOT_TLS },
	{ "oversized record", OUTCOME_NOT_TLS },
	{ "unknown protocol", OUTCOME_NOT_TLS },
	{ "protocol-error", OUTCOME_NOT_TLS },
	{ "application-error", OUTCOME_STARTTLS },
	{ "starttls", OUTCOME_STARTTLS },
	{ "reset by peer", OUTCOME_RESET },
	{ "connection-closed", OUTCOME_RESET },
	{ "unexpected eof", OUTCOME_RESET },
	{ "broken pipe", OUTCOME_RESET },
	{ "alert", OUTCOME_HANDSHAKE },
	{ "remote error", OUTCOME_HANDSHAKE },
	{ "handshake", OUTCOME_HANDSHAKE },
};

enum outcome capture_words_outcome(const char *words, enum outcome otherwise)
{
	char low[WORDS_BYTES];
	size_t len = 0;

	for (; words[len] && len + 1 < sizeof low; len++)
		low[len] = (char)tolower((unsigned char)words[len]);
	low[len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (strstr(low, meanings[i].words))
			return meanings[i].outcome;
	return otherwise;
}

const char *capture_words_cipher(const char *name)
{
	const char *own = OPENSSL_cipher_name(name);

	return own && own[0] && own[0] != '(' ? own : name;
}

const char *capture_words_version(const char *name)
{
	static const struct {
		const char *name, *version;
	} versions[] = {
		{ "ssl30", "SSLv3" },
		{ "SSLv3", "SSLv3" },
		{ "tls10", "TLSv1" },
		{ "TLSv1", "TLSv1" },
		{ "TLSv1.0", "TLSv1" },
		{ "tls11", "TLSv1.1" },
		{ "TLSv1.1", "TLSv1.1" },
		{ "tls12", "TLSv1.2" },
		{ "TLSv1.2", "TLSv1.2" },
		{ "tls13", "TLSv1.3" },
		{ "TLSv1.3", "TLSv1.3" },
	};

	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (strcmp(versions[i].name, name) == 0)
			return versions[i].version;
	return NULL;
}
