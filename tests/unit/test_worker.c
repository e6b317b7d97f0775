/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/engine/resolve.h"
#include "checker/engine/stream.h"
#include "checker/observation.h"
#include "tests/peer.h"
#include "tests/trial.h"

/* Who has to wait, for whom, and what this machine is short of. */

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

TestSuite(worker, .init = set_up, .fini = tear_down);

/* On every address of this machine. */
static void start(struct peer *peer, bool (*serve)(struct peer *, int, unsigned))
{
	memset(peer, 0, sizeof *peer);
	peer->serve = serve;
	peer->tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
	cr_assert(peer_listen(peer, "0.0.0.0", 0));
	peer_start(peer);
}

static bool serve_reset(struct peer *peer, int fd, unsigned count)
{
	(void)peer;
	(void)count;
	peer_will_reset(fd);
	return false;
}

/* COUNT targets at addresses that FORMAT makes of their numbers. */
static void add_many(size_t count, const char *prefix, unsigned different, uint16_t port)
{
	char address[32];

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(address, sizeof address, "%s%zu", prefix, 1 + i % different);
		trial_add_at(&trial, PROTOCOL_HTTPS, address, port);
	}
}

static size_t count_outcome(enum outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < trial.seen_count; i++)
		count += trial.seen[i]->outcome == outcome;
	return count;
}

static const struct {
	const char *descr;
	double per_address, per_network;
	size_t count;
	unsigned different; /* addresses */
	double least, most; /* seconds */
} crowds[] = {
	{ "no limit", 0, 0, 30, 1, 0, 2 },
	{ "one address: ten at once, then ten a second", 10, 0, 22, 1, 1.1, 3 },
	{ "two of them, at the same time", 10, 0, 44, 2, 1.1, 3 },
	{ "a network of many", 0, 10, 22, 22, 1.1, 3 },
	{ "the stricter of both", 100, 10, 22, 2, 1.1, 3 },
};

/* The target's own time is shorter than what some of them wait. */
Test(worker, has_manners)
{
	for (size_t i = 0; i < ARRAY_LEN(crowds); i++) {
		struct peer peer;

		start(&peer, peer_shake);
		trial_release(&trial);
		trial_init(&trial);
		trial.options.timeout_s = 0.9;
		trial.options.per_address = crowds[i].per_address;
		trial.options.per_network = crowds[i].per_network;
		add_many(crowds[i].count, "127.0.7.", crowds[i].different, peer.port);
		trial_run(&trial);
		cr_expect_eq(count_outcome(OUTCOME_SERVED), crowds[i].count, "%s: %zu",
			crowds[i].descr, count_outcome(OUTCOME_SERVED));
		cr_expect_geq(
			trial.seconds, crowds[i].least, "%s: %g s", crowds[i].descr, trial.seconds);
		cr_expect_leq(
			trial.seconds, crowds[i].most, "%s: %g s", crowds[i].descr, trial.seconds);
		peer_stop(&peer);
	}
}

/* One place, and a dozen that wait for their address: the others pass by. */
Test(worker, lets_others_pass)
{
	struct peer peer;

	start(&peer, peer_shake);
	trial.options.concurrency = trial.options.threads = 1;
	trial.options.per_address = 5;
	add_many(12, "127.0.7.", 1, peer.port);
	add_many(40, "127.0.8.", 40, peer.port);
	trial_run(&trial);
	cr_assert_eq(count_outcome(OUTCOME_SERVED), 52);
	for (size_t i = 48; i < 52; i++)
		cr_expect_str_eq(trial.seen[i]->address, "127.0.7.1");
	peer_stop(&peer);
}

/* Further tries count, and wait. */
Test(worker, has_manners_with_every_try)
{
	struct peer peer;

	start(&peer, serve_reset);
	trial.options.per_address = 2;
	trial.options.retries = 3;
	trial.options.timeout_s = 2;
	add_many(1, "127.0.7.", 1, peer.port);
	trial_run(&trial);
	cr_expect_eq(trial_result(&trial, 0)->outcome, OUTCOME_RESET);
	/* Four, and one for the legacy offer, which a reset may mean; two at once. */
	cr_expect_eq(atomic_load(&peer.count), 5, "%u", atomic_load(&peer.count));
	cr_expect_geq(trial.seconds, 1.2, "took %g s", trial.seconds);
	peer_stop(&peer);
}

/* Listens, and never more than that. */
static uint16_t listen_only(struct peer *peer)
{
	memset(peer, 0, sizeof *peer);
	cr_assert(peer_listen(peer, "0.0.0.0", 0));
	return peer->port;
}

static void write_hosts(char *path, const char *name, const char *prefix, unsigned count)
{
	FILE *file = fdopen(mkstemp(path), "w");

	cr_assert_not_null(file);
	for (unsigned i = 0; i < count; i++)
		fprintf(file, "%s%u %s\n", prefix, 1 + i, name);
	cr_assert_eq(fclose(file), 0);
	cr_assert_eq(setenv("CARES_HOSTS", path, 1), 0);
}

/* A name with more silent addresses than this machine has descriptors, beside others. */
Test(worker, has_few_descriptors)
{
	const struct rlimit few = { 64, 64 };
	char hosts[] = "/tmp/chainmend-hosts.XXXXXX";
	struct peer silent, good;

	start(&good, peer_shake);
	uint16_t port = listen_only(&silent);
	write_hosts(hosts, "silent.example.hk", "127.0.9.", 64);
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	trial.options.threads = 1;
	trial.options.timeout_s = 0.5;
	trial_add(&trial, PROTOCOL_HTTPS, "silent.example.hk", port);
	add_many(60, "127.0.7.", 1, good.port);
	trial_run(&trial);
	cr_expect_eq(trial.seen_count, 124, "%zu results", trial.seen_count);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), 60);
	cr_expect_eq(count_outcome(OUTCOME_TIMEOUT), 64);
	cr_expect_eq(trial.notices, 1);
	cr_expect(strstr(trial.notice, "instead of 100"), "%s", trial.notice);
	(void)unlink(hosts);
	(void)close(silent.listener);
	peer_stop(&good);
}

/* In a process of its own, with descriptors of its own. */
static pid_t start_apart(struct peer *peer)
{
	memset(peer, 0, sizeof *peer);
	peer->serve = peer_shake;
	peer->tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
	cr_assert(peer_listen(peer, "0.0.0.0", 0));
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child != 0)
		return child;
	peer_start(peer);
	/* Until it is killed; not for ever, should nobody do it. */
	(void)poll(NULL, 0, 30000);
	_exit(0);
}

/* The limit falls while the scan is there: it goes on with what there is. */
Test(worker, runs_out_of_descriptors)
{
	struct rlimit limit;
	struct error err = { 0 };
	struct peer peer;

	pid_t child = start_apart(&peer);
	add_many(300, "127.0.7.", 200, peer.port);
	struct scan *scan = trial_scan(&trial);
	int lowest = dup(0);
	cr_assert_geq(lowest, 0);
	(void)close(lowest);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = (rlim_t)lowest + 12;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_expect(scan_run(scan, &err), "%s", err.text);
	scan_free(scan);
	cr_expect_eq(count_outcome(OUTCOME_SERVED), 300, "%zu", count_outcome(OUTCOME_SERVED));
	cr_expect_eq(trial.notices, 1);
	cr_expect(strstr(trial.notice, "no more sockets"), "%s", trial.notice);
	(void)close(peer.listener);
	SSL_CTX_free(peer.tls);
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
}

static const struct {
	const char *descr;
	int errnum;
	enum shortage shortage;
} shortages[] = {
	{ "descriptors of the process", EMFILE, SHORTAGE_FILES },
	{ "descriptors of the machine", ENFILE, SHORTAGE_FILES },
	{ "ports, on an address that there is", EADDRNOTAVAIL, SHORTAGE_PORTS },
	{ "buffers", ENOBUFS, SHORTAGE_MEMORY },
	{ "memory", ENOMEM, SHORTAGE_MEMORY },
	{ "watches", ENOSPC, SHORTAGE_MEMORY },
	{ "the remote refuses", ECONNREFUSED, SHORTAGE_NONE },
	{ "no way there", ENETUNREACH, SHORTAGE_NONE },
};

Test(worker, tells_shortages_from_remotes)
{
	struct address address;

	cr_assert(address_parse("127.0.0.1", &address));
	for (size_t i = 0; i < ARRAY_LEN(shortages); i++)
		cr_expect_eq(stream_shortage(shortages[i].errnum, &address), shortages[i].shortage,
			"%s", shortages[i].descr);
}

Test(worker, says_which_addresses_it_leaves_out)
{
	char hosts[] = "/tmp/chainmend-hosts.XXXXXX";
	struct peer peer;

	start(&peer, peer_shake);
	write_hosts(hosts, "crowd.example.hk", "127.0.9.", LIMIT_ADDRESSES + 6);
	trial_add(&trial, PROTOCOL_HTTPS, "crowd.example.hk", peer.port);
	trial_run(&trial);
	cr_expect_eq(trial.seen_count, LIMIT_ADDRESSES);
	for (size_t i = 0; i < trial.seen_count; i++) {
		cr_expect_eq(trial.seen[i]->addresses, LIMIT_ADDRESSES);
		cr_expect_eq(trial.seen[i]->addresses_dropped, 6);
	}
	cr_expect_eq(trial.notices, 1);
	cr_expect(strstr(trial.notice, "crowd.example.hk has 70 addresses"), "%s", trial.notice);
	(void)unlink(hosts);
	peer_stop(&peer);
}
