/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence.h"

const struct evidence_place *evidence_place(enum evidence_kind kind)
{
	static const struct evidence_place places[] = {
		[EVIDENCE_CERTIFICATE] = { "certificates", ".der" },
		[EVIDENCE_LIST] = { "lists", ".crl" },
		[EVIDENCE_STAPLE] = { "staples", ".ocsp" },
	};
	_Static_assert(ARRAY_LEN(places) == EVIDENCE_KINDS, "a place for every kind");

	return &places[kind];
}
