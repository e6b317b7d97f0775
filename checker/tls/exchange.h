/* SPDX-License-Identifier: MIT */
/*
 * exchange - the ServerKeyExchange message of TLS 1.2 and older (RFC 5246, 7.4.3; RFC 8422, 5.4)
 *
 * What the server signed, and with what; the key agreement itself is not gone through with.  Pure.
 */
#ifndef CHECKER_TLS_EXCHANGE_H
#define CHECKER_TLS_EXCHANGE_H

#include "checker/tls/bytes.h"
#include "checker/tls/fault.h"
#include "checker/tls/offer.h"

struct exchange {
	struct bytes params; /* the parameters that are signed, behind both randoms */
	const struct offer_scheme *scheme;
	struct bytes signature;
};

/* Both borrow from BODY. */
MUST_USE bool exchange_read(enum handshake_offer offer, unsigned version,
	const struct offer_suite *suite, struct bytes body, struct exchange *ret_exchange,
	struct fault *ret_fault);

#endif
