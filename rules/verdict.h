/* SPDX-License-Identifier: MIT */
/*
 * verdict - everything known and judged about one address of one target
 *
 * What reports are made of: the result record of docs/formats.md as C structs.
 * It owns all it holds, so it lives on after the scan's observation is gone;
 * only what the trust of the run holds is borrowed.
 */
#ifndef RULES_VERDICT_H
#define RULES_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/cert/cert_policy.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/revoke/revoke.h"
#include "checker/trust/trust.h"
#include "rules/finding.h"

struct arena;
struct caa;
struct error;
struct facts_context;
struct profile;
struct target;

enum status {
	STATUS_OK,
	STATUS_OUT_OF_SCOPE,
	STATUS_WARNING,
	STATUS_CRITICAL,
	STATUS_UNREACHABLE,
	STATUS_COUNT
};
/* "ok", "warning", "critical", "out-of-scope", "unreachable": a contract. */
const char *status_name(enum status status);

/* "leaf", "issuing", "cross", "root", "other": a contract. */
enum role { ROLE_LEAF, ROLE_ISSUING, ROLE_CROSS, ROLE_ROOT, ROLE_OTHER };
const char *role_name(enum role role);

struct verdict_certificate {
	const struct cert *cert;
	enum role role;
	const char
		*known_as; /* the profile's id of that very certificate, or NULL; the profile's */
	uint32_t issuers;  /* bit I: the certificate at place I certifies this one */
};

#define REASON_TEXT 160

struct verdict_path {
	const char *store; /* the profile's id */
	enum answer trusted;
	enum completion completed_by;
	char reason[REASON_TEXT];    /* English */
	char said[REASON_TEXT + 40]; /* the same as a phrase */
	bool has_until;
	struct instant until;                /* good no more from this moment on; when trusted */
	const char *certs[LIMIT_PATH_DEPTH]; /* fingerprints, leaf to anchor */
	size_t len;
};

/* What a list or an answer says of one certificate of the chain. */
struct verdict_revocation {
	const char *certificate; /* fingerprint, as hex; the chain's */
	const char *by;          /* "staple", "ocsp", "list" */
	char source[200];        /* printable: the list's id or URL, the responder's URL; "" */
	struct revoke_answer answer;
};

struct verdict_look {
	enum look_kind kind;
	size_t same_as; /* as in struct look: that chain, and so that judgement, is its own */
	struct verdict *verdict; /* owned; judged alone, and has no looks of its own */
};

/* The run that a verdict is of, as its record says. */
struct verdict_run {
	char version[32];           /* of the program; "" when it is not known */
	const char *profile;        /* its id */
	const char *profile_sha256; /* of its text, hexadecimal; "" when it is not known */
	size_t targets;             /* that were to be examined */
	size_t duplicates;          /* targets named more than once */
};

struct verdict {
	struct target *target; /* a reference of its own */
	char address[LIMIT_ADDRESS_BYTES];
	size_t addresses;
	size_t addresses_dropped; /* of the name, beyond LIMIT_ADDRESSES */
	struct instant time, as_of;
	enum status status;
	enum outcome outcome;
	char message[MESSAGE_TEXT];   /* English */
	char said[MESSAGE_TEXT + 40]; /* the same as a phrase */
	char version[16], cipher[64];
	bool stapled, legacy_offer, sni_refused, client_cert_requested, complete;
	enum proof proven;
	double dns_ms, connect_ms, tls_ms;
	VEC(struct verdict_certificate) chain;
	size_t chain_dropped;
	enum validation validation;         /* of the leaf */
	bool has_scts;                      /* how many are embedded in the leaf is known ... */
	size_t scts;                        /* ... so many */
	size_t scts_by_tls, scts_by_staple; /* that came in the handshake, in the stapled answer */
	struct verdict_path *paths;         /* one for each trust store */
	size_t path_count;
	struct trust_lines
		lines; /* every line of issuers, when asked for; of `chain` and the trust */
	struct finding_list findings;
	VEC(struct verdict_revocation)
	revocations; /* of a revoked certificate, or when asked for */
	VEC(struct verdict_look) looks;
	struct caa *caa;      /* owned; NULL: was not asked */
	char *banner;         /* what it calls itself; owned; NULL: not asked, or not said */
	const char *platform; /* what software that is; static; NULL: not known */
	const struct verdict_run *run; /* borrowed; NULL when nothing is known of it */
	struct arena *texts;           /* what one that was read back borrows from, or NULL */
	VEC(const struct cert *) held; /* owned: what the lines of such a one are made of */
};

/*
 * Judges OBSERVATION (which stays the caller's and may go afterwards) under
 * PROFILE: derives the facts, runs every rule, sets the status.  Pure: the same
 * input gives the same verdict, on any thread.  NULL only when memory runs out.
 */
MUST_USE struct verdict *verdict_new(const struct observation *observation,
	const struct facts_context *context, const struct profile *profile, struct error *err);
void verdict_free(struct verdict *verdict);

/* verdict_revocation.c, for verdict.c: notes who says what; false when memory runs out. */
struct facts;
MUST_USE bool verdict_note_revocations(struct verdict *verdict, const struct facts *facts);
DEFINE_CLEANUP(struct verdict *, verdict_free);

/* The leaf that was served; NULL when there is none. */
const struct cert *verdict_leaf(const struct verdict *verdict);

/* What software it is: as the input says, else as it says itself; NULL when nobody does. */
const char *verdict_platform(const struct verdict *verdict);

/* Applies PROFILE's severities to the findings; doing so twice changes nothing. */
void verdict_grade(struct verdict *verdict, const struct profile *profile);

/* The status anew after findings were added or waived: the worst of those that count, unless out of
 * scope or unreachable. */
void verdict_settle(struct verdict *verdict);

#endif
