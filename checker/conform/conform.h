/* SPDX-License-Identifier: MIT */
/*
 * conform - what a certificate breaks of RFC 5280 and the Baseline Requirements
 *
 * Clients look through their fingers at much of what those demand.  So nothing in here says that a
 * path is not trusted (trust.h does): it says what CAs, auditors and strict clients would object
 * to.  Every question is answered from the bytes; faults.def has all of them.
 *
 * Pure; a certificate of a CA is read once and remembered, for it stands above a whole fleet.
 */
#ifndef CHECKER_CONFORM_CONFORM_H
#define CHECKER_CONFORM_CONFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"

struct cert;

enum conform_fault {
#define FAULT(symbol, group, book, text) CONFORM_##symbol,
#include "checker/conform/faults.def"
#undef FAULT
	CONFORM_COUNT,
};

/* Faults of a group are told by one rule. */
enum conform_group {
	CONFORM_GROUP_BASIC_CONSTRAINTS,
	CONFORM_GROUP_COMMON_NAME,
	CONFORM_GROUP_ENCODING,
	CONFORM_GROUP_EXTENDED_KEY_USAGE,
	CONFORM_GROUP_EXTENSIONS,
	CONFORM_GROUP_KEY,
	CONFORM_GROUP_KEY_IDENTIFIERS,
	CONFORM_GROUP_KEY_USAGE,
	CONFORM_GROUP_NAME_CONSTRAINTS,
	CONFORM_GROUP_POLICIES,
	CONFORM_GROUP_SERIAL,
	CONFORM_GROUP_SIGNATURE,
	CONFORM_GROUP_SUBJECT,
	CONFORM_GROUP_SUBJECT_ALTERNATIVE_NAME,
	CONFORM_GROUP_VALIDITY,
	CONFORM_GROUP_VERSION,
	CONFORM_GROUP_COUNT,
};

/* Who is bound: everybody, or the CAs that browsers trust, for certificates of TLS servers. */
enum conform_book { CONFORM_RFC, CONFORM_BR };

#define CONFORM_WORDS ((CONFORM_COUNT + 63) / 64)
struct conform {
	uint64_t bits[CONFORM_WORDS];
};

static inline bool conform_has(const struct conform *conform, enum conform_fault fault)
{
	return conform->bits[fault / 64] >> (fault % 64) & 1;
}

static inline void conform_drop(struct conform *conform, enum conform_fault fault)
{
	conform->bits[fault / 64] &= ~(UINT64_C(1) << (fault % 64));
}

bool conform_any(const struct conform *conform);

enum conform_group conform_group(enum conform_fault fault);
enum conform_book conform_book(enum conform_fault fault);

/* What stands in the place of a leaf, or of an authority above one. */
enum conform_place { CONFORM_LEAF, CONFORM_AUTHORITY };

/* All that CERT breaks; nothing when it is not readable. */
struct conform conform_of(const struct cert *cert, enum conform_place place);

/*
 * May a wildcard name of LEAF stand for a host that AUTHORITY excludes (RFC 5280, 4.2.1.10)?  Some
 * verifiers compare the wildcard as it is written, and let it pass.
 */
bool conform_wildcard_excluded(const struct cert *leaf, const struct cert *authority);

/*
 * Is NAME covered by a wildcard of LEAF alone that stands directly below a public suffix, so that
 * it is good for hosts of anybody (Baseline Requirements, 3.2.2.6)?  Without a NAME: is there such
 * a wildcard whose suffix is not itself among the names?  The wildcard, or NULL.
 */
const char *conform_public_wildcard(const struct cert *leaf, const char *name);

#endif
