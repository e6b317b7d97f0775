/* SPDX-License-Identifier: MIT */
#include "checker/target/place.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/target/name.h"
#include "checker/target/target.h"

#define PORT_MAX 65535

static bool read_port(const char *text, struct place *place, struct error *err)
{
	uint64_t port;

	if (!text_to_uint(text, PORT_MAX, &port) || port == 0)
		return error_set(err, ERROR_SYNTAX, "\"%.40s\" is no port", text);
	place->port = (uint16_t)port;
	return true;
}

/* Cuts ":PORT" and brackets off; TEXT is what is left. */
static bool cut_port(char *text, struct place *place, struct error *err)
{
	char *colon = strchr(text, ':');

	if (text[0] == '[') {
		char *end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return error_set(err, ERROR_SYNTAX, "brackets that do not fit");
		*end = '\0';
		memmove(text, text + 1, strlen(text + 1) + 1);
		/* What stood behind the bracket has not moved. */
		return !end[1] || read_port(end + 2, place, err);
	}
	if (!colon || strchr(colon + 1, ':') || strchr(colon, '/'))
		return true;
	*colon = '\0';
	return read_port(colon + 1, place, err);
}

/* An address, or ADDRESS/BITS with no bit set behind those; false when TEXT is none. */
static bool read_network(const char *text, struct place *place)
{
	char address[LIMIT_ADDRESS_BYTES];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	uint64_t bits;

	if (len >= sizeof address)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!name_is_address(address, &place->family) ||
		inet_pton(place->family, address, place->address) != 1)
		return false;
	unsigned all = place->family == AF_INET ? 32 : 128;
	place->bits = all;
	if (slash) {
		if (!text_to_uint(slash + 1, all, &bits))
			return false;
		place->bits = (unsigned)bits;
	}
	place->kind = PLACE_NETWORK;
	return true;
}

static bool read_name(const char *text, struct place *place, struct error *err)
{
	bool below = strncmp(text, "*.", 2) == 0;
	const char *name = below ? text + 2 : text;
	struct error why = { .code = ERROR_NONE };

	place->kind = below ? PLACE_BELOW : PLACE_NAME;
	if (name_to_ascii(name, strlen(name), false, place->name, &why))
		return true;
	if (why.code == ERROR_MEMORY)
		return error_set_memory(err);
	return error_set(
		err, ERROR_SYNTAX, "neither a host, *.SUFFIX, a network nor a file: %s", why.text);
}

bool place_parse(const char *text, struct place *ret_place, struct error *err)
{
	char rest[PLACE_FILE_BYTES];
	size_t len = strlen(text);

	*ret_place = (struct place){ .kind = PLACE_ANY };
	if (len >= sizeof rest)
		return error_set(err, ERROR_SYNTAX, "longer than any host");
	memcpy(rest, text, len + 1);
	if (read_network(rest, ret_place))
		return true;
	if (!cut_port(rest, ret_place, err))
		return false;
	if (strcmp(rest, "*") == 0 || read_network(rest, ret_place))
		return true;
	if (!strchr(rest, '/'))
		return read_name(rest, ret_place, err);
	ret_place->kind = PLACE_FILE;
	ret_place->port = 0;
	memcpy(ret_place->name, text, len + 1);
	return true;
}

static bool is_below(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len > end + 1 && name[len - end - 1] == '.' &&
	       text_equal_nocase(name + len - end, suffix);
}

static bool is_in_network(const struct place *place, const char *text)
{
	uint8_t address[16];
	unsigned whole = place->bits / 8, rest = place->bits % 8;

	if (inet_pton(place->family, text, address) != 1 ||
		memcmp(address, place->address, whole) != 0)
		return false;
	return rest == 0 || (uint8_t)(address[whole] ^ place->address[whole]) >> (8 - rest) == 0;
}

/* The host is what was asked for, and the name in the handshake may be another. */
static bool has_name(const struct place *place, const char *name)
{
	if (!name)
		return false;
	return place->kind == PLACE_BELOW ? is_below(name, place->name)
					  : text_equal_nocase(name, place->name);
}

bool place_has(const struct place *place, const struct target *target, const char *address)
{
	if (place->port && place->port != target->port)
		return false;
	switch (place->kind) {
	case PLACE_ANY:
		return true;
	case PLACE_NETWORK:
		return is_in_network(place, address) || is_in_network(place, target->host);
	case PLACE_FILE:
		return target->port == 0 && strcmp(target->host, place->name) == 0;
	case PLACE_NAME:
	case PLACE_BELOW:
		return has_name(place, target->host) || has_name(place, target->sni);
	}
	return false;
}
