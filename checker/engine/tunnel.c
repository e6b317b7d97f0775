/* SPDX-License-Identifier: MIT */
#include "checker/engine/tunnel.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/limits.h"

#define NAMED_BYTES 64 /* of the proxy's name in a message: the reason has to fit too */

/* What is waited for.  An HTTP answer is lines, a SOCKS answer is as long as its bytes say. */
enum step {
	STEP_STATUS,  /* the line with the status */
	STEP_FIELDS,  /* of a good answer, up to the empty line */
	STEP_INTERIM, /* of one that is not the last, up to the empty line */
	STEP_METHOD,  /* of authentication */
	STEP_AUTH,
	STEP_REPLY,
};

static void tunnel_fail(struct tunnel *tunnel, enum outcome outcome, bool passing, const char *fmt,
	...) PRINTF_LIKE(4, 5);

static void tunnel_fail(
	struct tunnel *tunnel, enum outcome outcome, bool passing, const char *fmt, ...)
{
	char why[sizeof tunnel->said];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(why, sizeof why, fmt, args);
	va_end(args);
	tunnel->progress = TUNNEL_FAILED;
	tunnel->outcome = outcome;
	tunnel->passing = passing;
	phrase_say(tunnel->said, sizeof tunnel->said, "the proxy %.*s:%u %s", NAMED_BYTES,
		tunnel->proxy->host, (unsigned)tunnel->proxy->port, why);
	phrase_render(tunnel->said, LANGUAGE_EN, tunnel->message, sizeof tunnel->message);
}

static void next(struct tunnel *tunnel, enum step step)
{
	tunnel->step = step;
	buf_clear(&tunnel->in);
}

/* --- HTTP: RFC 9110, 9.3.6 --- */

/* RFC 4648, 4 */
static void add_base64(struct buf *out, const struct buf *in)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const uint8_t *bytes = (const uint8_t *)buf_text(in);

	for (size_t at = 0; at < in->len; at += 3) {
		size_t left = in->len - at;
		uint32_t group = (uint32_t)bytes[at] << 16 |
				 (left > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) |
				 (left > 2 ? (uint32_t)bytes[at + 2] : 0);

		(void)buf_add_char(out, digits[group >> 18 & 63]);
		(void)buf_add_char(out, digits[group >> 12 & 63]);
		(void)buf_add_char(out, left > 1 ? digits[group >> 6 & 63] : '=');
		(void)buf_add_char(out, left > 2 ? digits[group & 63] : '=');
	}
}

/* RFC 7617, 2 */
static void add_basic(struct tunnel *tunnel)
{
	const struct proxy *proxy = tunnel->proxy;
	struct buf pair = BUF_INIT(LIMIT_GREETING_BYTES);

	(void)buf_addf(&pair, "%s:%s", proxy->user, proxy->password ? proxy->password : "");
	(void)buf_add_text(&tunnel->out, "Proxy-Authorization: Basic ");
	add_base64(&tunnel->out, &pair);
	(void)buf_add_text(&tunnel->out, "\r\n");
	tunnel->out.failed = tunnel->out.failed || pair.failed;
	buf_release(&pair);
}

static void http_ask(struct tunnel *tunnel)
{
	const char *open = strchr(tunnel->host, ':') ? "[" : "", *close = *open ? "]" : "";
	struct buf *out = &tunnel->out;

	for (int i = 0; i < 2; i++)
		(void)buf_addf(out, "%s%s%s%s:%u%s", i == 0 ? "CONNECT " : "Host: ", open,
			tunnel->host, close, (unsigned)tunnel->port,
			i == 0 ? " HTTP/1.1\r\n" : "\r\n");
	if (tunnel->proxy->user)
		add_basic(tunnel);
	(void)buf_add_text(out, "\r\n");
	next(tunnel, STEP_STATUS);
}

/* RFC 9112, 4: "HTTP/1.1 200 words"; 0 when it is nothing of that. */
static unsigned http_status(const char *line, size_t len)
{
	unsigned status = 0;

	if (len < 12 || memcmp(line, "HTTP/1.", 7) != 0 || line[8] != ' ' ||
		(len > 12 && line[12] != ' '))
		return 0;
	for (size_t i = 9; i < 12; i++) {
		if (line[i] < '0' || line[i] > '9')
			return 0;
		status = status * 10 + (unsigned)(line[i] - '0');
	}
	return status;
}

static void http_refused(struct tunnel *tunnel, unsigned status, const char *line, size_t len)
{
	static const struct {
		unsigned status;
		enum outcome outcome;
		bool passing;
		const char *words;
	} table[] = {
		{ 403, OUTCOME_UNREACHABLE, false, PHRASE("does not let us there") },
		{ 405, OUTCOME_UNREACHABLE, false, PHRASE("does not do CONNECT") },
		{ 408, OUTCOME_TIMEOUT, true, PHRASE("says we are too slow") },
		{ 429, OUTCOME_UNREACHABLE, true, PHRASE("wants fewer connections") },
		{ 500, OUTCOME_UNREACHABLE, true, PHRASE("could not connect") },
		{ 501, OUTCOME_UNREACHABLE, false, PHRASE("does not do CONNECT") },
		{ 502, OUTCOME_UNREACHABLE, true, PHRASE("could not connect") },
		{ 503, OUTCOME_UNREACHABLE, true, PHRASE("could not connect") },
		{ 504, OUTCOME_TIMEOUT, true, PHRASE("got no answer from the host") },
	};
	char said[80];

	text_printable(line, len, said, sizeof said);
	/* 401 is for servers, and what some proxies say to a wrong password. */
	if (status == 407 || status == 401) {
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false, "%s: %s",
			tunnel->proxy->user ? PHRASE("does not take that user and password")
					    : PHRASE("wants a user and password"),
			said);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].status == status) {
			tunnel_fail(tunnel, table[i].outcome, table[i].passing, "%s: %s",
				table[i].words, said);
			return;
		}
	}
	tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false, "does not connect us: %s", said);
}

static void http_line(struct tunnel *tunnel)
{
	const char *line = buf_text(&tunnel->in);
	size_t len = tunnel->in.len;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (tunnel->step != STEP_STATUS) {
		if (len == 0 && tunnel->step == STEP_FIELDS)
			tunnel->progress = TUNNEL_READY;
		else
			next(tunnel, len == 0 ? STEP_STATUS : (enum step)tunnel->step);
		return;
	}
	unsigned status = http_status(line, len);
	char said[60];
	text_printable(line, len, said, sizeof said);
	if (status == 0)
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false, "does not speak HTTP: %s", said);
	/* RFC 9110, 15.2: any number of answers may go before; nobody asked for 101. */
	else if (status >= 100 && status < 200 && status != 101)
		next(tunnel, STEP_INTERIM);
	/* RFC 9110, 9.3.6: any 2xx, and behind its empty line there is no body. */
	else if (status >= 200 && status < 300)
		next(tunnel, STEP_FIELDS);
	else
		http_refused(tunnel, status, line, len);
}

static void http_byte(struct tunnel *tunnel, uint8_t byte)
{
	if (byte == '\n')
		http_line(tunnel);
	else if (tunnel->total == 1 && (byte == 4 || byte == 5 || byte == 0))
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false,
			"does not speak HTTP; if that is SOCKS 5, it is socks5h://");
	else if (tunnel->total == 1 && (byte == 0x15 || byte == 0x16))
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false,
			"speaks TLS, and only plain HTTP is spoken to proxies");
	else
		(void)buf_add_char(&tunnel->in, (char)byte);
}

/* --- SOCKS 5: RFC 1928, RFC 1929 --- */

enum { METHOD_NONE = 0, METHOD_PASSWORD = 2, METHOD_REFUSED = 0xff };
enum { TYPE_V4 = 1, TYPE_NAME = 3, TYPE_V6 = 4 };

static void add_byte(struct tunnel *tunnel, size_t byte)
{
	(void)buf_add_char(&tunnel->out, (char)(uint8_t)byte);
}

static void add_counted(struct tunnel *tunnel, const char *text)
{
	size_t len = strlen(text);

	/* A name in DNS is no longer, nor is what proxy_new() takes. */
	assert(len <= 255);
	add_byte(tunnel, len);
	(void)buf_add_text(&tunnel->out, text);
}

static void socks_greet(struct tunnel *tunnel)
{
	add_byte(tunnel, 5);
	add_byte(tunnel, tunnel->proxy->user ? 2 : 1);
	add_byte(tunnel, METHOD_NONE);
	if (tunnel->proxy->user)
		add_byte(tunnel, METHOD_PASSWORD);
	next(tunnel, STEP_METHOD);
}

static void socks_ask(struct tunnel *tunnel)
{
	uint8_t address[16];

	(void)buf_add(&tunnel->out, "\5\1\0", 3);
	if (inet_pton(AF_INET, tunnel->host, address) == 1) {
		add_byte(tunnel, TYPE_V4);
		(void)buf_add(&tunnel->out, address, 4);
	} else if (inet_pton(AF_INET6, tunnel->host, address) == 1) {
		add_byte(tunnel, TYPE_V6);
		(void)buf_add(&tunnel->out, address, 16);
	} else {
		add_byte(tunnel, TYPE_NAME);
		add_counted(tunnel, tunnel->host);
	}
	add_byte(tunnel, tunnel->port >> 8);
	add_byte(tunnel, tunnel->port & 0xff);
	next(tunnel, STEP_REPLY);
}

static void socks_method(struct tunnel *tunnel, uint8_t method)
{
	const struct proxy *proxy = tunnel->proxy;

	if (method == METHOD_NONE) {
		socks_ask(tunnel);
	} else if (method == METHOD_PASSWORD && proxy->user) {
		add_byte(tunnel, 1);
		add_counted(tunnel, proxy->user);
		add_counted(tunnel, proxy->password ? proxy->password : "");
		next(tunnel, STEP_AUTH);
	} else if (method == METHOD_REFUSED) {
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false, "%s",
			proxy->user ? PHRASE("takes neither a password nor to be asked without one")
				    : PHRASE("wants a user and password, or something else"));
	} else {
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false,
			"chose way %u to authenticate, which was not offered", (unsigned)method);
	}
}

static void socks_refused(struct tunnel *tunnel, uint8_t reply)
{
	/* RFC 1928, 6 */
	static const struct {
		enum outcome outcome;
		bool passing;
		const char *words;
	} table[] = {
		[1] = { OUTCOME_UNREACHABLE, true, PHRASE("could not connect") },
		[2] = { OUTCOME_UNREACHABLE, false, PHRASE("does not let us there") },
		[3] = { OUTCOME_UNREACHABLE, true, PHRASE("has no route to the network") },
		[4] = { OUTCOME_UNREACHABLE, true,
			PHRASE("cannot reach the host, or does not know its name") },
		[5] = { OUTCOME_REFUSED, false, PHRASE("says the host refused the connection") },
		[6] = { OUTCOME_UNREACHABLE, true,
			PHRASE("says the way to the host is too long (TTL)") },
		[7] = { OUTCOME_UNREACHABLE, false, PHRASE("does not do CONNECT") },
		[8] = { OUTCOME_UNREACHABLE, false, PHRASE("does not know this kind of address") },
	};

	if (reply < ARRAY_LEN(table))
		tunnel_fail(tunnel, table[reply].outcome, table[reply].passing, "%s",
			table[reply].words);
	else
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false, "answers with an unknown code, %u",
			(unsigned)reply);
}

/* How long the reply is, as far as it can be known; 0 for a kind of address that there is not. */
static size_t reply_len(const uint8_t *bytes, size_t len)
{
	if (len < 5)
		return 5;
	switch (bytes[3]) {
	case TYPE_V4:
		return 4 + 4 + 2;
	case TYPE_NAME:
		return 5u + bytes[4] + 2u;
	case TYPE_V6:
		return 4 + 16 + 2;
	default:
		return 0;
	}
}

static void socks_reply(struct tunnel *tunnel, const uint8_t *bytes, size_t len)
{
	if (len == 2 && bytes[1] != 0) {
		/* What else there is of it says nothing, and some end here. */
		socks_refused(tunnel, bytes[1]);
		return;
	}
	size_t need = reply_len(bytes, len);
	if (need == 0)
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false,
			"answers with a broken reply of SOCKS 5");
	else if (len == need)
		tunnel->progress = TUNNEL_READY;
}

static void socks_byte(struct tunnel *tunnel, uint8_t byte)
{
	(void)buf_add_char(&tunnel->in, (char)byte);
	const uint8_t *bytes = (const uint8_t *)buf_text(&tunnel->in);
	size_t len = tunnel->in.len;

	if (tunnel->in.failed)
		return;
	/* RFC 1929 has a 1 here, and some servers a 5: what counts is what follows. */
	if (bytes[0] != 5 && tunnel->step != STEP_AUTH) {
		tunnel_fail(tunnel, OUTCOME_UNREACHABLE, false,
			bytes[0] == 'H'
				? N_("does not speak SOCKS 5; if that is HTTP, it is http://")
				: N_("does not speak SOCKS 5"));
		return;
	}
	if (tunnel->step == STEP_REPLY) {
		socks_reply(tunnel, bytes, len);
	} else if (len == 2 && tunnel->step == STEP_METHOD) {
		socks_method(tunnel, bytes[1]);
	} else if (len == 2 && bytes[1] == 0) {
		socks_ask(tunnel);
	} else if (len == 2) {
		tunnel_fail(
			tunnel, OUTCOME_UNREACHABLE, false, "does not take that user and password");
	}
}

/* --- Both --- */

/* Nothing that is to be sent or kept may be missing a part. */
static void check_memory(struct tunnel *tunnel)
{
	if (tunnel->in.failed || tunnel->out.failed)
		tunnel_fail(
			tunnel, OUTCOME_INTERNAL, false, "could not be spoken to: out of memory");
}

void tunnel_init(struct tunnel *tunnel, const struct proxy *proxy, const char *host, uint16_t port)
{
	*tunnel = (struct tunnel){
		.proxy = proxy,
		.host = host,
		.port = port,
		.in = BUF_INIT(LIMIT_GREETING_BYTES),
		.out = BUF_INIT(LIMIT_GREETING_BYTES),
	};
	if (proxy->kind == PROXY_HTTP)
		http_ask(tunnel);
	else
		socks_greet(tunnel);
	check_memory(tunnel);
}

void tunnel_release(struct tunnel *tunnel)
{
	buf_release(&tunnel->in);
	buf_release(&tunnel->out);
}

enum tunnel_progress tunnel_feed(
	struct tunnel *tunnel, const void *bytes, size_t len, size_t *ret_taken)
{
	const uint8_t *at = bytes;
	size_t taken = 0;

	while (taken < len && tunnel->progress == TUNNEL_MORE) {
		if (++tunnel->total > LIMIT_GREETING_BYTES) {
			tunnel_fail(
				tunnel, OUTCOME_LIMIT, false, "sent an answer that does not end");
			break;
		}
		if (tunnel->proxy->kind == PROXY_HTTP)
			http_byte(tunnel, at[taken++]);
		else
			socks_byte(tunnel, at[taken++]);
		check_memory(tunnel);
	}
	*ret_taken = taken;
	return tunnel->progress;
}
