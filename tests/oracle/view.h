/* SPDX-License-Identifier: MIT */
/*
 * view - what one of the two readers saw of a server, and how two views differ
 *
 * Tries what a connection tries (conn.h): the modern offer, the one for old servers, no server
 * name; but never the other reader.  Test code only; a failure aborts.
 */
#ifndef TESTS_ORACLE_VIEW_H
#define TESTS_ORACLE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/observation.h"
#include "tests/oracle/server.h"

struct crypto;
struct tls;

/* One thread's readers. */
struct view_readers {
	struct crypto *crypto;
	struct tls *tls;
	const struct target *target;
};

struct view {
	struct observation *seen;
	bool complete; /* by the other reader */
	bool unproven; /* handshake.h */
	unsigned tries;
	enum session_end end; /* of the last session */
	char why[120];
	/* What the server itself says of it, when it came to a choice. */
	VEC(struct der) chain;
	char version[16], cipher[64];
};

void view_make(struct view *view, const struct view_readers *readers, const struct server *server,
	bool complete);
void view_release(struct view *view);

/* What of two views is not the same. */
#define VIEW_OUTCOME 1u
#define VIEW_VERSION 2u
#define VIEW_CIPHER 4u
#define VIEW_CHAIN 8u
#define VIEW_STAPLE 16u
#define VIEW_REQUEST 32u /* client_cert_requested */
#define VIEW_PROOF 64u
#define VIEW_NAME 128u    /* sni_refused */
#define VIEW_OFFER 256u   /* legacy_offer */
#define VIEW_GOODBYE 512u /* the reader had it all, and did not close in a way to be understood */
#define VIEW_DIFFERENCES 10

unsigned view_compare(const struct view *a, const struct view *b);
const char *view_difference_name(unsigned bit);

/* What is in a view and is not so, by the server's own account; 0 when nothing is.  Where bytes
 * were changed on the way nobody knows better. */
unsigned view_check(const struct view *view, const struct scenario *scenario);

/* In one line. */
void view_describe(const struct view *view, char *out, size_t size);

#endif
