/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/tls/wire.h"

static const struct {
	const char *descr, *bytes;
	size_t len;
	bool last;
	enum wire_kind kind;
	const char *words;
} openings[] = {
	{ "a handshake record", "\x16\x03\x03\0\x40", 5, false, WIRE_TLS, "" },
	{ "an alert of SSL 3.0", "\x15\x03\x00", 3, false, WIRE_TLS, "" },
	{ "a record of no known version", "\x16\x05\x00\0\0", 5, false, WIRE_OTHER, "TLS record" },
	{ "two bytes of a record", "\x16\x03", 2, false, WIRE_SHORT, "" },
	{ "two bytes and no more", "\x16\x03", 2, true, WIRE_OTHER, "TLS record" },
	{ "nothing", "", 0, false, WIRE_SHORT, "" },
	{ "SSL 2.0", "\x80\x2e\x04\0\x01\0\x02", 7, false, WIRE_SSL2, "" },
	{ "SSL 2.0, not all of it", "\x80\x2e\x04\0\x01\0", 6, false, WIRE_SHORT, "" },
	{ "HTTP", "HTTP/1.1", 8, false, WIRE_OTHER, "plain HTTP" },
	{ "HTTP 0.9", "<html>", 6, false, WIRE_OTHER, "plain HTTP" },
	{ "SSH", "SSH-2.0", 7, false, WIRE_OTHER, "SSH" },
	{ "SMTP", "220-mx", 6, false, WIRE_OTHER, "SMTP" },
	{ "POP3", "+OK\r\n", 5, false, WIRE_OTHER, "POP3" },
	{ "IMAP", "* OK re", 7, false, WIRE_OTHER, "IMAP" },
	{ "MySQL", "\x4a\0\0\0\x0a\x35", 6, false, WIRE_OTHER, "MySQL" },
	{ "zeros", "\0\0\0\0\0\0\0", 7, false, WIRE_OTHER, "TLS record" },
	{ "high bytes", "\xff\xff\xff\xff\xff\xff\xff", 7, false, WIRE_OTHER, "TLS record" },
};

Test(wire, tells_what_begins)
{
	for (size_t i = 0; i < ARRAY_LEN(openings); i++) {
		const char *words = "";
		enum wire_kind kind = wire_kind((const uint8_t *)openings[i].bytes, openings[i].len,
			openings[i].last, &words);

		cr_expect_eq(kind, openings[i].kind, "%s: got %d", openings[i].descr, (int)kind);
		cr_expect(strstr(words, openings[i].words), "%s: '%s'", openings[i].descr, words);
	}
}

static bool note(void *arg, const uint8_t *der, size_t len)
{
	struct buf *seen = arg;

	return buf_addf(seen, "[%.*s]", (int)len, (const char *)der);
}

static const struct {
	const char *descr;
	bool tls13;
	const char *body;
	size_t len;
	const char *seen;
} lists[] = {
	{ "two", false,
		"\0\0\x0a\0\0\x03"
		"abc"
		"\0\0\x01"
		"d",
		13, "[abc][d]" },
	{ "none", false, "\0\0\0", 3, "" },
	{ "one of no bytes", false, "\0\0\x03\0\0\0", 6, "[]" },
	{ "a list longer than the message", false,
		"\0\0\x0b\0\0\x03"
		"abc"
		"\0\0\x01"
		"d",
		13, "" },
	{ "a certificate longer than the list", false,
		"\0\0\x0a\0\0\x03"
		"abc"
		"\0\0\x02"
		"d",
		13, "[abc]" },
	{ "a length cut off", false,
		"\0\0\x08\0\0\x03"
		"abc"
		"\0\0",
		11, "[abc]" },
	{ "nothing at all", false, "", 0, "" },
	{ "TLS 1.3, with extensions", true,
		"\0\0\0\x10\0\0\x03"
		"abc"
		"\0\x02"
		"xx"
		"\0\0\x01"
		"d"
		"\0\0",
		20, "[abc][d]" },
	{ "TLS 1.3, a context", true,
		"\x02"
		"cc"
		"\0\0\x06\0\0\x01"
		"d"
		"\0\0",
		12, "[d]" },
	{ "TLS 1.3, a context longer than the message", true,
		"\x20"
		"cc",
		3, "" },
	{ "TLS 1.3, extensions that lie", true,
		"\0\0\0\x0c\0\0\x01"
		"d"
		"\0\x09\0\0\x01"
		"e\0\0",
		16, "[d]" },
};

Test(wire, reads_certificates)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct buf seen = BUF_INIT(200);
		/* On the heap and no longer than it is, so that a read too far is seen. */
		uint8_t *body = malloc(lists[i].len ? lists[i].len : 1);

		cr_assert_not_null(body);
		memcpy(body, lists[i].body, lists[i].len);
		cr_expect(wire_certificates(body, lists[i].len, lists[i].tls13, note, &seen), "%s",
			lists[i].descr);
		cr_expect_str_eq(buf_text(&seen), lists[i].seen, "%s: '%s'", lists[i].descr,
			buf_text(&seen));
		buf_release(&seen);
		free(body);
	}
}

static bool refuse(void *arg, const uint8_t *der, size_t len)
{
	(void)der;
	(void)len;
	return ++*(unsigned *)arg < 2;
}

Test(wire, stops_when_told)
{
	static const uint8_t body[] = "\0\0\x0c\0\0\x01"
				      "a"
				      "\0\0\x01"
				      "b"
				      "\0\0\x01"
				      "c";
	unsigned calls = 0;

	cr_expect_not(wire_certificates(body, sizeof body - 1, false, refuse, &calls));
	cr_expect_eq(calls, 2);
}
