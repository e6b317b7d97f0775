/* SPDX-License-Identifier: MIT */
/*
 * profile - one CA's migration as data: certificates, what to serve, whom to trust, by when
 *
 * Format: docs/formats.md, "Profiles".  Everything that is special to one CA
 * stands in a profile and nothing of it in code.  A profile that loads is
 * consistent: ids are unique and lead somewhere, fingerprints and days are well
 * formed.  Anything else is an error "FILE:LINE: reason".
 *
 * A profile never changes once loaded; threads may share it.
 */
#ifndef RULES_PROFILE_PROFILE_H
#define RULES_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/lang.h"
#include "checker/cert/cert.h"
#include "rules/rule.h"

struct buf;
struct error;

/* A text in each language; those that are missing fall back to English. */
struct profile_title {
	const char *text[LANGUAGE_COUNT];
};
const char *profile_title_in(const struct profile_title *title, enum language language);

enum profile_role { PROFILE_ROLE_ROOT, PROFILE_ROLE_ISSUING, PROFILE_ROLE_CROSS };
enum profile_state { PROFILE_STATE_CURRENT, PROFILE_STATE_RETIRED };
enum profile_need { PROFILE_NEED_REQUIRED, PROFILE_NEED_RECOMMENDED, PROFILE_NEED_UNWANTED };
const char *profile_role_name(enum profile_role role);

struct profile_certificate {
	const char *id;
	enum profile_role role;
	enum profile_state state;
	const char *name; /* the common name, for people */
	uint8_t sha256[FINGERPRINT_BYTES];
	const char *sha256_text; /* lower-case hex */
	const char *sha1;        /* lower-case hex, or NULL */
	bool has_spki;
	uint8_t spki_sha256[FINGERPRINT_BYTES];
	const char *serial;                            /* hex as the CA writes it, or NULL */
	const struct profile_certificate *issuer;      /* NULL for a root */
	const struct profile_certificate *replaced_by; /* NULL unless retired */
	bool has_not_before, has_not_after, has_since, has_remove_by;
	struct instant not_before, not_after; /* by the day */
	struct instant since;                 /* the CA issues from it from this day on */
	struct instant remove_by;             /* a warning before this day, critical from it on */
	const char *const *eku;               /* NULL-terminated; NULL when not said */
	const char *url;                      /* where the CA keeps it, or NULL */
};

struct profile_serve {
	enum profile_role role;
	enum profile_need need;
	const size_t *serves; /* trust stores by number */
	size_t serves_count;
};

/* From `until` on an anchor is no longer one of its store's. */
struct profile_leaving {
	bool has_until;
	struct instant until;
};

struct profile_store {
	const char *id;
	struct profile_title title;
	const struct profile_certificate *const *anchors;
	const struct profile_leaving *leaving; /* of each anchor */
	size_t anchor_count;
};

struct profile_list {
	const char *id;
	const struct profile_certificate *issuer;
	const char *url; /* where the CA keeps it, or NULL */
	bool covers_ca, covers_leaf;
	const struct profile_certificate *const *expect_revoked;
	size_t expect_count;
	bool has_expect_from;
	struct instant expect_from;
};

struct profile_validity {
	struct instant from;
	int64_t max_days;
	int64_t own_days; /* what the CA itself issues at most; 0: not said */
};

struct profile_leaf {
	const struct profile_certificate *const *authority;
	size_t authority_count;
	bool has_client_auth_until;
	struct instant
		client_auth_until; /* the last day on which the CA put clientAuth into leafs */
	const struct profile_validity *validity; /* by day, ascending */
	size_t validity_count;
	bool is_private;               /* no public CA: policy.* does not hold for its leafs */
	bool embeds_scts;              /* the CA puts timestamps into its leafs (RFC 6962) */
	unsigned rsa_min_bits;         /* 0: not said */
	const char *const *curves;     /* NULL-terminated; NULL when not said */
	unsigned expires_warning_days; /* 0: not said */
	unsigned expires_critical_days;
};

/* How a CA has the control of a domain proved, as bits. */
enum profile_method {
	PROFILE_METHOD_FILE = 1,
	PROFILE_METHOD_DNS = 2,
	PROFILE_METHOD_EMAIL = 4,
};

struct profile_product {
	const char *id;
	unsigned names; /* at most */
	bool wildcard;
	unsigned dcv; /* enum profile_method; 0: the CA does not say */
};

/* What the CA wants in a signing request; texts are NULL when it does not say. */
struct profile_request {
	const char *country, *state, *locality;
	enum key_kind key_kind; /* the keys it asks for; KEY_OTHER: not said ... */
	unsigned key_bits;      /* ... of at least so many bits; 0: not said */
	const struct profile_product *products;
	size_t product_count;
};

struct profile_dcv {
	bool has_from, has_email_discouraged, has_email_until;
	struct instant from;              /* since then the subscriber proves it */
	struct instant email_discouraged; /* since then another method is better than e-mail */
	struct instant email_until;       /* the first day on which e-mail proves nothing */
	unsigned days;                    /* a code is good for; 0: not said */
	const char *file;                 /* path on the server, or NULL */
	unsigned txt_ttl;                 /* 0: not said */
	bool one_method;                  /* for all names of a request */
	char *const *email;               /* local parts of the addresses the CA writes to */
	size_t email_count;
	char *const *caa; /* the names the CA goes by in CAA records */
	size_t caa_count;
	char *const *exempt; /* under these suffixes nothing has to be proved */
	size_t exempt_count;
};

struct profile {
	const char *id;
	const char *source;                 /* "built in", or the file */
	char sha256_text[FINGERPRINT_TEXT]; /* of its text */
	struct profile_title title;
	const struct profile_certificate *certificates;
	size_t certificate_count;
	const struct profile_serve *serve;
	size_t serve_count;
	const struct profile_store *stores;
	size_t store_count;
	const struct profile_list *lists;
	size_t list_count;
	struct profile_leaf leaf;
	struct profile_request request;
	struct profile_dcv dcv;
	bool severity_set[RULE_COUNT];
	enum severity severity[RULE_COUNT]; /* where set */
};

/* NAME is a built-in profile's id; otherwise a file (anything with "/" or "." in it, or that
 * exists). */
MUST_USE struct profile *profile_load(const char *name, struct error *err);

/* From TEXT, which PATH names in messages. */
MUST_USE struct profile *profile_parse(const char *path, const struct buf *text, struct error *err);
void profile_free(struct profile *profile);
DEFINE_CLEANUP(struct profile *, profile_free);

/* The built-in profiles, by number from 0: the id and its YAML as it was built in; NULL past the
 * last. */
const char *profile_builtin_id(size_t number);
const char *profile_builtin_text(size_t number);

const struct profile_certificate *profile_by_fingerprint(
	const struct profile *profile, const uint8_t sha256[FINGERPRINT_BYTES]);
/* The last day on which a certificate of it has to be gone; false when none has. */
MUST_USE bool profile_deadline(const struct profile *profile, struct instant *ret_deadline);

/* The replacement that is current, following several; RETIRED itself when it is not, NULL when
 * there is none. */
const struct profile_certificate *profile_replacement(const struct profile_certificate *retired);

const struct profile_certificate *profile_by_id(const struct profile *profile, const char *id);
const struct profile_product *profile_product_by_id(const struct profile *profile, const char *id);

/* The line of the file on which PLACE ("certificates[3].issuer") stands, or what is nearest to it.
 */
size_t profile_line(const struct profile *profile, const char *place);

/*
 * What a profile that loads may still have forgotten (no replacement for a
 * retired certificate, a store no certificate leads to, a list that covers
 * nothing, ...) or what has become of it by NOW: calls SAY for each with the
 * line it is about, returns how many.
 */
typedef void profile_lint_say(void *arg, size_t line, const char *text);
size_t profile_lint(const struct profile *profile, struct instant now, enum language language,
	profile_lint_say *say, void *arg);

#endif
