/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/engine/proxy.h"
#include "checker/observation.h"
#include "tests/peer.h"
#include "tests/trial.h"

/* More than one connection for one result: proof, proxies, "not now". */

static struct forge forge;
static struct forge_cert *chain[TRIAL_CHAIN], *other[TRIAL_CHAIN];
static struct trial trial;

/* RSA, so that there is a key exchange that signs nothing. */
static void make_chain(struct forge_cert *ret_chain[TRIAL_CHAIN], const char *key)
{
	static const char *const san[] = { "DNS:www.example.hk", NULL };
	struct forge_spec spec = { .subject = "CN=www.example.hk",
		.key = key,
		.issuer = chain[1],
		.not_before = forge_day("2020-01-01"),
		.not_after = forge_day("2040-01-01"),
		.san = san };

	ret_chain[1] = chain[1];
	ret_chain[0] = forge_cert(&forge, &spec);
}

static void set_up(void)
{
	forge_init(&forge, FORGE_KEYS_FAST);
	trial_chain(&forge, chain);
	make_chain(other, "rsa:other");
	make_chain(chain, "rsa:leaf");
	trial_init(&trial);
}

static void tear_down(void)
{
	trial_release(&trial);
	forge_release(&forge);
}

TestSuite(conn, .init = set_up, .fini = tear_down);

static void start(struct peer *peer, bool (*serve)(struct peer *, int, unsigned), const void *arg)
{
	memset(peer, 0, sizeof *peer);
	peer->serve = serve;
	peer->arg = arg;
	peer->tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_2_VERSION);
	cr_assert(peer_listen(peer, "127.0.0.1", 0));
	peer_start(peer);
}

/* --- Proof by a second connection --- */

static bool serve_once(struct peer *peer, int fd, unsigned count)
{
	if (count == 1)
		return peer_shake(peer, fd, count);
	peer_will_reset(fd);
	return false;
}

static bool serve_once_and_be_silent(struct peer *peer, int fd, unsigned count)
{
	return count == 1 ? peer_shake(peer, fd, count) : true;
}

/* Another node of the cluster, with a leaf of its own. */
static bool serve_other(struct peer *peer, int fd, unsigned count)
{
	if (count == 2)
		cr_assert_eq(SSL_CTX_use_cert_and_key(peer->tls, other[0]->x509,
				     forge_key(&forge, other[0]->key), NULL, 1),
			1);
	return peer_shake(peer, fd, count);
}

static const struct {
	const char *descr, *ciphers;
	bool (*serve)(struct peer *peer, int fd, unsigned count);
	enum proof proven;
	bool complete;
	unsigned connections;
} proofs[] = {
	{ "signed: no second one", "ECDHE-RSA-AES128-GCM-SHA256", peer_shake, PROOF_SHOWN, false,
		1 },
	{ "nothing is signed", "AES128-GCM-SHA256", peer_shake, PROOF_SHOWN, true, 2 },
	{ "the second one is reset", "AES128-GCM-SHA256", serve_once, PROOF_UNKNOWN, false, 2 },
	{ "the second one is silent", "AES128-GCM-SHA256", serve_once_and_be_silent, PROOF_UNKNOWN,
		false, 2 },
	{ "the second one has another leaf", "AES128-GCM-SHA256", serve_other, PROOF_UNKNOWN, false,
		2 },
};

Test(conn, proves_the_key)
{
	trial.options.timeout_s = 1;
	trial.options.retries = 2;
	for (size_t i = 0; i < ARRAY_LEN(proofs); i++) {
		struct peer peer;

		start(&peer, proofs[i].serve, NULL);
		cr_assert_eq(SSL_CTX_set_cipher_list(peer.tls, proofs[i].ciphers), 1);
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
		trial_run(&trial);
		const struct observation *got = trial_result(&trial, i);
		cr_expect_eq(got->outcome, OUTCOME_SERVED, "%s: %s", proofs[i].descr, got->message);
		cr_expect_str_eq(got->message, "", "%s", proofs[i].descr);
		cr_expect_eq(got->proven, proofs[i].proven, "%s", proofs[i].descr);
		cr_expect_eq(got->complete, proofs[i].complete, "%s", proofs[i].descr);
		cr_expect_str_eq(got->cipher, proofs[i].ciphers, "%s", proofs[i].descr);
		cr_expect_eq(got->chain.count, 2, "%s", proofs[i].descr);
		cr_expect_arr_eq(got->chain.items[0].bytes, chain[0]->der, chain[0]->der_len, "%s",
			proofs[i].descr);
		cr_expect_eq(atomic_load(&peer.count), proofs[i].connections, "%s: %u",
			proofs[i].descr, atomic_load(&peer.count));
		peer_stop(&peer);
	}
}

/* --- Through a proxy --- */

struct script {
	const char *request; /* the beginning of what the client says */
	const char *answer;  /* NULL: none */
	bool shakes;
};

/* RFC 9110, 9.3.6: after the answer the connection is the target's. */
static bool serve_connect(struct peer *peer, int fd, unsigned count)
{
	const struct script *script = peer->arg;
	char line[256], first[256] = "";

	while (peer_hear(fd, line, sizeof line) && line[0])
		if (!first[0])
			(void)snprintf(first, sizeof first, "%s", line);
	cr_expect_eq(
		strncmp(first, script->request, strlen(script->request)), 0, "said '%s'", first);
	if (!script->answer)
		return true;
	peer_say(fd, script->answer, -1);
	/* The words of SMTP, when it is for that. */
	if (strstr(script->answer, "220 "))
		for (size_t i = 0; i < 2; i++) {
			(void)peer_hear(fd, line, sizeof line);
			peer_say(fd, i == 0 ? "250-mx\r\n250 STARTTLS\r\n" : "220 go\r\n", -1);
		}
	return script->shakes && peer_shake(peer, fd, count);
}

static const struct {
	const char *descr;
	enum protocol protocol;
	const char *host; /* an address literal, or a name that nobody here could resolve */
	struct script script;
	enum outcome outcome;
	const char *address, *words;
} tunnels[] = {
	{ "a name", PROTOCOL_HTTPS, "no-such-host.invalid",
		{ "CONNECT no-such-host.invalid:4711 HTTP/1.1", "HTTP/1.1 200 OK\r\n\r\n", true },
		OUTCOME_SERVED, "", "" },
	{ "an address", PROTOCOL_HTTPS, "10.1.2.3",
		{ "CONNECT 10.1.2.3:4711 HTTP/1.1", "HTTP/1.1 200 OK\r\n\r\n", true },
		OUTCOME_SERVED, "10.1.2.3", "" },
	{ "a greeting right behind the proxy's words", PROTOCOL_SMTP, "no-such-host.invalid",
		{ "CONNECT ", "HTTP/1.1 200 OK\r\n\r\n220 mx\r\n", true }, OUTCOME_SERVED, "", "" },
	{ "not allowed", PROTOCOL_HTTPS, "no-such-host.invalid",
		{ "CONNECT ", "HTTP/1.1 403 Forbidden\r\n\r\n", false }, OUTCOME_UNREACHABLE, "",
		"proxy 127.0.0.1" },
	{ "closes", PROTOCOL_HTTPS, "no-such-host.invalid", { "CONNECT ", "", false },
		OUTCOME_UNREACHABLE, "", "proxy 127.0.0.1" },
	{ "silent", PROTOCOL_HTTPS, "no-such-host.invalid", { "CONNECT ", NULL, false },
		OUTCOME_TIMEOUT, "", "proxy 127.0.0.1" },
};

Test(conn, goes_through_a_proxy)
{
	for (size_t i = 0; i < ARRAY_LEN(tunnels); i++) {
		struct proxy proxy = { .kind = PROXY_HTTP, .host = (char[]){ "127.0.0.1" } };
		struct peer peer;

		start(&peer, serve_connect, &tunnels[i].script);
		proxy.port = peer.port;
		trial.options.proxy = &proxy;
		trial.options.timeout_s = 1;
		trial_add(&trial, tunnels[i].protocol, tunnels[i].host, 4711);
		trial_run(&trial);
		const struct observation *got = trial_result(&trial, i);
		cr_expect_eq(
			got->outcome, tunnels[i].outcome, "%s: %s", tunnels[i].descr, got->message);
		cr_expect_str_eq(got->address, tunnels[i].address, "%s", tunnels[i].descr);
		cr_expect_eq(got->addresses, 1, "%s", tunnels[i].descr);
		cr_expect(strstr(got->message, tunnels[i].words), "%s: %s", tunnels[i].descr,
			got->message);
		cr_expect_eq(
			got->chain.count, tunnels[i].script.shakes ? 2 : 0, "%s", tunnels[i].descr);
		cr_expect_lt(got->dns_ms, 0, "%s", tunnels[i].descr);
		peer_stop(&peer);
	}
}

/* By name; it is asked about once for all, and nobody is asked about the targets. */
Test(conn, finds_the_proxy)
{
	static const struct script script = { "CONNECT ", "HTTP/1.1 200 OK\r\n\r\n", true };
	struct proxy proxy = { .kind = PROXY_HTTP, .host = (char[]){ "proxy.example.hk" } };
	char hosts[] = "/tmp/chainmend-hosts.XXXXXX";
	struct peer peer;
	FILE *file = fdopen(mkstemp(hosts), "w");

	cr_assert_not_null(file);
	fprintf(file, "127.0.0.1 proxy.example.hk\n");
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(setenv("CARES_HOSTS", hosts, 1), 0);
	start(&peer, serve_connect, &script);
	proxy.port = peer.port;
	trial.options.proxy = &proxy;
	/* Manners are for targets: the proxy is asked as often as it takes. */
	trial.options.per_address = 1;
	for (size_t i = 0; i < 20; i++) {
		char name[64];

		(void)snprintf(name, sizeof name, "host%zu.invalid", i);
		trial_add(&trial, PROTOCOL_HTTPS, name, 443);
	}
	trial_run(&trial);
	for (size_t i = 0; i < 20; i++)
		cr_expect_eq(trial_result(&trial, i)->outcome, OUTCOME_SERVED);
	cr_expect_leq(trial.seconds, 2.5, "took %g s", trial.seconds);
	(void)unlink(hosts);
	peer_stop(&peer);
}

static const struct {
	const char *descr, *host, *words;
} dead[] = {
	{ "nobody listens", "127.0.0.1", "the proxy 127.0.0.1:" },
	{ "no such name", "no-such-proxy.invalid", "the proxy no-such-proxy.invalid" },
};

Test(conn, names_a_dead_proxy)
{
	struct peer peer;

	start(&peer, peer_shake, NULL);
	peer_stop(&peer);
	for (size_t i = 0; i < ARRAY_LEN(dead); i++) {
		char host[64];
		struct proxy proxy = { .kind = PROXY_SOCKS5, .host = host, .port = peer.port };

		(void)snprintf(host, sizeof host, "%s", dead[i].host);
		trial.options.proxy = &proxy;
		trial_add(&trial, PROTOCOL_HTTPS, "www.example.hk", 443);
		trial_run(&trial);
		const struct observation *got = trial_result(&trial, i);
		cr_expect_eq(
			got->outcome, OUTCOME_UNREACHABLE, "%s: %s", dead[i].descr, got->message);
		cr_expect(
			strstr(got->message, dead[i].words), "%s: %s", dead[i].descr, got->message);
	}
}

/* --- Not now --- */

/* RFC 5321, 4.2.1: 4yz is for a while; the client takes its leave, and comes again. */
static bool serve_not_now(struct peer *peer, int fd, unsigned count)
{
	static const char *const says[] = { "220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n" };
	const unsigned *refused = peer->arg;
	char line[256] = "";

	for (size_t i = 0; i < 2; i++) {
		peer_say(fd, says[i], -1);
		if (!peer_hear(fd, line, sizeof line))
			return false;
	}
	if (count > *refused) {
		peer_say(fd, "220 go\r\n", -1);
		return peer_shake(peer, fd, count);
	}
	peer_say(fd, "454 4.7.0 TLS not available\r\n", -1);
	cr_expect(peer_hear(fd, line, sizeof line), "no goodbye");
	cr_expect_str_eq(line, "QUIT");
	return false;
}

static const struct {
	const char *descr;
	unsigned refused;
	enum outcome outcome;
	unsigned connections;
} later[] = {
	{ "once", 1, OUTCOME_SERVED, 2 },
	{ "twice", 2, OUTCOME_STARTTLS, 2 },
};

Test(conn, comes_again_later)
{
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		struct peer peer;

		start(&peer, serve_not_now, &later[i].refused);
		trial.options.retries = 1;
		trial_add_at(&trial, PROTOCOL_SMTP, "127.0.0.1", peer.port);
		trial_run(&trial);
		const struct observation *got = trial_result(&trial, i);
		cr_expect_eq(
			got->outcome, later[i].outcome, "%s: %s", later[i].descr, got->message);
		cr_expect_eq(atomic_load(&peer.count), later[i].connections, "%s: %u",
			later[i].descr, atomic_load(&peer.count));
		cr_expect_geq(trial.seconds, 1, "%s: %g s", later[i].descr, trial.seconds);
		peer_stop(&peer);
	}
}
