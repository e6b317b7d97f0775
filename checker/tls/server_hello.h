/* SPDX-License-Identifier: MIT */
/*
 * server_hello - the ServerHello, or the HelloRetryRequest (RFC 8446, 4.1.3, 4.1.4; RFC 5246,
 * 7.4.1.3), held against the ClientHello that it answers
 *
 * Pure.  What comes back is consistent with the offer: a version, a suite and extensions of it.
 * Versions from SSL 3.0, which is read though never offered.
 */
#ifndef CHECKER_TLS_SERVER_HELLO_H
#define CHECKER_TLS_SERVER_HELLO_H

#include "checker/tls/bytes.h"
#include "checker/tls/fault.h"
#include "checker/tls/hello.h"
#include "checker/tls/offer.h"

struct server_hello {
	unsigned version; /* the one negotiated */
	bool retry;       /* it is a HelloRetryRequest */
	uint8_t random[HELLO_RANDOM];
	const struct offer_suite *suite;
	bool status;                     /* a CertificateStatus message may come: RFC 6066, 8 */
	struct bytes scts;               /* timestamps: RFC 6962, 3.3.1; borrows, too */
	const struct offer_group *group; /* of the share, or the one asked for; NULL: none */
	struct bytes share;              /* these two borrow from the message */
	struct bytes cookie;
};

/* HELLO is what was sent.  As much as was read stands in *RET_HELLO when it is false. */
MUST_USE bool server_hello_read(const struct hello *hello, struct bytes body,
	struct server_hello *ret_hello, struct fault *ret_fault);

#endif
