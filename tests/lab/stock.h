/* SPDX-License-Identifier: MIT */
/*
 * stock - the certificates of the lab: the PKI of the day, and what each service holds
 *
 * Besides the ids of the profile a row of the fleet may name: "reissue" (the
 * name and key of ssl-ca-3-17-2025, another certificate), "not-ca" and "lapsed"
 * (the same, no CA, or expired), "other" (an intermediate of somebody else),
 * "namesake" (its name, another key and root), "middlebox" (a root of its own) and "bundle" (nine
 * strangers).
 *
 * Made once, before any thread starts, and only read from then on.
 */
#ifndef TESTS_LAB_STOCK_H
#define TESTS_LAB_STOCK_H

#include <stddef.h>

#include "tests/forge.h"

struct state;

#define STOCK_CHAIN 16
#define STOCK_NAMED 24

/* What a service has besides; count 0: nothing. */
struct stock_chain {
	struct forge_cert *certs[STOCK_CHAIN];
	size_t count;
};

struct stock_item {
	const struct state *state;
	struct stock_chain other, nameless;
	struct forge_cert *certs[STOCK_CHAIN]; /* in the order served */
	size_t count;
	const char *key;           /* of the leaf, for forge_key() */
	struct forge_bytes staple; /* len 0: none */
};

struct stock_name {
	const char *name;
	struct forge_cert *cert;
};

struct stock {
	struct forge_pki pki;
	struct stock_name named[STOCK_NAMED]; /* those that are not in the profile */
	size_t named_count;
	struct stock_item *items; /* one for each state of the fleet, count 0 when it has no TLS */
};

/* As of DAY; BASE_URL is where the certificates say their lists are. */
void stock_init(struct stock *stock, struct instant day, const char *base_url);
void stock_release(struct stock *stock);

const struct stock_item *stock_item(const struct stock *stock, size_t state);

/* The profile's id of CERT, or NULL. */
const char *stock_known_as(const struct stock *stock, const struct forge_cert *cert);

#endif
