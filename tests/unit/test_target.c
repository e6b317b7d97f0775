/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "checker/target/target_parse.h"
#include "checker/target/target_reader.h"
#include "tests/target_text.h"

#define L10 "abcdefghij"
#define L60 L10 L10 L10 L10 L10 L10

static const struct target_options strict = { .skip_bad_input = false };
static const struct target_options lenient = { .skip_bad_input = true };

static const struct {
	const char *descr, *argument, *targets;
} accepted[] = {
	{ "HOST", "www.example.hk", "1 https://www.example.hk:443?www.example.hk" },
	{ "upper case and a dot", "WWW.Example.HK.",
		"1 https://www.example.hk:443?www.example.hk" },
	{ "HOST:PORT", "www.example.hk:8443", "1 https://www.example.hk:8443?www.example.hk" },
	{ "port 1", "a:1", "1 https://a:1?a" },
	{ "port 65535", "a:65535", "1 https://a:65535?a" },
	{ "the port does not choose the protocol", "mail.example:25",
		"1 https://mail.example:25?mail.example" },
	{ "Unicode", "例子.測試:8443",
		"1 https://xn--fsqu00a.xn--g6w251d(例子.測試):8443?xn--fsqu00a.xn--g6w251d" },
	{ "A-label", "xn--fsqu00a.xn--g6w251d",
		"1 https://xn--fsqu00a.xn--g6w251d(例子.測試):443?xn--fsqu00a.xn--g6w251d" },
	{ "full width", "ｗｗｗ．ｅｘａｍｐｌｅ．ｈｋ",
		"1 https://www.example.hk:443?www.example.hk" },
	{ "IPv4", "192.0.2.1", "1 https://192.0.2.1@192.0.2.1:443" },
	{ "IPv4 and port", "192.0.2.1:8443", "1 https://192.0.2.1@192.0.2.1:8443" },
	{ "bare IPv6", "2001:DB8:0::1", "1 https://2001:db8::1@2001:db8::1:443" },
	{ "bare IPv6 has no port", "2001:db8::1:443",
		"1 https://2001:db8::1:443@2001:db8::1:443:443" },
	{ "[V6]", "[::1]", "1 https://::1@::1:443" },
	{ "[V6]:PORT", "[2001:db8::1]:8443", "1 https://2001:db8::1@2001:db8::1:8443" },
	{ "scheme of a database", "MySQL://db.example.hk",
		"1 mysql://db.example.hk:3306?db.example.hk" },
	{ "scheme", "smtp://mail.example.hk", "1 smtp://mail.example.hk:25?mail.example.hk" },
	{ "scheme in upper case", "IMAPS://mail.example.hk",
		"1 imaps://mail.example.hk:993?mail.example.hk" },
	{ "scheme and port", "tls://db.example.hk:5433",
		"1 tls://db.example.hk:5433?db.example.hk" },
	{ "scheme and path", "https://www.example.hk/a/b?c=d@e#f",
		"1 https://www.example.hk:443?www.example.hk" },
	{ "scheme, port and path", "https://www.example.hk:8443/24",
		"1 https://www.example.hk:8443?www.example.hk" },
	{ "scheme and query", "https://www.example.hk?a:b/c",
		"1 https://www.example.hk:443?www.example.hk" },
	{ "scheme and fragment", "https://192.0.2.1#/24", "1 https://192.0.2.1@192.0.2.1:443" },
	{ "scheme, address and path", "https://192.0.2.1/index",
		"1 https://192.0.2.1@192.0.2.1:443" },
	{ "scheme and [V6]", "pop3://[::1]/", "1 pop3://::1@::1:110" },
	{ "scheme and bare V6", "tls://::1", "1 tls://::1@::1:443" },
	{ "NAME@ADDRESS", "www.example.hk@192.0.2.1",
		"1 https://www.example.hk@192.0.2.1:443?www.example.hk" },
	{ "NAME@ADDRESS:PORT with a scheme", "smtp://mail.example.hk@127.0.0.1:2525",
		"1 smtp://mail.example.hk@127.0.0.1:2525?mail.example.hk" },
	{ "NAME@[V6]:PORT", "例子.hk@[::1]:8443",
		"1 https://xn--fsqu00a.hk(例子.hk)@::1:8443?xn--fsqu00a.hk" },
	{ "NAME@V6", "www.example.hk@::1", "1 https://www.example.hk@::1:443?www.example.hk" },
	{ "NAME@ADDRESS and a path", "https://www.example.hk@192.0.2.1/x",
		"1 https://www.example.hk@192.0.2.1:443?www.example.hk" },
	{ "ADDRESS@ADDRESS", "198.51.100.7@192.0.2.1:444", "1 https://198.51.100.7@192.0.2.1:444" },
	{ "V6@ADDRESS", "2001:db8::1@192.0.2.1", "1 https://2001:db8::1@192.0.2.1:443" },
	{ "[V6]@[V6]", "[2001:db8::1]@[::1]:444", "1 https://2001:db8::1@::1:444" },
	{ "CIDR with all addresses", "192.0.2.8/30",
		"1 https://192.0.2.8@192.0.2.8:443\n1 https://192.0.2.9@192.0.2.9:443\n"
		"1 https://192.0.2.10@192.0.2.10:443\n1 https://192.0.2.11@192.0.2.11:443" },
	{ "CIDR:PORT", "192.0.2.8/31:8443",
		"1 https://192.0.2.8@192.0.2.8:8443\n1 https://192.0.2.9@192.0.2.9:8443" },
	{ "host bits do not matter", "192.0.2.9/31",
		"1 https://192.0.2.8@192.0.2.8:443\n1 https://192.0.2.9@192.0.2.9:443" },
	{ "CIDR of one", "192.0.2.8/32", "1 https://192.0.2.8@192.0.2.8:443" },
	{ "CIDR with a scheme", "smtp://192.0.2.8/31:2525",
		"1 smtp://192.0.2.8@192.0.2.8:2525\n1 smtp://192.0.2.9@192.0.2.9:2525" },
	{ "CIDR of IPv6", "2001:db8::fe/127",
		"1 https://2001:db8::fe@2001:db8::fe:443\n1 "
		"https://2001:db8::ff@2001:db8::ff:443" },
	{ "CIDR of IPv6 and port", "2001:db8::/127:8443",
		"1 https://2001:db8::@2001:db8:::8443\n1 https://2001:db8::1@2001:db8::1:8443" },
	{ "[CIDR]:PORT", "[2001:db8::/127]:8443",
		"1 https://2001:db8::@2001:db8:::8443\n1 https://2001:db8::1@2001:db8::1:8443" },
	{ "[V6]/PREFIX:PORT", "[2001:db8::]/127:8443",
		"1 https://2001:db8::@2001:db8:::8443\n1 https://2001:db8::1@2001:db8::1:8443" },
	{ "[CIDR] with a scheme", "imap://[2001:db8::/128]", "1 imap://2001:db8::@2001:db8:::143" },
};

Test(target, accepts)
{
	for (size_t i = 0; i < ARRAY_LEN(accepted); i++) {
		CLEANUP(target_list_freep) struct target_list *list = target_list_new();
		CLEANUP(buf_release) struct buf got = BUF_INIT(1u << 20);
		struct error err = { .code = ERROR_NONE };

		cr_assert(target_list_add_argument(list, accepted[i].argument, 1, &strict, &err),
			"%s: %s", accepted[i].descr, err.text);
		target_text_all(list, &got);
		cr_expect_str_eq(buf_text(&got), accepted[i].targets, "%s: got '%s'",
			accepted[i].descr, buf_text(&got));
	}
}

static const struct {
	const char *descr, *argument, *why;
} refused[] = {
	{ "nothing", "", "no host" },
	{ "a scheme alone", "https://", "no host" },
	{ "a port alone", ":443", "no host" },
	{ "a path alone", "https:///x", "no host" },
	{ "no scheme", "://www.example.hk",
		"unknown protocol \"\"; known are https, tls, smtp, submission, smtps, imap, "
		"imaps, pop3, pop3s, ldap, ldaps, ftp, ftps, postgres, mysql, xmpp, sieve, nntp, "
		"rdp" },
	{ "unknown scheme", "http://www.example.hk",
		"unknown protocol \"http\"; known are https, tls, smtp, submission, smtps, imap, "
		"imaps, pop3, pop3s, ldap, ldaps, ftp, ftps, postgres, mysql, xmpp, sieve, nntp, "
		"rdp" },
	{ "port missing", "www.example.hk:", "no port after \":\"" },
	{ "port 0", "www.example.hk:0", "\"0\" is not a port, a number from 1 to 65535" },
	{ "port 65536", "www.example.hk:65536",
		"\"65536\" is not a port, a number from 1 to 65535" },
	{ "port with a sign", "www.example.hk:+443",
		"\"+443\" is not a port, a number from 1 to 65535" },
	{ "port with text", "www.example.hk:443x",
		"\"443x\" is not a port, a number from 1 to 65535" },
	{ "port beyond 64 bits", "www.example.hk:18446744073709551617",
		"\"18446744073709551617\" is not a port, a number from 1 to 65535" },
	{ "a path without a scheme", "www.example.hk/x",
		"only an address has a prefix length, and a path needs a scheme" },
	{ "a prefix of a name", "www.example.hk/24",
		"only an address has a prefix length, and a path needs a scheme" },
	{ "prefix missing", "192.0.2.0/", "\"\" is not a prefix length, a number from 0 to 32" },
	{ "prefix 33", "192.0.2.0/33", "\"33\" is not a prefix length, a number from 0 to 32" },
	{ "prefix 129", "[2001:db8::/129]",
		"\"129\" is not a prefix length, a number from 0 to 128" },
	{ "range too large", "10.0.0.0/11",
		"the range has 2^21 addresses, more than the 2^20 that one target may have" },
	{ "whole IPv4", "0.0.0.0/0",
		"the range has 2^32 addresses, more than the 2^20 that one target may have" },
	{ "IPv6 range too large", "2001:db8::/64",
		"the range has 2^64 addresses, more than the 2^20 that one target may have" },
	{ "port before the prefix", "192.0.2.0:443/24",
		"\"/24\" is left over; the port of a range comes last" },
	{ "port of a range", "192.0.2.0/24:0", "\"0\" is not a port, a number from 1 to 65535" },
	{ "text behind a prefix", "192.0.2.0/24x",
		"\"24x\" is not a prefix length, a number from 0 to 32" },
	{ "bracketed range, then text", "[2001:db8::/120]x",
		"\"x\" is left over; a port begins with \":\"" },
	{ "bracketed IPv4 range", "[192.0.2.0/24]", "\"192.0.2.0\" is not an IPv6 address" },
	{ "bracket not closed", "[2001:db8::1", "\"[2001:db8::1\" is not an IPv6 address" },
	{ "bracketed name", "[www.example.hk]:443",
		"the character \"[\" is not allowed in a host name" },
	{ "text behind a bracket", "[::1]443", "\"443\" is left over; a port begins with \":\"" },
	{ "not IPv6", "2001:db8::g", "\"2001:db8::g\" is not an IPv6 address" },
	{ "name and two ports", "www.example.hk:443:444",
		"\"www.example.hk:443:444\" is not an IPv6 address" },
	{ "zone", "[fe80::1%eth0]:443",
		"\"fe80::1%eth0\" has a zone: such an address means something on one link only" },
	{ "no name before @", "@192.0.2.1", "no name before \"@\"" },
	{ "no address behind @", "www.example.hk@", "no address after \"@\"" },
	{ "port and no address behind @", "www.example.hk@:443", "no host" },
	{ "a name behind @", "www.example.hk@node1.example.hk:443",
		"\"node1.example.hk\" is not an IPv4 or IPv6 address" },
	{ "a range behind @", "www.example.hk@192.0.2.0/24",
		"only one address can follow \"@\", not a range" },
	{ "two @", "a@b@192.0.2.1", "a second \"@\"" },
	{ "user and password", "https://user:word@www.example.hk/",
		"\"user:word\" is not an IPv6 address" },
	{ "not an IPv4 address", "192.0.2.256",
		"\"192.0.2.256\" ends in a number, but is not an IPv4 address" },
	{ "blank", "www example.hk", "the character \" \" is not allowed in a host name" },
	{ "comment as argument", "#www.example.hk",
		"the character \"#\" is not allowed in a host name" },
	{ "a list", "a.example,b.example",
		"a comma is not allowed in a host name (a CSV file begins with a line of column "
		"names, one of them \"host\")" },
	{ "empty label", "www..hk", "the host name has an empty label" },
	{ "wildcard", "*.example.hk", "the character \"*\" is not allowed in a host name" },
};

Test(target, refuses)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		CLEANUP(target_list_freep) struct target_list *list = target_list_new();
		struct error err = { .code = ERROR_NONE };
		char want[480];

		(void)snprintf(want, sizeof want, "command line: argument 7: \"%s\": %s",
			refused[i].argument, refused[i].why);
		cr_expect_not(target_list_add_argument(list, refused[i].argument, 7, &strict, &err),
			"%s", refused[i].descr);
		cr_expect_eq(err.code, ERROR_SYNTAX);
		cr_expect_str_eq(err.text, want, "%s: got '%s'", refused[i].descr, err.text);
		cr_expect_eq(target_list_count(list), (size_t)0, "%s", refused[i].descr);
	}
}

/* The fault of TEXT as an argument, with skip_bad_input. */
static void expect_fault(const char *text, const char *host, const char *fault)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };

	cr_assert(target_list_add_argument(list, text, 3, &lenient, &err), "%s", err.text);
	cr_assert_eq(target_list_count(list), (size_t)1);
	const struct target *bad = target_list_at(list, 0);
	cr_expect_str_eq(bad->host, host, "got '%s'", bad->host);
	cr_expect_str_eq(bad->fault, fault, "got '%s'", bad->fault);
	cr_expect_eq(bad->port, 0);
	cr_expect_eq(bad->line, (size_t)3);
	cr_expect_str_eq(bad->source, "command line");
	cr_expect_null(bad->address);
	cr_expect_null(bad->sni);
	cr_expect_null(bad->unicode);
}

Test(target, skips_a_bad_argument)
{
	expect_fault("a:0", "a:0",
		"command line: argument 3: \"a:0\": \"0\" is not a port, a number from 1 to 65535");
	expect_fault("a\033]0;x\007b", "a\\u{001B}]0;x\\u{0007}b",
		"command line: argument 3: \"a\\u{001B}]0;x\\u{0007}b\": the character "
		"\"\\u{001B}\" is not allowed in a host name");
	expect_fault("a\xff", "a\\xFF", "command line: argument 3: \"a\\xFF\": not valid UTF-8");
}

Test(target, cuts_a_long_argument)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };

	cr_expect_not(
		target_list_add_argument(list, L60 L60 L60 L60 L60 L60 ":0", 1, &strict, &err));
	cr_expect(strstr(err.text, "...\": a label of the host name is longer than 63 octets"),
		"got '%s'", err.text);
}

Test(target, expands_ranges_up_to_the_limit)
{
	static const struct {
		const char *text;
		size_t count;
		const char *first, *last;
	} ranges[] = {
		{ "192.0.2.77/24", 256, "192.0.2.0", "192.0.2.255" },
		{ "10.1.254.3/22", 1024, "10.1.252.0", "10.1.255.255" },
		{ "10.0.0.0/16", 65536, "10.0.0.0", "10.0.255.255" },
		{ "2001:db8::1234/120", 256, "2001:db8::1200", "2001:db8::12ff" },
		{ "[2001:db8:ffff::/115]:1", 8192, "2001:db8:ffff::", "2001:db8:ffff::1fff" },
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		CLEANUP(target_list_freep) struct target_list *list = target_list_new();
		struct error err = { .code = ERROR_NONE };

		cr_assert(target_list_add_argument(list, ranges[i].text, 1, &strict, &err));
		size_t count = target_list_count(list);
		cr_expect_eq(count, ranges[i].count, "%s: %zu", ranges[i].text, count);
		cr_expect_str_eq(target_list_at(list, 0)->host, ranges[i].first);
		cr_expect_str_eq(target_list_at(list, count - 1)->address, ranges[i].last);
		cr_expect_null(target_list_at(list, 0)->sni);
	}

	struct target_fault fault = TARGET_FAULT_INIT;
	struct target_draft draft;
	cr_expect(target_parse("10.0.0.0/12", 11, &draft, &fault));
	cr_expect_eq(draft.prefix, 12);
	cr_expect(target_parse("2001:db8::/108", 14, &draft, &fault));
	cr_expect_eq(draft.prefix, 108);
	cr_expect_not(target_parse("2001:db8::/107", 14, &draft, &fault));
	cr_expect_eq(fault.at, (size_t)11);
}

Test(target, asked_for_twice_is_one)
{
	static const char *const mentions[] = { "www.example.hk", "WWW.EXAMPLE.HK.:443",
		"https://www.example.hk/", "www.example.hk:8443", "tls://www.example.hk",
		"www.example.hk@192.0.2.1", "192.0.2.1", "192.0.2.1@192.0.2.1", "192.0.2.0/31",
		"2001:db8::1", "[2001:DB8:0::1]:443", "例子.hk", "xn--fsqu00a.hk" };
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	CLEANUP(buf_release) struct buf got = BUF_INIT(1u << 16);
	struct error err = { .code = ERROR_NONE };

	for (size_t i = 0; i < ARRAY_LEN(mentions); i++)
		cr_assert(target_list_add_argument(list, mentions[i], i + 1, &strict, &err), "%s",
			err.text);
	target_text_all(list, &got);
	cr_expect_str_eq(buf_text(&got),
		"1 https://www.example.hk:443?www.example.hk\n"
		"4 https://www.example.hk:8443?www.example.hk\n"
		"5 tls://www.example.hk:443?www.example.hk\n"
		"6 https://www.example.hk@192.0.2.1:443?www.example.hk\n"
		"7 https://192.0.2.1@192.0.2.1:443\n"
		"9 https://192.0.2.0@192.0.2.0:443\n"
		"10 https://2001:db8::1@2001:db8::1:443\n"
		"12 https://xn--fsqu00a.hk(例子.hk):443?xn--fsqu00a.hk",
		"got '%s'", buf_text(&got));
	cr_expect_eq(target_list_duplicates(list), (size_t)6);
}

Test(target, stays_where_it_is)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new();
	struct error err = { .code = ERROR_NONE };

	cr_assert(target_list_add_argument(list, "first.example", 1, &strict, &err));
	const struct target *first = target_list_at(list, 0);
	cr_assert(target_list_add_argument(list, "192.0.2.0/20", 2, &strict, &err));
	cr_expect_eq(target_list_at(list, 0), first);
	cr_expect_str_eq(first->host, "first.example");
}

Test(target, bounded)
{
	CLEANUP(target_list_freep) struct target_list *list = target_list_new_bounded(4);
	struct error err = { .code = ERROR_NONE };

	cr_expect(target_list_add_argument(list, "192.0.2.0/30", 1, &strict, &err));
	cr_expect(target_list_add_argument(list, "192.0.2.3", 2, &lenient, &err));
	cr_expect_not(target_list_add_argument(list, "192.0.2.4", 3, &lenient, &err));
	cr_expect_eq(err.code, ERROR_LIMIT);
	cr_expect_str_eq(err.text,
		"command line: argument 3: \"192.0.2.4\": there are more than 4 targets; scan them "
		"in several runs",
		"got '%s'", err.text);
	err.code = ERROR_NONE;
	cr_expect_not(target_list_add_argument(list, "a:0", 4, &lenient, &err));
	cr_expect_eq(err.code, ERROR_LIMIT);
	cr_expect_eq(target_list_count(list), (size_t)4);
}

/* The table of the contract, word for word. */
static const struct {
	const char *name;
	int port;
	enum protocol_start start;
} protocols[] = {
	{ "https", 443, PROTOCOL_START_DIRECT },
	{ "tls", 443, PROTOCOL_START_DIRECT },
	{ "smtp", 25, PROTOCOL_START_DIALOGUE },
	{ "submission", 587, PROTOCOL_START_DIALOGUE },
	{ "smtps", 465, PROTOCOL_START_DIRECT },
	{ "imap", 143, PROTOCOL_START_DIALOGUE },
	{ "imaps", 993, PROTOCOL_START_DIRECT },
	{ "pop3", 110, PROTOCOL_START_DIALOGUE },
	{ "pop3s", 995, PROTOCOL_START_DIRECT },
	{ "ldap", 389, PROTOCOL_START_DIALOGUE },
	{ "ldaps", 636, PROTOCOL_START_DIRECT },
	{ "ftp", 21, PROTOCOL_START_DIALOGUE },
	{ "ftps", 990, PROTOCOL_START_DIRECT },
	{ "postgres", 5432, PROTOCOL_START_DIALOGUE },
	{ "mysql", 3306, PROTOCOL_START_DIALOGUE },
	{ "xmpp", 5222, PROTOCOL_START_DIALOGUE },
	{ "sieve", 4190, PROTOCOL_START_DIALOGUE },
	{ "nntp", 119, PROTOCOL_START_DIALOGUE },
	{ "rdp", 3389, PROTOCOL_START_DIALOGUE },
};

Test(target, protocols)
{
	cr_expect_eq(ARRAY_LEN(protocols), (size_t)PROTOCOL_COUNT);
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		enum protocol protocol = PROTOCOL_COUNT;

		cr_assert(protocol_by_name(protocols[i].name, &protocol), "%s", protocols[i].name);
		const struct protocol_info *info = protocol_info(protocol);
		cr_expect_str_eq(info->name, protocols[i].name);
		cr_expect_eq((int)info->port, protocols[i].port, "%s", protocols[i].name);
		cr_expect_eq(info->start, protocols[i].start, "%s", protocols[i].name);
	}
	enum protocol none = PROTOCOL_COUNT;
	cr_expect_not(protocol_by_name("http", &none));
	cr_expect_not(protocol_by_name("", &none));
	cr_expect_eq(none, PROTOCOL_COUNT);
}
