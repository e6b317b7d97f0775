/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "checker/conform/conform.h"
#include "tests/forge.h"

static struct forge forge;
static struct forge_cert *root;

static void set_up(void)
{
	forge_init(&forge, FORGE_KEYS_FAST);
	root = forge_cert(&forge, &(struct forge_spec){ .subject = "CN=Root,O=Test,C=HK",
					  .key = "root",
					  .ca = true,
					  .not_before = forge_day("2020-01-01"),
					  .not_after = forge_day("2040-01-01") });
}

static void tear_down(void)
{
	forge_release(&forge);
}

TestSuite(conform, .init = set_up, .fini = tear_down);

static const char *const symbols[] = {
#define FAULT(symbol, group, book, text) #symbol,
#include "checker/conform/faults.def"
#undef FAULT
};

/* "SERIAL_ZERO CN_NOT_SAN", in the order of faults.def. */
static void describe(const struct conform *found, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (enum conform_fault fault = 0; fault < CONFORM_COUNT; fault++)
		if (conform_has(found, fault) && len < size)
			len += (size_t)snprintf(
				out + len, size - len, "%s%s", len > 0 ? " " : "", symbols[fault]);
}

struct row {
	const char *descr;
	enum conform_place place;
	struct forge_spec spec;
	struct forge_extension extra;
	const char *faults;
};

static const char *const san[] = { "DNS:www.example.hk", NULL };
#define SAN(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void expect(const struct row *row)
{
	struct forge_spec spec = row->spec;
	struct forge_extension extra[] = { row->extra, { NULL, NULL } };
	char got[512];

	spec.ca |= row->place == CONFORM_AUTHORITY;
	if (!spec.subject)
		spec.subject = spec.ca ? "CN=Test CA,C=HK" : "CN=www.example.hk,C=HK";
	if (!spec.issuer && spec.key != root->key)
		spec.issuer = root;
	if (!spec.san && !spec.ca)
		spec.san = san;
	if (!spec.eku && !spec.ca)
		spec.eku = "serverAuth";
	if (!spec.not_before.seconds)
		spec.not_before = forge_day("2026-01-01");
	if (!spec.not_after.seconds)
		spec.not_after = forge_day("2026-06-01");
	if (row->extra.name)
		spec.extra = extra;
	struct conform found = conform_of(forge_as_cert(forge_cert(&forge, &spec)), row->place);
	describe(&found, got, sizeof got);
	cr_expect_str_eq(got, row->faults, "%s: got '%s'", row->descr, got);
}

#define EXPECT(rows)                                         \
	do {                                                 \
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) \
			expect(&(rows)[i]);                  \
	} while (false)

Test(conform, fields)
{
	static const struct row rows[] = {
		{ "a leaf as it should be", CONFORM_LEAF, { 0 }, { 0 }, "" },
		{ "a CA as it should be", CONFORM_AUTHORITY, { 0 }, { 0 }, "" },
		{ "RSA", CONFORM_LEAF, { .key = "rsa:x" }, { 0 }, "" },
		{ "version 1", CONFORM_LEAF, { .version1 = true }, { 0 }, "VERSION" },
		{ "a negative serial number", CONFORM_LEAF, { .serial = "-5A" }, { 0 },
			"SERIAL_NEGATIVE" },
		{ "none", CONFORM_LEAF, { .serial = "00" }, { 0 }, "SERIAL_ZERO" },
		{ "one of 20 octets", CONFORM_LEAF,
			{ .serial = "7000000000000000000000000000000000000001" }, { 0 }, "" },
		{ "of 21, for its sign", CONFORM_LEAF,
			{ .serial = "8000000000000000000000000000000000000001" }, { 0 },
			"SERIAL_LONG" },
		{ "no subject", CONFORM_LEAF, { .subject = "" }, { 0 }, "SUBJECT_EMPTY" },
		{ "an old string type", CONFORM_LEAF, { .subject = "CN=www.example.hk,O=\\xE9" },
			{ 0 }, "NAME_STRING" },
		{ "SHA-1 above a leaf", CONFORM_AUTHORITY, { .digest = "SHA1" }, { 0 },
			"DIGEST_WEAK" },
		{ "SHA-1 of a leaf has a rule", CONFORM_LEAF, { .digest = "SHA1" }, { 0 }, "" },
		{ "a short key above a leaf", CONFORM_AUTHORITY, { .key = "rsa1024:x" }, { 0 },
			"KEY_RSA_SHORT" },
		{ "an Edwards key", CONFORM_LEAF, { .key = "ed25519:x" }, { 0 }, "KEY_KIND" },
	};

	EXPECT(rows);
}

Test(conform, extensions)
{
	static const struct row rows[] = {
		{ "unknown and critical", CONFORM_LEAF, { 0 }, { "1.2.3.4", "critical,DER:0500" },
			"EXTENSION_UNKNOWN" },
		{ "unknown", CONFORM_LEAF, { 0 }, { "1.2.3.4", "DER:0500" }, "" },
		{ "critical access", CONFORM_LEAF, { 0 },
			{ "authorityInfoAccess", "critical,OCSP;URI:http://o.example.hk/" },
			"EXTENSION_CRITICAL" },
		{ "empty access", CONFORM_LEAF, { 0 }, { "1.3.6.1.5.5.7.1.1", "DER:3000" },
			"EXTENSION_FORM" },
		{ "twice", CONFORM_LEAF, { 0 }, { "2.5.29.15", "critical,DER:03020780" },
			"EXTENSION_TWICE" },
		{ "poison", CONFORM_LEAF, { 0 }, { "1.3.6.1.4.1.11129.2.4.3", "critical,DER:0500" },
			"PRECERTIFICATE" },
		{ "timestamps with a tail", CONFORM_LEAF, { 0 },
			{ "1.3.6.1.4.1.11129.2.4.2", "DER:040500010000FF" }, "SCT_FORM" },
		{ "a point of reasons only", CONFORM_LEAF, { 0 },
			{ "2.5.29.31", "DER:30063004810201FE" }, "POINT_FORM" },
		{ "no authority key", CONFORM_LEAF, { .no_aki = true }, { 0 }, "AKI_MISSING" },
		{ "its own key has signed it", CONFORM_AUTHORITY, { .key = "root", .no_aki = true },
			{ 0 }, "" },
		{ "no own key", CONFORM_AUTHORITY, { .no_ski = true }, { 0 }, "SKI_MISSING" },
		{ "which a leaf may lack", CONFORM_LEAF, { .no_ski = true }, { 0 }, "" },
		{ "issuer and number", CONFORM_LEAF, { .no_aki = true },
			{ "2.5.29.35",
				"DER:301B8002AABBA112A410300E310C300A06035504030C0358595A820101" },
			"AKI_ISSUER" },
		{ "a number alone", CONFORM_LEAF, { .no_aki = true },
			{ "2.5.29.35", "DER:30078002AABB820101" }, "AKI_HALF AKI_ISSUER" },
		{ "no key in it", CONFORM_LEAF, { .no_aki = true }, { "2.5.29.35", "DER:3000" },
			"AKI_NO_KEY" },
		{ "critical", CONFORM_LEAF, { .no_aki = true },
			{ "2.5.29.35", "critical,DER:30048002AABB" }, "AKI_CRITICAL" },
	};

	EXPECT(rows);
}

Test(conform, usages)
{
	static const struct row rows[] = {
		{ "not critical", CONFORM_AUTHORITY, { .no_basic_constraints = true },
			{ "basicConstraints", "CA:TRUE" }, "BASIC_NOT_CRITICAL" },
		{ "no basic constraints", CONFORM_AUTHORITY, { .no_basic_constraints = true },
			{ 0 }, "BASIC_MISSING" },
		{ "a leaf may lack them", CONFORM_LEAF, { .no_basic_constraints = true }, { 0 },
			"" },
		{ "a length and no CA", CONFORM_LEAF, { .no_basic_constraints = true },
			{ "2.5.29.19", "critical,DER:3003020100" }, "BASIC_LENGTH" },
		{ "CA, and may not sign", CONFORM_LEAF, { .no_basic_constraints = true },
			{ "2.5.29.19", "critical,DER:30030101FF" }, "BASIC_LEAF" },
		{ "a negative length", CONFORM_AUTHORITY, { .no_basic_constraints = true },
			{ "2.5.29.19", "critical,DER:30060101FF0201FF" }, "BASIC_FORM" },
		{ "no key usage", CONFORM_AUTHORITY, { .key_usage = "" }, { 0 }, "USAGE_MISSING" },
		{ "a leaf may lack it", CONFORM_LEAF, { .key_usage = "" }, { 0 }, "" },
		{ "a leaf that signs", CONFORM_LEAF,
			{ .key_usage = "critical,digitalSignature,keyCertSign" }, { 0 },
			"USAGE_SIGN" },
		{ "no TLS", CONFORM_LEAF, { .key_usage = "critical,cRLSign" }, { 0 },
			"USAGE_LEAF USAGE_NO_TLS" },
		{ "an EC key for encryption", CONFORM_LEAF,
			{ .key_usage = "critical,digitalSignature,keyEncipherment" }, { 0 },
			"USAGE_LEAF" },
		{ "nothing is allowed", CONFORM_LEAF, { .key_usage = "" },
			{ "2.5.29.15", "critical,DER:030100" }, "USAGE_FORM" },
		{ "a zero at the end", CONFORM_LEAF, { .key_usage = "" },
			{ "2.5.29.15", "critical,DER:03020680" }, "USAGE_FORM" },
		{ "the ninth bit", CONFORM_LEAF, { .key_usage = "" },
			{ "2.5.29.15", "critical,DER:0303078080" }, "USAGE_LEAF" },
		{ "any purpose", CONFORM_LEAF, { .eku = "serverAuth,anyExtendedKeyUsage" }, { 0 },
			"PURPOSE_ANY" },
		{ "code signing", CONFORM_LEAF, { .eku = "serverAuth,codeSigning" }, { 0 },
			"PURPOSE_FOREIGN" },
		{ "empty", CONFORM_LEAF, { .eku = "" }, { "2.5.29.37", "DER:3000" },
			"PURPOSE_FORM" },
	};
	const struct row critical = { "critical", CONFORM_LEAF, { .eku = "" },
		{ "extendedKeyUsage", "critical,serverAuth" }, "PURPOSE_CRITICAL" };

	EXPECT(rows);
	expect(&critical);
	struct forge_cert *other = forge_cert(
		&forge, &(struct forge_spec){ .subject = "CN=Other,C=HK",
				.key = "other",
				.ca = true,
				.eku = "serverAuth",
				.not_before = forge_day("2020-01-01"),
				.not_after = forge_day("2040-01-01") });
	struct conform found = conform_of(forge_as_cert(other), CONFORM_AUTHORITY);
	cr_expect(conform_has(&found, CONFORM_PURPOSE_ROOT));
}

Test(conform, names)
{
	const struct row rows[] = {
		{ "another common name", CONFORM_LEAF, { .subject = "CN=other.example.hk" }, { 0 },
			"CN_NOT_SAN" },
		{ "in other letters", CONFORM_LEAF, { .subject = "CN=WWW.example.hk" }, { 0 },
			"CN_NOT_SAN" },
		{ "the domain of one", CONFORM_LEAF, { .subject = "CN=example.hk" }, { 0 }, "" },
		{ "no host at all", CONFORM_LEAF, { .subject = "CN=Example Bureau" }, { 0 }, "" },
		{ "a name of nobody's", CONFORM_LEAF,
			{ .subject = "CN=other.example.hk", .san = SAN("DNS:www.localhost") },
			{ 0 }, "" },
		{ "an address in hex", CONFORM_LEAF,
			{ .subject = "CN=0xC0000201", .san = SAN("IP:192.0.2.1") }, { 0 },
			"CN_ADDRESS" },
		{ "with zeros in front", CONFORM_LEAF,
			{ .subject = "CN=192.000.002.001", .san = SAN("IP:192.0.2.1") }, { 0 },
			"CN_ADDRESS" },
		{ "another address", CONFORM_LEAF,
			{ .subject = "CN=192.0.2.2", .san = SAN("IP:192.0.2.1") }, { 0 },
			"CN_NOT_SAN" },
		{ "a long IPv6 address", CONFORM_LEAF,
			{ .subject = "CN=2001:db8:0:0:0:0:0:1", .san = SAN("IP:2001:db8::1") },
			{ 0 }, "CN_ADDRESS" },
		{ "two common names", CONFORM_LEAF,
			{ .subject = "CN=www.example.hk,CN=www.example.hk" }, { 0 }, "CN_TWICE" },
		{ "a period in front", CONFORM_LEAF, { .san = SAN("DNS:.example.hk") }, { 0 },
			"CN_NOT_SAN SAN_DNS" },
		{ "an address as a name", CONFORM_LEAF,
			{ .san = SAN("DNS:www.example.hk", "DNS:192.0.2.1") }, { 0 },
			"SAN_DNS_ADDRESS" },
		{ "a wildcard", CONFORM_LEAF, { .san = SAN("DNS:www.example.hk", "DNS:*.a.hk") },
			{ 0 }, "" },
		{ "one within a label", CONFORM_LEAF,
			{ .san = SAN("DNS:www.example.hk", "DNS:w*.a.hk") }, { 0 },
			"SAN_WILDCARD" },
		{ "an underscore", CONFORM_LEAF, { .san = SAN("DNS:www.example.hk", "DNS:a_b.hk") },
			{ 0 }, "SAN_DNS" },
		{ "no mailbox", CONFORM_LEAF,
			{ .san = SAN("DNS:www.example.hk", "email:a@b@c.hk") }, { 0 },
			"SAN_EMAIL" },
		{ "a relative URI", CONFORM_LEAF, { .san = SAN("DNS:www.example.hk", "URI:/a") },
			{ 0 }, "SAN_URI" },
		{ "no names", CONFORM_LEAF, { .san = SAN(NULL) }, { 0 }, "SAN_FORM" },
	};

	EXPECT(rows);
}

Test(conform, constraints)
{
	static const struct row rows[] = {
		{ "as it should be", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "critical,permitted;DNS:example.hk" }, "" },
		{ "not critical", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "permitted;DNS:example.hk" }, "NAMES_NOT_CRITICAL" },
		{ "of a leaf", CONFORM_LEAF, { 0 },
			{ "nameConstraints", "critical,permitted;DNS:example.hk" }, "NAMES_LEAF" },
		{ "a period in front", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "critical,permitted;DNS:.example.hk" }, "NAMES_DNS" },
		{ "a wildcard", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "critical,excluded;DNS:*.example.hk" }, "NAMES_DNS" },
		{ "a mask with holes", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "critical,permitted;IP:192.0.2.0/255.0.255.0" },
			"NAMES_ADDRESS" },
		{ "a mailbox, a host, a domain", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "critical,permitted;email:a@b.hk,permitted;email:b.hk,"
					     "permitted;email:.b.hk" },
			"" },
		{ "no mailbox", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "critical,permitted;email:a@a@b.hk" }, "NAMES_EMAIL" },
		{ "a whole URI", CONFORM_AUTHORITY, { 0 },
			{ "nameConstraints", "critical,permitted;URI:http://b.hk" }, "NAMES_URI" },
		{ "empty", CONFORM_AUTHORITY, { 0 }, { "2.5.29.30", "critical,DER:3000" },
			"NAMES_EMPTY" },
		{ "empty lists", CONFORM_AUTHORITY, { 0 },
			{ "2.5.29.30", "critical,DER:3004A000A100" }, "NAMES_EMPTY" },
		{ "a maximum", CONFORM_AUTHORITY, { 0 },
			{ "2.5.29.30", "critical,DER:300CA00A300882036162638101"
				       "05" },
			"NAMES_RANGE" },
		{ "registered ids", CONFORM_AUTHORITY, { 0 },
			{ "2.5.29.30", "critical,DER:3008A00630048802"
				       "2A03" },
			"NAMES_KIND" },
		{ "policies demanded", CONFORM_AUTHORITY, { 0 },
			{ "policyConstraints", "critical,requireExplicitPolicy:0" }, "" },
		{ "not critical", CONFORM_AUTHORITY, { 0 },
			{ "policyConstraints", "requireExplicitPolicy:0" },
			"DEMANDS_NOT_CRITICAL" },
		{ "nothing demanded", CONFORM_AUTHORITY, { 0 },
			{ "2.5.29.36", "critical,DER:3000" }, "DEMANDS_FORM" },
		{ "less than none", CONFORM_AUTHORITY, { 0 },
			{ "2.5.29.54", "critical,DER:0201FF" }, "INHIBIT_FORM" },
		{ "one policy twice", CONFORM_LEAF, { .policies = "1.2.3,1.2.3" }, { 0 },
			"POLICIES_TWICE" },
		{ "mapped from any", CONFORM_AUTHORITY, { .policies = "1.2.3" },
			{ "policyMappings", "critical,2.5.29.32.0:1.2.3" }, "MAPPINGS_ANY" },
		{ "mapped, and not there", CONFORM_AUTHORITY, { .policies = "1.2.3" },
			{ "policyMappings", "critical,1.2.4:1.2.3" }, "MAPPINGS_UNKNOWN" },
	};

	EXPECT(rows);
}

/* What is changed after it was signed is read all the same. */
Test(conform, encodings)
{
	static const struct {
		const char *descr, *from, *to, *faults;
	} cases[] = {
		{ "no DER", "\x30\x82", "\x30\x83", "DER" },
		{ "not UTC", "260101000000Z", "260101000000+", "TIME_FORM" },
		{ "TRUE is not 1", "\x01\x01\xff\x04", "\x01\x01\x01\x04", "DER" },
		{ "another algorithm inside", "\x04\x03\x02", "\x04\x03\x03", "ALGORITHMS" },
	};
	const struct forge_cert *good = forge_cert(
		&forge, &(struct forge_spec){ .subject = "CN=www.example.hk",
				.issuer = root,
				.san = san,
				.eku = "serverAuth",
				.not_before = forge_day("2026-01-01"),
				.not_after = forge_day("2026-06-01") });

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t der[2048];
		char got[256];
		size_t len = strlen(cases[i].from), at = 0;

		cr_assert_lt(good->der_len, sizeof der);
		memcpy(der, good->der, good->der_len);
		while (at + len < good->der_len && memcmp(der + at, cases[i].from, len) != 0)
			at++;
		cr_assert_lt(at + len, good->der_len, "%s: not found", cases[i].descr);
		memcpy(der + at, cases[i].to, len);
		CLEANUP(cert_unrefp) const struct cert *cert = cert_new(der, good->der_len, NULL);
		struct conform found = conform_of(cert, CONFORM_LEAF);
		describe(&found, got, sizeof got);
		if (cert->readable)
			cr_expect_str_eq(got, cases[i].faults, "%s: got '%s'", cases[i].descr, got);
		else
			cr_expect_str_eq(got, "", "%s", cases[i].descr);
	}
}

Test(conform, wildcards)
{
	static const struct {
		const char *descr, *names[3], *asked, *wildcard;
	} cases[] = {
		{ "a domain of one owner", { "DNS:*.example.hk" }, "www.example.hk", NULL },
		{ "a country's", { "DNS:*.com.hk" }, "www.com.hk", "*.com.hk" },
		{ "a provider's", { "DNS:*.s3.amazonaws.com" }, "a.s3.amazonaws.com",
			"*.s3.amazonaws.com" },
		{ "which covers nothing that is asked for",
			{ "DNS:s3.amazonaws.com", "DNS:*.s3.amazonaws.com" }, "s3.amazonaws.com",
			NULL },
		{ "nothing asked, the suffix is there",
			{ "DNS:s3.amazonaws.com", "DNS:*.s3.amazonaws.com" }, NULL, NULL },
		{ "nothing asked", { "DNS:*.com.hk" }, NULL, "*.com.hk" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct cert *leaf = forge_as_cert(
			forge_cert(&forge, &(struct forge_spec){ .subject = "CN=x",
						   .issuer = root,
						   .san = cases[i].names,
						   .not_before = forge_day("2026-01-01"),
						   .not_after = forge_day("2026-06-01") }));
		const char *got = conform_public_wildcard(leaf, cases[i].asked);

		cr_expect_str_eq(got ? got : "none", cases[i].wildcard ? cases[i].wildcard : "none",
			"%s", cases[i].descr);
	}
}

Test(conform, exclusions)
{
	static const struct {
		const char *descr, *constraint, *name;
		bool expected;
	} cases[] = {
		{ "a host below", "critical,excluded;DNS:a.example.hk", "DNS:*.example.hk", true },
		{ "two labels below", "critical,excluded;DNS:b.a.example.hk", "DNS:*.example.hk",
			false },
		{ "no wildcard", "critical,excluded;DNS:a.example.hk", "DNS:b.example.hk", false },
		{ "permitted", "critical,permitted;DNS:a.example.hk", "DNS:*.example.hk", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct forge_extension extra[] = { { "nameConstraints", cases[i].constraint },
			{ NULL, NULL } };
		struct forge_spec spec = { .subject = "CN=Bound",
			.key = "bound",
			.ca = true,
			.issuer = root,
			.extra = extra,
			.not_before = forge_day("2020-01-01"),
			.not_after = forge_day("2040-01-01") };
		struct forge_cert *ca = forge_cert(&forge, &spec);
		struct forge_spec leaf = { .subject = "CN=x",
			.issuer = ca,
			.san = SAN(cases[i].name),
			.not_before = forge_day("2026-01-01"),
			.not_after = forge_day("2026-06-01") };

		cr_expect_eq(conform_wildcard_excluded(
				     forge_as_cert(forge_cert(&forge, &leaf)), forge_as_cert(ca)),
			cases[i].expected, "%s", cases[i].descr);
	}
}
