/* SPDX-License-Identifier: MIT */
/*
 * revoke_index - the entries of one list, sorted, in fewer bytes than the list takes
 *
 * A list may be as large as 50 MiB and hold a million and a half entries; a decoded tree of them
 * takes ten times that.  Here an entry is a record of fixed width: serial number, whose it is,
 * date, reason.  They are sorted once and looked up by bisection.
 *
 * A serial number is the content octets of its INTEGER, which are the same for equal numbers in
 * DER.  Longer ones than RFC 5280 allows (4.1.2.2) are kept by a digest of them.
 *
 * Private to revoke*.c.  Read-only, and so for any thread, once it is settled.
 */
#ifndef CHECKER_REVOKE_REVOKE_INDEX_H
#define CHECKER_REVOKE_REVOKE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"

struct revoke_index;

#define REVOKE_NO_REASON (-1)
#define REVOKE_REASON_REMOVED 8 /* removeFromCRL (RFC 5280, 5.3.1) */

struct revoke_entry {
	unsigned owner; /* number of the certificate's issuer among those the list names; 0: its own
			 */
	struct instant since;
	int reason; /* CRLReason, or REVOKE_NO_REASON */
};

/* Room for COUNT entries whose serial numbers are of WIDTH octets at most; NULL: no memory. */
MUST_USE struct revoke_index *revoke_index_new(size_t count, size_t width);
void revoke_index_free(struct revoke_index *index);
DEFINE_CLEANUP(struct revoke_index *, revoke_index_free);

/* One entry, of the COUNT there is room for. */
void revoke_index_add(struct revoke_index *index, const uint8_t *serial, size_t len,
	const struct revoke_entry *entry);

/* All are there: sorts them.  Of several for one certificate the gravest and earliest stays. */
void revoke_index_settle(struct revoke_index *index);

size_t revoke_index_count(const struct revoke_index *index);

/* The entry for that serial number of that owner. */
MUST_USE bool revoke_index_find(const struct revoke_index *index, const uint8_t *serial, size_t len,
	struct revoke_entry *entry);

#endif
