/* SPDX-License-Identifier: MIT */
#include "checker/engine/fetch_guard.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "checker/base/attr.h"

/* The registries of RFC 6890 that are not globally reachable, and what is not for one host. */
static const struct {
	uint8_t first[4];
	unsigned bits;
} closed4[] = {
	{ { 0, 0, 0, 0 }, 8 },
	{ { 10, 0, 0, 0 }, 8 },
	{ { 100, 64, 0, 0 }, 10 },
	{ { 127, 0, 0, 0 }, 8 },
	{ { 169, 254, 0, 0 }, 16 },
	{ { 172, 16, 0, 0 }, 12 },
	{ { 192, 0, 0, 0 }, 24 },
	{ { 192, 0, 2, 0 }, 24 },
	{ { 192, 168, 0, 0 }, 16 },
	{ { 198, 18, 0, 0 }, 15 },
	{ { 198, 51, 100, 0 }, 24 },
	{ { 203, 0, 113, 0 }, 24 },
	{ { 224, 0, 0, 0 }, 3 },
};

static bool begins(const uint8_t *address, const uint8_t *first, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(address, first, whole) != 0)
		return false;
	return rest == 0 || (address[whole] ^ first[whole]) >> (8 - rest) == 0;
}

static bool is_public4(const uint8_t address[static 4])
{
	for (size_t i = 0; i < ARRAY_LEN(closed4); i++)
		if (begins(address, closed4[i].first, closed4[i].bits))
			return false;
	return true;
}

/* 2000::/3 is all that is assigned; within it some carry an IPv4 address, some are for examples. */
static bool is_public6(const uint8_t address[static 16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
	static const uint8_t global[1] = { 0x20 }, six_to_four[2] = { 0x20, 0x02 };
	static const uint8_t special[3] = { 0x20, 0x01, 0x00 }; /* 2001::/23 */
	static const uint8_t example[4] = { 0x20, 0x01, 0x0d, 0xb8 };

	if (begins(address, mapped, 96) || begins(address, nat64, 96))
		return is_public4(address + 12);
	if (begins(address, six_to_four, 16))
		return is_public4(address + 2);
	return begins(address, global, 3) && !begins(address, special, 23) &&
	       !begins(address, example, 32);
}

bool fetch_guard_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in four;
		uint8_t bytes[4];

		memcpy(&four, address, sizeof four);
		memcpy(bytes, &four.sin_addr, sizeof bytes);
		return is_public4(bytes);
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 six;

		memcpy(&six, address, sizeof six);
		return is_public6(six.sin6_addr.s6_addr);
	}
	return false;
}

static size_t place_len(const char *url)
{
	const char *host = strstr(url, "://");

	return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

bool fetch_guard_same_place(const char *url, const char *other)
{
	size_t len = place_len(url);

	return len > 0 && len == place_len(other) && strncasecmp(url, other, len) == 0;
}
