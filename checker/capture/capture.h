/* SPDX-License-Identifier: MIT */
/*
 * capture - what other programs saw, read into observations
 *
 * Formats: docs/formats.md, "Captures".  A capture is read twice: once to find every fault before
 * anything is judged, to count, and to learn which services come more than once; then to hand the
 * observations out, one in memory.  What cannot be read twice is copied into a file without a name.
 *
 * What a capture does not say is unknown and stays so: nobody has seen the proof of the key, and a
 * port, a name or a time that is not there is none.  Where that would change what is judged, as
 * with a chain of which only the leaf is there, the capture is a fault.
 *
 * Texts and paths are borrowed until the capture is freed.  For one thread at a time.
 */
#ifndef CHECKER_CAPTURE_CAPTURE_H
#define CHECKER_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct capture;
struct error;
struct observation;

enum capture_kind {
	CAPTURE_TLSX,     /* tlsx -json -cert -tls-chain */
	CAPTURE_ZGRAB2,   /* zgrab2 with a module that speaks TLS */
	CAPTURE_S_CLIENT, /* openssl s_client -showcerts, several in one file */
	CAPTURE_KINDS,
};
/* "tlsx", "zgrab2", "s_client". */
const char *capture_kind_name(enum capture_kind kind);

struct capture_options {
	enum capture_kind kind;
	bool skip_bad_input; /* what cannot be read becomes an observation that says so */
	bool whole;          /* where tlsx lists no chain, none was sent */
	const char *name;    /* that leafs have to cover where a capture names none; or NULL */
	struct instant now;  /* the time of what has none */
};

MUST_USE struct capture *capture_new(const struct capture_options *options, struct error *err);
void capture_free(struct capture *capture);
DEFINE_CLEANUP(struct capture *, capture_free);

/* A file, or standard input for "-"; bytes that are there already, for tests. */
MUST_USE bool capture_add_file(struct capture *capture, const char *path, struct error *err);
MUST_USE bool capture_add_bytes(struct capture *capture, const char *name, const char *bytes,
	size_t len, struct error *err);

/* Reads everything once: ERR is "FILE:LINE: reason" for the first fault. */
MUST_USE bool capture_prepare(struct capture *capture, struct error *err);
size_t capture_count(const struct capture *capture);

/* The next observation, which is the caller's; NULL behind the last, or with ERR set. */
MUST_USE struct observation *capture_next(struct capture *capture, struct error *err);

#endif
