/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/dcv/redirect.h"

static const struct {
	const char *descr;
	long status;
	const char *location;
	enum redirect redirect;
} redirects[] = {
	{ "found", 200, NULL, REDIRECT_NONE },
	{ "found, with a Location that means nothing", 200, "http://a.test/", REDIRECT_NONE },
	{ "missing", 404, NULL, REDIRECT_NONE },
	{ "no answer", 0, NULL, REDIRECT_NONE },
	{ "301", 301, "http://a.test/", REDIRECT_ALLOWED },
	{ "302", 302, "https://a.test/", REDIRECT_ALLOWED },
	{ "307, to another port of the two", 307, "http://a.test:443/", REDIRECT_ALLOWED },
	{ "308, to an address", 308, "https://[2001:db8::1]:443/x", REDIRECT_ALLOWED },
	{ "capitals", 301, "HTTPS://A.Test/", REDIRECT_ALLOWED },
	{ "an empty port", 301, "https://a.test:/", REDIRECT_ALLOWED },
	{ "300", 300, "http://a.test/", REDIRECT_STATUS },
	{ "303", 303, "http://a.test/", REDIRECT_STATUS },
	{ "304", 304, NULL, REDIRECT_STATUS },
	{ "305", 305, "http://a.test/", REDIRECT_STATUS },
	{ "399", 399, "http://a.test/", REDIRECT_STATUS },
	{ "400", 400, "http://a.test/", REDIRECT_NONE },
	{ "nowhere", 301, NULL, REDIRECT_NOWHERE },
	{ "to nothing", 301, "", REDIRECT_NOWHERE },
	{ "to no host", 301, "http:///x", REDIRECT_NOWHERE },
	{ "to no port", 301, "http://a.test:port/", REDIRECT_NOWHERE },
	{ "to port 0", 301, "http://a.test:0/", REDIRECT_NOWHERE },
	{ "to half an address", 301, "http://[2001:db8::1/", REDIRECT_NOWHERE },
	{ "ftp", 301, "ftp://a.test/", REDIRECT_SCHEME },
	{ "a file", 301, "file:///etc/passwd", REDIRECT_SCHEME },
	{ "gopher, behind what looks right", 301, "gopher://http://a.test/", REDIRECT_SCHEME },
	{ "8080", 301, "http://a.test:8080/", REDIRECT_PORT },
	{ "65536", 301, "http://a.test:65536/", REDIRECT_NOWHERE },
	{ "ssh", 301, "http://a.test:22/", REDIRECT_ODD_PORT },
	{ "smtp", 301, "https://a.test:25/", REDIRECT_ODD_PORT },
	{ "a user", 301, "http://me@a.test/", REDIRECT_USER },
	{ "a user that looks like a host", 301, "http://a.test:80@b.test:8080/", REDIRECT_USER },
};

Test(redirect, is_judged)
{
	for (size_t i = 0; i < sizeof redirects / sizeof *redirects; i++) {
		enum redirect got = redirect_judge(redirects[i].status, redirects[i].location);

		cr_expect_eq(got, redirects[i].redirect, "%s: %d", redirects[i].descr, (int)got);
		cr_expect_eq(redirect_leads_on(got),
			got == REDIRECT_ALLOWED || got == REDIRECT_ODD_PORT, "%s",
			redirects[i].descr);
	}
}

static const struct {
	const char *url, *host;
	unsigned port;
	bool https, has_user;
} places[] = {
	{ "http://a.test", "a.test", 80, false, false },
	{ "https://A.Test./x?y#z", "a.test", 443, true, false },
	{ "http://[::1]:81/", "::1", 81, false, false },
	{ "http://[::1]", "::1", 80, false, false },
	{ "http://u:p@a.test:82?q=@b", "a.test", 82, false, true },
	{ "http://a.test\\@b.test/", "a.test", 80, false, false },
};

Test(redirect, has_a_place)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct redirect_place got;

		cr_assert(redirect_place(places[i].url, &got), "%s", places[i].url);
		cr_expect_str_eq(got.host, places[i].host, "%s: %s", places[i].url, got.host);
		cr_expect_eq(got.port, places[i].port, "%s: %u", places[i].url, got.port);
		cr_expect_eq(got.https, places[i].https, "%s", places[i].url);
		cr_expect_eq(got.has_user, places[i].has_user, "%s", places[i].url);
	}
}

Test(redirect, has_a_host_of_bounded_length)
{
	struct redirect_place got;
	char url[600] = "http://";

	memset(url + 7, 'a', 500);
	cr_expect_not(redirect_place(url, &got));
	url[7 + LIMIT_HOST_BYTES - 1] = '\0';
	cr_expect(redirect_place(url, &got));
}
