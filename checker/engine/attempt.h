/* SPDX-License-Identifier: MIT */
/*
 * attempt - the ways in which one address is tried, one after the other, and what is told in the
 * end
 *
 * After a failure another try may help: the same once more, the offer for old servers, no server
 * name, or after the last one a complete handshake that proves the key.  Here it is decided which
 * comes next, and which failure of several is the one to be told.  Pure: no socket, no clock.
 */
#ifndef CHECKER_ENGINE_ATTEMPT_H
#define CHECKER_ENGINE_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/observation.h"
#include "checker/tls/handshake.h"

/* What may help after a failure. */
#define ATTEMPT_RETRY 1u /* the same once more */
#define ATTEMPT_LATER                                                                             \
	2u                /* the same once more, even when no retries are asked for: it said "not \
			   * now" */
#define ATTEMPT_LEGACY 4u /* the offer for old servers */
#define ATTEMPT_NO_SNI 8u /* no server name */
#define ATTEMPT_COMPLETE 16u /* OpenSSL's whole handshake */

struct attempt {
	unsigned retries; /* that are allowed */
	bool has_sni;
	bool only; /* one offer, with or without the name, and no other way */

	unsigned tried; /* times that the same was done once more */
	bool waited;    /* after "not now" */
	enum handshake_offer offer;
	bool without_sni;
	bool complete;
	enum outcome outcome; /* of the most telling failure so far; OUTCOME_SERVED: none */
};

/* As many RETRIES after a network failure; COMPLETE: with whole handshakes from the beginning. */
void attempt_init(struct attempt *attempt, unsigned retries, bool has_sni, bool complete);

/* No other way than with this OFFER, with the name or without. */
void attempt_narrow(struct attempt *attempt, enum handshake_offer offer, bool without_sni);

/* A try failed; true when that is what is to be told, rather than what failed before. */
MUST_USE bool attempt_tells(struct attempt *attempt, enum outcome outcome);

/*
 * Prepares the next try, if there is one among what HELPs, and says so.  *RET_PAUSE_US is how long
 * to wait before it, always less than LEFT_US.
 */
MUST_USE bool attempt_next(
	struct attempt *attempt, unsigned help, uint64_t left_us, uint64_t *ret_pause_us);

#endif
