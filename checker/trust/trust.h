/* SPDX-License-Identifier: MIT */
/*
 * trust - kinds of clients by the roots they trust, and the paths they can build
 *
 * Path building is not left to OpenSSL: X509_verify_cert() takes the first
 * issuer whose name fits and does not come back (its issue 18708), which is
 * wrong wherever two certificates share a name and a key.  Every line of
 * issuers from the leaf to an anchor is listed here, bounded, issuers matched
 * by name, key identifier and signature; then each path is verified alone
 * (RFC 5280, 6.1) and the best one counts.
 *
 * Nothing here fetches.  Certificates that were served count apart from those
 * the pool knows: a chain that needs the pool is repairable, not good.
 *
 * A trust is filled by one thread before the scan and read by all during it.
 */
#ifndef CHECKER_TRUST_TRUST_H
#define CHECKER_TRUST_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"

struct chain;
struct checksum;
struct trust;

struct trust *trust_new(void);
void trust_free(struct trust *trust);
DEFINE_CLEANUP(struct trust *, trust_free);

/* Adds a store without anchors; its number, or LIMIT_TRUST_STORES when there is no room. */
size_t trust_add_store(struct trust *trust, const char *id);
size_t trust_store_count(const struct trust *trust);
const char *trust_store_id(const struct trust *trust, size_t store);

MUST_USE bool trust_add_anchor(
	struct trust *trust, size_t store, const struct cert *anchor, struct error *err);

/* ANCHOR, which was added, is one of that store's no more from UNTIL on. */
MUST_USE bool trust_anchor_leaves(struct trust *trust, size_t store, const struct cert *anchor,
	struct instant until, struct error *err);

/* An anchor that could not be found: a "no" of this store becomes "unknown". */
void trust_miss_anchor(struct trust *trust, size_t store, const char *what);

/* The anchors came whole from a file, so a "no" counts for leafs of any authority. */
void trust_store_is_whole(struct trust *trust, size_t store);
bool trust_store_whole(const struct trust *trust, size_t store);

/* What the clients of a trust want of a path besides an anchor; beginnings are what TLS clients
 * want of a server. */
enum trust_purpose { TRUST_FOR_SERVERS, TRUST_FOR_CLIENTS, TRUST_FOR_ANYTHING };

/* RFC 5280, 6.1.1 (c) to (g). */
struct trust_policies {
	const char *const
		*accepted; /* dotted OIDs, NULL-terminated; NULL: nobody asks for policies */
	bool explicit_wanted, mapping_inhibited, any_inhibited;
};

struct trust_terms {
	enum trust_purpose purpose;
	int level;       /* of strength, as OpenSSL counts (SSL_CTX_set_security_level(3)) */
	bool is_private; /* not of the web: nobody is bound by the Baseline Requirements */
	bool has_depth;
	unsigned depth; /* intermediates at most; those that are self-issued do not count */
	struct trust_policies policies; /* borrowed, as long as the trust lives */
};

/* Of no trust set here: for servers, of a strength of TRUST_LEVEL, of any depth. */
#define TRUST_LEVEL 0
void trust_set_terms(struct trust *trust, const struct trust_terms *terms);
const struct trust_terms *trust_terms(const struct trust *trust);

/* Certificates that may complete a path: those of the profile, by fingerprint. */
MUST_USE bool trust_add_known(struct trust *trust, const struct cert *cert, struct error *err);

/* Any certificate held here, pool or anchor, with that fingerprint; NULL when none. */
const struct cert *trust_find(const struct trust *trust, const uint8_t sha256[FINGERPRINT_BYTES]);

/* Any certificate held here with that key; NULL when none. */
const struct cert *trust_find_key(
	const struct trust *trust, const uint8_t spki_sha256[FINGERPRINT_BYTES]);

/* Any certificate held here that issued CERT, by name, key identifier and signature. */
const struct cert *trust_find_issuer(const struct trust *trust, const struct cert *cert);

/* What is held, in the order in which it was added; NULL past the last. */
const struct cert *trust_anchor_at(const struct trust *trust, size_t store, size_t number);
const struct cert *trust_known_at(const struct trust *trust, size_t number);

/* The anchor that could not be found, printable; NULL: none is missing. */
const char *trust_store_missing(const struct trust *trust, size_t store);

/* What the answers depend on besides the pool: stores and anchors. */
void trust_sum(const struct trust *trust, struct checksum *checksum);

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

enum completion {
	COMPLETION_SERVED,  /* what the server sent suffices */
	COMPLETION_PROFILE, /* only with certificates of the pool */
	COMPLETION_NOTHING, /* no line of issuers leads to an anchor */
};
const char *completion_name(enum completion completion);

/* Why the best path is no good, for rules that name the same fault. */
enum path_fault {
	PATH_FAULT_NONE,
	PATH_FAULT_NO_ANCHOR, /* no path at all */
	PATH_FAULT_EXPIRED,
	PATH_FAULT_NOT_YET,
	PATH_FAULT_PURPOSE, /* extended key usage, of any certificate of it */
	PATH_FAULT_NOT_CA,
	PATH_FAULT_SIGNATURE,
	PATH_FAULT_NAME_CONSTRAINT,
	PATH_FAULT_POLICY,
	PATH_FAULT_WEAK, /* a key or a digest below the level that is wanted */
	PATH_FAULT_DEPTH,
	PATH_FAULT_LEFT,   /* the anchor has left this store */
	PATH_FAULT_KEY_ID, /* the key identifiers of two of one name contradict each other */
	PATH_FAULT_REVOKED,
	PATH_FAULT_OTHER,
	PATH_FAULT_COUNT,
};
/* "expired", "signature", ...: a contract; NULL for PATH_FAULT_NONE. */
const char *path_fault_name(enum path_fault fault);

struct trust_path {
	size_t store;
	enum answer trusted;
	enum completion completed_by;
	enum path_fault fault;
	const struct cert *culprit; /* the certificate at fault, borrowed, or NULL */
	char reason[200];           /* a phrase; "" when trusted */
	bool policy_unsound; /* trusted, though no policy holds and a CA demands one (6.1.5 (g)) */
	const struct cert *certs[LIMIT_PATH_DEPTH]; /* leaf to anchor, borrowed */
	size_t len;
	/* The first moment at which the path is no longer good, without and with the leaf: the
	 * earliest end of its certificates, or the day on which the anchor leaves the store. */
	struct instant above, until;
};

/*
 * The paths of CHAIN at NOW, for every store: the best one, and the best of
 * those that need nothing but what was served (`completed_by` is
 * COMPLETION_NOTHING where there is none).  Both have room for
 * trust_store_count(); the certificates in them are borrowed from CHAIN and
 * TRUST.  A chain without a path is an answer.
 */
void trust_paths(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served);

/*
 * Every line of issuers from the leaf, whether or not it leads to an anchor, and what it comes to.
 * Lines that end at a certificate of no store, or for lack of one, are there too, and so are
 * issuers whose name fits and whose key does not.
 */
struct trust_line {
	const struct cert *certs[LIMIT_PATH_DEPTH]; /* leaf first, borrowed */
	bool served[LIMIT_PATH_DEPTH];              /* sent by the server itself */
	size_t len;
	uint32_t stores; /* bit S: the last one is an anchor of store S at that time */
	uint32_t left;   /* bit S: it was one, and has left */
	bool trusted;    /* wherever its last one is an anchor */
	enum path_fault fault;
	const struct cert *culprit;
	char reason[200];     /* a phrase; "" when trusted */
	struct instant until; /* the earliest end of its certificates */
};

struct trust_lines {
	struct trust_line *items;
	size_t count;
	bool cut_short; /* a bound of limits.h was reached: there may be more */
};

/* False only when memory runs out.  Borrows from CHAIN and TRUST. */
MUST_USE bool trust_explain(const struct trust *trust, const struct chain *chain,
	struct instant now, struct trust_lines *ret_lines);
void trust_lines_release(struct trust_lines *lines);

#endif
