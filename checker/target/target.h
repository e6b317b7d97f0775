/* SPDX-License-Identifier: MIT */
/*
 * target - what to connect to: a line of the user's list
 *
 * A target is a service as it was asked for, not yet an address: a name may
 * stand for several (resolve.h).  Grammar: docs/formats.md, "Targets".
 *
 * A target lives as long as somebody holds a reference to it.  Where they come
 * from one by one is target_stream.h; a target list holds all of them, for
 * tests and small inputs, and does not count mates.  The same service asked for
 * twice is one target: the first mention stays, labels of later ones that it
 * lacks are added.
 */
#ifndef CHECKER_TARGET_TARGET_H
#define CHECKER_TARGET_TARGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"

struct error;

enum protocol {
	PROTOCOL_HTTPS,
	PROTOCOL_TLS,
	PROTOCOL_SMTP,
	PROTOCOL_SUBMISSION,
	PROTOCOL_SMTPS,
	PROTOCOL_IMAP,
	PROTOCOL_IMAPS,
	PROTOCOL_POP3,
	PROTOCOL_POP3S,
	PROTOCOL_LDAP,
	PROTOCOL_LDAPS,
	PROTOCOL_FTP,
	PROTOCOL_FTPS,
	PROTOCOL_POSTGRES,
	PROTOCOL_MYSQL,
	PROTOCOL_XMPP,
	PROTOCOL_SIEVE,
	PROTOCOL_NNTP,
	PROTOCOL_RDP,
	PROTOCOL_COUNT,
};

/* How a protocol comes to TLS. */
enum protocol_start {
	PROTOCOL_START_DIRECT,   /* TLS from the first byte */
	PROTOCOL_START_DIALOGUE, /* a dialogue that starttls.h speaks */
};

struct protocol_info {
	const char *name; /* as in the scheme and in the record */
	uint16_t port;
	enum protocol_start start;
};

const struct protocol_info *protocol_info(enum protocol protocol);

/* By name, case ignored; false when there is none of that name. */
MUST_USE bool protocol_by_name(const char *name, enum protocol *ret_protocol);

struct label {
	char *name;
	char *value;
};

/*
 * Never changes once it has been handed out, so threads may share it; whoever keeps one holds a
 * reference, and the last one frees it.
 */
struct target {
	atomic_uint refs;
	size_t number; /* its place in the order of the input, from 0 */
	size_t mates;  /* those of the run with the same host, port and protocol, itself counted */
	char *host;    /* A-label in lower case, or an address literal in its canonical form */
	char *unicode; /* the U-label form, printable; NULL when it is the same */
	char *address; /* connect here, do not resolve; canonical literal, or NULL */
	char *sni;     /* the name asked for and held against the certificate; NULL: none */
	uint16_t port;
	enum protocol protocol;
	VEC(struct label) labels; /* in the order given, names unique */
	char *source;             /* "fleet.csv", "-", "command line" */
	size_t line;              /* in that source, from 1; the position for arguments */
	char *fault; /* why this line is no target (error.kind "bad-target"); NULL for a good one.
		      * Then `host` holds the line itself, made printable, and port is 0. */
};

struct target *target_ref(const struct target *target);
void target_unref(struct target *target);
DEFINE_CLEANUP(struct target *, target_unref);

const char *target_label(const struct target *target, const char *name);

/* A target as it was before, in words; all is borrowed, and NULL where there is none. */
struct target_description {
	const char *host; /* not NULL */
	const char *unicode, *address, *sni, *source, *fault;
	uint16_t port;
	enum protocol protocol;
	size_t line;
	const struct label *labels; /* names unique */
	size_t label_count;
};

/* A target for reports, with one reference; what is described is not looked at again.  NULL when
 * memory runs out. */
MUST_USE struct target *target_new_described(const struct target_description *description);

struct target_list;

struct target_list *target_list_new(void);
void target_list_free(struct target_list *list);
DEFINE_CLEANUP(struct target_list *, target_list_free);

size_t target_list_count(const struct target_list *list);
const struct target *target_list_at(const struct target_list *list, size_t index);

/* How many mentions were the same as an earlier one. */
size_t target_list_duplicates(const struct target_list *list);

struct target_options {
	bool skip_bad_input; /* a bad line becomes a target with a fault instead of an error */
};

/* Adds what one argument of the command line means (POSITION counts from 1). */
MUST_USE bool target_list_add_argument(struct target_list *list, const char *text, size_t position,
	const struct target_options *options, struct error *err);

/*
 * Adds a file, or standard input for "-": text, CSV with a header line, NDJSON,
 * or what `ansible-inventory --list` prints, told apart by content.  A byte
 * order mark and CRLF are fine.  On error ERR is "FILE:LINE:COLUMN: reason".
 */
MUST_USE bool target_list_add_file(struct target_list *list, const char *path,
	const struct target_options *options, struct error *err);

#endif
