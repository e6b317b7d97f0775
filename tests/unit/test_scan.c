/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "checker/observation.h"
#include "tests/peer.h"
#include "tests/trial.h"

static struct forge forge;
static struct forge_cert *chain[TRIAL_CHAIN];

static void set_up(void)
{
	forge_init(&forge, FORGE_KEYS_FAST);
	trial_chain(&forge, chain);
}

static void tear_down(void)
{
	forge_release(&forge);
}

TestSuite(scan, .init = set_up, .fini = tear_down);

/* --- What servers do --- */

static bool serve_nothing(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)fd;
	(void)count;
	return false;
}

static bool serve_silence(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)fd;
	(void)count;
	return true;
}

static bool serve_reset(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_will_reset(fd);
	return false;
}

static bool serve_reset_after_hello(struct peer *peer, int fd, unsigned count)
{
	peer_swallow(fd);
	return serve_reset(peer, fd, count);
}

/* As text, after the ClientHello. */
static bool serve_text(struct peer *peer, int fd, unsigned count)
{
	(void)count;
	peer_swallow(fd);
	peer_say(fd, peer->arg, -1);
	(void)shutdown(fd, SHUT_WR);
	peer_swallow(fd);
	return false;
}

static bool serve_text_and_wait(struct peer *peer, int fd, unsigned count)
{
	(void)count;
	peer_swallow(fd);
	peer_say(fd, peer->arg, -1);
	return true;
}

static bool serve_garbage(struct peer *peer, int fd, unsigned count)
{
	uint8_t garbage[1024];

	(void)peer;
	(void)count;
	memset(garbage, 0xa5, sizeof garbage);
	peer_write(fd, garbage, sizeof garbage);
	peer_swallow(fd);
	return false;
}

static bool serve_alert(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_swallow(fd);
	peer_write(fd, "\x15\x03\x01\x00\x02\x02\x28", 7);
	return true;
}

static bool serve_ssl3(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_swallow(fd);
	peer_raw_hello(fd, 0x0300, true);
	peer_swallow(fd);
	return false;
}

static bool serve_ssl2(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_swallow(fd);
	peer_write(fd, "\x80\x2e\x04\0\x01\0\x02\0\0\0\0\0", 12);
	peer_swallow(fd);
	return false;
}

static bool serve_half_a_record(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_swallow(fd);
	peer_write(fd, "\x16\x03\x03\x00", 4);
	return true;
}

/* A record that goes on and on: no read ever waits long. */
static bool serve_drip(struct peer *peer, int fd, unsigned count)
{
	(void)count;
	peer_swallow(fd);
	peer_write(fd, "\x16\x03\x03\x40\x00", 5);
	while (!atomic_load(&peer->stop)) {
		peer_write(fd, "\x02", 1);
		(void)poll(NULL, 0, 50);
	}
	return false;
}

/* HelloRequests for ever: SSL_connect() skips them without counting. */
static bool serve_hello_requests(struct peer *peer, int fd, unsigned count)
{
	uint8_t flood[9 * 900];

	(void)peer;
	(void)count;
	peer_swallow(fd);
	for (size_t i = 0; i < sizeof flood; i += 9)
		memcpy(flood + i, "\x16\x03\x03\x00\x04\x00\x00\x00\x00", 9);
	for (size_t i = 0; i < 800; i++)
		peer_write(fd, flood, sizeof flood);
	return false;
}

/* A Certificate message of what `arg` says; then the connection ends, or waits. */
struct raw {
	const char *list; /* letters: L leaf, I issuing, G garbage, 0 nothing */
	size_t announced; /* length of the message if it lies */
	size_t padding;   /* bytes of garbage in each G */
	bool wait;
	bool insecure; /* knows nothing of RFC 5746 */
	bool forged;   /* a ServerKeyExchange follows, signed by nobody */
};

/* RFC 8422, 5.4: X25519, and the point that is the base; ecdsa_secp256r1_sha256; r and s are 1. */
static void say_forged(int fd)
{
	uint8_t body[4 + 32 + 4 + 8] = { 3, 0, 0x1d, 32, 9 };

	memcpy(body + 36, "\x04\x03\x00\x08\x30\x06\x02\x01\x01\x02\x01\x01", 12);
	peer_raw_message(fd, 12, body, sizeof body, sizeof body);
}

static bool serve_raw(struct peer *peer, int fd, unsigned count)
{
	const struct raw *raw = peer->arg;
	size_t len = 3, room = 3 + strlen(raw->list) * (raw->padding + 4096);
	uint8_t *body = calloc(1, room);

	(void)count;
	cr_assert_not_null(body);
	for (const char *c = raw->list; *c; c++) {
		const struct forge_cert *cert = *c == 'L' ? chain[0] : *c == 'I' ? chain[1] : NULL;
		size_t der_len = cert ? cert->der_len : *c == 'G' ? raw->padding : 0;

		body[len++] = (uint8_t)(der_len >> 16);
		body[len++] = (uint8_t)(der_len >> 8);
		body[len++] = (uint8_t)der_len;
		if (cert)
			memcpy(body + len, cert->der, der_len);
		len += der_len;
	}
	body[0] = (uint8_t)((len - 3) >> 16);
	body[1] = (uint8_t)((len - 3) >> 8);
	body[2] = (uint8_t)(len - 3);
	peer_swallow(fd);
	peer_raw_hello(fd, 0x0303, !raw->insecure);
	peer_raw_message(fd, 11, body, len, raw->announced ? raw->announced : len);
	free(body);
	if (raw->forged)
		say_forged(fd);
	if (raw->wait)
		return true;
	/* Until the client has read it: what a close takes away is not the matter here. */
	(void)shutdown(fd, SHUT_WR);
	peer_swallow(fd);
	return false;
}

/* A plain dialogue, a byte at a time, then TLS. */
static bool serve_dialogue(struct peer *peer, int fd, unsigned count)
{
	const char *const *says = peer->arg;
	char line[256];

	for (size_t i = 0; says[i]; i++) {
		if (i > 0 && !peer_hear(fd, line, sizeof line))
			return false;
		peer_say(fd, says[i], 0);
	}
	return peer->tls && peer_shake(peer, fd, count);
}

/* --- The table --- */

static const char *const smtp[] = { "220-mx\r\n220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n",
	"220 go\r\n", NULL };
static const char *const smtp_without[] = { "220 mx\r\n", "250 mx\r\n", "221 bye\r\n", NULL };
static const char *const imap[] = { "* OK ready\r\n", "* CAPABILITY IMAP4rev1\r\na OK go\r\n",
	NULL };
static const char *const pop3[] = { "+OK ready\r\n", "+OK go\r\n", NULL };

static const struct raw raw_cut = { "LI", .announced = 0 }, raw_stalled = { "LI", .wait = true },
			raw_none = { "", .wait = true }, raw_empty = { "0", .wait = true },
			raw_garbage = { "G", .padding = 40, .wait = true },
			raw_mixed = { "LGI", .padding = 40, .wait = true },
			raw_large = { "GGGG", .padding = 300000, .wait = true },
			raw_announced = { "L", .announced = 0xffffff, .wait = true },
			raw_insecure = { "LI", .wait = true, .insecure = true },
			raw_forged = { "LI", .wait = true, .forged = true };

/* By which way of reading: our own reader of the first flight, or OpenSSL's whole handshake. */
#define FLIGHT 1u
#define WHOLE 2u
#define BOTH (FLIGHT | WHOLE)

/* What the server is like, and what is to be seen. */
static const struct serving {
	const char *descr;
	bool (*serve)(struct peer *peer, int fd, unsigned count);
	const void *arg;
	int min, max; /* TLS versions; 0: no TLS */
	bool wants_cert;
	enum protocol protocol;

	unsigned ways;
	enum outcome outcome;
	size_t certs;
	const char *version, *words;
	enum proof proven;
	bool asked;
	bool ends; /* the whole handshake comes to its end */
} servings[] = {
	{ "TLS 1.3", peer_shake, NULL, TLS1_3_VERSION, TLS1_3_VERSION, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_SERVED, 2, "TLSv1.3", "", PROOF_SHOWN, false, true },
	{ "TLS 1.2", peer_shake, NULL, TLS1_2_VERSION, TLS1_2_VERSION, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_SERVED, 2, "TLSv1.2", "", PROOF_SHOWN, false, true },
	{ "TLS 1.1 at most", peer_shake, NULL, TLS1_VERSION, TLS1_1_VERSION, false, PROTOCOL_HTTPS,
		BOTH, OUTCOME_SERVED, 2, "TLSv1.1", "", PROOF_SHOWN, false, true },
	{ "TLS 1.0 only", peer_shake, NULL, TLS1_VERSION, TLS1_VERSION, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_SERVED, 2, "TLSv1", "", PROOF_SHOWN, false, true },
	{ "wants our certificate, TLS 1.2", peer_shake, NULL, TLS1_2_VERSION, TLS1_2_VERSION, true,
		PROTOCOL_HTTPS, BOTH, OUTCOME_SERVED, 2, "TLSv1.2", "", PROOF_SHOWN, true, false },
	{ "wants our certificate, TLS 1.3", peer_shake, NULL, TLS1_3_VERSION, TLS1_3_VERSION, true,
		PROTOCOL_HTTPS, BOTH, OUTCOME_SERVED, 2, "TLSv1.3", "", PROOF_SHOWN, true, true },
	{ "SMTP", serve_dialogue, smtp, TLS1_2_VERSION, TLS1_3_VERSION, false, PROTOCOL_SMTP, BOTH,
		OUTCOME_SERVED, 2, "TLSv1.3", "", PROOF_SHOWN, false, true },
	{ "SMTP, TLS 1.0 only", serve_dialogue, smtp, TLS1_VERSION, TLS1_VERSION, false,
		PROTOCOL_SUBMISSION, BOTH, OUTCOME_SERVED, 2, "TLSv1", "", PROOF_SHOWN, false,
		true },
	{ "IMAP", serve_dialogue, imap, TLS1_2_VERSION, TLS1_3_VERSION, false, PROTOCOL_IMAP, BOTH,
		OUTCOME_SERVED, 2, "TLSv1.3", "", PROOF_SHOWN, false, true },
	{ "POP3", serve_dialogue, pop3, TLS1_2_VERSION, TLS1_3_VERSION, false, PROTOCOL_POP3, BOTH,
		OUTCOME_SERVED, 2, "TLSv1.3", "", PROOF_SHOWN, false, true },
	{ "SMTP without STARTTLS", serve_dialogue, smtp_without, 0, 0, false, PROTOCOL_SMTP, BOTH,
		OUTCOME_STARTTLS, 0, "", "does not offer STARTTLS", PROOF_UNKNOWN, false, false },
	{ "SMTP that closes", serve_nothing, NULL, 0, 0, false, PROTOCOL_SMTP, BOTH, OUTCOME_RESET,
		0, "", "closed the connection before the greeting", PROOF_UNKNOWN, false, false },
	{ "SMTP that is silent", serve_silence, NULL, 0, 0, false, PROTOCOL_SMTP, BOTH,
		OUTCOME_TIMEOUT, 0, "", "the greeting did not come within 3 s", PROOF_UNKNOWN,
		false, false },
	{ "closes at once", serve_nothing, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH, OUTCOME_RESET,
		0, "", "without an answer to the ClientHello", PROOF_UNKNOWN, false, false },
	{ "resets at once", serve_reset, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH, OUTCOME_RESET, 0,
		"", "reset", PROOF_UNKNOWN, false, false },
	{ "resets after the ClientHello", serve_reset_after_hello, NULL, 0, 0, false,
		PROTOCOL_HTTPS, BOTH, OUTCOME_RESET, 0, "",
		"reset the connection without an answer", PROOF_UNKNOWN, false, false },
	{ "silent", serve_silence, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH, OUTCOME_TIMEOUT, 0, "",
		"no end of the TLS handshake within 3 s", PROOF_UNKNOWN, false, false },
	{ "half a record", serve_half_a_record, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_TIMEOUT, 0, "", "no end of the TLS handshake", PROOF_UNKNOWN, false,
		false },
	{ "plain HTTP", serve_text, "HTTP/1.1 400 Bad Request\r\n\r\n", 0, 0, false, PROTOCOL_HTTPS,
		BOTH, OUTCOME_NOT_TLS, 0, "", "plain HTTP", PROOF_UNKNOWN, false, false },
	{ "SSH", serve_text_and_wait, "SSH-2.0-OpenSSH_9.2p1\r\n", 0, 0, false, PROTOCOL_HTTPS,
		BOTH, OUTCOME_NOT_TLS, 0, "", "SSH", PROOF_UNKNOWN, false, false },
	{ "a short greeting", serve_text_and_wait, "+OK\r\n", 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_NOT_TLS, 0, "", "POP3", PROOF_UNKNOWN, false, false },
	{ "one byte", serve_text, "?", 0, 0, false, PROTOCOL_HTTPS, BOTH, OUTCOME_NOT_TLS, 0, "",
		"TLS record", PROOF_UNKNOWN, false, false },
	{ "garbage", serve_garbage, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH, OUTCOME_NOT_TLS, 0, "",
		"TLS record", PROOF_UNKNOWN, false, false },
	{ "an alert", serve_alert, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH, OUTCOME_HANDSHAKE, 0,
		"", "alert handshake_failure (40)", PROOF_UNKNOWN, false, false },
	{ "SSL 2.0", serve_ssl2, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH, OUTCOME_HANDSHAKE, 0, "",
		"SSL 2.0 only", PROOF_UNKNOWN, false, false },
	{ "SSL 3.0", serve_ssl3, NULL, 0, 0, false, PROTOCOL_HTTPS, WHOLE, OUTCOME_HANDSHAKE, 0, "",
		"SSL 3.0 only", PROOF_UNKNOWN, false, false },
	{ "HelloRequests for ever", serve_hello_requests, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_HANDSHAKE, 0, "", "without an end", PROOF_UNKNOWN, false, false },
	{ "ends after its certificates", serve_raw, &raw_cut, 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_RESET, 2, "TLSv1.2", "after its certificates", PROOF_UNKNOWN, false,
		false },
	{ "stalls after its certificates", serve_raw, &raw_stalled, 0, 0, false, PROTOCOL_HTTPS,
		BOTH, OUTCOME_TIMEOUT, 2, "TLSv1.2", "no end of the TLS handshake", PROOF_UNKNOWN,
		false, false },
	{ "no secure renegotiation", serve_raw, &raw_insecure, 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_TIMEOUT, 2, "TLSv1.2", "no end of the TLS handshake", PROOF_UNKNOWN, false,
		false },
	{ "a signature that is not of the leaf's key", serve_raw, &raw_forged, 0, 0, false,
		PROTOCOL_HTTPS, BOTH, OUTCOME_HANDSHAKE, 2, "TLSv1.2", "signature", PROOF_REFUTED,
		false, false },
	{ "a byte at a time, for ever", serve_drip, NULL, 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_TIMEOUT, 0, "", "no end of the TLS handshake", PROOF_UNKNOWN, false,
		false },
	{ "an empty list", serve_raw, &raw_none, 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_HANDSHAKE, 0, "", "Certificate message is empty", PROOF_UNKNOWN, false,
		false },
	{ "a certificate of no bytes", serve_raw, &raw_empty, 0, 0, false, PROTOCOL_HTTPS, BOTH,
		OUTCOME_HANDSHAKE, 1, "TLSv1.2", "", PROOF_UNKNOWN, false, false },
	{ "no certificate but garbage", serve_raw, &raw_garbage, 0, 0, false, PROTOCOL_HTTPS, WHOLE,
		OUTCOME_HANDSHAKE, 1, "TLSv1.2", "the handshake failed", PROOF_UNKNOWN, false,
		false },
	{ "garbage between certificates", serve_raw, &raw_mixed, 0, 0, false, PROTOCOL_HTTPS, WHOLE,
		OUTCOME_HANDSHAKE, 3, "TLSv1.2", "the handshake failed", PROOF_UNKNOWN, false,
		false },
	{ "garbage between certificates", serve_raw, &raw_mixed, 0, 0, false, PROTOCOL_HTTPS,
		FLIGHT, OUTCOME_TIMEOUT, 3, "TLSv1.2", "no end of the TLS handshake", PROOF_UNKNOWN,
		false, false },
	{ "a list that is too long", serve_raw, &raw_large, 0, 0, false, PROTOCOL_HTTPS, WHOLE,
		OUTCOME_LIMIT, 0, "", "larger than allowed", PROOF_UNKNOWN, false, false },
	{ "a list that is announced too long", serve_raw, &raw_announced, 0, 0, false,
		PROTOCOL_HTTPS, WHOLE, OUTCOME_LIMIT, 0, "", "larger than allowed", PROOF_UNKNOWN,
		false, false },
	{ "a list that is announced too long", serve_raw, &raw_announced, 0, 0, false,
		PROTOCOL_HTTPS, FLIGHT, OUTCOME_LIMIT, 1, "TLSv1.2", "more than allowed",
		PROOF_UNKNOWN, false, false },
};

static void start(struct peer *peer, const struct serving *serving)
{
	memset(peer, 0, sizeof *peer);
	peer->serve = serving->serve;
	peer->arg = serving->arg;
	if (serving->max)
		peer->tls = peer_tls(&forge, chain, 2, serving->min, serving->max);
	if (serving->wants_cert)
		SSL_CTX_set_verify(
			peer->tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	cr_assert(peer_listen(peer, "127.0.0.1", 0));
	peer_start(peer);
}

static void check(const struct serving *serving, bool whole, const struct observation *got)
{
	const char *descr = serving->descr;

	cr_expect_eq(got->outcome, serving->outcome, "%s: outcome %d: %s", descr, (int)got->outcome,
		got->message);
	cr_expect(strstr(got->message, serving->words), "%s: '%s'", descr, got->message);
	cr_expect(got->outcome != OUTCOME_SERVED || !got->message[0], "%s: '%s'", descr,
		got->message);
	cr_expect_eq(
		got->chain.count, serving->certs, "%s: %zu certificates", descr, got->chain.count);
	cr_expect_str_eq(got->version, serving->certs ? serving->version : got->version, "%s: %s",
		descr, got->version);
	cr_expect_eq(got->legacy_offer, false, "%s: legacy", descr);
	cr_expect_eq(got->client_cert_requested, serving->asked, "%s: asked", descr);
	cr_expect_eq(got->complete, whole && serving->ends, "%s: complete", descr);
	cr_expect_eq(got->proven, serving->proven, "%s: proven %d", descr, (int)got->proven);
	cr_expect_eq(got->addresses, 1, "%s", descr);
	cr_expect_str_eq(got->address, "127.0.0.1", "%s", descr);
	/* A reset may be there before the connection is seen. */
	cr_expect(got->connect_ms >= 0 || got->outcome == OUTCOME_RESET, "%s", descr);
	if (got->outcome == OUTCOME_SERVED) {
		cr_expect_geq(got->tls_ms, 0, "%s", descr);
		cr_expect_neq(got->cipher[0], '\0', "%s", descr);
		cr_expect_eq(got->chain.items[0].len, chain[0]->der_len, "%s", descr);
		cr_expect_arr_eq(
			got->chain.items[0].bytes, chain[0]->der, chain[0]->der_len, "%s", descr);
	}
}

static void see(bool whole)
{
	static struct peer peers[ARRAY_LEN(servings)];
	static struct trial trial;
	size_t numbers[ARRAY_LEN(servings)];
	unsigned way = whole ? WHOLE : FLIGHT;

	trial_init(&trial);
	trial.options.complete = whole;
	for (size_t i = 0; i < ARRAY_LEN(servings); i++) {
		if (!(servings[i].ways & way))
			continue;
		start(&peers[i], &servings[i]);
		numbers[i] = trial.count;
		trial_add_at(&trial, servings[i].protocol, "127.0.0.1", peers[i].port);
	}
	trial_run(&trial);
	cr_expect_leq(trial.seconds, 7, "took %g s", trial.seconds);
	for (size_t i = 0; i < ARRAY_LEN(servings); i++) {
		if (!(servings[i].ways & way))
			continue;
		check(&servings[i], whole, trial_result(&trial, numbers[i]));
		peer_stop(&peers[i]);
	}
	trial_release(&trial);
}

Test(scan, sees_what_servers_do)
{
	see(false);
}

Test(scan, sees_it_by_whole_handshakes)
{
	see(true);
}

static bool serve_text_soon(struct peer *peer, int fd, unsigned count)
{
	(void)poll(NULL, 0, 100);
	return serve_text_and_wait(peer, fd, count);
}

static bool serve_later(struct peer *peer, int fd, unsigned count)
{
	(void)poll(NULL, 0, 300);
	return peer_shake(peer, fd, count);
}

/* One server answers after 100 ms, and its result keeps the only thread until after the deadline;
 * the other one answers meanwhile. */
Test(scan, counts_what_came_in_time)
{
	const struct serving soon = { .serve = serve_text_soon, .arg = "SSH-2.0-x\r\n" };
	const struct serving later = { .serve = serve_later, .max = TLS1_3_VERSION };
	static struct trial trial;
	struct peer peers[2];

	trial_init(&trial);
	trial.options.threads = 1;
	trial.options.timeout_s = 0.6;
	trial.slow_ms = 800;
	start(&peers[0], &soon);
	start(&peers[1], &later);
	for (size_t i = 0; i < 2; i++)
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peers[i].port);
	trial_run(&trial);
	cr_expect_eq(trial_result(&trial, 0)->outcome, OUTCOME_NOT_TLS);
	cr_expect_eq(trial_result(&trial, 1)->outcome, OUTCOME_SERVED, "%s",
		trial_result(&trial, 1)->message);
	for (size_t i = 0; i < 2; i++)
		peer_stop(&peers[i]);
	trial_release(&trial);
}
