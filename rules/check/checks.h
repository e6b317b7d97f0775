/* SPDX-License-Identifier: MIT */
/*
 * checks - the predicates behind the catalogue, and what they look at
 *
 * Private to rules/.  A predicate adds its findings to a list, or nothing; it
 * never speaks of a fault that another rule has named already: one cause, one
 * finding.  What cannot be decided is no finding.
 */
#ifndef RULES_CHECK_CHECKS_H
#define RULES_CHECK_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/clock.h"
#include "checker/cert/cert_policy.h"
#include "checker/conform/conform.h"
#include "checker/facts.h"
#include "checker/limits.h"
#include "rules/finding.h"
#include "rules/profile/profile.h"

struct verdict;

/* What the certificates that clients rely on break of RFC 5280 and the Baseline Requirements. */
#define SCENE_CONFORM 24 /* all those of two longest paths; more are not looked at */
struct scene_conform {
	bool servers; /* TLS servers of the web: the Baseline Requirements are meant, too */
	const struct cert *certs[SCENE_CONFORM];
	struct conform found[SCENE_CONFORM];
	size_t count;
	uint32_t groups; /* bit G: something of group G is among them */
};

/* The facts of one endpoint seen with the eyes of a profile. */
struct scene {
	const struct facts *facts;
	const struct profile *profile;
	struct instant today;

	/* What the profile calls the certificate at each place; NULL: it does not know it. */
	const struct profile_certificate *known[LIMIT_CHAIN];

	/* What the leaf says that only policies look at. */
	struct cert_policy policy;

	struct scene_conform conform;

	/* The leaf is issued under the profile's authority. */
	bool in_scope;
	/* ... which is taken from its issuer's name: nobody at hand has the issuer's key. */
	bool scope_assumed;
	/* No leaf at all: CA certificates of the profile alone, as in a chain file. */
	bool is_bundle;

	/* The profile's certificate for the leaf's issuing key that a server should send today;
	 * NULL out of scope. */
	const struct profile_certificate *issuing;
	/* The leaf's issuing key is one that only a retired certificate has. */
	const struct profile_certificate *retired_key;
};

void scene_set(struct scene *scene, const struct facts *facts, const struct profile *profile);

/* True when that certificate was served. */
bool scene_serves(const struct scene *scene, const struct profile_certificate *certificate);

/* How bad a retired certificate is today: a note before its replacement was in use, a
 * warning until it has to be gone, critical from that day on. */
enum severity scene_retired_severity(
	const struct scene *scene, const struct profile_certificate *retired);

/* The key of a certificate of the profile, by its SHA-256; NULL when nobody knows it. */
const uint8_t *scene_key(const struct scene *scene, const struct profile_certificate *certificate);

/* What an action calls a served certificate: the profile's id, else its fingerprint. */
const char *scene_id(const struct scene *scene, size_t place);

/* What a message calls a certificate: its common name, else its subject. */
const char *scene_name(const struct cert *cert);

/* All verdicts of one host, port and protocol, at least two of them with a chain. */
struct service {
	struct verdict *const *verdicts;
	size_t count;
};

/* False only when memory runs out. */
#define RULE_ENDPOINT(symbol) \
	bool check_##symbol(const struct scene *scene, struct finding_list *list);
#define RULE_FLEET(symbol)
#define RULE_LEAF(symbol) RULE_ENDPOINT(symbol)
#define RULE_LOOKS(symbol) \
	bool check_##symbol(const struct verdict *verdict, struct finding_list *list);
#define RULE_SERVICE(symbol) bool check_##symbol(const struct service *service);
#define RULE(symbol, id, severity, subject, reference) RULE_##subject(symbol)
#include "rules/rules.def"
#undef RULE
#undef RULE_ENDPOINT
#undef RULE_FLEET
#undef RULE_LEAF
#undef RULE_LOOKS
#undef RULE_SERVICE

/* What the looks at one address add to rules that are about services. */
bool check_looks_key_types(const struct verdict *verdict, struct finding_list *list);
bool check_looks_nodes(const struct verdict *verdict, struct finding_list *list);

/* The same certificates but for the leaf, in the same order. */
bool service_same_above(const struct verdict *a, const struct verdict *b);

#endif
