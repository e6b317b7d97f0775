/* SPDX-License-Identifier: MIT */
/*
 * profile_sound - a small profile without a fault, every key of the format in it
 *
 * What the tests of profiles change in one place to get a fault.
 */
#ifndef TESTS_PROFILE_SOUND_H
#define TESTS_PROFILE_SOUND_H

#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"

/* Its lines are what the messages of tests/unit/test_profile_faults.c count. */
static const char profile_sound[] =
	/*  1 */
	"schema: chainmend.profile/1\n"
	/*  2 */ "id: small\n"
	/*  3 */ "title: {en: A small one, zh-Hant: 小, zh-Hans: 小小}\n"
	/*  4 */ "references:\n"
	/*  5 */ "  - {title: {en: A notice}, url: https://ca.example/notice}\n"
	/*  6 */ "certificates:\n"
	/*  7 */ "  - id: root\n"
	/*  8 */ "    role: root\n"
	/*  9 */ "    name: The Root\n"
	/* 10 */ "    sha256: 1111111111111111111111111111111111111111111111111111111111111111\n"
	/* 11 */ "    serial: 01\n"
	/* 12 */ "  - id: new\n"
	/* 13 */ "    role: issuing\n"
	/* 14 */ "    name: The CA\n"
	/* 15 */ "    issuer: root\n"
	/* 16 */ "    sha256: 22222222222222222222222222222222222222222222222222222222222222AB\n"
	/* 17 */ "    sha1: 22222222222222222222222222222222222222CD\n"
	/* 18 */ "    spki_sha256: "
	"33333333333333333333333333333333333333333333333333333333333333EF\n"
	/* 19 */ "    not_before: 2025-01-01\n"
	/* 20 */ "    not_after: 2032-01-01\n"
	/* 21 */ "    since: 2025-02-01\n"
	/* 22 */ "    eku: [serverAuth]\n"
	/* 23 */ "    url: http://ca.example/new.crt\n"
	/* 24 */ "  - id: old\n"
	/* 25 */ "    role: issuing\n"
	/* 26 */ "    state: retired\n"
	/* 27 */ "    replaced_by: new\n"
	/* 28 */ "    remove_by: 2026-01-01\n"
	/* 29 */ "    name: The CA\n"
	/* 30 */ "    issuer: root\n"
	/* 31 */ "    sha256: 4444444444444444444444444444444444444444444444444444444444444444\n"
	/* 32 */ "    serial: 0F\n"
	/* 33 */ "serve:\n"
	/* 34 */ "  - {role: issuing, need: required, serves: [all]}\n"
	/* 35 */ "  - {role: root, need: unwanted}\n"
	/* 36 */ "trust_stores:\n"
	/* 37 */ "  - {id: all, anchors: [root], title: {en: All, zh-Hant: 全, zh-Hans: 全}}\n"
	/* 38 */ "revocation_lists:\n"
	/* 39 */ "  - id: arl\n"
	/* 40 */ "    issuer: root\n"
	/* 41 */ "    url: http://ca.example/arl.crl\n"
	/* 42 */ "    covers: ca-certificates\n"
	/* 43 */ "    expect_revoked: [old]\n"
	/* 44 */ "    expect_from: 2026-01-02\n"
	/* 45 */ "leaf:\n"
	/* 46 */ "  authority: [new]\n"
	/* 47 */ "  client_auth_until: 2025-01-31\n"
	/* 48 */ "  validity_days: [{from: 2020-09-01, max: 398}, {from: 2026-03-15, max: 200}]\n"
	/* 49 */ "  keys: {rsa_min_bits: 2048, curves: [P-256]}\n"
	/* 50 */ "  expires_soon_days: [30, 7]\n"
	/* 51 */ "request:\n"
	/* 52 */ "  country: HK\n"
	/* 53 */ "  key: {type: rsa, bits: 2048}\n"
	/* 54 */ "  products:\n"
	/* 55 */ "    - {id: server, names: 1, wildcard: false, dcv: [file, dns]}\n"
	/* 56 */ "    - {id: ev, names: 50}\n"
	/* 57 */ "dcv:\n"
	/* 58 */ "  from: 2026-03-15\n"
	/* 59 */ "  days: 30\n"
	/* 60 */ "  file: /.well-known/file.txt\n"
	/* 61 */ "  txt_ttl: 3600\n"
	/* 62 */ "  email: [admin]\n"
	/* 63 */ "  caa: [ca.example]\n"
	/* 64 */ "severity: {migration.cross-missing: note, leaf.eku: warning}\n";

/* The sound profile with the one place that is OLD changed to NEW. */
static inline void profile_sound_change(struct buf *out, const char *old, const char *new)
{
	const char *place = strstr(profile_sound, old);

	cr_assert_not_null(place, "'%s' is not in the sound profile", old);
	cr_assert_null(strstr(place + 1, old), "'%s' is in the sound profile twice", old);
	buf_add(out, profile_sound, (size_t)(place - profile_sound));
	buf_add_text(out, new);
	cr_assert(buf_add_text(out, place + strlen(old)));
}

#endif
