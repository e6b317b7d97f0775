/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <criterion/criterion.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/target/name.h"

#define L10 "abcdefghij"
#define L63 L10 L10 L10 L10 L10 L10 "abc"

static const struct {
	const char *descr, *text, *ascii, *why;
	bool wildcard;
} names[] = {
	{ "as it is", "www.example.hk", "www.example.hk", NULL, false },
	{ "upper case", "WWW.Example.HK", "www.example.hk", NULL, false },
	{ "one label", "localhost", "localhost", NULL, false },
	{ "trailing dot", "www.example.hk.", "www.example.hk", NULL, false },
	{ "underscore", "_dmarc.my_host.hk", "_dmarc.my_host.hk", NULL, false },
	{ "hyphens in the third place", "r3---sn-i3b.example.hk", "r3---sn-i3b.example.hk", NULL,
		false },
	{ "digits first", "1-2-3.4.example", "1-2-3.4.example", NULL, false },
	{ "A-label", "XN--FSQU00A.example", "xn--fsqu00a.example", NULL, false },
	{ "Chinese", "例子.測試", "xn--fsqu00a.xn--g6w251d", NULL, false },
	{ "Chinese and LDH", "www.電子核證.gov.hk", "www.xn--i8s431aqn1ad1j.gov.hk", NULL, false },
	{ "ideographic full stops", "www。example。hk", "www.example.hk", NULL, false },
	{ "ideographic trailing dot", "www.example.hk。", "www.example.hk", NULL, false },
	{ "full width", "ｗｗｗ．ｅｘａｍｐｌｅ．ｈｋ", "www.example.hk", NULL, false },
	{ "sharp s stays itself", "straße.example", "xn--strae-oqa.example", NULL, false },
	{ "final sigma stays itself", "βόλος.example", "xn--nxasmm1c.example", NULL, false },
	{ "not in NFC",
		"bu\xcc\x88"
		"cher.example",
		"xn--bcher-kva.example", NULL, false },
	{ "wildcard", "*.Example.hk", "*.example.hk", NULL, true },
	{ "wildcard above Chinese", "*.例子.hk", "*.xn--fsqu00a.hk", NULL, true },
	{ "label of 63", L63 ".hk", L63 ".hk", NULL, false },
	{ "name of 253", L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "a",
		L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "a", NULL, false },
	{ "name of 253 and a dot", L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "a.",
		L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "a", NULL, false },

	{ "nothing", "", NULL, "the host name is empty", false },
	{ "a dot", ".", NULL, "the host name has an empty label", false },
	{ "leading dot", ".example.hk", NULL, "the host name has an empty label", false },
	{ "two dots", "www..hk", NULL, "the host name has an empty label", false },
	{ "two trailing dots", "www.hk..", NULL, "the host name has an empty label", false },
	{ "label of 64", L63 "d.hk", NULL, "a label of the host name is longer than 63 octets",
		false },
	{ "name of 254", L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "ab", NULL,
		"the host name is longer than 253 octets", false },
	{ "blank", "www example.hk", NULL, "the character \" \" is not allowed in a host name",
		false },
	{ "escape", "www\033[31m.hk", NULL,
		"the character \"\\u{001B}\" is not allowed in a host name", false },
	{ "wildcard unasked", "*.example.hk", NULL,
		"the character \"*\" is not allowed in a host name", false },
	{ "wildcard inside", "www.*.hk", NULL, "the character \"*\" is not allowed in a host name",
		true },
	{ "wildcard in a label", "w*.example.hk", NULL,
		"the character \"*\" is not allowed in a host name", true },
	{ "wildcard alone", "*.", NULL, "the character \"*\" is not allowed in a host name", true },
	{ "leading hyphen", "-www.example.hk", NULL, "the label \"-www\" begins or ends with \"-\"",
		false },
	{ "trailing hyphen", "www-.example.hk", NULL,
		"the label \"www-\" begins or ends with \"-\"", false },
	{ "too large for IPv4", "192.0.2.256", NULL,
		"\"192.0.2.256\" ends in a number, but is not an IPv4 address", false },
	{ "short IPv4", "127.1", NULL, "\"127.1\" ends in a number, but is not an IPv4 address",
		false },
	{ "hexadecimal IPv4", "0x7F000001", NULL,
		"\"0x7f000001\" ends in a number, but is not an IPv4 address", false },
	{ "full width IPv4", "１２７。０。０。１", NULL,
		"\"127.0.0.1\" ends in a number, but is not an IPv4 address", false },
	{ "invalid UTF-8", "www.\xff.hk", NULL, "the host name is not valid UTF-8", false },
	{ "full width slash", "www.example／x.hk", NULL,
		"the character \"/\" is not allowed in a host name", false },
};

Test(name, to_ascii)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct error err = { .code = ERROR_NONE };
		char out[LIMIT_HOST_BYTES] = "untouched";
		bool good = name_to_ascii(
			names[i].text, strlen(names[i].text), names[i].wildcard, out, &err);

		cr_expect_eq(good, names[i].ascii != NULL, "%s: %s", names[i].descr, err.text);
		cr_expect_str_eq(out, names[i].ascii ? names[i].ascii : "untouched", "%s: got '%s'",
			names[i].descr, out);
		cr_expect_str_eq(err.text, names[i].why ? names[i].why : "", "%s: got '%s'",
			names[i].descr, err.text);
	}
}

/* Whose words are the library's own. */
static const struct {
	const char *descr, *text;
} not_idna[] = {
	{ "bidi override", "www.\xe2\x80\xae"
			   "example.hk" },
	{ "unassigned code point", "\xf0\xa0\xbf\xbf\xf3\xa0\xbf\xbf.hk" },
	{ "leading combining mark", "\xcc\x88"
				    "a.example" },
	{ "right to left beside digits", "1\xd7\x90.example" },
	{ "private use", "\xee\x80\x80.example" },
};

Test(name, not_idna2008)
{
	for (size_t i = 0; i < ARRAY_LEN(not_idna); i++) {
		struct error err = { .code = ERROR_NONE };
		char out[LIMIT_HOST_BYTES];

		cr_expect_not(
			name_to_ascii(not_idna[i].text, strlen(not_idna[i].text), false, out, &err),
			"%s: got '%s'", not_idna[i].descr, out);
		cr_expect(strncmp(err.text, "the name is not valid in IDNA2008: ", 35) == 0,
			"%s: got '%s'", not_idna[i].descr, err.text);
	}
}

Test(name, to_ascii_minds_the_length)
{
	struct error err = { .code = ERROR_NONE };
	char out[LIMIT_HOST_BYTES];

	cr_expect(name_to_ascii("www.example.hk:443", 14, false, out, &err));
	cr_expect_str_eq(out, "www.example.hk");
	cr_expect_not(name_to_ascii("www\0.hk", 7, false, out, &err));
	cr_expect_str_eq(err.text, "the host name has a NUL byte");
	cr_expect_not(name_to_ascii("www..hk", 7, false, out, NULL));
}

static const struct {
	const char *descr, *name, *unicode;
	size_t size;
} unicodes[] = {
	{ "nothing to do", "www.example.hk", "www.example.hk", 64 },
	{ "Chinese", "www.xn--i8s431aqn1ad1j.gov.hk", "www.電子核證.gov.hk", 64 },
	{ "upper case", "XN--FSQU00A.example", "例子.example", 64 },
	{ "wildcard", "*.xn--fsqu00a.hk", "*.例子.hk", 64 },
	{ "sharp s", "xn--strae-oqa.example", "straße.example", 64 },
	{ "no Punycode", "xn--!!!.example", "xn--!!!.example", 64 },
	{ "does not come back", "xn--example-.hk", "xn--example-.hk", 64 },
	{ "IDNA2003 only", "xn--ls8h.example", "xn--ls8h.example", 64 },
	{ "hostile", "a\033[2J.hk", "a\\u{001B}[2J.hk", 64 },
	{ "exactly fits", "xn--fsqu00a.hk", "例子.hk", 15 },
	{ "does not fit as Unicode", "xn--fsqu00a.hk", "xn-...", 7 },
};

Test(name, to_unicode)
{
	for (size_t i = 0; i < ARRAY_LEN(unicodes); i++) {
		char out[64];

		name_to_unicode(unicodes[i].name, out, unicodes[i].size);
		cr_expect_str_eq(out, unicodes[i].unicode, "%s: got '%s'", unicodes[i].descr, out);
	}
}

static const struct {
	const char *descr, *pattern, *name;
	bool matches;
} matches[] = {
	{ "the same", "www.example.hk", "www.example.hk", true },
	{ "case", "WWW.example.HK", "www.Example.hk", true },
	{ "reference with a dot", "www.example.hk", "www.example.hk.", true },
	{ "pattern with a dot", "www.example.hk.", "www.example.hk", false },
	{ "another", "www.example.hk", "ww.example.hk", false },
	{ "longer", "example.hk", "www.example.hk", false },
	{ "A-labels", "XN--FSQU00A.hk", "xn--fsqu00a.hk", true },
	{ "wildcard", "*.example.hk", "www.example.hk", true },
	{ "wildcard, case and dot", "*.EXAMPLE.hk", "www.example.HK.", true },
	{ "wildcard for an A-label", "*.example.hk", "xn--fsqu00a.example.hk", true },
	{ "wildcard and two labels", "*.example.hk", "a.b.example.hk", false },
	{ "wildcard and no label", "*.example.hk", "example.hk", false },
	{ "wildcard and an empty label", "*.example.hk", ".example.hk", false },
	{ "wildcard above one label", "*.hk", "example.hk", false },
	{ "wildcard above nothing", "*", "localhost", false },
	{ "wildcard above a dot", "*.", "localhost", false },
	{ "wildcard above an empty label", "*..hk", "a..hk", false },
	{ "wildcard above one label and a dot", "*.hk.", "example.hk.", false },
	{ "part of a label", "w*.example.hk", "www.example.hk", false },
	{ "part of a label, behind", "*w.example.hk", "www.example.hk", false },
	{ "not the first label", "www.*.hk", "www.example.hk", false },
	{ "two wildcards", "*.*.example.hk", "a.b.example.hk", false },
	{ "an address", "192.0.2.1", "192.0.2.1", false },
	{ "wildcard for an address", "*.0.2.1", "192.0.2.1", false },
	{ "an IPv6 address", "2001:db8::1", "2001:db8::1", false },
	{ "nothing", "", "", false },
	{ "nothing and a name", "", "www.example.hk", false },
	{ "a name and nothing", "www.example.hk", "", false },
};

Test(name, matches)
{
	for (size_t i = 0; i < ARRAY_LEN(matches); i++)
		cr_expect_eq(name_matches(matches[i].pattern, matches[i].name), matches[i].matches,
			"%s", matches[i].descr);
}

static const struct {
	const char *descr, *text, *canonical;
	int family;
} addresses[] = {
	{ "IPv4", "192.0.2.1", "192.0.2.1", AF_INET },
	{ "IPv6", "2001:DB8:0:0:0:0:0:1", "2001:db8::1", AF_INET6 },
	{ "one zero field is not left out", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1",
		AF_INET6 },
	{ "the first of two runs", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", AF_INET6 },
	{ "leading zeros of IPv6", "2001:0db8::0001", "2001:db8::1", AF_INET6 },
	{ "mapped", "::FFFF:192.0.2.1", "::ffff:192.0.2.1", AF_INET6 },
	{ "unspecified", "::", "::", AF_INET6 },
	{ "leading zero", "192.0.2.01", NULL, 0 },
	{ "three numbers", "192.0.2", NULL, 0 },
	{ "brackets", "[::1]", NULL, 0 },
	{ "zone", "fe80::1%eth0", NULL, 0 },
	{ "a name", "www.example.hk", NULL, 0 },
	{ "nothing", "", NULL, 0 },
};

Test(name, addresses)
{
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		char out[LIMIT_ADDRESS_BYTES] = "";
		int family = 0;

		cr_expect_eq(name_is_address(addresses[i].text, &family), addresses[i].family != 0,
			"%s", addresses[i].descr);
		cr_expect_eq(family, addresses[i].family, "%s", addresses[i].descr);
		cr_expect_eq(name_canonical_address(addresses[i].text, out),
			addresses[i].canonical != NULL, "%s", addresses[i].descr);
		cr_expect_str_eq(out, addresses[i].canonical ? addresses[i].canonical : "",
			"%s: got '%s'", addresses[i].descr, out);
	}
}
