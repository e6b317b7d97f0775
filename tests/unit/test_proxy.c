/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/engine/proxy.h"

#define LONG_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *descr, *text;
	enum proxy_kind kind;
	const char *host;
	uint16_t port;
	const char *user, *password;
} good[] = {
	{ "a host and a port", "http://proxy.example.hk:3128", PROXY_HTTP, "proxy.example.hk", 3128,
		NULL, NULL },
	{ "the port goes without saying", "http://proxy.example.hk", PROXY_HTTP, "proxy.example.hk",
		80, NULL, NULL },
	{ "SOCKS, the port goes without saying", "socks5h://proxy.example.hk/", PROXY_SOCKS5,
		"proxy.example.hk", 1080, NULL, NULL },
	{ "case does not count", "HTTP://Proxy.Example.HK:8080/", PROXY_HTTP, "proxy.example.hk",
		8080, NULL, NULL },
	{ "an address", "socks5h://192.0.2.1:9050", PROXY_SOCKS5, "192.0.2.1", 9050, NULL, NULL },
	{ "an IPv6 address", "http://[2001:DB8:0::1]:8080", PROXY_HTTP, "2001:db8::1", 8080, NULL,
		NULL },
	{ "an IPv6 address, no port", "socks5h://[::1]", PROXY_SOCKS5, "::1", 1080, NULL, NULL },
	{ "a name in Unicode", "http://香港.hk:3128", PROXY_HTTP, "xn--j6w193g.hk", 3128, NULL,
		NULL },
	{ "a user and a password", "http://scan:secret@p.hk:3128", PROXY_HTTP, "p.hk", 3128, "scan",
		"secret" },
	{ "a user alone", "socks5h://scan@p.hk", PROXY_SOCKS5, "p.hk", 1080, "scan", NULL },
	{ "an empty password", "http://scan:@p.hk", PROXY_HTTP, "p.hk", 80, "scan", "" },
	{ "what is written with per cent", "http://a%40b:%3a%2F%25%20@p.hk", PROXY_HTTP, "p.hk", 80,
		"a@b", ":/% " },
	{ "an @ in a password", "socks5h://a:b@c@p.hk:1", PROXY_SOCKS5, "p.hk", 1, "a", "b@c" },
	{ "a colon in a password", "http://a:b:c@p.hk", PROXY_HTTP, "p.hk", 80, "a", "b:c" },
	{ "a colon in a user of SOCKS", "socks5h://a%3Ab:c@p.hk", PROXY_SOCKS5, "p.hk", 1080, "a:b",
		"c" },
};

static void expect_text(const char *descr, const char *have, const char *want)
{
	cr_expect(want ? have && strcmp(have, want) == 0 : !have, "%s: %s", descr,
		have ? have : "NULL");
}

Test(proxy, is_read)
{
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct error err = { 0 };
		CLEANUP(proxy_freep) struct proxy *proxy = proxy_new(good[i].text, &err);

		cr_assert(proxy, "%s: %s", good[i].descr, err.text);
		cr_expect_eq(proxy->kind, good[i].kind, "%s", good[i].descr);
		cr_expect_str_eq(proxy->host, good[i].host, "%s", good[i].descr);
		cr_expect_eq(proxy->port, good[i].port, "%s", good[i].descr);
		expect_text(good[i].descr, proxy->user, good[i].user);
		expect_text(good[i].descr, proxy->password, good[i].password);
	}
}

/* Wherever there is a password, it is "hunter2". */
static const struct {
	const char *descr, *text, *words;
} bad[] = {
	{ "nothing", "", "a proxy is http://" },
	{ "no scheme", "proxy.example.hk:3128", "a proxy is http://" },
	{ "no scheme, a password", "scan:hunter2@proxy.example.hk:3128", "a proxy is http://" },
	{ "a scheme of other things", "ftp://scan:hunter2@p.hk", "a proxy is http://" },
	{ "names resolved here", "socks5://p.hk", "socks5h://" },
	{ "SOCKS 4", "socks4a://p.hk", "SOCKS 4 is not spoken" },
	{ "TLS to the proxy", "https://p.hk", "TLS to the proxy" },
	{ "no host", "http://", "no host" },
	{ "no host, a port", "http://:3128", "no host" },
	{ "no host, a user", "http://scan:hunter2@", "no host" },
	{ "no port", "http://p.hk:", "port is not a number" },
	{ "port 0", "http://p.hk:0", "port is not a number" },
	{ "port 65536", "http://p.hk:65536", "port is not a number" },
	{ "a word for a port", "http://scan:hunter2", "port is not a number" },
	{ "a path", "http://p.hk/path", "nothing follows" },
	{ "a slash in a password", "http://scan:hunter2/x@p.hk", "written %2F" },
	{ "a # in a password", "http://scan:#hunter2@p.hk", "%23" },
	{ "no user", "http://:hunter2@p.hk", "user is empty" },
	{ "a colon in a user", "http://a%3Ab:hunter2@p.hk", "has no colon" },
	{ "half a byte", "http://scan:hunter2%4@p.hk", "%25" },
	{ "no byte", "http://scan:hunter2%zz@p.hk", "%25" },
	{ "a line end in a password", "http://scan:hunter2%0d%0aX@p.hk", "control character" },
	{ "a NUL in a password", "http://scan:hunter2%00@p.hk", "control character" },
	{ "a user that is too long", "http://" LONG_64 LONG_64 LONG_64 LONG_64 ":hunter2@p.hk",
		"at most 255" },
	{ "not an IPv6 address", "http://[::x]:80", "not an IPv6 address" },
	{ "IPv6 without brackets", "http://2001:db8::1", "" },
	{ "brackets that stay open", "http://[::1", "" },
	{ "a host that is no name", "http://a..b:80", "" },
	{ "an empty pair of brackets", "http://[]:80", "" },
};

Test(proxy, is_refused_without_its_password)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error err = { 0 };
		CLEANUP(proxy_freep) struct proxy *proxy = proxy_new(bad[i].text, &err);

		cr_expect_not(proxy, "%s", bad[i].descr);
		cr_expect_eq(err.code == ERROR_NONE, false, "%s", bad[i].descr);
		cr_expect(strstr(err.text, bad[i].words), "%s: %s", bad[i].descr, err.text);
		cr_expect_not(strstr(err.text, "hunter2"), "%s: %s", bad[i].descr, err.text);
	}
}
