/* SPDX-License-Identifier: MIT */
#include "tests/trial.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/observation.h"

void trial_init(struct trial *trial)
{
	memset(trial, 0, sizeof *trial);
	trial->options = (struct scan_options){
		.concurrency = 100, .threads = 2, .timeout_s = 3, .retries = 0
	};
	(void)pthread_mutex_init(&trial->lock, NULL);
}

void trial_add(struct trial *trial, enum protocol protocol, const char *host, uint16_t port)
{
	struct target *target = &trial->targets[trial->count++];
	bool literal = strspn(host, "0123456789.:") == strlen(host);

	/* The trial's own reference, which it never gives back. */
	atomic_init(&target->refs, 1);
	target->host = text_copy(host, strlen(host));
	target->sni = literal ? NULL : text_copy(host, strlen(host));
	target->port = port;
	target->protocol = protocol;
}

/* A name that need not be resolved. */
void trial_add_at(struct trial *trial, enum protocol protocol, const char *address, uint16_t port)
{
	trial_add(trial, protocol, "www.example.hk", port);
	trial->targets[trial->count - 1].address = text_copy(address, strlen(address));
}

void trial_release(struct trial *trial)
{
	for (size_t i = 0; i < trial->seen_count; i++)
		observation_free(trial->seen[i]);
	for (size_t i = 0; i < trial->count; i++) {
		free(trial->targets[i].host);
		free(trial->targets[i].sni);
		free(trial->targets[i].address);
		free(trial->targets[i].fault);
	}
}

static struct target *next_target(void *arg)
{
	struct trial *trial = arg;

	return trial->next < trial->count ? target_ref(&trial->targets[trial->next++]) : NULL;
}

static void observed(void *arg, struct observation *observation)
{
	struct trial *trial = arg;

	(void)pthread_mutex_lock(&trial->lock);
	forge_must(trial->seen_count < TRIAL_MAX, "room for a result");
	trial->seen[trial->seen_count++] = observation;
	(void)pthread_mutex_unlock(&trial->lock);
	(void)poll(NULL, 0, trial->slow_ms);
}

static void noticed(void *arg, const char *what)
{
	struct trial *trial = arg;

	(void)pthread_mutex_lock(&trial->lock);
	trial->notices++;
	phrase_render(what, LANGUAGE_EN, trial->notice, sizeof trial->notice);
	(void)pthread_mutex_unlock(&trial->lock);
}

struct scan *trial_scan(struct trial *trial)
{
	struct error err = { 0 };
	struct scan *scan = scan_new(&trial->options, (struct scan_source){ next_target, trial },
		(struct scan_sink){ .observed = observed, .noticed = noticed, .arg = trial }, &err);

	forge_must(scan != NULL, err.text);
	return scan;
}

void trial_run(struct trial *trial)
{
	struct error err = { 0 };
	CLEANUP(scan_freep) struct scan *scan = trial_scan(trial);
	uint64_t began = clock_monotonic_us();

	bool good = scan_run(scan, &err);
	forge_must(good, err.text);
	trial->seconds = (double)(clock_monotonic_us() - began) / 1e6;
}

/* The one result of target number N. */
const struct observation *trial_result(const struct trial *trial, size_t n)
{
	const struct observation *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < trial->seen_count; i++) {
		if (trial->seen[i]->target == &trial->targets[n]) {
			found = trial->seen[i];
			count++;
		}
	}
	forge_must(count == 1, "sense of a target with none or several results");
	return found;
}

void trial_chain(struct forge *forge, struct forge_cert *ret_chain[TRIAL_CHAIN])
{
	static const char *const san[] = { "DNS:www.example.hk", NULL };
	struct forge_spec spec = { .subject = "CN=Root",
		.key = "root",
		.ca = true,
		.not_before = forge_day("2020-01-01"),
		.not_after = forge_day("2040-01-01") };

	ret_chain[2] = forge_cert(forge, &spec);
	spec.subject = "CN=Issuing";
	spec.key = "issuing";
	spec.issuer = ret_chain[2];
	ret_chain[1] = forge_cert(forge, &spec);
	spec = (struct forge_spec){ .subject = "CN=www.example.hk",
		.issuer = ret_chain[1],
		.not_before = spec.not_before,
		.not_after = spec.not_after,
		.san = san };
	ret_chain[0] = forge_cert(forge, &spec);
}
