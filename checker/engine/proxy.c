/* SPDX-License-Identifier: MIT */
#include "checker/engine/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/target/name.h"

#define PORT_MAX 65535
#define WORD_MAX 255 /* RFC 1929, 2: a length in one byte; nobody's proxy wants more over HTTP */

static const struct scheme {
	const char *begins;
	enum proxy_kind kind;
	uint16_t port;
	const char *fault; /* why it is none of ours */
} schemes[] = {
	{ "http://", PROXY_HTTP, 80, NULL },
	{ "socks5h://", PROXY_SOCKS5, 1080, NULL },
	{ "socks5://", PROXY_SOCKS5, 0,
		PHRASE("with socks5:// names would be resolved here; socks5h:// leaves them to the "
		       "proxy") },
	{ "socks4://", PROXY_SOCKS5, 0, PHRASE("SOCKS 4 is not spoken; socks5h:// is") },
	{ "socks4a://", PROXY_SOCKS5, 0, PHRASE("SOCKS 4 is not spoken; socks5h:// is") },
	{ "https://", PROXY_HTTP, 0, PHRASE("TLS to the proxy itself is not spoken; http:// is") },
};

/* Nothing of TEXT is repeated that could be a part of a password. */
static const struct scheme *scheme_of(const char *text, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		char word[16];
		size_t len = strlen(schemes[i].begins);

		(void)snprintf(word, sizeof word, "%.*s", (int)len, text);
		if (!text_equal_nocase(word, schemes[i].begins))
			continue;
		if (!schemes[i].fault)
			return &schemes[i];
		(void)error_set(err, ERROR_USAGE, "%s", schemes[i].fault);
		return NULL;
	}
	(void)error_set(err, ERROR_USAGE,
		"a proxy is http://[USER:PASSWORD@]HOST[:PORT], or the same with socks5h://");
	return NULL;
}

/* RFC 3986, 2.1.  False when it is too long, or would come to hold a control character. */
static bool decode(const char *text, size_t len, char out[static WORD_MAX + 1])
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)text[i];

		if (byte == '%') {
			char hex[3] = "";

			if (len - i < 3)
				return false;
			memcpy(hex, text + i + 1, 2);
			if (!text_to_bytes(hex, &byte, 1))
				return false;
			i += 2;
		}
		if (byte < ' ' || byte == 0x7f || used == WORD_MAX)
			return false;
		out[used++] = (char)byte;
	}
	out[used] = '\0';
	return true;
}

/* USER[:PASSWORD] */
static bool set_user(struct proxy *proxy, const char *text, size_t len, struct error *err)
{
	char user[WORD_MAX + 1], password[WORD_MAX + 1];
	const char *colon = memchr(text, ':', len);
	size_t user_len = colon ? (size_t)(colon - text) : len;

	if (!decode(text, user_len, user) ||
		(colon && !decode(colon + 1, len - user_len - 1, password)))
		return error_set(err, ERROR_USAGE,
			"the proxy's user and password are at most %d characters each, none of "
			"them "
			"a control character; %% is written %%25",
			WORD_MAX);
	if (user[0] == '\0')
		return error_set(err, ERROR_USAGE, "the proxy's user is empty");
	/* RFC 7617, 2: there the colon is what ends the user. */
	if (proxy->kind == PROXY_HTTP && strchr(user, ':'))
		return error_set(err, ERROR_USAGE, "a user of an HTTP proxy has no colon");
	proxy->user = text_copy(user, strlen(user));
	proxy->password = colon ? text_copy(password, strlen(password)) : NULL;
	if (!proxy->user || (colon && !proxy->password))
		return error_set_memory(err);
	return true;
}

/* A name, an IPv4 literal, or an IPv6 literal in brackets. */
static bool set_host(struct proxy *proxy, const char *text, size_t len, struct error *err)
{
	char host[LIMIT_HOST_BYTES] = "", literal[LIMIT_ADDRESS_BYTES];
	bool bracketed = len > 2 && text[0] == '[' && text[len - 1] == ']';
	int family;

	if (len == 0)
		return error_set(err, ERROR_USAGE, "the proxy has no host");
	if (bracketed) {
		text++;
		len -= 2;
	}
	if (len < sizeof literal) {
		memcpy(literal, text, len);
		literal[len] = '\0';
	}
	if (len < sizeof literal && name_is_address(literal, &family)) {
		if (!name_canonical_address(literal, host))
			return error_set(err, ERROR_USAGE, "the proxy's host is no address");
	} else if (bracketed) {
		return error_set(err, ERROR_USAGE, "the proxy's host is not an IPv6 address");
	} else if (!name_to_ascii(text, len, false, host, err)) {
		return false;
	}
	proxy->host = text_copy(host, strlen(host));
	return proxy->host || error_set_memory(err);
}

static bool set_port(struct proxy *proxy, const char *text, size_t len, struct error *err)
{
	char digits[8] = "";
	uint64_t port = 0;

	if (len < sizeof digits)
		memcpy(digits, text, len);
	if (len >= sizeof digits || !text_to_uint(digits, PORT_MAX, &port) || port == 0)
		return error_set(err, ERROR_USAGE, "the proxy's port is not a number from 1 to %d",
			PORT_MAX);
	proxy->port = (uint16_t)port;
	return true;
}

/* Where the port's colon is, or the end: behind the brackets if there are any. */
static size_t host_len(const char *text, size_t len)
{
	const char *close = len > 0 && text[0] == '[' ? memchr(text, ']', len) : NULL;
	size_t from = close ? (size_t)(close - text) : 0;
	const char *colon = memchr(text + from, ':', len - from);

	return colon ? (size_t)(colon - text) : len;
}

static bool parse(struct proxy *proxy, const char *text, struct error *err)
{
	size_t len = strcspn(text, "/?#"), at = len;

	if (text[len] != '\0' && strcmp(text + len, "/") != 0)
		return error_set(err, ERROR_USAGE,
			"behind the proxy's host and port nothing follows; in a user or password / "
			"is written %%2F, ? %%3F, # %%23");
	while (at > 0 && text[at - 1] != '@')
		at--;
	if (at > 0 && !set_user(proxy, text, at - 1, err))
		return false;
	text += at;
	len -= at;
	size_t host = host_len(text, len);
	if (!set_host(proxy, text, host, err))
		return false;
	return host == len || set_port(proxy, text + host + 1, len - host - 1, err);
}

struct proxy *proxy_new(const char *text, struct error *err)
{
	const struct scheme *scheme = scheme_of(text, err);

	if (!scheme)
		return NULL;
	CLEANUP(proxy_freep) struct proxy *proxy = calloc(1, sizeof *proxy);
	if (!proxy) {
		(void)error_set_memory(err);
		return NULL;
	}
	proxy->kind = scheme->kind;
	proxy->port = scheme->port;
	if (!parse(proxy, text + strlen(scheme->begins), err))
		return NULL;
	return TAKE(proxy);
}

void proxy_free(struct proxy *proxy)
{
	if (!proxy)
		return;
	free(proxy->host);
	free(proxy->user);
	free(proxy->password);
	free(proxy);
}
