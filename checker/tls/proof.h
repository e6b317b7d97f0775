/* SPDX-License-Identifier: MIT */
/*
 * proof - whether a signature over the handshake is of the key in the leaf
 *
 * That is what shows that the server holds the private key (RFC 8446, 4.4.3; RFC 5246, 7.4.3).
 * Nothing is said about the certificate itself, and nothing is kept.
 */
#ifndef CHECKER_TLS_PROOF_H
#define CHECKER_TLS_PROOF_H

#include "checker/tls/bytes.h"
#include "checker/tls/crypto.h"
#include "checker/tls/offer.h"

#define PROOF_PARTS 3

struct proof_claim {
	struct bytes leaf; /* the certificate as it was sent */
	const struct offer_scheme *scheme;
	enum offer_auth auth; /* of the cipher suite; AUTH_ANY with TLS 1.3 */
	bool tls13;           /* where a scheme of ECDSA is bound to a curve: RFC 8446, 4.2.3 */
	struct bytes parts[PROOF_PARTS]; /* what is signed, one behind the other */
	struct bytes signature;
};

enum proof_result {
	PROOF_FITS,
	PROOF_FITS_NOT,
	PROOF_OTHER_KIND, /* scheme or cipher suite do not go with the kind of key */
	PROOF_NO_KEY,     /* the leaf, or the key in it, cannot be used by anybody */
	PROOF_STRANGE,    /* a kind of key that is not known here */
	PROOF_COSTLY,     /* larger than limits.h allows */
	PROOF_NO_MEMORY,
};

MUST_USE enum proof_result proof_check(struct crypto *crypto, const struct proof_claim *claim);

#endif
