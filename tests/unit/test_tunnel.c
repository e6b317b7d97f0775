/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/engine/tunnel.h"
#include "checker/limits.h"

#define HTTP "http://proxy.example.hk:3128"
#define HTTP_USER "http://Aladdin:open%20sesame@proxy.example.hk:3128"
#define SOCKS "socks5h://proxy.example.hk:1080"
#define SOCKS_USER "socks5h://scan:secret@proxy.example.hk:1080"

#define BYTES(text) text, sizeof(text) - 1
#define CONNECT "CONNECT www.example.hk:443 HTTP/1.1\r\nHost: www.example.hk:443\r\n"
#define NAME_REQUEST "\5\1\0\3\16www.example.hk\1\273"

/* SAYS is all that the proxy says, the last BEHIND bytes of it the target; SENT all that it gets.
 */
static const struct dialogue {
	const char *descr, *proxy, *host;
	const char *says;
	size_t says_len, behind;
	const char *sent;
	size_t sent_len;
	enum tunnel_progress progress;
	enum outcome outcome;
	bool passing;
	const char *words;
} dialogues[] = {
	{ "CONNECT, as it should be", HTTP, "www.example.hk",
		BYTES("HTTP/1.1 200 Connection established\r\n\r\n"), 0, BYTES(CONNECT "\r\n"),
		TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "CONNECT, the target speaks at once", HTTP, "www.example.hk",
		BYTES("HTTP/1.0 200 OK\r\nVia: x\r\nContent-Length: 9\r\n\r\n\r\n220 mx\r\n"), 10,
		BYTES(CONNECT "\r\n"), TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "CONNECT, bare line ends and no words", HTTP, "www.example.hk",
		BYTES("HTTP/1.1 204\nA: b\n\n\x16\x03\x01"), 3, BYTES(CONNECT "\r\n"), TUNNEL_READY,
		OUTCOME_SERVED, false, "" },
	{ "CONNECT, an answer before the answer", HTTP, "www.example.hk",
		BYTES("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 "
		      "OK\r\n\r\n\n"),
		1, BYTES(CONNECT "\r\n"), TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "CONNECT with a password (RFC 7617, 2)", HTTP_USER, "www.example.hk",
		BYTES("HTTP/1.1 200 OK\r\n\r\n"), 0,
		BYTES(CONNECT "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
		TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "CONNECT to an IPv6 address", HTTP, "2001:db8::1", BYTES("HTTP/1.1 200 OK\r\n\r\n"), 0,
		BYTES("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n"),
		TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "CONNECT, a password is wanted", HTTP, "www.example.hk",
		BYTES("HTTP/1.1 407 Proxy Authentication Required\r\n"), 0, BYTES(CONNECT "\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"the proxy proxy.example.hk:3128 wants a user and password: HTTP/1.1 407" },
	{ "CONNECT, another password is wanted", HTTP_USER, "www.example.hk",
		BYTES("HTTP/1.1 407 no\r\n"), 0,
		BYTES(CONNECT "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "does not take that user and password" },
	{ "CONNECT, another password is wanted, as Tinyproxy says it", HTTP_USER, "www.example.hk",
		BYTES("HTTP/1.0 401 Unauthorized\r\n"), 0,
		BYTES(CONNECT "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "does not take that user and password" },
	{ "CONNECT, forbidden", HTTP, "www.example.hk", BYTES("HTTP/1.1 403 Forbidden\r\n"), 0,
		BYTES(CONNECT "\r\n"), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"does not let us there: HTTP/1.1 403 Forbidden" },
	{ "CONNECT, no connection", HTTP, "www.example.hk",
		BYTES("HTTP/1.1 503 Service Unavailable\r\n"), 0, BYTES(CONNECT "\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, true, "could not connect: HTTP/1.1 503" },
	{ "CONNECT, too late", HTTP, "www.example.hk", BYTES("HTTP/1.1 504 Timeout\r\n"), 0,
		BYTES(CONNECT "\r\n"), TUNNEL_FAILED, OUTCOME_TIMEOUT, true,
		"no answer from the host" },
	{ "CONNECT, another status", HTTP, "www.example.hk",
		BYTES("HTTP/1.1 302 \x1b[31mFound\xff\r\n"), 0, BYTES(CONNECT "\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"does not connect us: HTTP/1.1 302 \\u{001B}[31mFound\\xFF" },
	{ "CONNECT, another protocol", HTTP, "www.example.hk",
		BYTES("HTTP/1.1 101 Switching Protocols\r\n"), 0, BYTES(CONNECT "\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "does not connect us" },
	{ "CONNECT, no HTTP", HTTP, "www.example.hk", BYTES("220 mx\r\n"), 0, BYTES(CONNECT "\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "does not speak HTTP: 220 mx" },
	{ "CONNECT, HTTP 2", HTTP, "www.example.hk", BYTES("HTTP/2 200 OK then\r\n"), 0,
		BYTES(CONNECT "\r\n"), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"does not speak HTTP" },
	{ "CONNECT, a number of four digits", HTTP, "www.example.hk", BYTES("HTTP/1.1 2000 OK\r\n"),
		0, BYTES(CONNECT "\r\n"), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"does not speak HTTP" },
	{ "CONNECT to SOCKS", HTTP, "www.example.hk", BYTES("\5\377"), 1, BYTES(CONNECT "\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "it is socks5h://" },
	{ "CONNECT to TLS", HTTP, "www.example.hk", BYTES("\x15\x03\x01"), 2, BYTES(CONNECT "\r\n"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "speaks TLS" },
	{ "CONNECT, still waiting", HTTP, "www.example.hk", BYTES("HTTP/1.1 200 OK\r\nA: b\r\n\r"),
		0, BYTES(CONNECT "\r\n"), TUNNEL_MORE, OUTCOME_SERVED, false, "" },

	{ "SOCKS, as it should be", SOCKS, "www.example.hk",
		BYTES("\5\0\5\0\0\1\0\0\0\0\0\0"
		      "\x16\3"),
		2, BYTES("\5\1\0" NAME_REQUEST), TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "SOCKS, bound to a name", SOCKS, "www.example.hk",
		BYTES("\5\0\5\0\0\3\2ab\1\2"
		      "220 "),
		4, BYTES("\5\1\0" NAME_REQUEST), TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "SOCKS, bound to a name of no bytes", SOCKS, "www.example.hk",
		BYTES("\5\0\5\0\0\3\0\1\2"
		      "220 "),
		4, BYTES("\5\1\0" NAME_REQUEST), TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "SOCKS, bound to an IPv6 address", SOCKS, "www.example.hk",
		BYTES("\5\0\5\0\0\4"
		      "0123456789abcdef"
		      "\1\2"
		      "+OK"),
		3, BYTES("\5\1\0" NAME_REQUEST), TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "SOCKS to an IPv4 address", SOCKS, "192.0.2.1", BYTES("\5\0\5\0\0\1\0\0\0\0\0\0"), 0,
		BYTES("\5\1\0\5\1\0\1\300\0\2\1\1\273"), TUNNEL_READY, OUTCOME_SERVED, false, "" },
	{ "SOCKS to an IPv6 address", SOCKS, "2001:db8::1", BYTES("\5\0\5\0\0\1\0\0\0\0\0\0"), 0,
		BYTES("\5\1\0\5\1\0\4\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\1\273"), TUNNEL_READY,
		OUTCOME_SERVED, false, "" },
	{ "SOCKS with a password", SOCKS_USER, "www.example.hk",
		BYTES("\5\2\1\0\5\0\0\1\0\0\0\0\0\0"), 0,
		BYTES("\5\2\0\2\1\4scan\6secret" NAME_REQUEST), TUNNEL_READY, OUTCOME_SERVED, false,
		"" },
	{ "SOCKS with a password that nobody wants", SOCKS_USER, "www.example.hk",
		BYTES("\5\0\5\0\0\1\0\0\0\0\0\0"), 0, BYTES("\5\2\0\2" NAME_REQUEST), TUNNEL_READY,
		OUTCOME_SERVED, false, "" },
	{ "SOCKS, another password is wanted", SOCKS_USER, "www.example.hk", BYTES("\5\2\1\1"), 0,
		BYTES("\5\2\0\2\1\4scan\6secret"), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"the proxy proxy.example.hk:1080 does not take that user and password" },
	{ "SOCKS, a password is wanted", SOCKS, "www.example.hk", BYTES("\5\377"), 0,
		BYTES("\5\1\0"), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"wants a user and password" },
	{ "SOCKS, a way that was not offered", SOCKS, "www.example.hk", BYTES("\5\2"), 0,
		BYTES("\5\1\0"), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "was not offered" },
	{ "SOCKS, GSSAPI", SOCKS_USER, "www.example.hk", BYTES("\5\1"), 0, BYTES("\5\2\0\2"),
		TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "chose way 1" },
	{ "SOCKS, refused", SOCKS, "www.example.hk", BYTES("\5\0\5\5"), 0,
		BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED, OUTCOME_REFUSED, false,
		"says the host refused the connection" },
	{ "SOCKS, refused, the reply is whole", SOCKS, "www.example.hk",
		BYTES("\5\0\5\5\0\1\0\0\0\0\0\0"), 8, BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED,
		OUTCOME_REFUSED, false, "refused" },
	{ "SOCKS, no route", SOCKS, "www.example.hk", BYTES("\5\0\5\3"), 0,
		BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED, OUTCOME_UNREACHABLE, true,
		"no route to the network" },
	{ "SOCKS, no host", SOCKS, "www.example.hk", BYTES("\5\0\5\4"), 0,
		BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED, OUTCOME_UNREACHABLE, true,
		"cannot reach the host" },
	{ "SOCKS, forbidden", SOCKS, "www.example.hk", BYTES("\5\0\5\2"), 0,
		BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"does not let us there" },
	{ "SOCKS, a code that there is not", SOCKS, "www.example.hk", BYTES("\5\0\5\311"), 0,
		BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"unknown code, 201" },
	{ "SOCKS, an address that there is not", SOCKS, "www.example.hk",
		BYTES("\5\0\5\0\0\2\0\0\0"), 2, BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED,
		OUTCOME_UNREACHABLE, false, "broken reply" },
	{ "SOCKS 4", SOCKS, "www.example.hk", BYTES("\0\x5b"), 1, BYTES("\5\1\0"), TUNNEL_FAILED,
		OUTCOME_UNREACHABLE, false, "does not speak SOCKS 5" },
	{ "SOCKS to HTTP", SOCKS, "www.example.hk", BYTES("HTTP/1.1 400 Bad Request\r\n"), 25,
		BYTES("\5\1\0"), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false, "it is http://" },
	{ "SOCKS, another version in between", SOCKS, "www.example.hk", BYTES("\5\0\4\0\0"), 2,
		BYTES("\5\1\0" NAME_REQUEST), TUNNEL_FAILED, OUTCOME_UNREACHABLE, false,
		"does not speak SOCKS 5" },
	{ "SOCKS, still waiting", SOCKS, "www.example.hk", BYTES("\5\0\5\0\0\3\20"), 0,
		BYTES("\5\1\0" NAME_REQUEST), TUNNEL_MORE, OUTCOME_SERVED, false, "" },
};

/* Takes away what is to be sent. */
static void collect(struct tunnel *tunnel, struct buf *sent)
{
	buf_add(sent, buf_text(&tunnel->out), tunnel->out.len);
	buf_clear(&tunnel->out);
}

/* Feeds what is said cut into pieces: the first FIRST bytes, then PIECE at a time. */
static void hold(const struct dialogue *dialogue, size_t first, size_t piece)
{
	struct error err = { 0 };
	CLEANUP(proxy_freep) struct proxy *proxy = proxy_new(dialogue->proxy, &err);
	struct tunnel tunnel;
	struct buf sent = BUF_INIT(65536);
	size_t at = 0, taken = 0;

	cr_assert(proxy, "%s", err.text);
	tunnel_init(&tunnel, proxy, dialogue->host, 443);
	collect(&tunnel, &sent);
	while (at < dialogue->says_len && tunnel.progress == TUNNEL_MORE) {
		size_t part = at == 0 && first > 0 ? first : piece, took = 0;

		if (part > dialogue->says_len - at)
			part = dialogue->says_len - at;
		(void)tunnel_feed(&tunnel, dialogue->says + at, part, &took);
		cr_expect_leq(took, part, "%s", dialogue->descr);
		collect(&tunnel, &sent);
		at += part;
		taken += took;
	}
	cr_expect_eq(tunnel.progress, dialogue->progress, "%s (%zu, %zu): got %d: %s",
		dialogue->descr, first, piece, (int)tunnel.progress, tunnel.message);
	cr_expect_eq(
		tunnel.outcome, dialogue->outcome, "%s (%zu, %zu)", dialogue->descr, first, piece);
	cr_expect_eq(tunnel.passing, dialogue->passing, "%s", dialogue->descr);
	cr_expect_eq(taken, dialogue->says_len - dialogue->behind, "%s (%zu, %zu): took %zu",
		dialogue->descr, first, piece, taken);
	cr_expect(strstr(tunnel.message, dialogue->words), "%s: '%s'", dialogue->descr,
		tunnel.message);
	cr_expect(
		sent.len == dialogue->sent_len && memcmp(sent.data, dialogue->sent, sent.len) == 0,
		"%s (%zu, %zu): sent %zu: '%s'", dialogue->descr, first, piece, sent.len,
		buf_text(&sent));
	buf_release(&sent);
	tunnel_release(&tunnel);
}

Test(tunnel, speaks_however_it_is_cut)
{
	for (size_t i = 0; i < ARRAY_LEN(dialogues); i++) {
		size_t len = dialogues[i].says_len;

		hold(&dialogues[i], 0, len);
		hold(&dialogues[i], 0, 1);
		for (size_t first = 1; first < len; first++)
			hold(&dialogues[i], first, len);
	}
}

static const struct {
	const char *descr, *begins, *again; /* said without an end */
} floods[] = {
	{ "a status without an end", "HTTP/1.1 200 ", "a" },
	{ "fields without an end", "HTTP/1.1 200 OK\r\n", "A: b\r\n" },
	{ "a field without an end", "HTTP/1.1 200 OK\r\nA: ", "b" },
	{ "answers before the answer without an end", "", "HTTP/1.1 100 Continue\r\n\r\n" },
};

Test(tunnel, has_a_limit)
{
	for (size_t i = 0; i < ARRAY_LEN(floods); i++) {
		struct error err = { 0 };
		CLEANUP(proxy_freep) struct proxy *proxy = proxy_new(HTTP, &err);
		struct tunnel tunnel;
		size_t said = 0, took;

		cr_assert(proxy);
		tunnel_init(&tunnel, proxy, "www.example.hk", 443);
		(void)tunnel_feed(&tunnel, floods[i].begins, strlen(floods[i].begins), &took);
		while (tunnel.progress == TUNNEL_MORE && said < 2 * LIMIT_GREETING_BYTES) {
			(void)tunnel_feed(&tunnel, floods[i].again, strlen(floods[i].again), &took);
			said += strlen(floods[i].again);
		}
		cr_expect_eq(tunnel.progress, TUNNEL_FAILED, "%s", floods[i].descr);
		cr_expect_eq(
			tunnel.outcome, OUTCOME_LIMIT, "%s: %s", floods[i].descr, tunnel.message);
		cr_expect_leq(tunnel.in.room, 2 * LIMIT_GREETING_BYTES, "%s", floods[i].descr);
		tunnel_release(&tunnel);
	}
}
