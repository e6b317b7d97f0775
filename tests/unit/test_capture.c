/* SPDX-License-Identifier: MIT */
/* Captures: what of each format becomes of it, and what is refused where. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/capture/capture.h"
#include "checker/capture/capture_words.h"
#include "checker/observation.h"
#include "checker/target/target.h"

/* "one", "two", "three" as base64, and in PEM. */
#define ONE "b25l"
#define TWO "dHdv"
#define THREE "dGhyZWU="
#define PEM(base64) "-----BEGIN CERTIFICATE-----\\n" base64 "\\n-----END CERTIFICATE-----\\n"
#define BLOCK(base64) "-----BEGIN CERTIFICATE-----\n" base64 "\n-----END CERTIFICATE-----\n"

#define TLSX_HEAD \
	"{\"timestamp\":\"2026-01-15T16:00:00.123456789+08:00\",\"host\":\"www.example.hk\","
#define TLSX(rest) \
	TLSX_HEAD "\"ip\":\"192.0.2.7\",\"port\":\"8443\",\"probe_status\":true," rest "}\n"
#define TLSX_GOOD                                                                              \
	TLSX("\"tls_version\":\"tls12\",\"cipher\":\"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\"," \
	     "\"tls_connection\":\"ctls\",\"sni\":\"www.example.hk\",\"certificate\":\"" PEM(  \
		     ONE) "\",\"chain\":[{\"certificate\":\"" PEM(TWO) "\"}]")

#define ZGRAB2(data) "{\"ip\":\"192.0.2.7\",\"domain\":\"www.example.hk\",\"data\":{" data "}}\n"
#define LOG                                                                                        \
	"{\"handshake_log\":{\"server_hello\":{\"version\":{\"name\":\"TLSv1.2\",\"value\":771},"  \
	"\"cipher_suite\":{\"hex\":\"0x1302\",\"name\":\"TLS_AES_256_GCM_SHA384\",\"value\":4866}" \
	"},"                                                                                       \
	"\"server_certificates\":{\"certificate\":{\"raw\":\"" ONE                                 \
	"\"},\"chain\":[{\"raw\":\"" TWO "\"},{\"raw\":\"" THREE "\"}]}}}"
#define STATUS(name, status, rest) \
	"\"" name "\":{\"status\":\"" status "\",\"protocol\":\"" name "\",\"port\":443," rest "}"

#define CHAIN_LINE(n) " " n " s:CN = www\n   i:CN = CA\n"
#define S_CLIENT_TAIL                                                                     \
	"---\nServer certificate\nsubject=CN = www\n---\nNo client certificate CA names " \
	"sent\n---\nNew, TLSv1.2, Cipher is ECDHE-RSA-AES256-GCM-SHA384\nSSL-Session:\n"  \
	"    Protocol  : TLSv1.2\n    Start Time: 1768464000\n---\nDONE\n"
#define S_CLIENT                                                                                   \
	"CONNECTED(00000003)\n---\nCertificate chain\n" CHAIN_LINE("0") BLOCK(ONE) CHAIN_LINE("1") \
		BLOCK(TWO) S_CLIENT_TAIL
#define COMMAND "+ openssl s_client -connect www.example.hk:8443 -showcerts\n"

static const struct {
	const char *descr;
	enum capture_kind kind;
	const char *text;
	/* One line each: host|port|protocol|address|sni|outcome|version|cipher|certificates */
	const char *want;
} rows[] = {
	{ "tlsx", CAPTURE_TLSX, TLSX_GOOD,
		"www.example.hk|8443|tls|192.0.2.7|www.example.hk|-|TLSv1.2|"
		"ECDHE-RSA-AES256-GCM-SHA384|one two\n" },
	{ "tlsx: the port may be a number, the certificate base64 alone", CAPTURE_TLSX,
		"{\"host\":\"192.0.2.7\",\"port\":443,\"sni\":\"192.0.2.7\",\"certificate\":\"" ONE
		"\",\"chain\":[{\"certificate\":\"" TWO "\"}]}",
		"192.0.2.7|443|tls|||-|||one two\n" },
	{ "tlsx: openssl shows the leaf twice", CAPTURE_TLSX,
		TLSX("\"tls_connection\":\"openssl\",\"certificate\":\"" PEM(
			ONE) "\",\"chain\":[{"
			     "\"certificate\":\"" PEM(ONE) "\"},{\"certificate\":\"" PEM(
				     TWO) "\"}]"),
		"www.example.hk|8443|tls|192.0.2.7||-|||one two\n" },
	{ "tlsx: a leaf alone, beside one with a chain", CAPTURE_TLSX,
		TLSX("\"certificate\":\"" PEM(ONE) "\"") "\n" TLSX_GOOD,
		"www.example.hk|8443|tls|192.0.2.7||-|||one\n"
		"www.example.hk|8443|tls|192.0.2.7|www.example.hk|-|TLSv1.2|"
		"ECDHE-RSA-AES256-GCM-SHA384|one two\n" },
	{ "tlsx: what failed", CAPTURE_TLSX,
		"{\"host\":\"a.hk\",\"port\":\"443\",\"probe_status\":false,\"error\":\"could not "
		"connect: i/o timeout\"}\n{\"host\":\"b.hk\",\"probe_status\":false}\n",
		"a.hk|443|tls|||timeout|||\nb.hk|0|tls|||unreachable|||\n" },
	{ "zgrab2: the suite says TLS 1.3", CAPTURE_ZGRAB2,
		ZGRAB2(STATUS("tls", "success",
			"\"timestamp\":\"2026-01-15T08:00:00Z\",\"result\":" LOG)),
		"www.example.hk|443|tls|192.0.2.7|www.example.hk|-|TLSv1.3|"
		"TLS_AES_256_GCM_SHA384|one two three\n" },
	{ "zgrab2: http, its first request", CAPTURE_ZGRAB2,
		ZGRAB2(STATUS("http", "success",
			"\"result\":{\"redirect_response_chain\":[{\"request\":{\"tls_log\":" LOG
			"}}],\"response\":{\"request\":{\"tls_log\":{\"handshake_log\":{}}}}}")),
		"www.example.hk|443|https|192.0.2.7|www.example.hk|-|TLSv1.3|"
		"TLS_AES_256_GCM_SHA384|one two three\n" },
	{ "zgrab2: two modules, and one without TLS", CAPTURE_ZGRAB2,
		ZGRAB2(STATUS("smtp", "success", "\"result\":{\"tls\":" LOG "}") "," STATUS(
			"ssh", "success", "\"result\":{}") "," STATUS("imap", "connection-timeout",
			"\"error\":\"dial tcp: connect: connection refused\"")),
		"www.example.hk|443|smtp|192.0.2.7|www.example.hk|-|TLSv1.3|"
		"TLS_AES_256_GCM_SHA384|one two three\n"
		"www.example.hk|443|imap|192.0.2.7|www.example.hk|refused|||\n" },
	{ "zgrab2: what failed behind the certificates", CAPTURE_ZGRAB2,
		ZGRAB2(STATUS("tls", "unknown-error",
			"\"error\":\"remote error: tls: bad certificate\",\"result\":" LOG)),
		"www.example.hk|443|tls|192.0.2.7|www.example.hk|handshake|TLSv1.3|"
		"TLS_AES_256_GCM_SHA384|one two three\n" },
	{ "s_client says neither host nor port", CAPTURE_S_CLIENT, S_CLIENT,
		"a file|0|tls|||-|TLSv1.2|ECDHE-RSA-AES256-GCM-SHA384|one two\n" },
	{ "s_client, several, by their commands", CAPTURE_S_CLIENT,
		COMMAND S_CLIENT "$ openssl s_client -starttls smtp -connect '[2001:db8::1]:25' "
				 "-servername mail.example.hk\n" S_CLIENT S_CLIENT,
		"www.example.hk|8443|tls||www.example.hk|-|TLSv1.2|ECDHE-RSA-AES256-GCM-SHA384|one "
		"two\n2001:db8::1|25|smtp||mail.example.hk|-|TLSv1.2|ECDHE-RSA-AES256-GCM-SHA384|"
		"one two\na file:53|0|tls|||-|TLSv1.2|ECDHE-RSA-AES256-GCM-SHA384|one two\n" },
	{ "s_client: standard error comes first", CAPTURE_S_CLIENT,
		"Connecting to 192.0.2.9\ndepth=0 CN = www\n" S_CLIENT
		"40:error:8000006F:system library:BIO_connect:Connection refused:a.c:1:calling()\n"
		"connect:errno=111\n"
		"40:error:0A00010B:SSL routines::wrong version number:r.c:350:\n"
		"CONNECTED(00000003)\n---\nno peer certificate available\n---\n"
		"New, (NONE), Cipher is (NONE)\n---\n",
		"a file:3|0|tls|192.0.2.9||-|TLSv1.2|ECDHE-RSA-AES256-GCM-SHA384|one two\n"
		"a file:29|0|tls|||refused|||\na file:31|0|tls|||not-tls|||\n" },
};

static void describe(const struct observation *seen, struct buf *out)
{
	const struct target *target = seen->target;
	const char *outcome = outcome_name(seen->outcome);

	(void)buf_addf(out, "%s|%u|%s|%s|%s|%s|%s|%s|", target->host, (unsigned)target->port,
		protocol_info(target->protocol)->name, seen->address,
		target->sni ? target->sni : "", outcome ? outcome : "-", seen->version,
		seen->cipher);
	for (size_t i = 0; i < seen->chain.count; i++)
		(void)buf_addf(out, "%s%.*s", i > 0 ? " " : "", (int)seen->chain.items[i].len,
			(const char *)seen->chain.items[i].bytes);
	(void)buf_add_char(out, '\n');
	cr_expect_eq(seen->proven, PROOF_UNKNOWN);
}

static struct capture *open_text(
	const struct capture_options *options, const char *text, struct error *err)
{
	struct capture *capture = capture_new(options, err);

	cr_assert(capture_add_bytes(capture, "a file", text, strlen(text), err));
	return capture;
}

Test(capture, becomes_what_was_seen)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct capture_options options = { .kind = rows[i].kind };
		struct error err = { .code = ERROR_NONE };
		CLEANUP(capture_freep)
		struct capture *capture = open_text(&options, rows[i].text, &err);
		CLEANUP(buf_release) struct buf have = BUF_INIT(4096);
		struct observation *seen;
		size_t count = 0;

		cr_expect(capture_prepare(capture, &err), "%s: %s", rows[i].descr, err.text);
		while ((seen = capture_next(capture, &err))) {
			cr_expect_eq(seen->target->number, count++);
			describe(seen, &have);
			observation_free(seen);
		}
		cr_expect_eq(err.code, ERROR_NONE, "%s", err.text);
		cr_expect_eq(count, capture_count(capture), "%s", rows[i].descr);
		cr_expect_str_eq(
			buf_text(&have), rows[i].want, "%s:\n%s", rows[i].descr, buf_text(&have));
	}
}

static const struct {
	const char *descr;
	enum capture_kind kind;
	const char *text, *want;
	bool is_of_file; /* not of one connection, so that nothing can be skipped */
} faults[] = {
	{ "tlsx: no JSON", CAPTURE_TLSX, TLSX_GOOD "{\n", "a file:2: not JSON: ", false },
	{ "tlsx: no object", CAPTURE_TLSX, "\n\n[]\n", "a file:3: not an object of JSON", false },
	{ "tlsx: no host", CAPTURE_TLSX, "{\"certificate\":\"" ONE "\"}",
		"a file:1: there is no \"host\": is it what tlsx -json writes?", false },
	{ "tlsx: without -cert", CAPTURE_TLSX, "{\"host\":\"a.hk\",\"subject_cn\":\"a.hk\"}",
		"a file:1: there is no \"certificate\": tlsx writes it with -cert", false },
	{ "tlsx: a host that is none", CAPTURE_TLSX,
		"{\"host\":\"a b\",\"certificate\":\"" ONE "\"}",
		"a file:1: host \"a b\": ", false },
	{ "tlsx: an address that is none", CAPTURE_TLSX, "{\"host\":\"a\",\"ip\":\"300.1.1.1\"}",
		"a file:1: \"300.1.1.1\" is no address", false },
	{ "tlsx: a port that is none", CAPTURE_TLSX, "{\"host\":\"a\",\"port\":\"65536\"}",
		"a file:1: \"65536\" is no port", false },
	{ "tlsx: a time that is none", CAPTURE_TLSX, "{\"host\":\"a\",\"timestamp\":\"noon\"}",
		"a file:1: \"noon\" is no time as RFC 3339 has it", false },
	{ "tlsx: no base64", CAPTURE_TLSX, "{\"host\":\"a\",\"certificate\":\"****\"}",
		"a file:1: a certificate in it is neither PEM nor base64", false },
	{ "tlsx: without -tls-chain", CAPTURE_TLSX, TLSX("\"certificate\":\"" PEM(ONE) "\""),
		"a file: nothing in it has a \"chain\"", true },
	{ "tlsx: an empty file", CAPTURE_TLSX, "\n", "a file: there is no connection of tlsx in it",
		true },
	{ "zgrab2: of another program", CAPTURE_ZGRAB2, TLSX_GOOD,
		"a file:1: there is no \"data\": is it what zgrab2 writes?", false },
	{ "zgrab2: nowhere", CAPTURE_ZGRAB2,
		"{\"data\":{" STATUS("tls", "success", "\"result\":" LOG) "}}",
		"a file:1: there is neither a \"domain\" nor an \"ip\"", false },
	{ "zgrab2: without the bytes", CAPTURE_ZGRAB2,
		ZGRAB2(STATUS("tls", "success",
			"\"result\":{\"handshake_log\":{\"server_certificates\":{\"certificate\":{}"
			"}}}")),
		"a file:1: a certificate of the handshake has no \"raw\"", false },
	{ "s_client without -showcerts", CAPTURE_S_CLIENT,
		"CONNECTED(00000003)\n---\nCertificate chain\n" CHAIN_LINE("0") CHAIN_LINE("1")
			S_CLIENT_TAIL,
		"a file:1: 2 certificates were sent and 0 are there: s_client shows all with "
		"-showcerts",
		false },
	{ "s_client, cut off", CAPTURE_S_CLIENT,
		"CONNECTED(00000003)\n---\nCertificate chain\n" CHAIN_LINE(
			"0") "-----BEGIN CERTIFICATE-----\n" ONE "\n",
		"a file:1: the certificate in it has no end", false },
	{ "s_client: a letter", CAPTURE_S_CLIENT, "Dear Sir or Madam,\n",
		"a file: there is no connection of s_client in it", true },
};

Test(capture, that_cannot_be_used_is_refused_with_file_and_line)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const struct capture_options options = { .kind = faults[i].kind };
		struct error err = { .code = ERROR_NONE };
		CLEANUP(capture_freep)
		struct capture *capture = open_text(&options, faults[i].text, &err);

		cr_expect_not(capture_prepare(capture, &err), "%s", faults[i].descr);
		cr_expect_eq(strncmp(err.text, faults[i].want, strlen(faults[i].want)), 0, "%s: %s",
			faults[i].descr, err.text);
	}
}

/* How many are bad ones. */
static size_t skim(struct capture *capture, const char *want)
{
	struct error err = { .code = ERROR_NONE };
	struct observation *seen;
	size_t bad = 0;

	while ((seen = capture_next(capture, &err))) {
		if (seen->outcome == OUTCOME_BAD_TARGET) {
			bad++;
			cr_expect(strstr(want, seen->message) || strstr(seen->message, "not JSON"),
				"%s: %s", want, seen->message);
			cr_expect_not_null(seen->target->fault);
			cr_expect_eq(seen->chain.count, 0);
		}
		observation_free(seen);
	}
	cr_expect_eq(err.code, ERROR_NONE);
	return bad;
}

Test(capture, that_cannot_be_used_may_become_a_result)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const struct capture_options options = { .kind = faults[i].kind,
			.skip_bad_input = true };
		struct error err = { .code = ERROR_NONE };
		CLEANUP(capture_freep)
		struct capture *capture = open_text(&options, faults[i].text, &err);

		cr_expect_eq(capture_prepare(capture, &err), !faults[i].is_of_file, "%s: %s",
			faults[i].descr, err.text);
		if (!faults[i].is_of_file && strstr(faults[i].want, "host \"") == NULL)
			cr_expect_eq(skim(capture, faults[i].want), 1, "%s", faults[i].descr);
	}
}

Test(capture, of_leafs_alone_counts_where_somebody_says_so)
{
	const struct capture_options options = { .kind = CAPTURE_TLSX, .whole = true };
	struct error err = { .code = ERROR_NONE };
	CLEANUP(capture_freep)
	struct capture *capture = open_text(
		&options, TLSX("\"certificate\":\"" PEM(ONE) "\""), &err);

	cr_expect(capture_prepare(capture, &err), "%s", err.text);
	cr_expect_eq(capture_count(capture), 1);
}

/* As PowerShell's ">" writes it, and as Notepad does. */
Test(capture, may_come_from_windows)
{
	const struct capture_options options = { .kind = CAPTURE_S_CLIENT };
	static const char text[] = COMMAND S_CLIENT;
	char wide[2 * sizeof text + 2] = { '\xff', '\xfe' };

	for (size_t i = 0; i + 1 < sizeof text; i++)
		wide[2 + 2 * i] = text[i];
	for (int bare = 0; bare < 2; bare++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(capture_freep) struct capture *capture = capture_new(&options, &err);
		CLEANUP(buf_release) struct buf have = BUF_INIT(400);

		cr_assert(capture_add_bytes(capture, "a file", wide + 2 * bare,
			2 * (sizeof text - 1) + 2 * (size_t)!bare, &err));
		cr_assert(capture_prepare(capture, &err), "%s", err.text);
		CLEANUP(observation_freep) struct observation *seen = capture_next(capture, &err);
		cr_assert_not_null(seen);
		describe(seen, &have);
		cr_expect_str_eq(buf_text(&have),
			"www.example.hk|8443|tls||www.example.hk|-|TLSv1.2|ECDHE-RSA-AES256-GCM-"
			"SHA384|one two\n");
	}
}

/* Three of one service, whatever the addresses; what has no name is alone. */
Test(capture, knows_who_belongs_together)
{
	static const char text[] = TLSX_GOOD TLSX_GOOD
		"{\"host\":\"b.hk\",\"port\":\"443\",\"probe_status\":false}\n" TLSX_GOOD;
	static const size_t mates[] = { 3, 3, 1, 3 };
	const struct capture_options options = { .kind = CAPTURE_TLSX };
	struct error err = { .code = ERROR_NONE };
	CLEANUP(capture_freep) struct capture *capture = open_text(&options, text, &err);

	cr_assert(capture_prepare(capture, &err));
	for (size_t i = 0; i < ARRAY_LEN(mates); i++) {
		CLEANUP(observation_freep)
		struct observation *seen = capture_next(capture, &err);
		cr_assert_not_null(seen);
		cr_expect_eq(seen->target->mates, mates[i]);
	}
}

Test(capture, has_the_time_or_none)
{
	const struct capture_options options = { .kind = CAPTURE_TLSX, .now.seconds = 7 };
	struct error err = { .code = ERROR_NONE };
	CLEANUP(capture_freep)
	struct capture *capture = open_text(
		&options, TLSX_GOOD "{\"host\":\"b.hk\",\"probe_status\":false}\n", &err);

	cr_assert(capture_prepare(capture, &err));
	CLEANUP(observation_freep) struct observation *first = capture_next(capture, &err);
	CLEANUP(observation_freep) struct observation *second = capture_next(capture, &err);
	cr_expect_eq(first->time.seconds, 1768464000);
	cr_expect_eq(second->time.seconds, 7);
}

Test(capture_words, mean_what_they_say)
{
	static const struct {
		const char *words;
		enum outcome outcome;
	} words[] = {
		{ "dial tcp 192.0.2.1:443: connect: connection refused", OUTCOME_REFUSED },
		{ "lookup a.hk: no such host", OUTCOME_DNS },
		{ "context deadline exceeded", OUTCOME_TIMEOUT },
		{ "read: connection reset by peer", OUTCOME_RESET },
		{ "No route to host", OUTCOME_UNREACHABLE },
		{ "remote error: tls: handshake failure", OUTCOME_HANDSHAKE },
		{ "tls: first record does not look like a TLS handshake", OUTCOME_NOT_TLS },
		{ "something else", OUTCOME_LIMIT },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		cr_expect_eq(capture_words_outcome(words[i].words, OUTCOME_LIMIT), words[i].outcome,
			"%s", words[i].words);
	cr_expect_str_eq(capture_words_cipher("TLS_RSA_WITH_AES_128_CBC_SHA"), "AES128-SHA");
	cr_expect_str_eq(capture_words_cipher("AES128-SHA"), "AES128-SHA");
	cr_expect_str_eq(capture_words_version("tls10"), "TLSv1");
	cr_expect_null(capture_words_version("quic"));
}
