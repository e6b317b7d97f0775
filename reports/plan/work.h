/* SPDX-License-Identifier: MIT */
/*
 * work - what is to be done so that one address serves what it should
 *
 * Made of a verdict, the profile it was judged by and nothing else.  The cheapest
 * work that suffices: a file is swapped where the leaf is good, and a new
 * certificate is asked for only where a finding that counts says that the leaf
 * itself is at fault.  Notes and what is waived ask for nothing.
 *
 * What to serve is said by fingerprint, in order: the current certificate for the
 * leaf's issuing key, then what leads on from it as the profile has it.  A leaf of
 * another authority gets what was served, put in order, where that suffices.
 *
 * All texts are in the arena that is handed in, and are as remotes and inputs
 * wrote them: whoever writes them somewhere quotes them.
 */
#ifndef REPORTS_PLAN_WORK_H
#define REPORTS_PLAN_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_pem.h"
#include "checker/limits.h"
#include "rules/finding.h"
#include "rules/verdict.h"

struct arena;
struct profile;
struct profile_certificate;
struct trust;

/* What it takes; the names are a contract. */
enum work_need {
	WORK_NEED_CHAIN,   /* other certificates above the leaf: a file is swapped */
	WORK_NEED_SETTING, /* TLS 1.2 has to be enabled */
	WORK_NEED_LEAF,    /* another certificate that is there already has to be served */
	WORK_NEED_REQUEST, /* a new certificate has to be asked for */
	WORK_NEED_LOOK,    /* somebody has to find out what is wrong */
	WORK_NEED_COUNT,
};
/* "chain", "setting", "leaf", "request", "look". */
const char *work_need_name(enum work_need need);

struct work_certificate {
	const struct profile_certificate *known; /* NULL: the profile does not have it */
	const struct cert *held;                 /* with its bytes; NULL: not at hand */
	const char *sha256;                      /* lower-case hex */
	char sha1[THUMBPRINT_TEXT];              /* "" when nobody knows it */
	const char *name;                        /* the common name, or "" */
	const char *url;                         /* where the CA keeps it, or NULL */
};

struct work_certificates {
	VEC(struct work_certificate) all;
};

struct work_finding {
	enum rule_id rule;
	enum severity severity;
	const char *message; /* English */
	const char *said;    /* a phrase */
	bool has_due;
	struct instant due;
};

struct work {
	const char *address; /* "" when there was none */
	const char *sni;     /* "" when none is sent */
	enum look_kind look; /* which clients see it */
	enum status status;
	const char *error; /* a phrase; NULL when a chain was read */
	bool needs[WORK_NEED_COUNT];
	bool waits; /* nodes differ, and this one serves what it should */
	bool has_due;
	struct instant due; /* the first day on which something is at its worst */

	/* The leaf, which stays unless a new one is needed; "" and NULL when none was read. */
	const char *leaf_sha256, *leaf_subject;
	char leaf_sha1[THUMBPRINT_TEXT]; /* "" when nobody knows it */
	const char *const *leaf_names;   /* NULL-terminated */
	bool has_not_after;
	struct instant leaf_not_after;

	struct work_certificates served;   /* above the leaf, in order */
	struct work_certificates serve;    /* what is to be there instead; empty: not known */
	struct work_certificates remove;   /* retired ones, wherever they lie */
	VEC(struct work_finding) findings; /* those that count, worst first */
};

struct work_maker {
	const struct profile *profile;
	const struct trust *trust; /* certificates with their bytes */
	struct instant today;
	struct arena *texts;
};

/*
 * The work at what VERDICT is of, as all clients see it (LOOK NULL), or as those of one of its
 * looks do.  False when memory runs out.
 */
MUST_USE bool work_make(const struct work_maker *maker, const struct verdict *verdict,
	const struct verdict_look *look, struct work *ret_work);
void work_release(struct work *work);

/* Does it take anything at all? */
bool work_is_needed(const struct work *work);

/* The dearest of its needs; WORK_NEED_COUNT when there is none. */
enum work_need work_effort(const struct work *work);

/* work_chain.c: what is to be served, and what must not lie about any more. */
MUST_USE bool work_choose(const struct work_maker *maker, const struct verdict *verdict,
	const struct verdict *seen, struct work *work);
MUST_USE bool work_certificates_add(const struct work_maker *maker,
	const struct profile_certificate *known, const struct cert *cert,
	struct work_certificates *list);
bool work_certificates_same(const struct work_certificates *a, const struct work_certificates *b);
bool work_certificates_have(const struct work_certificates *list, const char *sha256);

#endif
