/* SPDX-License-Identifier: MIT */
#include "checker/engine/fetch_guard.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include <criterion/criterion.h>

#include "checker/base/attr.h"

static bool is_public(const char *text)
{
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		memcpy(&address, &four, sizeof four);
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		memcpy(&address, &six, sizeof six);
	else
		cr_assert_fail("%s is no address", text);
	return fetch_guard_is_public((const struct sockaddr *)&address);
}

Test(fetch_guard, addresses)
{
	static const char *const closed[] = { "0.0.0.0", "10.0.0.1", "100.64.0.1",
		"100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
		"198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
		"255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"64:ff9b::a00:1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
		"2001::1", "2001:1ff::1", "2002:7f00:1::1", "2002:a00:1::1", "1000::1", "4000::1" };
	static const char *const open[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "172.15.255.255",
		"172.32.0.0", "192.0.1.1", "192.167.255.255", "198.17.255.255", "198.20.0.0",
		"223.255.255.255", "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700::1",
		"2001:200::1", "2002:101:101::1", "2a00::1" };
	struct sockaddr unix_socket = { .sa_family = AF_UNIX };

	for (size_t i = 0; i < ARRAY_LEN(closed); i++)
		cr_expect_not(is_public(closed[i]), "%s", closed[i]);
	for (size_t i = 0; i < ARRAY_LEN(open); i++)
		cr_expect(is_public(open[i]), "%s", open[i]);
	cr_expect_not(fetch_guard_is_public(&unix_socket));
}

Test(fetch_guard, places)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "http://a.test/x", "http://a.test/y/z", true },
		{ "http://a.test", "HTTP://A.TEST/?q", true },
		{ "http://a.test:8080/x", "http://a.test:8080", true },
		{ "http://a.test/x", "https://a.test/x", false },
		{ "http://a.test/x", "http://a.test:81/x", false },
		{ "http://a.test/x", "http://a.test.evil/x", false },
		{ "http://a.test/x", "http://a.test@evil/x", false },
		{ "a.test", "a.test", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(fetch_guard_same_place(cases[i].a, cases[i].b), cases[i].same, "%s %s",
			cases[i].a, cases[i].b);
}
