/* SPDX-License-Identifier: MIT */
/*
 * schedule - the keys of a TLS 1.3 handshake (RFC 8446, 7), its transcript (4.4.1), its records
 * (5.2)
 *
 * As far as the handshake secrets, which protect the server's first flight and our goodbye;
 * secrets for application data are never made.  It neither knows nor cares what is in a message.
 *
 * schedule_begin() when the hash is known, schedule_add() for each handshake message of either
 * side in order, schedule_keys() right after the ServerHello; records are opened from then on.
 * What fails here does so because memory ran out; schedule_open() also when the record is not
 * authentic.
 */
#ifndef CHECKER_TLS_SCHEDULE_H
#define CHECKER_TLS_SCHEDULE_H

#include "checker/tls/crypto.h"

/* What one side protects its records with (RFC 8446, 7.3). */
struct schedule_side {
	struct crypto_key key;
	uint8_t iv[CRYPTO_NONCE_BYTES];
	uint64_t sequence;
};

struct schedule {
	enum crypto_aead aead;
	struct crypto_running transcript;
	bool keyed;
	struct schedule_side server, client;
};

/* SCHEDULE is all zero before. */
MUST_USE bool schedule_begin(struct schedule *schedule, struct crypto *crypto,
	enum crypto_hash hash, enum crypto_aead aead);
void schedule_release(struct schedule *schedule);

MUST_USE bool schedule_add(struct schedule *schedule, struct bytes message);

/* After the first ClientHello, before the HelloRetryRequest: a hash takes the place of the
 * former (RFC 8446, 4.4.1). */
MUST_USE bool schedule_retry(struct schedule *schedule, struct crypto *crypto);

/* The handshake traffic keys, out of the (EC)DHE secret and the transcript up to ServerHello. */
MUST_USE bool schedule_keys(
	struct schedule *schedule, struct crypto *crypto, struct bytes shared_secret);

/*
 * Opens RECORD, its header of five bytes included, into PLAIN, which has room for as many bytes.
 * Padding is cut off; *RET_TYPE is the real type, 0 when there was nothing but padding (RFC 8446,
 * 5.4).
 */
MUST_USE bool schedule_open(struct schedule_side *side, struct crypto *crypto, struct bytes record,
	uint8_t *plain, uint8_t *ret_type, struct bytes *ret_content);

/* CONTENT, at most 2^14 bytes, as a whole record: RET_RECORD has room for SCHEDULE_MORE more.
 * Gives the record's length, 0 when memory runs out. */
#define SCHEDULE_MORE (5u + 1u + CRYPTO_TAG_BYTES)
MUST_USE size_t schedule_seal(struct schedule_side *side, struct crypto *crypto, uint8_t type,
	struct bytes content, uint8_t *ret_record);

#endif
