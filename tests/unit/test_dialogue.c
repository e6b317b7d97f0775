/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#include "checker/observation.h"
#include "tests/peer.h"
#include "tests/trial.h"

/* What a connection makes of a dialogue: who speaks first, what comes behind, when to come again.
 */

static struct forge forge;
static struct forge_cert *chain[TRIAL_CHAIN];
static struct trial trial;

static void set_up(void)
{
	forge_init(&forge, FORGE_KEYS_FAST);
	trial_chain(&forge, chain);
	trial_init(&trial);
}

static void tear_down(void)
{
	trial_release(&trial);
	forge_release(&forge);
}

TestSuite(dialogue, .init = set_up, .fini = tear_down);

/* What the server says, after hearing as many bytes as it waits for. */
struct says {
	size_t hears; /* bytes of the client's, all of them before any is said */
	const char *bytes;
	size_t len;
};

#define SAYS(hears, text) hears, text, sizeof(text) - 1

static bool hear(int fd, size_t len)
{
	char bytes[512];
	ssize_t got;

	for (size_t heard = 0; heard < len; heard += (size_t)got) {
		size_t want = len - heard < sizeof bytes ? len - heard : sizeof bytes;

		got = recv(fd, bytes, want, 0);
		if (got <= 0)
			return false;
	}
	return true;
}

static bool serve_dialogue(struct peer *peer, int fd, unsigned count)
{
	for (const struct says *says = peer->arg; says->bytes; says++) {
		if (!hear(fd, says->hears))
			return false;
		peer_write(fd, says->bytes, says->len);
	}
	return peer_shake(peer, fd, count);
}

#define XMPP_ASK                                                                 \
	"<?xml version='1.0'?><stream:stream to='www.example.hk' version='1.0' " \
	"xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
#define XMPP_GO "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define XMPP_STREAM                                                                     \
	"<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>" \
	"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"

static const struct says ldap[] = {
	{ SAYS(31, "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0") }, { 0, NULL, 0 }
};
static const struct says postgres[] = { { SAYS(8, "S") }, { 0, NULL, 0 } };
static const struct says postgres_more[] = { { SAYS(8, "SR\0\0\0\x08") }, { 0, NULL, 0 } };
static const struct says postgres_none[] = { { SAYS(8, "N") }, { 0, NULL, 0 } };
static const struct says mysql[] = { { SAYS(0, "\x14\0\0\0\x0a"
					       "8.0\0"
					       "\x07\0\0\0"
					       "12345678\0"
					       "\xff\xff") },
	/* The request is not answered, but has to be read before TLS. */
	{ SAYS(36, "") }, { 0, NULL, 0 } };
static const struct says ftp[] = { { SAYS(0, "220-a\r\nb\r\n220 c\r\n") },
	{ SAYS(10, "234 go\r\n") }, { 0, NULL, 0 } };
static const struct says xmpp[] = { { SAYS(sizeof XMPP_ASK - 1, XMPP_STREAM) },
	{ SAYS(sizeof XMPP_GO - 1, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") },
	{ 0, NULL, 0 } };
static const struct says rdp[] = {
	{ SAYS(19, "\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x01\0\0\0") }, { 0, NULL, 0 }
};
static const struct says sieve[] = { { SAYS(0, "\"STARTTLS\"\r\nOK\r\n") }, { SAYS(10, "OK\r\n") },
	{ 0, NULL, 0 } };
static const struct says nntp[] = { { SAYS(0, "200 a\r\n") }, { SAYS(10, "382 go\r\n") },
	{ 0, NULL, 0 } };
static const struct says direct[] = { { 0, NULL, 0 } };
static const struct says alert[] = { { SAYS(31, "\x15\x03\x03\0\x02\x02\x46") }, { 0, NULL, 0 } };

static const struct {
	const char *descr;
	enum protocol protocol;
	const struct says *says;
	enum outcome outcome;
	const char *words;
} rows[] = {
	{ "LDAP", PROTOCOL_LDAP, ldap, OUTCOME_SERVED, "" },
	{ "FTP", PROTOCOL_FTP, ftp, OUTCOME_SERVED, "" },
	{ "PostgreSQL", PROTOCOL_POSTGRES, postgres, OUTCOME_SERVED, "" },
	{ "PostgreSQL with words behind the go-ahead", PROTOCOL_POSTGRES, postgres_more,
		OUTCOME_SERVED, "" },
	{ "PostgreSQL without TLS", PROTOCOL_POSTGRES, postgres_none, OUTCOME_STARTTLS,
		"does not offer TLS" },
	{ "MySQL", PROTOCOL_MYSQL, mysql, OUTCOME_SERVED, "" },
	{ "XMPP", PROTOCOL_XMPP, xmpp, OUTCOME_SERVED, "" },
	{ "Sieve", PROTOCOL_SIEVE, sieve, OUTCOME_SERVED, "" },
	{ "NNTP", PROTOCOL_NNTP, nntp, OUTCOME_SERVED, "" },
	{ "RDP", PROTOCOL_RDP, rdp, OUTCOME_SERVED, "" },
	{ "TLS from the first byte, answered with an alert", PROTOCOL_LDAP, alert, OUTCOME_STARTTLS,
		"speaks TLS from the first byte; use ldaps://" },
	{ "TLS from the first byte, answered with nothing", PROTOCOL_LDAP, direct, OUTCOME_RESET,
		"(TLS from the first byte would be ldaps://)" },
};

Test(dialogue, leads_to_tls)
{
	struct peer peers[ARRAY_LEN(rows)];

	trial.options.timeout_s = 5;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		peers[i] = (struct peer){ .serve = serve_dialogue, .arg = rows[i].says };
		peers[i].tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
		cr_assert(peer_listen(&peers[i], "127.0.0.1", 0));
		peer_start(&peers[i]);
		trial_add_at(&trial, rows[i].protocol, "127.0.0.1", peers[i].port);
	}
	trial_run(&trial);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct observation *seen = trial_result(&trial, i);

		cr_expect_eq(seen->outcome, rows[i].outcome, "%s: %d, %s", rows[i].descr,
			(int)seen->outcome, seen->message);
		cr_expect(strstr(seen->message, rows[i].words), "%s: %s", rows[i].descr,
			seen->message);
		cr_expect_eq(seen->chain.count, seen->outcome == OUTCOME_SERVED ? 2 : 0, "%s",
			rows[i].descr);
		peer_stop(&peers[i]);
	}
}

/* Busy at first, as the reply in ARG says, and only the first time. */
static bool serve_busy_once(struct peer *peer, int fd, unsigned count)
{
	char line[256];

	peer_say(fd, count == 1 ? peer->arg : "220 mx\r\n", -1);
	if (!peer_hear(fd, line, sizeof line) || count == 1)
		return false;
	peer_say(fd, "250-mx\r\n250 STARTTLS\r\n", -1);
	if (!peer_hear(fd, line, sizeof line))
		return false;
	peer_say(fd, "220 go\r\n", -1);
	return peer_shake(peer, fd, count);
}

static const struct {
	const char *descr, *greeting;
	unsigned retries, connections;
	enum outcome outcome;
} busy[] = {
	{ "not now", "450 4.7.1 greylisted\r\n", 1, 2, OUTCOME_SERVED },
	{ "not now, and it hangs up", "421 4.3.2 busy\r\n", 1, 2, OUTCOME_SERVED },
	{ "not now, but nobody is to come again", "450 4.7.1 greylisted\r\n", 0, 1,
		OUTCOME_STARTTLS },
	{ "never", "554 5.7.1 no\r\n", 1, 1, OUTCOME_STARTTLS },
};

Test(dialogue, comes_again_when_it_is_told_not_now)
{
	for (size_t i = 0; i < ARRAY_LEN(busy); i++) {
		struct peer peer = { .serve = serve_busy_once, .arg = busy[i].greeting };

		if (i > 0) {
			trial_release(&trial);
			trial_init(&trial);
		}
		peer.tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
		cr_assert(peer_listen(&peer, "127.0.0.1", 0));
		peer_start(&peer);
		trial.options.retries = busy[i].retries;
		trial_add_at(&trial, PROTOCOL_SMTP, "127.0.0.1", peer.port);
		trial_run(&trial);
		cr_expect_eq(trial_result(&trial, 0)->outcome, busy[i].outcome, "%s: %s",
			busy[i].descr, trial_result(&trial, 0)->message);
		cr_expect_eq(atomic_load(&peer.count), busy[i].connections, "%s: %u", busy[i].descr,
			atomic_load(&peer.count));
		peer_stop(&peer);
	}
}
