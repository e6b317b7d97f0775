/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/observation.h"
#include "tests/peer.h"
#include "tests/trial.h"

/* Not what servers do (test_scan.c) but what the engine makes of many, and of its own limits. */

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

TestSuite(engine, .init = set_up, .fini = tear_down);

static void start(struct peer *peer, bool (*serve)(struct peer *, int, unsigned))
{
	memset(peer, 0, sizeof *peer);
	peer->serve = serve;
	peer->tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
	cr_assert(peer_listen(peer, "127.0.0.1", 0));
	peer_start(peer);
}

static bool serve_silence(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)fd;
	(void)count;
	return true;
}

/* The first connection is reset, the second one served, and so on. */
static bool serve_every_second(struct peer *peer, int fd, unsigned count)
{
	if (count % 2 == 0)
		return peer_shake(peer, fd, count);
	peer_swallow(fd);
	peer_will_reset(fd);
	return false;
}

static size_t count_outcome(enum outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < trial.seen_count; i++)
		count += trial.seen[i]->outcome == outcome;
	return count;
}

Test(engine, gives_each_of_many_one_result)
{
	struct peer peer;

	start(&peer, peer_shake);
	for (size_t i = 0; i < 200; i++)
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	for (size_t i = 0; i < 200; i++)
		cr_expect_eq(trial_result(&trial, i)->chain.count, 2);
	cr_expect_eq(trial.seen_count, 200);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), 200);
	peer_stop(&peer);
}

Test(engine, is_not_held_up_by_silence)
{
	struct peer silent, good;

	start(&silent, serve_silence);
	start(&good, peer_shake);
	trial.options.timeout_s = 1;
	for (size_t i = 0; i < 50; i++) {
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", silent.port);
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", good.port);
	}
	trial_run(&trial);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), 50);
	cr_expect_eq(count_outcome(OUTCOME_TIMEOUT), 50);
	cr_expect_geq(trial.seconds, 1.0);
	cr_expect_leq(trial.seconds, 3, "took %g s", trial.seconds);
	peer_stop(&silent);
	peer_stop(&good);
}

static const struct {
	const char *descr;
	unsigned retries;
	enum outcome outcome;
	bool legacy;
	unsigned connections;
} tries[] = {
	{ "a second try, with the same offer", 1, OUTCOME_SERVED, false, 2 },
	{ "... even where none is asked for: one mishap makes no server old", 0, OUTCOME_SERVED,
		false, 2 },
};

Test(engine, tries_again)
{
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		struct peer peer;

		start(&peer, serve_every_second);
		trial.options.retries = tries[i].retries;
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
		trial_run(&trial);
		const struct observation *got = trial_result(&trial, i);
		cr_expect_eq(
			got->outcome, tries[i].outcome, "%s: %s", tries[i].descr, got->message);
		cr_expect_eq(got->legacy_offer, tries[i].legacy, "%s", tries[i].descr);
		cr_expect_eq(atomic_load(&peer.count), tries[i].connections, "%s: %u",
			tries[i].descr, atomic_load(&peer.count));
		peer_stop(&peer);
	}
}

Test(engine, asks_a_closed_port_once)
{
	struct peer peer = { .serve = serve_silence };

	cr_assert(peer_listen(&peer, "127.0.0.1", 0));
	peer_start(&peer);
	peer_stop(&peer);
	trial.options.retries = 3;
	trial_add(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	const struct observation *got = trial_result(&trial, 0);
	cr_expect_eq(got->outcome, OUTCOME_REFUSED, "%s", got->message);
	cr_expect_lt(got->connect_ms, 0);
	cr_expect_leq(trial.seconds, 2, "took %g s", trial.seconds);
}

/* RFC 6066, 3: the answer to a name that the server does not know. */
static int refuse_name(SSL *ssl, int *alert, void *arg)
{
	const char *only = arg, *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	*alert = SSL_AD_UNRECOGNIZED_NAME;
	return !name || (only && strcmp(name, only) == 0) ? SSL_TLSEXT_ERR_OK
							  : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static const struct {
	const char *descr, *only;
	unsigned connections;
} sni[] = {
	{ "the name is known", "www.example.hk", 1 },
	{ "the name is not known", NULL, 2 },
};

Test(engine, does_without_a_name)
{
	for (size_t i = 0; i < ARRAY_LEN(sni); i++) {
		char only[64] = "";
		struct peer peer;

		start(&peer, peer_shake);
		(void)snprintf(only, sizeof only, "%s", sni[i].only ? sni[i].only : "");
		SSL_CTX_set_tlsext_servername_callback(peer.tls, refuse_name);
		SSL_CTX_set_tlsext_servername_arg(peer.tls, only);
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
		trial_run(&trial);
		const struct observation *got = trial_result(&trial, i);
		cr_expect_eq(got->outcome, OUTCOME_SERVED, "%s: %s", sni[i].descr, got->message);
		cr_expect_eq(atomic_load(&peer.count), sni[i].connections, "%s: %u", sni[i].descr,
			atomic_load(&peer.count));
		peer_stop(&peer);
	}
}

static bool serve_unknown_name(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_swallow(fd);
	peer_write(fd, "\x15\x03\x03\x00\x02\x02\x70", 7);
	return true;
}

Test(engine, says_when_no_name_did_not_help)
{
	struct peer peer;

	start(&peer, serve_unknown_name);
	trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	const struct observation *got = trial_result(&trial, 0);
	cr_expect_eq(got->outcome, OUTCOME_HANDSHAKE);
	cr_expect(strstr(got->message, "unrecognized_name (112); also without a server name"), "%s",
		got->message);
	cr_expect_eq(atomic_load(&peer.count), 2);
	peer_stop(&peer);
}

static int staple(SSL *ssl, void *arg)
{
	const struct forge_bytes *answer = arg;
	unsigned char *copy = OPENSSL_memdup(answer->data, answer->len);

	/* OpenSSL frees it. */
	return SSL_set_tlsext_status_ocsp_resp(ssl, copy, (int)answer->len) == 1
		       ? SSL_TLSEXT_ERR_OK
		       : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Test(engine, keeps_what_is_stapled)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct forge_bytes answer = forge_ocsp(
		&forge, &(struct forge_ocsp){ .leaf = chain[0],
				.issuer = chain[1],
				.this_update = forge_day("2026-01-01") });

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct peer peer;

		start(&peer, peer_shake);
		SSL_CTX_set_max_proto_version(peer.tls, versions[i]);
		SSL_CTX_set_tlsext_status_cb(peer.tls, staple);
		SSL_CTX_set_tlsext_status_arg(peer.tls, &answer);
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
		trial_run(&trial);
		const struct observation *got = trial_result(&trial, i);
		cr_assert_eq(got->staple.len, answer.len, "%zu", got->staple.len);
		cr_expect_arr_eq(got->staple.bytes, answer.data, answer.len);
		peer_stop(&peer);
	}
}

/* The nodes of a cluster: two, or three where there is IPv6; one is mentioned twice. */
Test(engine, examines_all_addresses)
{
	static const char *const nodes[] = { "127.0.0.1", "127.0.0.2", "::1" };
	char hosts[] = "/tmp/chainmend-hosts.XXXXXX";
	struct peer peers[ARRAY_LEN(nodes)];
	size_t count = 0;
	FILE *file = fdopen(mkstemp(hosts), "w");

	cr_assert_not_null(file);
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		peers[i] = (struct peer){ .serve = peer_shake };
		if (!peer_listen(&peers[i], nodes[i], i ? peers[0].port : 0))
			continue;
		peers[i].tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
		peer_start(&peers[i]);
		count++;
		fprintf(file, "%s cluster.example.hk\n", nodes[i]);
	}
	fprintf(file, "127.0.0.1 cluster.example.hk\n");
	cr_assert_eq(fclose(file), 0);
	cr_assert_geq(count, 2);
	cr_assert_eq(setenv("CARES_HOSTS", hosts, 1), 0);

	trial_add(&trial, PROTOCOL_HTTPS, "cluster.example.hk", peers[0].port);
	trial_run(&trial);
	cr_assert_eq(trial.seen_count, count, "%zu results of %zu", trial.seen_count, count);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), count);
	for (size_t i = 0; i < count; i++) {
		cr_expect_eq(trial.seen[i]->addresses, count);
		cr_expect_geq(trial.seen[i]->dns_ms, 0);
		for (size_t j = 0; j < i; j++)
			cr_expect_str_neq(trial.seen[i]->address, trial.seen[j]->address);
	}

	trial.options.first_address = true;
	trial_add(&trial, PROTOCOL_HTTPS, "cluster.example.hk", peers[0].port);
	trial_run(&trial);
	cr_expect_eq(trial_result(&trial, 1)->addresses, 1);
	(void)unlink(hosts);
	for (size_t i = 0; i < count; i++)
		peer_stop(&peers[i]);
}

/* Names are asked about a few at a time, each once, and none is forgotten. */
Test(engine, resolves_many_names)
{
	char hosts[] = "/tmp/chainmend-hosts.XXXXXX", name[64];
	struct peer peer;
	FILE *file = fdopen(mkstemp(hosts), "w");

	cr_assert_not_null(file);
	start(&peer, peer_shake);
	for (int i = 0; i < 150; i++) {
		(void)snprintf(name, sizeof name, "node%d.example.hk", i);
		fprintf(file, "127.0.0.1 %s\n", name);
		trial_add(&trial, PROTOCOL_HTTPS, name, peer.port);
		trial_add(&trial, PROTOCOL_HTTPS, name, peer.port);
	}
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(setenv("CARES_HOSTS", hosts, 1), 0);
	trial.options.concurrency = 200;
	trial_run(&trial);
	for (size_t i = 0; i < trial.count; i++)
		cr_expect_eq(trial_result(&trial, i)->outcome, OUTCOME_SERVED);
	(void)unlink(hosts);
	peer_stop(&peer);
}

Test(engine, answers_for_what_is_no_target)
{
	trial.options.timeout_s = 2;
	trial_add(&trial, PROTOCOL_HTTPS, "no-such-host.invalid", 443);
	trial_add(&trial, PROTOCOL_HTTPS, "not a line", 0);
	trial.targets[1].fault = text_copy("no port", 7);
	trial_add(&trial, PROTOCOL_FTP, "no-such-host.invalid", 21);
	trial_add(&trial, PROTOCOL_HTTPS, "no-such-host.invalid", 8443);
	trial_run(&trial);
	cr_expect_eq(trial_result(&trial, 0)->outcome, OUTCOME_DNS);
	cr_expect_neq(trial_result(&trial, 0)->message[0], '\0');
	cr_expect_eq(trial_result(&trial, 0)->addresses, 0);
	cr_expect_eq(trial_result(&trial, 1)->outcome, OUTCOME_BAD_TARGET);
	cr_expect_str_eq(trial_result(&trial, 1)->message, "no port");
	cr_expect_eq(trial_result(&trial, 2)->outcome, OUTCOME_DNS);
	cr_expect_eq(trial_result(&trial, 3)->outcome, OUTCOME_DNS);
	cr_expect_leq(trial.seconds, 6, "took %g s", trial.seconds);
}

static void *stop_soon(void *arg)
{
	(void)poll(NULL, 0, 200);
	scan_stop(arg);
	return NULL;
}

Test(engine, stops_in_the_middle)
{
	struct error err = { 0 };
	struct peer peer;
	pthread_t thread;

	start(&peer, serve_silence);
	trial.options.concurrency = 20;
	for (size_t i = 0; i < 100; i++)
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	struct scan *scan = trial_scan(&trial);
	uint64_t began = clock_monotonic_us();
	cr_assert_eq(pthread_create(&thread, NULL, stop_soon, scan), 0);
	cr_expect(scan_run(scan, &err), "%s", err.text);
	cr_expect_leq(clock_monotonic_us() - began, 1000000u);
	(void)pthread_join(thread, NULL);
	scan_free(scan);
	cr_expect_eq(trial.seen_count, 0);
	cr_expect_leq(atomic_load(&peer.count), 20u);
	peer_stop(&peer);
}

Test(engine, runs_with_nothing_to_do)
{
	trial_run(&trial);
	cr_expect_eq(trial.seen_count, 0);
	cr_expect_leq(trial.seconds, 2);
}

Test(engine, lives_with_few_descriptors)
{
	const struct rlimit few = { 96, 96 };
	struct peer peer;

	start(&peer, peer_shake);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	trial.options.concurrency = 1000;
	for (size_t i = 0; i < 300; i++)
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), 300);
	peer_stop(&peer);
}

/* Nobody but this machine is at fault, and that is what the result says. */
Test(engine, blames_itself_for_want_of_descriptors)
{
	struct rlimit none, before;
	struct peer peer;

	start(&peer, serve_silence);
	trial.options.timeout_s = 0.5;
	trial_add(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	struct scan *scan = trial_scan(&trial);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 3;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	cr_expect(scan_run(scan, NULL));
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	scan_free(scan);
	cr_expect_eq(trial_result(&trial, 0)->outcome, OUTCOME_INTERNAL);
	cr_expect(strstr(trial_result(&trial, 0)->message, "this machine could not connect"), "%s",
		trial_result(&trial, 0)->message);
	peer_stop(&peer);
}

Test(engine, keeps_the_pace)
{
	struct peer peer;

	start(&peer, peer_shake);
	trial.options.rate = 50;
	for (size_t i = 0; i < 30; i++)
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), 30);
	cr_expect_geq(trial.seconds, 0.5, "took %g s", trial.seconds);
	cr_expect_leq(trial.seconds, 4, "took %g s", trial.seconds);
	peer_stop(&peer);
}

/* The place after the last one is nobody's, so nobody waits for it. */
Test(engine, does_not_wait_when_nothing_is_left)
{
	struct peer peer;

	start(&peer, peer_shake);
	trial.options.rate = 0.5;
	trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), 1);
	cr_expect_leq(trial.seconds, 1.8, "took %g s", trial.seconds);
	peer_stop(&peer);
}

/* Says all at once, and is gone before the answer to it. */
static bool serve_and_go(struct peer *peer, int fd, unsigned count)
{
	static const char says[] = "220 mx\r\n250-mx\r\n250 STARTTLS\r\n";

	(void)peer;
	(void)count;
	/* Until the client waits for a greeting. */
	(void)poll(NULL, 0, 5);
	peer_write(fd, says, sizeof says - 1);
	(void)shutdown(fd, SHUT_WR);
	peer_will_reset(fd);
	return false;
}

/* A write to who has gone ends a program, unless it takes care. */
Test(engine, survives_who_has_gone)
{
	struct peer peer;

	start(&peer, serve_and_go);
	(void)signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; i < 50; i++)
		trial_add_at(&trial, PROTOCOL_SMTP, "127.0.0.1", peer.port);
	trial_run(&trial);
	cr_expect_eq(trial.seen_count, 50);
	cr_expect_eq(count_outcome(OUTCOME_RESET), 50);
	peer_stop(&peer);
}
