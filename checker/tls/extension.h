/* SPDX-License-Identifier: MIT */
/*
 * extension - the TLS extensions of our offers, and where a server may answer them
 *
 * RFC 8446, 4.2: an answer to what was not offered, or one in the wrong message, or a second one,
 * ends the handshake.
 */
#ifndef CHECKER_TLS_EXTENSION_H
#define CHECKER_TLS_EXTENSION_H

#include "checker/tls/bytes.h"
#include "checker/tls/fault.h"
#include "checker/tls/offer.h"

enum extension_code {
	EXTENSION_SERVER_NAME = 0,             /* RFC 6066, 3 */
	EXTENSION_STATUS_REQUEST = 5,          /* RFC 6066, 8; RFC 8446, 4.4.2.1 */
	EXTENSION_SUPPORTED_GROUPS = 10,       /* RFC 8422, 5.1.1; RFC 8446, 4.2.7 */
	EXTENSION_EC_POINT_FORMATS = 11,       /* RFC 8422, 5.1.2 */
	EXTENSION_SIGNATURE_ALGORITHMS = 13,   /* RFC 8446, 4.2.3 */
	EXTENSION_SCT = 18,                    /* RFC 6962, 3.3.1 */
	EXTENSION_PADDING = 21,                /* RFC 7685 */
	EXTENSION_EXTENDED_MASTER_SECRET = 23, /* RFC 7627; some servers insist on it */
	EXTENSION_SUPPORTED_VERSIONS = 43,     /* RFC 8446, 4.2.1 */
	EXTENSION_COOKIE = 44,                 /* RFC 8446, 4.2.2 */
	EXTENSION_KEY_SHARE = 51,              /* RFC 8446, 4.2.8 */
	EXTENSION_RENEGOTIATION_INFO = 0xff01, /* RFC 5746, 3.2 */
};

/* Messages of a server that have extensions. */
enum extension_place {
	PLACE_SERVER_HELLO_12, /* and older */
	PLACE_SERVER_HELLO,
	PLACE_RETRY,
	PLACE_ENCRYPTED_EXTENSIONS,
	PLACE_CERTIFICATE,
};

struct extension {
	uint16_t code;
	unsigned places; /* bit 1 << enum extension_place */
	unsigned offers; /* bit 1 << enum handshake_offer */
};

/* In the order in which we send them. */
const struct extension *extension_table(size_t *ret_count);

bool extension_offered(
	const struct extension *extension, enum handshake_offer offer, bool with_name);

struct extension_reading {
	enum handshake_offer offer;
	bool with_name; /* server_name was sent */
	enum extension_place place;
	/* Every extension that may be there; false ends it, with *RET_FAULT set. */
	bool (*each)(void *arg, unsigned code, struct bytes body, struct fault *ret_fault);
	void *arg;
};

/* LIST is what is in the vector of extensions. */
MUST_USE bool extension_read(
	const struct extension_reading *reading, struct bytes list, struct fault *ret_fault);

#endif
