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

struct answers;
struct caa;
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

/*
 * The ways in which an address is looked at.  After the main look, which takes whatever leads to a
 * chain, there may be further ones, each in one way only, for what one connection cannot see.
 */
enum look_kind {
	LOOK_MAIN,
	LOOK_RSA,    /* an offer that only a leaf with an RSA key answers */
	LOOK_ECDSA,  /* ... only one with an elliptic-curve key */
	LOOK_TLS12,  /* an offer without TLS 1.3 */
	LOOK_NO_SNI, /* without a server name */
	LOOK_AGAIN,  /* the main look once more */
	LOOK_COUNT,
};

/* "main", "rsa", "ecdsa", "tls1.2", "no-sni", "again": a contract. */
const char *look_name(enum look_kind kind);

struct observation;

/* A further look.  That it found nothing is data as well: most servers have one kind of key. */
struct look {
	enum look_kind kind;
	/* It got the chain of an earlier look, and no copy is kept: 1 is the main one, 2 is
	 * looks[0] and so on; 0: a chain of its own, or none. */
	size_t same_as;
	struct observation *seen; /* owned; has no looks of its own */
};

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
	struct der scts; /* SignedCertificateTimestampList of the TLS extension (RFC 6962, 3.3.1) */
	char *banner;    /* what it calls itself, printable; owned; NULL: not asked or said */
	const char *platform; /* and which software that is (platform.h); static; NULL: not known */
	struct caa *caa;      /* who may issue for the name; owned; NULL: was not asked */
	VEC(struct look) looks;  /* further ones, in the order in which they were made */
	struct answers *answers; /* NULL: nobody was asked about the certificates */

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

/* Keeps a copy of what came first, unless it is longer than MOST; false when memory runs out. */
MUST_USE bool observation_keep(struct der *into, const uint8_t *bytes, size_t len, size_t most);

/* Takes over SEEN, which was LOOKed at in one way; false when memory runs out, and SEEN is gone. */
MUST_USE bool observation_add_look(
	struct observation *observation, enum look_kind kind, struct observation *seen);

#endif
