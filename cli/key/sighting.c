/* SPDX-License-Identifier: MIT */
#include "cli/key/sighting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/engine/scan.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/target/target_stream.h"
#include "cli/options/options.h"
#include "reports/result/results.h"
#include "rules/verdict.h"

void sightings_release(struct sightings *sightings)
{
	free(sightings->all.items);
	*sightings = (struct sightings){ .wanted = NULL };
}

static struct sighting *add(
	struct sightings *sightings, const struct target *target, const char *address)
{
	if (!vec_reserve(&sightings->all)) {
		sightings->failed = true;
		return NULL;
	}
	struct sighting *one = &sightings->all.items[sightings->all.count++];
	*one = (struct sighting){ .kind = SIGHTING_NONE };
	(void)snprintf(one->where, sizeof one->where, "%s:%u%s%s%s", target->host, target->port,
		*address ? " (" : "", address, *address ? ")" : "");
	return one;
}

/* The best of what is seen of one service counts: it may have several keys. */
static void see(struct sighting *one, const struct cert *wanted, const struct cert *leaf)
{
	enum sighting_kind kind = SIGHTING_OTHER;
	char day[INSTANT_TEXT];

	if (cert_equal(leaf, wanted))
		kind = SIGHTING_SAME;
	else if (leaf->readable &&
		 memcmp(leaf->spki_sha256, wanted->spki_sha256, FINGERPRINT_BYTES) == 0)
		kind = SIGHTING_KEY;
	if (kind >= one->kind)
		return;
	one->kind = kind;
	if (!leaf->readable) {
		phrase_say(one->said, sizeof one->said, "a certificate that cannot be decoded");
		return;
	}
	instant_format_day(leaf->not_after, day);
	phrase_say(one->said, sizeof one->said, "%.80s, to %s (SHA-256 %.16s)", leaf->common_name,
		day, leaf->sha256_text);
}

/* --- Services that are looked at --- */

struct looking {
	struct sightings *sightings;
	struct target_stream *targets;
	struct error why;
};

static struct target *next_target(void *arg)
{
	struct looking *looking = arg;

	return target_stream_next(looking->targets, &looking->why);
}

static void see_chain(struct looking *looking, struct sighting *one, const struct observation *seen)
{
	if (seen->chain.count == 0)
		return;
	const struct der *der = &seen->chain.items[0];
	CLEANUP(cert_unrefp)
	const struct cert *leaf = cert_new(der->bytes, der->len, &looking->why);

	if (leaf)
		see(one, looking->sightings->wanted, leaf);
	else
		looking->sightings->failed = true;
}

/* One worker there is, so nobody else is here. */
static void observed(void *arg, struct observation *observation)
{
	struct looking *looking = arg;
	struct sighting *one = add(looking->sightings, observation->target, observation->address);

	if (one) {
		memcpy(one->said, observation->said, sizeof one->said);
		one->said[sizeof one->said - 1] = '\0';
		see_chain(looking, one, observation);
		for (size_t i = 0; i < observation->looks.count; i++)
			see_chain(looking, one, observation->looks.items[i].seen);
	}
	observation_free(observation);
}

static struct target_stream *read_targets(
	const char *const targets[], size_t count, struct error *err)
{
	const struct target_options how = { .skip_bad_input = false };
	CLEANUP(target_stream_freep) struct target_stream *stream = target_stream_new(&how, err);

	for (size_t i = 0; stream && i < count; i++)
		if (!target_stream_add_argument(stream, targets[i], i + 1, err))
			return NULL;
	return stream && target_stream_prepare(stream, err) ? TAKE(stream) : NULL;
}

bool sightings_look(struct sightings *sightings, const struct options *options,
	const char *const targets[], size_t count, struct error *err)
{
	const struct scan_options how = {
		.concurrency = options->concurrency,
		.threads = 1,
		.timeout_s = options->timeout_s,
		.retries = options->retries,
		.probe = { .key_types = true },
		.proxy = options->proxy,
	};
	CLEANUP(target_stream_freep)
	struct target_stream *stream = read_targets(targets, count, err);
	struct looking looking = { .sightings = sightings, .targets = stream };

	if (!stream)
		return false;
	CLEANUP(scan_freep)
	struct scan *scan = scan_new(&how,
		(struct scan_source){ .next = next_target, .arg = &looking },
		(struct scan_sink){ .observed = observed, .arg = &looking }, err);
	if (!scan || !scan_run(scan, err))
		return false;
	if (looking.why.code != ERROR_NONE)
		return error_set(err, looking.why.code, "%s", looking.why.said);
	return !sightings->failed || error_set_memory(err);
}

/* --- Saved results --- */

static bool serves(const struct sightings *sightings, const struct verdict *verdict)
{
	const struct cert *leaf = verdict_leaf(verdict);

	return leaf && cert_equal(leaf, sightings->wanted);
}

/* Is it the certificate's business what is served there? */
static bool concerns(const struct sightings *sightings, const struct verdict *verdict)
{
	const struct target *target = verdict->target;
	const char *name = target->sni ? target->sni : target->host;

	if (cert_covers(sightings->wanted, name) || serves(sightings, verdict))
		return true;
	for (size_t i = 0; i < verdict->looks.count; i++)
		if (verdict->looks.items[i].verdict &&
			serves(sightings, verdict->looks.items[i].verdict))
			return true;
	return false;
}

static void see_verdict(
	struct sightings *sightings, struct sighting *one, const struct verdict *verdict)
{
	const struct cert *leaf = verdict_leaf(verdict);

	if (leaf)
		see(one, sightings->wanted, leaf);
}

static void read_one(struct sightings *sightings, const struct verdict *verdict)
{
	struct sighting *one = concerns(sightings, verdict)
				       ? add(sightings, verdict->target, verdict->address)
				       : NULL;

	if (!one)
		return;
	memcpy(one->said, verdict->said, sizeof one->said);
	one->said[sizeof one->said - 1] = '\0';
	see_verdict(sightings, one, verdict);
	for (size_t i = 0; i < verdict->looks.count; i++)
		if (verdict->looks.items[i].verdict)
			see_verdict(sightings, one, verdict->looks.items[i].verdict);
}

bool sightings_read(
	struct sightings *sightings, const char *const paths[], size_t count, struct error *err)
{
	struct error why = { .code = ERROR_NONE };
	struct verdict *verdict;
	CLEANUP(results_freep) struct results *results = results_new(paths, count, err);

	if (!results)
		return false;
	while ((verdict = results_next(results, &why))) {
		read_one(sightings, verdict);
		verdict_free(verdict);
	}
	if (why.code != ERROR_NONE)
		return error_set(err, why.code, "%s", why.said);
	return !sightings->failed || error_set_memory(err);
}
