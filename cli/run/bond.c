/* SPDX-License-Identifier: MIT */
#include "cli/run/bond.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/checksum.h"
#include "checker/engine/proxy.h"
#include "checker/limits.h"
#include "checker/target/owner_map.h"
#include "checker/target/target_stream.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/run/journal.h"
#include "cli/supply/setup.h"
#include "rules/profile/profile.h"
#include "rules/waiver/waivers.h"

static bool end(struct checksum *checksum, char out[static CHECKSUM_TEXT], struct error *err)
{
	uint8_t hash[CHECKSUM_BYTES];

	if (!checksum_end(checksum, hash))
		return error_set_memory(err);
	text_from_bytes(hash, sizeof hash, out);
	return true;
}

static const char *builtin_text(const char *id)
{
	const char *name;

	for (size_t i = 0; (name = profile_builtin_id(i)); i++)
		if (strcmp(name, id) == 0)
			return profile_builtin_text(i);
	return NULL;
}

static bool sum_profile(const struct profile *profile, const struct options *options,
	struct checksum *checksum, struct error *err)
{
	CLEANUP(buf_release) struct buf file = BUF_INIT(LIMIT_PROFILE_BYTES);
	const char *text = strcmp(profile->source, options->profile) != 0
				   ? builtin_text(options->profile)
				   : NULL;

	if (text) {
		checksum_add_text(checksum, text);
		return true;
	}
	if (!buf_read_file(&file, options->profile, err))
		return false;
	checksum_add_text(checksum, buf_text(&file));
	return true;
}

/* Of a proxy its place, and nothing of who uses it. */
static void put_proxy(struct buf *out, const struct proxy *proxy)
{
	if (!proxy)
		(void)buf_add_text(out, "none");
	else
		(void)buf_addf(out, "%s://%s:%u", proxy->kind == PROXY_HTTP ? "http" : "socks5h",
			proxy->host, (unsigned)proxy->port);
}

static bool put_options(struct journal_head *head, const struct options *options, struct error *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(sizeof head->options - 1);
	static const char *const fetches[] = { "profile", "any", "none" };
	static const char *const revocations[] = { "profile", "full", "none" };
	char day[INSTANT_TEXT] = "now";

	if (options->has_as_of)
		instant_format(options->as_of, day);
	(void)buf_addf(&out,
		"as-of %s, handshake %s, looks %s%s%s%s x%u%s%s, %s, fetch %s, "
		"revocation %s%s, proxy ",
		day, options->handshake == HANDSHAKE_CHOICE_COMPLETE ? "complete" : "flight",
		options->probe_auto ? "auto" : "main", options->probe.key_types ? "+key-types" : "",
		options->probe.sni ? "+sni" : "", options->probe.versions ? "+versions" : "",
		options->probe.repeat, options->caa ? "+caa" : "",
		options->probe.identify ? "+identify" : "",
		options->first_address ? "the first address" : "all addresses",
		options->offline ? "none" : fetches[options->fetch],
		revocations[options->revocation], options->explain ? ", explained" : "");
	put_proxy(&out, options->proxy);
	if (out.failed)
		return error_set_memory(err);
	memcpy(head->options, buf_text(&out), out.len + 1);
	return true;
}

bool bond_make(struct journal_head *head, const struct setup *setup, const struct options *options,
	const struct target_stream *targets, struct error *err)
{
	CLEANUP(checksum_freep) struct checksum *checksum = checksum_new();
	uint8_t hash[CHECKSUM_BYTES];

	if (!checksum)
		return error_set_memory(err);
	*head = (struct journal_head){ .count = target_stream_count(targets) };
	target_stream_hash(targets, hash);
	text_from_bytes(hash, sizeof hash, head->targets);
	instant_format(setup->context.now, head->as_of);
	if (!sum_profile(setup->profile, options, checksum, err))
		return false;
	if (setup->waivers)
		checksum_add_text(checksum, waivers_text(setup->waivers));
	if (setup->owners) {
		owner_map_hash(setup->owners, hash);
		checksum_add(checksum, hash, sizeof hash);
	}
	if (!end(checksum, head->profile, err))
		return false;
	trust_sum(setup->trust, checksum);
	return end(checksum, head->trust, err) && put_options(head, options, err);
}
