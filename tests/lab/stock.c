/* SPDX-License-Identifier: MIT */
#include "tests/lab/stock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/cert/cert.h"
#include "tests/lab/fleet.h"

#define BUNDLE 9
#define USUAL_FROM (-5)
#define USUAL_TO 70

static struct instant days_from(struct instant day, int days)
{
	return (struct instant){ day.seconds + (int64_t)days * SECONDS_A_DAY };
}

static void name_it(struct stock *stock, const char *name, struct forge_cert *cert)
{
	if (stock->named_count == STOCK_NAMED)
		abort();
	stock->named[stock->named_count++] = (struct stock_name){ name, cert };
}

static struct forge_cert *find(const struct stock *stock, const char *name)
{
	for (size_t i = 0; i < stock->named_count; i++)
		if (!strcmp(stock->named[i].name, name))
			return stock->named[i].cert;
	return forge_pki_find(&stock->pki, name);
}

/* Certificates of the name and the key of the current intermediate that no profile lists. */
static void mint_reissues(struct stock *stock)
{
	struct forge_cert *current = forge_pki_find(&stock->pki, "ssl-ca-3-17-2025");
	struct forge_spec spec = {
		.subject = forge_as_cert(current)->subject,
		.key = current->key,
		.issuer = forge_pki_find(&stock->pki, "root-ca-3"),
		.not_before = forge_day("2025-05-20"),
		.not_after = forge_day("2031-06-03"),
		.ca = true,
		.has_pathlen = true,
		.eku = "serverAuth",
	};

	name_it(stock, "reissue", forge_cert(&stock->pki.forge, &spec));
	struct forge_spec lapsed = spec;
	lapsed.not_after = days_from(stock->pki.day, -7);
	name_it(stock, "lapsed", forge_cert(&stock->pki.forge, &lapsed));
	struct forge_spec mere = spec;
	mere.ca = false;
	mere.has_pathlen = false;
	mere.key_usage = "digitalSignature";
	name_it(stock, "not-ca", forge_cert(&stock->pki.forge, &mere));
}

static struct forge_cert *mint_ca(
	struct stock *stock, const char *subject, const char *key, const struct forge_cert *issuer)
{
	return forge_cert(&stock->pki.forge, &(struct forge_spec){
						     .subject = subject,
						     .key = key,
						     .issuer = issuer,
						     .not_before = forge_day("2022-01-01"),
						     .not_after = forge_day("2034-01-01"),
						     .ca = true,
						     .eku = issuer ? "serverAuth" : NULL,
					     });
}

static void mint_strangers(struct stock *stock)
{
	struct forge *forge = &stock->pki.forge;
	struct forge_cert *other_root = mint_ca(stock,
		"CN=Example Commercial Root R1,O=Example Commercial CA,C=GB", "rsa:other-root",
		NULL);
	struct forge_cert *hongkong = forge_pki_find(&stock->pki, "ssl-ca-3-17-2025");
	struct forge_cert *false_root = mint_ca(
		stock, "CN=Hongkong Post Root CA 3,O=Somebody Else,C=HK", "rsa:false-root", NULL);

	name_it(stock, "other",
		mint_ca(stock, "CN=Example Commercial TLS CA 7,O=Example Commercial CA,C=GB",
			"rsa:other", other_root));
	name_it(stock, "middlebox",
		mint_ca(stock, "CN=Gateway Inspection CA,O=Example Department,C=HK",
			"rsa:middlebox", NULL));
	name_it(stock, "namesake",
		mint_ca(stock, forge_as_cert(hongkong)->subject, "rsa:namesake", false_root));
	for (int i = 0; i < BUNDLE; i++) {
		char subject[80], name[32];

		snprintf(subject, sizeof subject, "CN=Bundled CA %d,O=Example Bundle,C=GB", i + 1);
		snprintf(name, sizeof name, "bundle-%d", i + 1);
		struct forge_bytes kept = forge_keep(forge, name, strlen(name) + 1);
		name_it(stock, (const char *)kept.data,
			mint_ca(stock, subject, "rsa:other", other_root));
	}
}

/* The names as the "DNS:" array that a spec without forge_leaf_as() needs. */
static struct forge_cert *mint_foreign(
	struct stock *stock, const char *issuer, const char *host, struct forge_spec *spec)
{
	char subject[400], san[320];

	snprintf(subject, sizeof subject, "CN=%s,O=Example Appliance,C=HK", host);
	snprintf(san, sizeof san, "DNS:%s", host);
	spec->subject = subject;
	spec->san = (const char *const[]){ san, NULL };
	spec->key = "leaf";
	spec->eku = "serverAuth";
	if (strcmp(issuer, "self") != 0)
		spec->issuer = find(stock, issuer);
	return forge_cert(&stock->pki.forge, spec);
}

static struct forge_cert *mint_crowded(struct stock *stock, const char *issuer, const char *host,
	int more, const struct forge_spec *spec)
{
	struct buf names = BUF_INIT(1u << 20);

	(void)buf_add_text(&names, host);
	for (int i = 1; i <= more; i++)
		(void)buf_addf(&names, ",host-%04d.example.gov.hk", i);
	struct forge_cert *leaf = forge_leaf_as(&stock->pki, issuer, buf_text(&names), spec);
	buf_release(&names);
	return leaf;
}

static struct forge_cert *mint_leaf(struct stock *stock, const struct state *state)
{
	const char *issuer = state->issuer ? state->issuer : "ssl-ca-3-17-2025";
	bool usual = !state->from && !state->to;
	char host[300], san[320];
	const char *const hostile[] = { san, state->san, NULL };
	struct forge_spec spec = {
		.subject = state->subject,
		.key = state->key,
		.eku = state->eku,
		.digest = state->digest,
		.not_before = days_from(stock->pki.day, usual ? USUAL_FROM : state->from),
		.not_after = days_from(stock->pki.day, usual ? USUAL_TO : state->to),
	};

	if (state->old) {
		spec.not_before = fleet_old_leaf_start();
		spec.not_after = fleet_old_leaf_end();
		spec.eku = "serverAuth,clientAuth";
	}
	fleet_wire_host(state, host, sizeof host);
	if (state->more_names)
		return mint_crowded(stock, issuer, host, state->more_names, &spec);
	snprintf(san, sizeof san, "DNS:%s", host);
	if (state->san)
		spec.san = hostile;
	if (!strcmp(issuer, "self") || !strcmp(issuer, "other") || !strcmp(issuer, "namesake") ||
		!strcmp(issuer, "middlebox"))
		return mint_foreign(stock, issuer, host, &spec);
	return forge_leaf_as(&stock->pki, issuer, state->names ? state->names : host, &spec);
}

static void put(struct stock_item *item, struct forge_cert *cert)
{
	if (item->count == STOCK_CHAIN)
		abort();
	item->certs[item->count++] = cert;
}

static void put_word(
	struct stock *stock, struct stock_item *item, const char *word, struct forge_cert *leaf)
{
	if (!strcmp(word, "leaf")) {
		put(item, leaf);
	} else if (!strcmp(word, "bundle")) {
		for (size_t i = 0; i < stock->named_count; i++)
			if (!strncmp(stock->named[i].name, "bundle-", 7))
				put(item, stock->named[i].cert);
	} else {
		put(item, find(stock, word));
	}
}

/* WORDS with LEAF in the place of "leaf". */
static void fill_chain(
	struct stock *stock, struct stock_chain *chain, const char *words, struct forge_cert *leaf)
{
	char word[64];
	int used;

	for (; sscanf(words, "%63s%n", word, &used) == 1; words += used)
		chain->certs[chain->count++] = strcmp(word, "leaf") ? find(stock, word) : leaf;
}

static void fill_more(struct stock *stock, struct stock_item *item)
{
	const struct state *state = item->state;
	struct forge_spec spec = {
		.key = state->other_key,
		.not_before = days_from(stock->pki.day, USUAL_FROM),
		.not_after = days_from(stock->pki.day, USUAL_TO),
	};
	char host[300];

	fleet_wire_host(state, host, sizeof host);
	if (state->other_serves)
		fill_chain(stock, &item->other, state->other_serves,
			forge_leaf_as(&stock->pki, "ssl-ca-3-17-2025", host, &spec));
	if (state->nameless)
		fill_chain(stock, &item->nameless, state->nameless,
			forge_leaf_as(
				&stock->pki, "ssl-ca-3-17-2025", "default.example.gov.hk", &spec));
}

static void fill(struct stock *stock, struct stock_item *item)
{
	const struct state *state = item->state;
	char word[64];
	int used;

	if (!state->serves || !fleet_has(state, stock->pki.day))
		return;
	struct forge_cert *leaf = mint_leaf(stock, state);
	item->key = leaf->key;
	fill_more(stock, item);
	for (const char *at = state->serves; sscanf(at, "%63s%n", word, &used) == 1; at += used)
		put_word(stock, item, word, leaf);
	if (state->revoked)
		item->staple = forge_ocsp(&stock->pki.forge,
			&(struct forge_ocsp){
				.leaf = leaf,
				.issuer = forge_pki_find(&stock->pki, "ssl-ca-3-17-2025"),
				.status = FORGE_REVOKED,
				.revoked_at = days_from(stock->pki.day, -2),
				.reason = "keyCompromise",
				.this_update = days_from(stock->pki.day, -1),
				.next_update = days_from(stock->pki.day, 6),
			});
}

void stock_init(struct stock *stock, struct instant day, const char *base_url)
{
	*stock = (struct stock){ .named_count = 0 };
	forge_pki_init(&stock->pki, day, FORGE_KEYS_RSA, base_url);
	mint_reissues(stock);
	mint_strangers(stock);
	stock->items = calloc(fleet_count(), sizeof *stock->items);
	if (!stock->items)
		abort();
	for (size_t i = 0; i < fleet_count(); i++) {
		stock->items[i].state = fleet_state(i);
		fill(stock, &stock->items[i]);
	}
}

void stock_release(struct stock *stock)
{
	free(stock->items);
	stock->items = NULL;
	forge_pki_release(&stock->pki);
}

const struct stock_item *stock_item(const struct stock *stock, size_t state)
{
	return &stock->items[state];
}

const char *stock_known_as(const struct stock *stock, const struct forge_cert *cert)
{
	for (size_t i = 0; i < FORGE_PKI_CERTS; i++)
		if (stock->pki.certs[i] == cert)
			return stock->pki.ids[i];
	return NULL;
}
