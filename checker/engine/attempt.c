/* SPDX-License-Identifier: MIT */
#include "checker/engine/attempt.h"

#define RETRY_US 100000  /* before the first further try; twice as long for each one after it */
#define LATER_US 1000000 /* after "not now" */

void attempt_init(struct attempt *attempt, unsigned retries, bool has_sni, bool complete)
{
	attempt->retries = retries;
	attempt->has_sni = has_sni;
	attempt->only = false;
	attempt->tried = 0;
	attempt->waited = false;
	attempt->offer = HANDSHAKE_OFFER_MODERN;
	attempt->without_sni = false;
	attempt->complete = complete;
	attempt->outcome = OUTCOME_SERVED;
}

void attempt_narrow(struct attempt *attempt, enum handshake_offer offer, bool without_sni)
{
	attempt->only = true;
	attempt->offer = offer;
	attempt->without_sni = without_sni;
}

/* The first failure is told, but one about the server rather than the network before all. */
static bool tells_more(enum outcome a, enum outcome b)
{
	static const bool of_network[OUTCOME_COUNT] = {
		[OUTCOME_REFUSED] = true,
		[OUTCOME_UNREACHABLE] = true,
		[OUTCOME_TIMEOUT] = true,
		[OUTCOME_RESET] = true,
		[OUTCOME_INTERNAL] = true,
	};

	return b == OUTCOME_SERVED || (!of_network[a] && of_network[b]);
}

bool attempt_tells(struct attempt *attempt, enum outcome outcome)
{
	if (!tells_more(outcome, attempt->outcome))
		return false;
	attempt->outcome = outcome;
	return true;
}

bool attempt_next(struct attempt *attempt, unsigned help, uint64_t left_us, uint64_t *ret_pause_us)
{
	if (attempt->only)
		help &= ~(ATTEMPT_LEGACY | ATTEMPT_NO_SNI);
	bool modern = (help & ATTEMPT_LEGACY) && attempt->offer == HANDSHAKE_OFFER_MODERN;
	/* Nobody is called old for one mishap: the modern offer is always made twice. */
	bool again = (help & ATTEMPT_RETRY) &&
		     (attempt->tried < attempt->retries || (modern && attempt->tried == 0));
	uint64_t pause = (uint64_t)RETRY_US << (attempt->tried < 5 ? attempt->tried : 5);

	*ret_pause_us = 0;
	if ((help & ATTEMPT_NO_SNI) && !attempt->without_sni && attempt->has_sni) {
		attempt->without_sni = true;
	} else if ((help & ATTEMPT_COMPLETE) && !attempt->complete) {
		attempt->complete = true;
	} else if ((help & ATTEMPT_LATER) && !attempt->waited && attempt->retries > 0 &&
		   LATER_US < left_us) {
		attempt->waited = true;
		*ret_pause_us = LATER_US;
	} else if (again && pause < left_us) {
		attempt->tried++;
		*ret_pause_us = pause;
	} else if (modern) {
		attempt->offer = HANDSHAKE_OFFER_LEGACY;
	} else {
		return false;
	}
	return true;
}
