/* SPDX-License-Identifier: MIT */
/*
 * conform_parts - one certificate while it is read, and the parts that read it
 *
 * Private to conform*.c.
 */
#ifndef CHECKER_CONFORM_CONFORM_PARTS_H
#define CHECKER_CONFORM_CONFORM_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/cert/cert.h"
#include "checker/cert/cert_fields.h"
#include "checker/cert/der.h"
#include "checker/conform/conform.h"

/* The extensions that are looked into. */
enum conform_extension {
	EXT_DIRECTORY_ATTRIBUTES,
	EXT_KEY_ID,
	EXT_KEY_USAGE,
	EXT_NAMES,
	EXT_ISSUER_NAMES,
	EXT_BASIC,
	EXT_NAME_CONSTRAINTS,
	EXT_CRL_POINTS,
	EXT_POLICIES,
	EXT_MAPPINGS,
	EXT_AUTHORITY_KEY_ID,
	EXT_POLICY_CONSTRAINTS,
	EXT_PURPOSES,
	EXT_FRESHEST,
	EXT_INHIBIT,
	EXT_AUTHORITY_ACCESS,
	EXT_SUBJECT_ACCESS,
	EXT_TLS_FEATURE,
	EXT_TIMESTAMPS,
	EXT_POISON,
	EXT_COUNT,
};

struct conform_value {
	bool there, critical;
	const uint8_t *at; /* what the extnValue holds */
	size_t len;
};

struct conform_reading {
	const struct cert *cert;
	struct cert_fields fields;
	struct conform_value ext[EXT_COUNT];
	bool leaf;      /* stands in the place of one ... */
	bool authority; /* ... or of a CA, or is one all the same */
	bool self;      /* self-signed, in the place of a CA: a root */
	struct conform *out;
};

static inline void conform_add(struct conform_reading *reading, enum conform_fault fault)
{
	reading->out->bits[fault / 64] |= UINT64_C(1) << (fault % 64);
}

/* The extension when it is there, else NULL. */
static inline const struct conform_value *conform_value(
	const struct conform_reading *reading, enum conform_extension extension)
{
	return reading->ext[extension].there ? &reading->ext[extension] : NULL;
}

/* The one SEQUENCE that VALUE is, with something in it. */
bool conform_sequence(const struct conform_value *value, struct der_item *ret_sequence);

/* KEY_BITS of a keyUsage (RFC 5280, 4.2.1.3): bit N of the result is bit N there.  False when it
 * is none, or allows nothing. */
#define USAGE_SIGNATURE (1u << 0)
#define USAGE_NON_REPUDIATION (1u << 1)
#define USAGE_KEY_ENCIPHERMENT (1u << 2)
#define USAGE_KEY_AGREEMENT (1u << 4)
#define USAGE_CERT_SIGN (1u << 5)
#define USAGE_CRL_SIGN (1u << 6)
bool conform_usage_read(const struct conform_value *value, unsigned *ret_bits);

/* --- The parts, each a file --- */

void conform_fields(struct conform_reading *reading);     /* version, serial, dates, algorithms */
void conform_key(struct conform_reading *reading);        /* the public key */
void conform_subject(struct conform_reading *reading);    /* names of the subject and issuer */
bool conform_extensions(struct conform_reading *reading); /* finds them; false: none to go on */
void conform_usages(struct conform_reading *reading);     /* what a key may be used for */
void conform_key_ids(struct conform_reading *reading);
void conform_names(struct conform_reading *reading); /* alternative names */
void conform_constraints(struct conform_reading *reading);
void conform_policies(struct conform_reading *reading);

/* --- Names: conform_general.c --- */

/* Labels of letters, digits, hyphens (RFC 1123, 2.1), with one "*" in front when WILDCARD. */
bool conform_is_host(const char *name, size_t len, bool wildcard);
bool conform_is_mailbox(const char *text, size_t len);
bool conform_is_uri(const char *text, size_t len);

/* Is there an RDNSequence of the usual form at BYTES (a whole Name)? */
bool conform_is_name(const uint8_t *bytes, size_t len);

/* A host as it stands in a certificate, for C; false when it does not fit or holds a NUL. */
bool conform_copy(const uint8_t *bytes, size_t len, char *out, size_t size);

#endif
