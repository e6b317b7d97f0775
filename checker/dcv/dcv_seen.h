/* SPDX-License-Identifier: MIT */
/*
 * dcv_seen - what a CA would find that wants to see who controls a domain, as it was found from
 * here
 *
 * The seam between the network (checker/survey/) and judgement (rules/dcv/), as observation.h is
 * for scans: one for each name.  Everything in it is printable but the bodies of files and TXT
 * records, which are kept as they came and shown to nobody: a code is a secret.
 */
#ifndef CHECKER_DCV_DCV_SEEN_H
#define CHECKER_DCV_DCV_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/caa.h"
#include "checker/limits.h"

struct dcv_text {
	char *bytes;
	size_t len; /* of all; at most LIMIT_DCV_TEXT_BYTES are kept */
	uint32_t ttl;
};

/* What one name server said to the question for TXT records. */
struct dcv_look {
	bool is_resolver;
	char address[LIMIT_ADDRESS_BYTES + 16]; /* with the port, when it is not 53 */
	char host[LIMIT_HOST_BYTES];            /* of an authoritative server: its name */
	bool is_private;                        /* and therefore not asked */
	bool answered;
	const char *why; /* not answered: a phrase */
	int code;        /* enum dns_code, or another */
	bool authoritative;
	bool authentic; /* a resolver has checked the signatures */
	bool bogus;     /* ... and refuses the answer for them: it had one without checking */
	bool is_signed;
	struct instant signed_until;
	bool has_serial;
	uint32_t serial, negative_ttl;
	VEC(struct dcv_text) texts;
	size_t texts_dropped;
	VEC(char *) addresses; /* a resolver's, of the name */
};

/* Another name at which the record may stand: one above, where it counts as well but is not what
 * the CA asks for, or one that has the domain twice, as panels make of a whole name. */
struct dcv_other {
	char name[LIMIT_HOST_BYTES];
	bool is_doubled;
	VEC(struct dcv_text) texts;
};

struct dcv_address {
	char text[LIMIT_ADDRESS_BYTES];
	bool is_private; /* no CA gets there */
};

/* A URL, and what came of it. */
struct dcv_hop {
	char *url;                         /* printable */
	char address[LIMIT_ADDRESS_BYTES]; /* where it was asked */
	long status;                       /* 0: no answer */
	char *location;                    /* printable; NULL: nowhere */
};

enum dcv_end {
	DCV_END_ANSWERED,
	DCV_END_FAILED,   /* no answer: `why` */
	DCV_END_NO_ROUTE, /* this machine has no way to such an address: nothing is known */
	DCV_END_HOST,     /* a redirect leads to a host without an address: `why` */
	DCV_END_PRIVATE,  /* ... or to an address that is not public */
	DCV_END_MANY,     /* too many redirects */
};

/* The way from one address of the name by one scheme. */
struct dcv_visit {
	bool https;
	char address[LIMIT_ADDRESS_BYTES];
	VEC(struct dcv_hop) hops; /* at least one */
	enum dcv_end end;
	char why[200]; /* a phrase */
	bool too_large;
	char type[120], encoding[120];
	struct buf body;
	const char *certificate; /* what is wrong with one on the way; NULL: nothing */
};

enum dcv_mail {
	DCV_MAIL_NOT_ASKED,
	DCV_MAIL_THERE,
	DCV_MAIL_ADDRESS, /* no MX, so mail goes to the address of the name (RFC 5321, 5.1) */
	DCV_MAIL_NULL,    /* "takes no mail" (RFC 7505) */
	DCV_MAIL_NONE,
	DCV_MAIL_UNKNOWN,
};

enum dcv_keys {
	DCV_KEYS_NONE, /* no DS record above: the zone is not signed for anybody */
	DCV_KEYS_MATCH,
	DCV_KEYS_DIFFER, /* no key that the zone has is one that the parent names */
	DCV_KEYS_UNKNOWN,
};

struct dcv_delegation {
	unsigned tag, algorithm;
};

struct dcv_seen {
	char name[LIMIT_HOST_BYTES]; /* A-labels, without "*." */
	bool is_wildcard;
	bool no_such_name;
	char at[LIMIT_HOST_BYTES];   /* where aliases lead: `name`, when there are none */
	char zone[LIMIT_HOST_BYTES]; /* of `at`; "" when nobody said */
	VEC(struct dcv_look) looks;  /* resolvers first */
	size_t servers_dropped;      /* beyond LIMIT_DCV_SERVERS */
	enum dcv_keys keys;
	struct dcv_delegation delegations[8]; /* DS records: the keys that the parent names */
	size_t delegation_count;
	VEC(struct dcv_other) others;
	VEC(struct dcv_address) addresses;
	size_t addresses_dropped;
	const char *addresses_why; /* there are none: a phrase */
	struct caa caa;
	bool caa_bogus;
	enum dcv_mail mail;
	VEC(struct dcv_visit) visits;
};

void dcv_seen_release(struct dcv_seen *seen);

/* A copy of a TXT record at the end of a vector of them; false when memory runs out. */
#define dcv_text_add(texts, bytes, len, ttl)                                                     \
	(vec_reserve(texts) && dcv_text_set(&(texts)->items[(texts)->count], bytes, len, ttl) && \
		++(texts)->count)
MUST_USE bool dcv_text_set(struct dcv_text *text, const char *bytes, size_t len, uint32_t ttl);

#endif
