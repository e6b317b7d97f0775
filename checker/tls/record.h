/* SPDX-License-Identifier: MIT */
/*
 * record - TLS records out of reads, and handshake messages out of records
 *
 * However a server cuts its bytes: a read may end anywhere in a record (RFC 8446, 5.1), a message
 * may be spread over records or share one with others.  What is whole where it lies is not
 * copied; what is not whole yet is kept, in memory that grows with what really came and never
 * with what a length announces.  Nothing is kept when nothing is left over.
 *
 * Neither looks at what is in it: types, order and encryption are for the caller.
 */
#ifndef CHECKER_TLS_RECORD_H
#define CHECKER_TLS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/tls/bytes.h"

#define RECORD_HEADER 5u
#define RECORD_PLAIN_BYTES 16384u                       /* RFC 8446, 5.1 */
#define RECORD_SEALED_BYTES (RECORD_PLAIN_BYTES + 256u) /* 5.2 */

enum record_type {
	RECORD_CHANGE_CIPHER_SPEC = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_APPLICATION_DATA = 23,
};

/* The beginning of a record, or of a message, that is not whole yet. */
struct record_rest {
	struct buf held;
	bool given; /* it became whole and was given out: its memory may go */
};

void record_rest_init(struct record_rest *rest, size_t max);
void record_rest_release(struct record_rest *rest);

/* Frees what was given out; call it when the read is done with. */
void record_rest_settle(struct record_rest *rest);

enum record_status {
	RECORD_SHORT, /* the cursor is empty, what was left over is kept */
	RECORD_WHOLE,
	RECORD_TOO_LONG, /* announces more than is allowed */
	RECORD_NO_MEMORY,
};

struct record {
	uint8_t type;
	uint8_t major, minor; /* legacy_record_version */
	struct bytes whole;   /* header and fragment; good until the next call */
	struct bytes fragment;
};

/* The next record of IN, whose fragment is MAX bytes at most.  *RET_RECORD has the header for
 * RECORD_TOO_LONG as well. */
MUST_USE enum record_status record_next(
	struct record_rest *rest, struct bytes *in, size_t max, struct record *ret_record);

struct message {
	uint8_t type;
	struct bytes whole; /* header and body; good until the next call */
	struct bytes body;  /* for RECORD_TOO_LONG: as much of it as came with the header */
	size_t announced;
};

/* How long the body of a message may be, asked as soon as its header is there. */
struct message_max {
	size_t (*of)(const void *arg, uint8_t type);
	const void *arg;
};

/* The next handshake message (RFC 8446, 4) of a record's FRAGMENT. */
MUST_USE enum record_status message_next(struct record_rest *rest, struct bytes *fragment,
	const struct message_max *max, struct message *ret_message);

/* True in the middle of a message: nothing else may come then (RFC 8446, 5.1). */
static inline bool message_begun(const struct record_rest *rest)
{
	return rest->held.len > 0 && !rest->given;
}

/* Appends PAYLOAD to OUT in as many plain records as it takes; false when OUT is full. */
MUST_USE bool record_write(
	struct buf *out, enum record_type type, unsigned version, struct bytes payload);

#endif
