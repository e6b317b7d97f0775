/* SPDX-License-Identifier: MIT */
/*
 * observation - what one address of one target did when it was asked
 *
 * The seam between the network and everything else: the engine fills one for
 * each address of each target, whatever happens, and judgement reads nothing
 * else of the remote.  All of it is data; nothing in here is an error of ours.
 */
#ifndef CHECKER_OBSERVATION_H
#define CHECKER_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/limits.h"

struct target;

/* How it ended.  The names are error.kind of the record: a contract. */
enum outcome {
	OUTCOME_SERVED, /* a chain was read, to the end of the handshake; no error */
	OUTCOME_BAD_TARGET,
	OUTCOME_DNS,
	OUTCOME_REFUSED,
	OUTCOME_UNREACHABLE,
	OUTCOME_TIMEOUT,
	OUTCOME_RESET,    /* closed or reset by the peer */
	OUTCOME_STARTTLS, /* the plain dialogue did not lead to TLS */
	OUTCOME_NOT_TLS,  /* spoke something else */
	OUTCOME_HANDSHAKE,
	OUTCOME_LIMIT,    /* sent more than limits.h allows */
	OUTCOME_INTERNAL, /* our own fault */
	OUTCOME_COUNT,
};

/* "refused", ...; NULL for OUTCOME_SERVED. */
const char *outcome_name(enum outcome outcome);

/* One certificate as it was sent, whether or not it can be decoded. */
struct der {
	uint8_t *bytes;
	size_t len;
};

/* Was it shown that the server holds the leaf's private key? */
enum proof {
	PROOF_UNKNOWN, /* the handshake did not come to it, or cannot show it */
	PROOF_SHOWN, /* its signature over the handshake fits (RFC 8446, 4.4.3; RFC 5246, 7.4.3) */
	PROOF_REFUTED, /* it does not */
};

#define MESSAGE_TEXT 200

struct observation {
	struct target *target;             /* a reference of its own */
	char address[LIMIT_ADDRESS_BYTES]; /* "" when there was none */
	size_t addresses;         /* how many addresses of it are examined, this one counted */
	size_t addresses_dropped; /* those of the name beyond LIMIT_ADDRESSES */
	struct instant time;
	enum outcome outcome;
	char message[MESSAGE_TEXT];   /* printable English; "" for OUTCOME_SERVED */
	char said[MESSAGE_TEXT + 40]; /* the same as a phrase */

	char version[16];  /* "TLSv1.2"; "" when not known */
	char cipher[64];   /* OpenSSL's name; "" when not known */
	bool legacy_offer; /* only the second, legacy offer was answered */
	bool sni_refused;  /* the name was refused, and the chain is what comes without */
	bool client_cert_requested;
	bool complete; /* the handshake reached its end: only OpenSSL's whole one does */
	enum proof proven;
	VEC(struct der) chain; /* as served; may be there with any outcome */
	size_t chain_dropped;  /* certificates beyond LIMIT_CHAIN */
	struct der staple;     /* OCSPResponse (RFC 6960), len 0 when none */

	double dns_ms, connect_ms, tls_ms; /* negative: did not get there */
};

/* An observation of TARGET (which gets one more reference) with nothing in it yet; NULL when memory
 * runs out. */
MUST_USE struct observation *observation_new(const struct target *target);
void observation_free(struct observation *observation);
DEFINE_CLEANUP(struct observation *, observation_free);

/* Sets how it ended; FMT as phrase_say() has it. */
void observation_end(struct observation *observation, enum outcome outcome, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Appends a certificate (copied), or counts it as dropped; false when memory runs out. */
MUST_USE bool observation_add_der(struct observation *observation, const uint8_t *der, size_t len);

#endif
