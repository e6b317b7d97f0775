/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "rules/profile/profile.h"
#include "tests/profile_sound.h"

#define D64 "5555555555555555555555555555555555555555555555555555555555555555"
#define FOUR "4444444444444444444444444444444444444444444444444444444444444444"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

/* One fault a row: what is changed to what, and the whole message. */
static const struct {
	const char *descr, *old, *new, *message;
} faults[] = {
	/* the version, before anything else */
	{ "another schema", "chainmend.profile/1", "chainmend.profile/2",
		"p.yaml:1: schema: \"chainmend.profile/2\" is not \"chainmend.profile/1\"" },
	{ "another schema, and keys of it", "profile/1\n", "profile/9\nunheard: of\n",
		"p.yaml:1: schema: \"chainmend.profile/9\" is not \"chainmend.profile/1\"" },
	{ "no schema", "schema: chainmend.profile/1\n", "", "p.yaml:1: missing key 'schema'" },
	{ "the schema is a list", "chainmend.profile/1", "[chainmend.profile/1]",
		"p.yaml:1: schema: has to be text, not a list" },

	/* unknown keys */
	{ "unknown at the top", "leaf:\n", "leafs:\n", "p.yaml:45: unknown key 'leafs'" },
	{ "unknown in a certificate", "    issuer: root\n    sha256: 4",
		"    isuer: root\n    sha256: 4",
		"p.yaml:30: unknown key 'isuer' in certificates[2]" },
	{ "unknown in a title", "zh-Hant: 小", "zh-TW: 小",
		"p.yaml:3: unknown key 'zh-TW' in title" },
	{ "unknown in a flow mapping", "need: unwanted", "needs: unwanted",
		"p.yaml:35: unknown key 'needs' in serve[1]" },
	{ "unknown in a reference", "{title: {en: A notice}", "{title: {fr: Avis}",
		"p.yaml:5: unknown key 'fr' in references[0].title" },
	{ "unknown in keys", "rsa_min_bits", "rsa_bits",
		"p.yaml:49: unknown key 'rsa_bits' in leaf.keys" },
	{ "unknown in a product", "names: 50", "names: 50, price: 1",
		"p.yaml:56: unknown key 'price' in request.products[1]" },
	{ "unknown in dcv", "txt_ttl", "ttl", "p.yaml:61: unknown key 'ttl' in dcv" },
	{ "unknown rule", "leaf.eku: warning", "leaf.ekus: warning",
		"p.yaml:64: unknown rule 'leaf.ekus' in severity" },
	{ "a key with a terminal escape", "txt_ttl", "\"\\e[2J\"",
		"p.yaml:61: a value may not hold U+001B, which is invisible or a control" },
	{ "a key that is a list", "id: small", "[a]: small",
		"p.yaml:2: a key has to be text, not a list" },

	/* missing keys */
	{ "no title", "title: {en: A small one, zh-Hant: 小, zh-Hans: 小小}\n", "",
		"p.yaml:1: missing key 'title'" },
	{ "a title without English", "en: A small one, ", "",
		"p.yaml:3: missing key 'en' in title" },
	{ "no id of a certificate", "  - id: new\n    role", "  - role",
		"p.yaml:12: missing key 'id' in certificates[1]" },
	{ "no role", "    role: root\n", "", "p.yaml:7: missing key 'role' in certificates[0]" },
	{ "no name", "    name: The Root\n", "",
		"p.yaml:7: missing key 'name' in certificates[0]" },
	{ "no fingerprint", "    sha256: " ONES "\n", "",
		"p.yaml:7: missing key 'sha256' in certificates[0]" },
	{ "no issuer", "    issuer: root\n    sha256: 4", "    sha256: 4",
		"p.yaml:24: certificates[2].issuer: missing; only a root has none" },
	{ "no anchors", "anchors: [root], ", "",
		"p.yaml:37: missing key 'anchors' in trust_stores[0]" },
	{ "no authority", "  authority: [new]\n", "",
		"p.yaml:46: missing key 'authority' in leaf" },
	{ "no need", ", need: unwanted", "", "p.yaml:35: missing key 'need' in serve[1]" },
	{ "no issuer of a list", "    issuer: root\n    url: http://ca.example/arl",
		"    url: http://ca.example/arl",
		"p.yaml:39: missing key 'issuer' in revocation_lists[0]" },
	{ "a validity without a day", "from: 2026-03-15, max", "max",
		"p.yaml:48: missing key 'from' in leaf.validity_days[1]" },

	/* keys twice */
	{ "twice at the top", "id: small\n", "id: small\nid: tall\n",
		"p.yaml:3: key 'id' is written twice" },
	{ "twice in a certificate", "    serial: 0F\n", "    serial: 0F\n    issuer: root\n",
		"p.yaml:33: key 'issuer' is written twice in certificates[2]" },
	{ "a rule twice", "leaf.eku: warning", "migration.cross-missing: critical",
		"p.yaml:64: key 'migration.cross-missing' is written twice in severity" },

	/* wrong types */
	{ "a mapping for text", "id: small", "id: {a: b}",
		"p.yaml:2: id: has to be text, not a mapping" },
	{ "a list for text", "country: HK", "country: [HK]",
		"p.yaml:52: request.country: has to be text, not a list" },
	{ "a boolean for text", "name: The Root", "name: true",
		"p.yaml:9: certificates[0].name: has to be text, not true or false" },
	{ "null for text", "url: http://ca.example/new.crt", "url: null",
		"p.yaml:23: certificates[1].url: has no value" },
	{ "nothing for text", "url: http://ca.example/new.crt",
		"url:", "p.yaml:23: certificates[1].url: has no value" },
	{ "empty text", "name: The Root", "name: \"\"",
		"p.yaml:9: certificates[0].name: may not be empty" },
	{ "text for a mapping", "title: {en: A small one, zh-Hant: 小, zh-Hans: 小小}",
		"title: A small one", "p.yaml:3: title: has to be a mapping, not a single value" },
	{ "text for a list", "authority: [new]", "authority: new",
		"p.yaml:46: leaf.authority: has to be a list, not a single value" },
	{ "a mapping for a list", "  expires_soon_days: [30, 7]",
		"  expires_soon_days: {warning: 30}",
		"p.yaml:50: leaf.expires_soon_days: has to be a list, not a mapping" },
	{ "nothing for a list", "expires_soon_days: [30, 7]",
		"expires_soon_days:", "p.yaml:50: leaf.expires_soon_days: has no value" },
	{ "nothing for a mapping", "keys: {rsa_min_bits: 2048, curves: [P-256]}",
		"keys:", "p.yaml:49: leaf.keys: has no value" },
	{ "a word for a number", "max: 398", "max: long",
		"p.yaml:48: leaf.validity_days[0].max: \"long\" is not a whole number" },
	{ "text for a number", "max: 398", "max: \"398\"",
		"p.yaml:48: leaf.validity_days[0].max: \"398\" is not a whole number" },
	{ "a negative number", "[30, 7]", "[30, -7]",
		"p.yaml:50: leaf.expires_soon_days[1]: \"-7\" is not a whole number" },
	{ "a fraction", "days: 30", "days: 30.5",
		"p.yaml:59: dcv.days: \"30.5\" is not a whole number" },
	{ "octal or not, depending on who reads", "txt_ttl: 3600", "txt_ttl: 03600",
		"p.yaml:61: dcv.txt_ttl: \"03600\" is not a whole number" },
	{ "a number too large for any", "txt_ttl: 3600", "txt_ttl: 4294967296",
		"p.yaml:61: dcv.txt_ttl: \"4294967296\" is not a whole number" },
	{ "a word for a boolean", "wildcard: false", "wildcard: maybe",
		"p.yaml:55: request.products[0].wildcard: \"maybe\" is neither true nor false" },
	{ "an unknown role", "role: issuing, need", "role: leaf, need",
		"p.yaml:34: serve[0].role: \"leaf\" is none of: root, issuing, cross" },
	{ "an unknown state", "state: retired", "state: gone",
		"p.yaml:26: certificates[2].state: \"gone\" is none of: current, retired" },
	{ "an unknown need", "need: unwanted", "need: no",
		"p.yaml:35: serve[1].need: \"no\" is none of: required, recommended, unwanted" },
	{ "unknown coverage", "covers: ca-certificates", "covers: some",
		"p.yaml:42: revocation_lists[0].covers: \"some\" is none of: "
		"ca-certificates, leaf-certificates, all" },
	{ "an unknown key type", "type: rsa", "type: dsa",
		"p.yaml:53: request.key.type: \"dsa\" is none of: rsa, ec" },
	{ "an unknown method", "dcv: [file, dns]", "dcv: [file, phone]",
		"p.yaml:55: request.products[0].dcv[1]: \"phone\" is none of: file, dns, email" },
	{ "an unknown severity", "leaf.eku: warning", "leaf.eku: error",
		"p.yaml:64: severity.leaf.eku: \"error\" is none of: note, warning, critical" },
	{ "a severity by number", "leaf.eku: warning", "leaf.eku: 2",
		"p.yaml:64: severity.leaf.eku: \"2\" is none of: note, warning, critical" },
	{ "a list of nothing", "authority: [new]", "authority: []",
		"p.yaml:46: leaf.authority: may not be an empty list" },
	{ "three days of warning", "[30, 7]", "[30, 7, 1]",
		"p.yaml:50: leaf.expires_soon_days: a list of 3, at most 2 are allowed" },

	/* fingerprints, numbers, days, addresses */
	{ "a fingerprint too short", FOUR, "444",
		"p.yaml:31: certificates[2].sha256: \"444\" is no fingerprint of 64 hex digits" },
	{ "a fingerprint that is no hex", "sha256: " ONES,
		"sha256: x111111111111111111111111111111111111111111111111111111111111111",
		"p.yaml:10: certificates[0].sha256: "
		"\"x111111111111111111111111111111111111111111111111111111111111111\" "
		"is no fingerprint of 64 hex digits" },
	{ "a SHA-1 of 64 digits", "22222222222222222222222222222222222222CD", D64,
		"p.yaml:17: certificates[1].sha1: \"" D64 "\" is no fingerprint of 40 hex digits" },
	{ "a key's fingerprint too short",
		"33333333333333333333333333333333333333333333333333333333333333EF", "3",
		"p.yaml:18: certificates[1].spki_sha256: \"3\" is no fingerprint of 64 hex "
		"digits" },
	{ "a serial with colons", "serial: 0F", "serial: \"0F:0E\"",
		"p.yaml:32: certificates[2].serial: \"0F:0E\" is no serial number in hex" },
	{ "no such day", "since: 2025-02-01", "since: 2025-02-29",
		"p.yaml:21: certificates[1].since: \"2025-02-29\" is no day (YYYY-MM-DD)" },
	{ "a moment for a day", "since: 2025-02-01", "since: 2025-02-01T00:00:00Z",
		"p.yaml:21: certificates[1].since: \"2025-02-01T00:00:00Z\" is no day "
		"(YYYY-MM-DD)" },
	{ "a day the other way round", "not_before: 2025-01-01", "not_before: 01-01-2025",
		"p.yaml:19: certificates[1].not_before: \"01-01-2025\" is no day (YYYY-MM-DD)" },
	{ "an end that is no day", "not_after: 2032-01-01", "not_after: never",
		"p.yaml:20: certificates[1].not_after: \"never\" is no day (YYYY-MM-DD)" },
	{ "a last day that is none", "remove_by: 2026-01-01", "remove_by: soon",
		"p.yaml:28: certificates[2].remove_by: \"soon\" is no day (YYYY-MM-DD)" },
	{ "an expectation from no day", "expect_from: 2026-01-02", "expect_from: 2026",
		"p.yaml:44: revocation_lists[0].expect_from: \"2026\" is no day (YYYY-MM-DD)" },
	{ "clientAuth until no day", "client_auth_until: 2025-01-31",
		"client_auth_until: 2025-01-32",
		"p.yaml:47: leaf.client_auth_until: \"2025-01-32\" is no day (YYYY-MM-DD)" },
	{ "an exempt name that is none", "  caa: [ca.example]",
		"  caa: [ca.example]\n  exempt: [.hk]",
		"p.yaml:64: dcv.exempt[0]: \".hk\" is no domain in A-labels and small letters" },
	{ "one in capitals", "  caa: [ca.example]", "  caa: [ca.example]\n  exempt: [hk, Gov.hk]",
		"p.yaml:64: dcv.exempt[1]: \"Gov.hk\" is no domain in A-labels and small letters" },
	{ "one twice", "  caa: [ca.example]", "  caa: [ca.example]\n  exempt: [hk, hk]",
		"p.yaml:64: dcv.exempt[1]: \"hk\" is listed twice" },
	{ "e-mail until no day", "  caa: [ca.example]", "  caa: [ca.example]\n  email_until: 2028",
		"p.yaml:64: dcv.email_until: \"2028\" is no day (YYYY-MM-DD)" },
	{ "proof from no day", "dcv:\n  from: 2026-03-15", "dcv:\n  from: 20260315",
		"p.yaml:58: dcv.from: \"20260315\" is no day (YYYY-MM-DD)" },
	{ "ends as it begins", "not_after: 2032-01-01", "not_after: 2025-01-01",
		"p.yaml:20: certificates[1].not_after: 2025-01-01 is not after not_before, "
		"2025-01-01" },
	{ "a URL of another kind", "http://ca.example/new.crt", "ldap://ca.example/new",
		"p.yaml:23: certificates[1].url: \"ldap://ca.example/new\" is no http or https "
		"URL" },
	{ "a URL without a host", "http://ca.example/arl.crl", "http:///arl.crl",
		"p.yaml:41: revocation_lists[0].url: \"http:///arl.crl\" is no http or https URL" },
	{ "a file for a URL", "https://ca.example/notice", "notice.html",
		"p.yaml:5: references[0].url: \"notice.html\" is no http or https URL" },

	/* ids */
	{ "an id with a blank", "id: small", "id: too small",
		"p.yaml:2: id: \"too small\" is no id (letters, digits, \"-\", \"_\" and \".\", "
		"at most 64)" },
	{ "an id that climbs", "id: arl", "id: ../arl",
		"p.yaml:39: revocation_lists[0].id: \"../arl\" is no id (letters, digits, \"-\", "
		"\"_\" and \".\", at most 64)" },
	{ "a store with a sign of its option", "{id: all,", "{id: a=b,",
		"p.yaml:37: trust_stores[0].id: \"a=b\" is no id (letters, digits, \"-\", \"_\" "
		"and \".\", at most 64)" },
	{ "an id of 65 characters", "id: server", "id: " D64 "5",
		"p.yaml:55: request.products[0].id: \"" D64
		"5\" is no id (letters, digits, \"-\", \"_\" and \".\", at most 64)" },
	{ "an id twice", "  - id: old", "  - id: new",
		"p.yaml:24: certificates[2].id: the same as that of certificates[1], new" },
	{ "a fingerprint twice", FOUR, ONES,
		"p.yaml:31: certificates[2].sha256: the same as that of certificates[0], root" },
	{ "a fingerprint twice, in the other case", FOUR,
		"22222222222222222222222222222222222222222222222222222222222222ab",
		"p.yaml:31: certificates[2].sha256: the same as that of certificates[1], new" },
	{ "a SHA-1 twice", "    serial: 0F\n",
		"    sha1: 22222222222222222222222222222222222222cd\n",
		"p.yaml:32: certificates[2].sha1: the same as that of certificates[1], new" },
	{ "a store twice", "revocation_lists:\n",
		"  - {id: all, anchors: [root], title: {en: All}}\nrevocation_lists:\n",
		"p.yaml:38: trust_stores[1].id: the same as that of trust_stores[0]" },
	{ "a list twice", "leaf:\n", "  - {id: arl, issuer: root, covers: all}\nleaf:\n",
		"p.yaml:45: revocation_lists[1].id: the same as that of revocation_lists[0]" },
	{ "a product twice", "id: ev", "id: server",
		"p.yaml:56: request.products[1].id: the same as that of request.products[0]" },
	{ "a role served twice", "{role: root, need", "{role: issuing, need",
		"p.yaml:35: serve[1].role: \"issuing\" is listed twice" },
	{ "a store served twice", "serves: [all]", "serves: [all, all]",
		"p.yaml:34: serve[0].serves[1]: \"all\" is listed twice" },
	{ "an anchor twice", "anchors: [root]", "anchors: [root, root]",
		"p.yaml:37: trust_stores[0].anchors[1]: \"root\" is listed twice" },
	{ "a usage twice", "[serverAuth]", "[serverAuth, serverAuth]",
		"p.yaml:22: certificates[1].eku[1]: \"serverAuth\" is listed twice" },
	{ "a curve twice", "[P-256]", "[P-256, P-256]",
		"p.yaml:49: leaf.keys.curves[1]: \"P-256\" is listed twice" },

	/* where ids lead */
	{ "an issuer that is not there", "    issuer: root\n    sha256: 4",
		"    issuer: boot\n    sha256: 4",
		"p.yaml:30: certificates[2].issuer: no certificate has the id \"boot\"" },
	{ "a replacement that is not there", "replaced_by: new", "replaced_by: newer",
		"p.yaml:27: certificates[2].replaced_by: no certificate has the id \"newer\"" },
	{ "an anchor that is not there", "anchors: [root]", "anchors: [root, boot]",
		"p.yaml:37: trust_stores[0].anchors[1]: no certificate has the id \"boot\"" },
	{ "an authority that is not there", "authority: [new]", "authority: [new, all]",
		"p.yaml:46: leaf.authority[1]: no certificate has the id \"all\"" },
	{ "revoked and not there", "expect_revoked: [old]", "expect_revoked: [older]",
		"p.yaml:43: revocation_lists[0].expect_revoked[0]: no certificate has the id "
		"\"older\"" },
	{ "a list of nobody", "    issuer: root\n    url: http://ca.example/arl",
		"    issuer: boot\n    url: http://ca.example/arl",
		"p.yaml:40: revocation_lists[0].issuer: no certificate has the id \"boot\"" },
	{ "a store that is not there", "serves: [all]", "serves: [all, some]",
		"p.yaml:34: serve[0].serves[1]: no trust store has the id \"some\"" },
	{ "a root with an issuer", "    serial: 01\n", "    issuer: new\n",
		"p.yaml:11: certificates[0].issuer: a root has no issuer" },
	{ "replaced by itself", "replaced_by: new", "replaced_by: old",
		"p.yaml:27: certificates[2].replaced_by: leads from old back to itself" },
	{ "replaced in a circle", "    since: 2025-02-01\n",
		"    state: retired\n    replaced_by: old\n",
		"p.yaml:22: certificates[1].replaced_by: leads from new back to itself" },
	{ "its own issuer", "    issuer: root\n    sha256: 4", "    issuer: old\n    sha256: 4",
		"p.yaml:30: certificates[2].issuer: leads from old back to itself" },
	{ "issued in a circle", "    issuer: root\n    sha256: 2222",
		"    issuer: new\n    sha256: 2222",
		"p.yaml:15: certificates[1].issuer: leads from new back to itself" },
	{ "replaced though current", "state: retired", "state: current",
		"p.yaml:27: certificates[2].replaced_by: only a certificate with \"state: "
		"retired\" is replaced" },

	/* order and range */
	{ "validity the wrong way round", "from: 2026-03-15, max", "from: 2019-03-15, max",
		"p.yaml:48: leaf.validity_days[1].from: 2019-03-15 is not after the day before "
		"it, 2020-09-01" },
	{ "validity of one day twice", "from: 2026-03-15, max", "from: 2020-09-01, max",
		"p.yaml:48: leaf.validity_days[1].from: 2020-09-01 is not after the day before "
		"it, 2020-09-01" },
	{ "validity of no days", "max: 200", "max: 0",
		"p.yaml:48: leaf.validity_days[1].max: 0 is not between 1 and 36525" },
	{ "warned after it is critical", "[30, 7]", "[7, 30]",
		"p.yaml:50: leaf.expires_soon_days[1]: 30 is not less than the 7 before it" },
	{ "warned the same day", "[30, 7]", "[7, 7]",
		"p.yaml:50: leaf.expires_soon_days[1]: 7 is not less than the 7 before it" },
	{ "warned never", "[30, 7]", "[30, 0]",
		"p.yaml:50: leaf.expires_soon_days[1]: 0 is not between 1 and 36525" },
	{ "keys of no bits", "rsa_min_bits: 2048", "rsa_min_bits: 0",
		"p.yaml:49: leaf.keys.rsa_min_bits: 0 is not between 512 and 65536" },
	{ "a country in full", "country: HK", "country: Hong Kong",
		"p.yaml:52: request.country: \"Hong Kong\" is no country code of two capital "
		"letters" },
	{ "a request's key of 2 bits", "bits: 2048}", "bits: 2}",
		"p.yaml:53: request.key.bits: 2 is not between 128 and 16384" },
	{ "a product for no name", "names: 50", "names: 0",
		"p.yaml:56: request.products[1].names: 0 is not between 1 and 10000" },
	{ "proof for no days", "days: 30", "days: 0",
		"p.yaml:59: dcv.days: 0 is not between 1 and 825" },
	{ "no time to live", "txt_ttl: 3600", "txt_ttl: 0",
		"p.yaml:61: dcv.txt_ttl: 0 is not between 1 and 604800" },
	{ "a file without a root", "/.well-known/file.txt", "file.txt",
		"p.yaml:60: dcv.file: \"file.txt\" is no path from \"/\"" },
	{ "a mailbox twice", "[admin]", "[admin, admin]",
		"p.yaml:62: dcv.email[1]: \"admin\" is listed twice" },
	{ "a CAA name twice", "[ca.example]", "[ca.example, ca.example]",
		"p.yaml:63: dcv.caa[1]: \"ca.example\" is listed twice" },

	/* YAML itself */
	{ "a text that hides its end", "The Root", "\"The \\u202eRoot\"",
		"p.yaml:9: a value may not hold U+202E, which is invisible or a control" },
	{ "a text of two lines", "The Root", "\"The\\nRoot\"",
		"p.yaml:9: a value may not hold U+000A, which is invisible or a control" },
	{ "a text with a NUL", "The Root", "\"The\\0Root\"",
		"p.yaml:9: a value may not hold U+0000, which is invisible or a control" },
	{ "an alias", "name: The Root", "name: &n The Root\n    serial: *n",
		"p.yaml:9: anchors (&name) and aliases (*name) are not supported" },
	{ "a bracket too many", "[serverAuth]", "[serverAuth]]",
		"p.yaml:22: not YAML: while parsing a block mapping, did not find expected key" },
	{ "a tab to indent", "    role: root", "\trole: root",
		"p.yaml:8: not YAML: while scanning a plain scalar, found a tab character that "
		"violates indentation" },
	{ "a control character as it is", "The Root", "The \001 Root",
		"p.yaml:9: not YAML: control characters are not allowed" },
	{ "bytes that are not UTF-8", "The Root", "The \xc0\xaf Root", "p.yaml:9: not UTF-8" },
	{ "a second document",
		"severity:", "---\nseverity:", "p.yaml:64: a second document; there may be one" },
};

Test(profile, names_each_fault_with_its_line)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct buf text = BUF_INIT(65536);
		struct error err = { .code = ERROR_NONE };

		profile_sound_change(&text, faults[i].old, faults[i].new);
		CLEANUP(profile_freep)
		struct profile *profile = profile_parse("p.yaml", &text, &err);
		cr_expect_null(profile, "%s: was accepted", faults[i].descr);
		cr_expect_eq(err.code, ERROR_SYNTAX, "%s: code %d", faults[i].descr, err.code);
		cr_expect_str_eq(
			err.text, faults[i].message, "%s:\n  %s", faults[i].descr, err.text);
		buf_release(&text);
	}
}

/* Leaving out what may be absent, or writing it another way, is no fault. */
static const struct {
	const char *descr, *old, *new;
} variants[] = {
	{ "as it is", "id: small", "id: small" },
	{ "no references",
		"references:\n  - {title: {en: A notice}, url: https://ca.example/notice}\n", "" },
	{ "a reference without a URL", ", url: https://ca.example/notice", "" },
	{ "no SHA-1", "    sha1: 22222222222222222222222222222222222222CD\n", "" },
	{ "no fingerprint of the key",
		"    spki_sha256: "
		"33333333333333333333333333333333333333333333333333333333333333EF\n",
		"" },
	{ "no serial", "    serial: 01\n", "" },
	{ "no first day", "    not_before: 2025-01-01\n", "" },
	{ "no last day", "    not_after: 2032-01-01\n", "" },
	{ "no day of issuing", "    since: 2025-02-01\n", "" },
	{ "no usage", "    eku: [serverAuth]\n", "" },
	{ "no URL", "    url: http://ca.example/new.crt\n", "" },
	{ "no replacement", "    replaced_by: new\n", "" },
	{ "no day to remove it by", "    remove_by: 2026-01-01\n", "" },
	{ "no stores to serve", ", serves: [all]", "" },
	{ "a list without a URL", "    url: http://ca.example/arl.crl\n", "" },
	{ "nothing expected revoked", "    expect_revoked: [old]\n", "" },
	{ "expected from any day", "    expect_from: 2026-01-02\n", "" },
	{ "no word on clientAuth", "  client_auth_until: 2025-01-31\n", "" },
	{ "no word on validity",
		"  validity_days: [{from: 2020-09-01, max: 398}, {from: 2026-03-15, max: 200}]\n",
		"" },
	{ "no word on keys", "  keys: {rsa_min_bits: 2048, curves: [P-256]}\n", "" },
	{ "nothing in keys", "{rsa_min_bits: 2048, curves: [P-256]}", "{}" },
	{ "no word on the end", "  expires_soon_days: [30, 7]\n", "" },
	{ "a warning only", "[30, 7]", "[30]" },
	{ "no severity", "severity: {migration.cross-missing: note, leaf.eku: warning}\n", "" },
	{ "severity of nothing", "{migration.cross-missing: note, leaf.eku: warning}", "{}" },
	{ "no lists in the list",
		"  - id: arl\n    issuer: root\n"
		"    url: http://ca.example/arl.crl\n"
		"    covers: ca-certificates\n    expect_revoked: [old]\n"
		"    expect_from: 2026-01-02\n",
		"  []\n" },
	{ "a day in quotes", "since: 2025-02-01", "since: \"2025-02-01\"" },
	{ "CRLF at an end", "id: small\n", "id: small\r\n" },
	{ "a comment", "id: small", "id: small # a comment" },
};

Test(profile, accepts_what_may_be_absent)
{
	for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
		struct buf text = BUF_INIT(65536);
		struct error err = { .code = ERROR_NONE };

		profile_sound_change(&text, variants[i].old, variants[i].new);
		CLEANUP(profile_freep)
		struct profile *profile = profile_parse("p.yaml", &text, &err);
		cr_expect_not_null(profile, "%s: %s", variants[i].descr, err.text);
		buf_release(&text);
	}
}

/* Which lists an issuing distribution point would say it holds. */
Test(profile, knows_what_a_list_covers)
{
	static const struct {
		const char *descr, *covers;
		bool ca, leaf;
	} rows[] = {
		{ "intermediates", "covers: ca-certificates", true, false },
		{ "leafs", "covers: leaf-certificates", false, true },
		{ "both", "covers: all", true, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf text = BUF_INIT(65536);

		profile_sound_change(&text, "covers: ca-certificates", rows[i].covers);
		CLEANUP(profile_freep) struct profile *profile = profile_parse("p", &text, NULL);
		cr_assert_not_null(profile, "%s", rows[i].descr);
		cr_expect_eq(profile->lists[0].covers_ca, rows[i].ca, "%s", rows[i].descr);
		cr_expect_eq(profile->lists[0].covers_leaf, rows[i].leaf, "%s", rows[i].descr);
		buf_release(&text);
	}
}
