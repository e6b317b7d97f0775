/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_asn1.h"

#include <time.h>

bool revoke_read_time(const ASN1_TIME *time, struct instant *ret_instant)
{
	struct tm tm;

	if (!time || !ASN1_TIME_to_tm(time, &tm) ||
		!instant_from_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, ret_instant))
		return false;
	ret_instant->seconds += tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	return true;
}

const char *revoke_reason_name(long reason)
{
	static const char *const names[] = { "unspecified", "keyCompromise", "cACompromise",
		"affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", NULL,
		"removeFromCRL", "privilegeWithdrawn", "aACompromise" };

	return reason >= 0 && reason < (long)ARRAY_LEN(names) ? names[reason] : NULL;
}

unsigned revoke_reason_mask(const ASN1_BIT_STRING *flags)
{
	unsigned mask = 0;

	if (!flags)
		return REVOKE_ALL_REASONS;
	for (int bit = 1; bit <= 8; bit++)
		if (ASN1_BIT_STRING_get_bit(flags, bit))
			mask |= 1u << bit;
	return mask;
}
